/* SPDX-License-Identifier: MIT */
/* Compiles and applies the user's patterns. */
#include "src/text/spans_keep.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uregex.h>

#include "src/base/memory.h"
#include "src/base/separators.h"
#include "src/base/utf8.h"
#include "src/text/file_lines.h"
#include "src/text/spans_scan.h"

enum {
	/* ICU counts a unit for every 10,000 states that it saves. */
	MOST_UNITS = 200,
	MOST_STACK_BYTES = 4 << 20
};

struct pattern {
	URegularExpression *regex;
	size_t line; /* of the file, from 1 */
};

struct tj_keep {
	char *name;
	struct pattern *patterns;
	size_t n, capacity;
	struct tj_keep_match *matches;
	size_t n_matches, matches_capacity;
	UText reader;
};

/* --- Opening -------------------------------------------------------------------- */

static trujaman_status fail_icu(const struct tj_keep *k, size_t line, UErrorCode code,
                                const UParseError *at, struct tj_error *err)
{
	if (code == U_MEMORY_ALLOCATION_ERROR)
		return tj_fail_memory(err, "a pattern", sizeof *k->patterns);
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "%s: line %zu: no regular expression, at character %d: ICU says %s", k->name,
	               line, (int)at->offset, u_errorName(code));
}

static trujaman_status compile(struct tj_keep *k, const struct tj_file_lines *l,
                               struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	UParseError at = { .offset = 0 };
	if (!tj_reserve(&k->patterns, &k->capacity, k->n + 1, sizeof *k->patterns))
		return tj_fail_memory(err, "patterns", k->n * sizeof *k->patterns);
	utext_openUTF8(&k->reader, l->line, (int64_t)l->n_line, &code);
	URegularExpression *regex = uregex_openUText(&k->reader, 0, &at, &code);
	if (U_FAILURE(code))
		return fail_icu(k, l->number, code, &at, err);
	k->patterns[k->n++] = (struct pattern){ regex, l->number };
	uregex_setTimeLimit(regex, MOST_UNITS, &code);
	uregex_setStackLimit(regex, MOST_STACK_BYTES, &code);
	return U_SUCCESS(code) ? TRUJAMAN_OK : fail_icu(k, l->number, code, &at, err);
}

static trujaman_status compile_all(struct tj_keep *k, const char *data, size_t n,
                                   struct tj_error *err)
{
	struct tj_file_lines l;
	tj_file_lines_begin(&l, k->name, data, n);
	while (err->status == TRUJAMAN_OK && tj_file_lines_next(&l, err) > 0)
		(void)compile(k, &l, err);
	return err->status;
}

struct tj_keep *tj_keep_open(const char *name, const char *data, size_t n, struct tj_error *err)
{
	struct tj_keep *k = calloc(1, sizeof *k);
	if (k != NULL) {
		k->reader = (UText)UTEXT_INITIALIZER;
		k->name = strdup(name);
	}
	if (k == NULL || k->name == NULL) {
		tj_fail_memory(err, "patterns", sizeof *k);
		tj_keep_close(k);
		return NULL;
	}
	if (compile_all(k, data, n, err) == TRUJAMAN_OK)
		return k;
	tj_keep_close(k);
	return NULL;
}

void tj_keep_close(struct tj_keep *k)
{
	if (k == NULL)
		return;
	for (size_t i = 0; i < k->n; i++)
		uregex_close(k->patterns[i].regex);
	utext_close(&k->reader);
	free(k->patterns);
	free(k->matches);
	free(k->name);
	free(k);
}

/* --- Finding -------------------------------------------------------------------- */

static trujaman_status add(struct tj_keep *k, const char *text, size_t n, size_t first, size_t end,
                           struct tj_error *err)
{
	struct tj_scan s = { (const uint8_t *)text, n };
	for (size_t after = first; first < end && tj_is_white(tj_scan_next(&s, &after));)
		first = after;
	for (size_t before = end; end > first && tj_is_white(tj_scan_back(&s, &before));)
		end = before;
	if (first == end || tj_separator_find(text + first, end - first) < end - first)
		return TRUJAMAN_OK;
	if (!tj_reserve(&k->matches, &k->matches_capacity, k->n_matches + 1, sizeof *k->matches))
		return tj_fail_memory(err, "spans", k->n_matches * sizeof *k->matches);
	k->matches[k->n_matches++] = (struct tj_keep_match){ first, end };
	return TRUJAMAN_OK;
}

static trujaman_status apply(struct tj_keep *k, const struct pattern *p, const char *text, size_t n,
                             struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	utext_openUTF8(&k->reader, text, (int64_t)n, &code);
	uregex_setUText(p->regex, &k->reader, &code);
	while (U_SUCCESS(code) && uregex_findNext(p->regex, &code)) {
		int64_t first = uregex_start64(p->regex, 0, &code);
		int64_t end = uregex_end64(p->regex, 0, &code);
		if (U_SUCCESS(code) &&
		    add(k, text, n, (size_t)first, (size_t)end, err) != TRUJAMAN_OK)
			return err->status;
	}
	if (U_SUCCESS(code))
		return TRUJAMAN_OK;
	if (code == U_REGEX_TIME_OUT || code == U_REGEX_STACK_OVERFLOW)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%s: line %zu: this pattern takes too long on \"%.*s%s\" (does it "
		               "repeat what repeats, as in \"(a+)+\"?)",
		               k->name, p->line, (int)tj_utf8_floor(text, n < 60 ? n : 60, n), text,
		               n > 60 ? "…" : "");
	return tj_fail(err,
	               code == U_MEMORY_ALLOCATION_ERROR ? TRUJAMAN_ERROR_MEMORY
	                                                 : TRUJAMAN_ERROR_INPUT,
	               "%s: line %zu: cannot apply the pattern: ICU says %s", k->name, p->line,
	               u_errorName(code));
}

static int earlier_or_longer(const void *a, const void *b)
{
	const struct tj_keep_match *x = a, *y = b;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->end > y->end ? -1 : x->end < y->end;
}

trujaman_status tj_keep_find(struct tj_keep *k, const char *text, size_t n,
                             const struct tj_keep_match **matches, size_t *n_matches,
                             struct tj_error *err)
{
	k->n_matches = 0;
	for (size_t i = 0; i < k->n; i++)
		if (apply(k, &k->patterns[i], text, n, err) != TRUJAMAN_OK)
			return err->status;
	if (k->n_matches > 1)
		qsort(k->matches, k->n_matches, sizeof *k->matches, earlier_or_longer);
	size_t kept = 0;
	for (size_t i = 0; i < k->n_matches; i++)
		if (kept == 0 || k->matches[i].first >= k->matches[kept - 1].end)
			k->matches[kept++] = k->matches[i];
	*matches = k->matches;
	*n_matches = k->n_matches = kept;
	return TRUJAMAN_OK;
}
