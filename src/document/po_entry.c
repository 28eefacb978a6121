/* SPDX-License-Identifier: MIT */
/* Scans an entry of a PO file. */
#define _GNU_SOURCE /* memmem */
#include "src/document/po_entry.h"

#include <string.h>

#include "src/base/utf8.h"
#include "src/document/character.h"
#include "src/document/lines.h"

struct po_scanner {
	const struct tj_document *d;
	struct tj_po_entry *e;
	struct tj_document_range *strings; /* where more of them go */
	size_t end;                        /* of the token that was read last */
	struct tj_error *err;
	int begun;
};

static int fail(const struct po_scanner *x, size_t at, const char *what)
{
	(void)tj_document_fail(x->d, at, what, x->err);
	return -1;
}

static const char no_string[] = "not PO: a string in quotes should stand here";

static int begins(const struct tj_document *d, struct tj_document_range r, const char *word)
{
	size_t n = strlen(word);
	return r.end - r.first >= n && memcmp(d->bytes + r.first, word, n) == 0;
}

static int has(const struct tj_document *d, struct tj_document_range r, const char *word)
{
	return memmem(d->bytes + r.first, r.end - r.first, word, strlen(word)) != NULL;
}

/* Looks at a comment, which belongs to the entry. */
static void read_comment(struct po_scanner *x, struct tj_document_range r)
{
	struct tj_po_entry *e = x->e;
	if (begins(x->d, r, "#~"))
		e->is_obsolete = 1;
	if (begins(x->d, r, "#|") && e->mark == SIZE_MAX)
		e->mark = r.first;
	if (!begins(x->d, r, "#,"))
		return;
	e->flags = r.first + 2;
	e->is_fuzzy |= (uint8_t)has(x->d, r, "fuzzy");
	e->is_c |= (uint8_t)(has(x->d, r, "c-format") && !has(x->d, r, "no-c-format"));
	e->is_python |= (uint8_t)(has(x->d, r, "python-format") &&
	                          !has(x->d, r, "no-python-format"));
}

/* Takes the string at the beginning of the rest of a line, quotes included. */
static int read_string(struct po_scanner *x, struct tj_document_range r)
{
	const char *bytes = x->d->bytes;
	size_t at = r.first + 1;
	if (r.first == r.end || bytes[r.first] != '"')
		return fail(x, r.first, no_string);
	while (at < r.end && bytes[at] != '"')
		at += bytes[at] == '\\' ? 2 : 1;
	if (at >= r.end)
		return fail(x, r.first, "not PO: this string does not end");
	if (x->strings->end == 0)
		x->strings->first = r.first;
	x->strings->end = x->e->range.end = x->end = at + 1;
	return 1;
}

/* The number in brackets behind msgstr, 0 if there is none; *r moves behind it. */
static size_t read_form(const char *bytes, struct tj_document_range *r)
{
	size_t at = r->first, form;
	if (at == r->end || bytes[at++] != '[')
		return 0;
	while (at < r->end && bytes[at] == ' ')
		at++;
	if (at == r->end)
		return 0;
	form = (size_t)(unsigned char)bytes[at++] - '0';
	while (at < r->end && bytes[at] == ' ')
		at++;
	if (at == r->end || bytes[at] != ']')
		return 0;
	r->first = at + 1;
	return form;
}

/* The strings that a keyword begins; *r moves behind it. NULL: it is no keyword. */
static struct tj_document_range *keyword(struct po_scanner *x, struct tj_document_range *r,
                                         struct tj_document_range *context)
{
	static const char *const words[] = { "msgid_plural", "msgctxt", "msgid", "msgstr" };
	struct tj_po_entry *e = x->e;
	struct tj_document_range *places[] = { &e->plural, context, &e->id, NULL };
	size_t i = 0, form = 0;
	const char *bytes = x->d->bytes;
	while (i < 4 && !begins(x->d, *r, words[i]))
		i++;
	if (i == 4)
		return NULL;
	r->first += strlen(words[i]);
	if (i == 3)
		form = read_form(bytes, r);
	*r = tj_document_trim(x->d, *r);
	e->has_plural |= i == 0;
	e->has_context |= i == 1;
	if (i != 3)
		return places[i]->end == 0 ? places[i] : NULL;
	/* Forms stand in their order. */
	return form == e->n_forms && form < TJ_PO_FORMS ? &e->forms[e->n_forms++] : NULL;
}

/* Whether a keyword still waits for its string. */
static int is_waiting(const struct po_scanner *x)
{
	return x->strings != NULL && x->strings->end == 0;
}

/* Reads a string, alone or behind its keyword. */
static int read_token(struct po_scanner *x, struct tj_document_range r,
                      struct tj_document_range *context)
{
	size_t first = r.first;
	if (x->d->bytes[first] == '"')
		return x->strings != NULL ? read_string(x, r)
		                          : fail(x, first, "not PO: a string without a keyword");
	x->strings = keyword(x, &r, context);
	if (x->strings == NULL)
		return fail(x, first, "not PO: a comment, msgid or msgstr should stand here");
	if (x->e->mark == SIZE_MAX)
		x->e->mark = first;
	return r.first == r.end ? 1 : read_string(x, r); /* it may stand in the next line */
}

static const char domain[] = "domain";

/* The name of the domain of the messages that follow; it is no part of a message. */
static int read_domain(struct po_scanner *x, struct tj_document_range r)
{
	struct tj_document_range name = { 0, 0 };
	r.first += strlen(domain);
	x->strings = &name;
	int good = read_string(x, tj_document_trim(x->d, r));
	x->strings = NULL;
	return good;
}

/* Whether the rest of a line begins the next entry. */
static int begins_next(const struct po_scanner *x, struct tj_document_range r)
{
	return x->e->n_forms > 0 && (x->d->bytes[r.first] == '#' || begins(x->d, r, "msgid") ||
	                             begins(x->d, r, "msgctxt") || begins(x->d, r, domain));
}

/* gettext divides a file into comments, keywords and strings, however they stand in lines; only a
 * blank line matters, and a comment ends with its line. */
int tj_po_entry(const struct tj_document *d, size_t *at, struct tj_po_entry *e,
                struct tj_error *err)
{
	struct po_scanner x = { .d = d, .e = e, .err = err };
	struct tj_document_range context = { 0, 0 };
	int is_domain = 0;
	*e = (struct tj_po_entry){ .mark = SIZE_MAX };
	while (*at < d->n && !is_domain) {
		struct tj_document_line line = tj_document_line(d, *at);
		struct tj_document_range r = tj_document_trim(d, line.range);
		if (r.first == r.end) {
			*at = line.next;
			if (x.begun && !is_waiting(&x) && (e->n_forms > 0 || x.strings == NULL))
				break;
			continue;
		}
		if (is_waiting(&x) && d->bytes[r.first] != '"')
			return fail(&x, r.first, no_string);
		if (begins_next(&x, r) || (e->is_obsolete && !begins(d, r, "#~")))
			break;
		if (!x.begun)
			e->range.first = line.range.first;
		x.begun = 1;
		x.end = r.end;
		is_domain = x.strings == NULL && begins(d, r, domain);
		if (d->bytes[r.first] == '#')
			read_comment(&x, r);
		else if ((is_domain ? read_domain(&x, r) : read_token(&x, r, &context)) < 0)
			return -1;
		*at = x.end < r.end ? x.end : line.next;
	}
	if (is_waiting(&x))
		return fail(&x, d->n, no_string);
	if (x.begun && x.strings != NULL && (e->n_forms == 0 || e->id.end == 0))
		return fail(&x, e->range.end, "not PO: the entry lacks msgid or msgstr");
	return x.begun;
}

/* --- Strings ------------------------------------------------------------------------ */

static int digit_of(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : 16;
}

/* Reads the escape at *at, a backslash, and moves behind it. */
static char read_escape(const char *bytes, size_t end, size_t *at)
{
	static const char letters[] = "abfnrtv", meant[] = "\a\b\f\n\r\t\v";
	char c = bytes[++*at];
	const char *letter = c != '\0' ? strchr(letters, c) : NULL;
	int base = c == 'x' ? 16 : 8, value = 0;
	if (letter != NULL || (c != 'x' && digit_of(c) >= 8)) {
		++*at;
		return letter != NULL ? meant[letter - letters] : c;
	}
	*at += c == 'x';
	for (int i = 0; i < (base == 8 ? 3 : 2) && *at < end && digit_of(bytes[*at]) < base; i++)
		value = value * base + digit_of(bytes[(*at)++]);
	return (char)value;
}

int tj_po_unescape(const struct tj_document *d, struct tj_document_range strings,
                   struct tj_string *out)
{
	int inside = 0;
	for (size_t at = strings.first; at < strings.end;) {
		char c = d->bytes[at];
		if (c == '"' || !inside) {
			inside ^= c == '"';
			at++;
			continue;
		}
		if (c == '\\')
			c = read_escape(d->bytes, strings.end, &at);
		else
			at++;
		if (!tj_string_append(out, &c, 1))
			return 0;
	}
	return 1;
}
