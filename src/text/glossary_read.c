/* SPDX-License-Identifier: MIT */
/* Reads the terms of a glossary, and makes their other cases. */
#include "src/text/glossary_read.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ucasemap.h>

#include "src/base/separators.h"
#include "src/base/string.h"
#include "src/text/file_lines.h"
#include "src/text/spans_find.h"
#include "src/text/spans_markup.h"
#include "src/text/spans_scan.h"

struct glossary_reader {
	struct tj_glossary *glossary;
	struct tj_file_lines lines;
	struct tj_finder *finder; /* of the spans within terms */
	UCaseMap *cases;
};

static trujaman_status no_memory(struct tj_error *err)
{
	return tj_fail_memory(err, "a glossary", sizeof(struct tj_term));
}

static void free_term(struct tj_term *t)
{
	free(t->source);
	free(t->target);
}

/* Adds a term that is not there yet. Takes over the two strings, also on failure. */
static trujaman_status add(struct glossary_reader *r, struct tj_term t, struct tj_error *err)
{
	const struct tj_term *old = tj_glossary_find(r->glossary, t.source, t.n_source);
	if (old == NULL)
		return tj_glossary_add(r->glossary, t, err);
	int same = old->n_target == t.n_target && memcmp(old->target, t.target, t.n_target) == 0;
	size_t line = t.line, old_line = old->line;
	free_term(&t);
	if (same || t.derived)
		return TRUJAMAN_OK;
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "%s: line %zu: line %zu translates this term otherwise", r->lines.name, line,
	               old_line);
}

/* --- Tags ----------------------------------------------------------------------- */

/* Appends the names of the tags that n bytes close without opening them, with "/" before each, and
 * of those that they open without closing them, with "<". */
static trujaman_status open_ends(struct glossary_reader *r, const char *text, size_t n,
                                 struct tj_string *ends, struct tj_error *err)
{
	const struct tj_fixed *atoms;
	size_t n_atoms;
	if (tj_finder_atoms(r->finder, text, n, &atoms, &n_atoms, err) != TRUJAMAN_OK)
		return err->status;
	for (size_t i = 0; i < n_atoms; i++) {
		const char *name;
		size_t n_name;
		if (atoms[i].kind != TJ_FIXED_TAG)
			continue;
		enum tj_tag_role role = tj_tag_role_of(atoms[i].value, atoms[i].n, &name, &n_name);
		size_t end = ends->n;
		int closes = role == TJ_TAG_CLOSES && end > n_name &&
		             ends->data[end - n_name - 1] == '<' &&
		             memcmp(ends->data + end - n_name, name, n_name) == 0;
		if (closes)
			ends->n -= n_name + 1;
		else if (role != TJ_TAG_ALONE &&
		         (!tj_string_append(ends, role == TJ_TAG_OPENS ? "<" : "/", 1) ||
		          !tj_string_append(ends, name, n_name)))
			return no_memory(err);
	}
	return TRUJAMAN_OK;
}

/* Sets *fit to whether a term and its translation leave the same tags open. */
static trujaman_status tags_fit(struct glossary_reader *r, const struct tj_term *t, int *fit,
                                struct tj_error *err)
{
	struct tj_string a = { NULL, 0, 0 }, b = { NULL, 0, 0 };
	if (open_ends(r, t->source, t->n_source, &a, err) == TRUJAMAN_OK &&
	    open_ends(r, t->target, t->n_target, &b, err) == TRUJAMAN_OK)
		*fit = a.n == b.n && (a.n == 0 || memcmp(a.data, b.data, a.n) == 0);
	free(a.data);
	free(b.data);
	return err->status;
}

/* --- Lines ---------------------------------------------------------------------- */

/* Copies a field: white space at its ends is left out, and several spaces become one. */
static char *copy_field(const char *text, size_t n, size_t *n_copy)
{
	struct tj_scan s = { (const uint8_t *)text, n };
	size_t first = 0, end = n;
	for (size_t at = 0; first < n && tj_is_white(tj_scan_next(&s, &at));)
		first = at;
	for (size_t at = n; end > first && tj_is_white(tj_scan_back(&s, &at));)
		end = at;
	char *copy = malloc(n + 1);
	*n_copy = 0;
	if (copy == NULL)
		return NULL;
	for (size_t i = first; i < end; i++)
		if (text[i] != ' ' || copy[*n_copy - 1] != ' ')
			copy[(*n_copy)++] = text[i];
	copy[*n_copy] = '\0';
	return copy;
}

/* Returns what is wrong with a line, or NULL. */
static const char *fault_of(const struct tj_file_lines *l, const char *tab)
{
	size_t n_first = tab != NULL ? (size_t)(tab - l->line) : l->n_line;
	size_t n_second = tab != NULL ? l->n_line - n_first - 1 : 0;
	if (tab == NULL || memchr(tab + 1, '\t', n_second) != NULL)
		return "not a term, a tab and its translation";
	if (tj_separator_find(l->line, n_first) < n_first ||
	    tj_separator_find(tab + 1, n_second) < n_second)
		return "a control character";
	return NULL;
}

static trujaman_status read_line(struct glossary_reader *r, struct tj_error *err)
{
	const struct tj_file_lines *l = &r->lines;
	const char *tab = memchr(l->line, '\t', l->n_line), *fault = fault_of(l, tab);
	struct tj_term t = { .line = l->number };
	int fit = 1;
	if (fault != NULL)
		return tj_file_lines_fail(l, err, fault);
	size_t n_first = (size_t)(tab - l->line);
	t.source = copy_field(l->line, n_first, &t.n_source);
	t.target = copy_field(tab + 1, l->n_line - n_first - 1, &t.n_target);
	if (t.source == NULL || t.target == NULL) {
		free_term(&t);
		return no_memory(err);
	}
	if (t.n_source == 0 || t.n_target == 0)
		fault = t.n_source == 0 ? "nothing before the tab" : "nothing behind the tab";
	else if (tags_fit(r, &t, &fit, err) == TRUJAMAN_OK && !fit)
		fault = "the translation opens or closes other tags than the term";
	if (fault == NULL && err->status == TRUJAMAN_OK)
		return add(r, t, err);
	free_term(&t);
	return fault != NULL ? tj_file_lines_fail(l, err, fault) : err->status;
}

/* --- Other cases ------------------------------------------------------------------ */

/* Appends n bytes in capitals. */
static trujaman_status put_upper(struct glossary_reader *r, const char *text, size_t n,
                                 struct tj_string *out, struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	size_t room = 3 * n + 16; /* the most that a case mapping needs */
	char *copy = malloc(room);
	if (copy == NULL)
		return no_memory(err);
	int32_t got = ucasemap_utf8ToUpper(r->cases, copy, (int32_t)room, text, (int32_t)n, &code);
	int ok = U_SUCCESS(code) && tj_string_append(out, copy, (size_t)got);
	free(copy);
	return ok ? TRUJAMAN_OK : no_memory(err);
}

/* Appends a field in capitals, or with one as its first character; its spans stay. */
static trujaman_status put_case(struct glossary_reader *r, const char *text, size_t n, int all,
                                struct tj_string *out, struct tj_error *err)
{
	const struct tj_fixed *spans;
	struct tj_scan s = { (const uint8_t *)text, n };
	size_t n_spans, at = 0, first = 0;
	if (tj_finder_find(r->finder, text, n, &spans, &n_spans, err) != TRUJAMAN_OK)
		return err->status;
	tj_scan_next(&s, &first);
	if (!all) {
		int is_fixed = n_spans > 0 && spans[0].first == 0;
		if (!is_fixed && put_upper(r, text, first, out, err) != TRUJAMAN_OK)
			return err->status;
		at = is_fixed ? 0 : first;
		return tj_string_append(out, text + at, n - at) ? TRUJAMAN_OK : no_memory(err);
	}
	for (size_t i = 0; i < n_spans; i++) {
		if (put_upper(r, text + at, spans[i].first - at, out, err) != TRUJAMAN_OK)
			return err->status;
		if (!tj_string_append(out, spans[i].value, spans[i].n_value))
			return no_memory(err);
		at = spans[i].first + spans[i].n;
	}
	return put_upper(r, text + at, n - at, out, err);
}

static trujaman_status add_case(struct glossary_reader *r, const struct tj_term *t, int all,
                                struct tj_error *err)
{
	struct tj_string source = { NULL, 0, 0 }, target = { NULL, 0, 0 };
	if (put_case(r, t->source, t->n_source, all, &source, err) != TRUJAMAN_OK ||
	    put_case(r, t->target, t->n_target, all, &target, err) != TRUJAMAN_OK) {
		free(source.data);
		free(target.data);
		return err->status;
	}
	struct tj_term other = { .source = source.data,
		                 .n_source = source.n,
		                 .target = target.data,
		                 .n_target = target.n,
		                 .line = t->line,
		                 .derived = 1 };
	return add(r, other, err);
}

static trujaman_status add_cases(struct glossary_reader *r, struct tj_error *err)
{
	size_t n = 0;
	while (tj_glossary_term(r->glossary, n) != NULL)
		n++;
	for (size_t i = 0; i < n; i++) {
		/* A copy: what is added may move the terms, but not their texts. */
		struct tj_term t = *tj_glossary_term(r->glossary, i);
		struct tj_scan s = { (const uint8_t *)t.source, t.n_source };
		int letters = 0, capitals = 0;
		for (size_t at = 0; at < t.n_source;) {
			int32_t c = tj_scan_next(&s, &at);
			letters += u_isalpha(c) != 0;
			capitals += u_isupper(c) != 0;
		}
		if (letters == 0)
			continue;
		if (capitals == 0 && add_case(r, &t, 0, err) != TRUJAMAN_OK)
			return err->status;
		if (letters > 1 && add_case(r, &t, 1, err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

static trujaman_status read_all(struct glossary_reader *r, struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	r->glossary = tj_glossary_new(err);
	if (r->glossary == NULL)
		return err->status;
	r->finder = tj_finder_open(&(struct tj_finder_options){ .has = NULL }, err);
	if (r->finder == NULL)
		return err->status;
	r->cases = ucasemap_open("", 0, &code);
	if (U_FAILURE(code))
		return no_memory(err);
	if (r->lines.n >= INT32_MAX / 4)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s: too long for a glossary",
		               r->lines.name);
	while (err->status == TRUJAMAN_OK && tj_file_lines_next(&r->lines, err) > 0)
		(void)read_line(r, err);
	return err->status == TRUJAMAN_OK ? add_cases(r, err) : err->status;
}

struct tj_glossary *tj_glossary_open(const char *name, const char *data, size_t n,
                                     struct tj_error *err)
{
	struct glossary_reader r = { .glossary = NULL };
	tj_file_lines_begin(&r.lines, name, data, n);
	(void)read_all(&r, err);
	tj_finder_close(r.finder);
	if (r.cases != NULL)
		ucasemap_close(r.cases);
	if (err->status == TRUJAMAN_OK)
		return r.glossary;
	tj_glossary_close(r.glossary);
	return NULL;
}
