/* SPDX-License-Identifier: MIT */
/* Letter cases by ICU, and final marks. */
#include "src/text/vary.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/text/case_map.h"

struct tj_case_writer {
	UCaseMap *map;
};

struct tj_case_writer *tj_case_writer_open(const char *language, struct tj_error *err)
{
	struct tj_case_writer *w = calloc(1, sizeof *w);
	UErrorCode status = U_ZERO_ERROR;
	if (w == NULL) {
		tj_fail_memory(err, "letter cases", sizeof *w);
		return NULL;
	}
	w->map = tj_case_map_open(language, &status);
	if (U_FAILURE(status)) {
		tj_fail(err, TRUJAMAN_ERROR_IO, "ICU: letter cases: %s", u_errorName(status));
		tj_case_writer_close(w);
		return NULL;
	}
	return w;
}

void tj_case_writer_close(struct tj_case_writer *w)
{
	if (w != NULL && w->map != NULL)
		ucasemap_close(w->map);
	free(w);
}

static int32_t convert(struct tj_case_writer *w, enum tj_vary_case to, char *out, int32_t room,
                       const char *text, int32_t n, UErrorCode *status)
{
	if (to == TJ_VARY_UPPER)
		return ucasemap_utf8ToUpper(w->map, out, room, text, n, status);
	if (to == TJ_VARY_LOWER)
		return ucasemap_utf8ToLower(w->map, out, room, text, n, status);
	return ucasemap_utf8ToTitle(w->map, out, room, text, n, status);
}

/* A text grows to three times its bytes at most: U+0390 becomes three characters. */
static trujaman_status write_stretch(struct tj_case_writer *w, enum tj_vary_case to,
                                     const char *text, size_t n, struct tj_string *out,
                                     struct tj_error *err)
{
	enum { LONGEST = 64 << 20, GROWTH = 4 };
	UErrorCode status = U_ZERO_ERROR;
	if (n == 0)
		return TRUJAMAN_OK;
	if (n > LONGEST)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "cannot change the letter case of %zu bytes; the most is %d", n,
		               LONGEST);
	if (!tj_reserve(&out->data, &out->capacity, out->n + GROWTH * n, 1))
		return tj_fail_memory(err, "letter cases", GROWTH * n);
	int32_t length = convert(w, to, out->data + out->n, (int32_t)(GROWTH * n), text, (int32_t)n,
	                         &status);
	if (U_FAILURE(status))
		return tj_fail(err, TRUJAMAN_ERROR_INPUT, "ICU: letter cases: %s",
		               u_errorName(status));
	out->n += (size_t)length;
	return TRUJAMAN_OK;
}

trujaman_status tj_case_write(struct tj_case_writer *w, enum tj_vary_case to, const char *text,
                              size_t n, const struct tj_fixed *spans, size_t n_spans,
                              struct tj_string *out, struct tj_error *err)
{
	size_t at = 0;
	for (size_t i = 0; i < n_spans; i++) {
		const struct tj_fixed *s = &spans[i];
		if (write_stretch(w, to, text + at, s->first - at, out, err) != TRUJAMAN_OK)
			return err->status;
		if (!tj_string_append(out, text + s->first, s->n))
			return tj_fail_memory(err, "letter cases", s->n);
		at = s->first + s->n;
	}
	return write_stretch(w, to, text + at, n - at, out, err);
}

/* --- Final marks --- */

static const char ELLIPSIS[] = "\xE2\x80\xA6", INVERTED_EXCLAMATION[] = "\xC2\xA1",
		  INVERTED_QUESTION[] = "\xC2\xBF";

static int ends_with(const struct tj_stretch *s, const char *mark)
{
	size_t n = strlen(mark);
	return s->n >= n && memcmp(s->text + s->n - n, mark, n) == 0;
}

static int begins_with(const struct tj_stretch *s, const char *mark)
{
	size_t n = strlen(mark);
	return s->n >= n && memcmp(s->text, mark, n) == 0;
}

static int contains(const struct tj_stretch *s, const char *mark)
{
	for (struct tj_stretch rest = *s; rest.n > 0; rest.text++, rest.n--)
		if (begins_with(&rest, mark))
			return 1;
	return 0;
}

/* The kind of a final mark: '.', '!' or '?'; 0 if there is none. */
static char mark_of(const struct tj_stretch *s)
{
	char last = s->n > 0 ? s->text[s->n - 1] : 0;
	if (last == '.' || ends_with(s, ELLIPSIS))
		return '.';
	return last == '!' || last == '?' ? last : 0;
}

/* Cuts the final marks of one kind off. Returns the kind; 0 if there is none, or another kind
 * stands before it. */
static char cut_mark(struct tj_stretch *s)
{
	while (s->n > 0 && tj_is_blank(s->text + s->n - 1, 1))
		s->n--;
	char kind = mark_of(s);
	while (kind != 0 && mark_of(s) == kind)
		s->n -= s->text[s->n - 1] == kind ? 1 : strlen(ELLIPSIS);
	return mark_of(s) == 0 ? kind : 0;
}

/* Cuts the inverted mark that goes with the final one. Returns whether none is left. */
static int cut_inverted(struct tj_stretch *s, char kind)
{
	const char *mark = kind == '?' ? INVERTED_QUESTION : INVERTED_EXCLAMATION;
	if (kind != '.' && begins_with(s, mark)) {
		s->text += strlen(mark);
		s->n -= strlen(mark);
	}
	return !contains(s, INVERTED_QUESTION) && !contains(s, INVERTED_EXCLAMATION);
}

int tj_drop_final_marks(struct tj_stretch *source, struct tj_stretch *target)
{
	struct tj_stretch s = *source, t = *target;
	char kind = cut_mark(&s);
	if (kind == 0 || cut_mark(&t) != kind)
		return 0;
	if (!cut_inverted(&s, kind) || !cut_inverted(&t, kind) || tj_is_blank(s.text, s.n) ||
	    tj_is_blank(t.text, t.n))
		return 0;
	*source = s;
	*target = t;
	return 1;
}
