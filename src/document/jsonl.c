/* SPDX-License-Identifier: MIT */
/* Scans a line of JSON and follows the paths of fields in it. The stack of open objects and arrays
 * is on the heap: a line may be nested as deeply as it likes. */
#include "src/document/jsonl.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/json_text.h"
#include "src/text/letters.h"

struct json_level {
	uint64_t set;   /* fields that lead to this object or array */
	uint64_t index; /* of the element that is read */
	int is_array;
};

struct scanner {
	struct tj_document *d;
	const struct tj_fields *fields;
	struct tj_error *err;
	size_t at;
	struct json_level *levels; /* [depth] */
	size_t depth, capacity;
	uint64_t set; /* fields that lead to the value that is read */
	struct tj_string key;
};

static int fail(const struct scanner *x, const char *what)
{
	const char *bytes = x->d->bytes;
	size_t at = x->at;
	int at_end = at == x->d->n;
	/* What the line lacks is missing at its end, not behind its newline. */
	while (at_end && at > 0 && (bytes[at - 1] == '\n' || bytes[at - 1] == '\r'))
		at--;
	(void)tj_document_fail(x->d, at, what, x->err);
	return 0;
}

static int no_memory(const struct scanner *x)
{
	(void)tj_fail_memory(x->err, "a line of JSON", x->d->n);
	return 0;
}

/* The byte at the scanner, or -1 behind the last one. */
static int here(const struct scanner *x)
{
	return x->at < x->d->n ? (unsigned char)x->d->bytes[x->at] : -1;
}

static int skip_white(struct scanner *x)
{
	int c = here(x);
	while (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
		x->at++;
		c = here(x);
	}
	return c;
}

/* --- Values without parts ------------------------------------------------------- */

static int is_hex(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Moves behind an escape. */
static int read_escape(struct scanner *x)
{
	x->at++;
	int c = here(x);
	if (c < 0 || strchr("\"\\/bfnrtu", c) == NULL)
		return fail(x, "not JSON: there is no such escape");
	x->at++;
	for (int i = 0; c == 'u' && i < 4; i++, x->at++)
		if (!is_hex(here(x)))
			return fail(x, "not JSON: \\u takes four hexadecimal digits");
	return 1;
}

/* Moves behind a string; *string gets what is between its quotes. */
static int read_string(struct scanner *x, struct tj_document_range *string)
{
	size_t quote = x->at;
	string->first = ++x->at;
	for (int c; (c = here(x)) != '"';) {
		if (c < 0 || c == '\n') {
			x->at = quote;
			return fail(x, "not JSON: this string does not end");
		}
		if (c < 0x20)
			return fail(x, "not JSON: a string has no control characters");
		if (c != '\\')
			x->at++;
		else if (!read_escape(x))
			return 0;
	}
	string->end = x->at++;
	return 1;
}

static int skip_digits(struct scanner *x)
{
	size_t first = x->at;
	while (here(x) >= '0' && here(x) <= '9')
		x->at++;
	return x->at > first;
}

static int read_number(struct scanner *x)
{
	size_t first = x->at;
	x->at += here(x) == '-';
	int zero = here(x) == '0';
	size_t digits = x->at;
	int good = skip_digits(x) && (!zero || x->at == digits + 1);
	if (good && here(x) == '.') {
		x->at++;
		good = skip_digits(x);
	}
	if (good && (here(x) == 'e' || here(x) == 'E')) {
		x->at++;
		x->at += here(x) == '+' || here(x) == '-';
		good = skip_digits(x);
	}
	if (good)
		return 1;
	x->at = first;
	return fail(x, "not JSON: this is no number");
}

static int read_word(struct scanner *x)
{
	static const char *const words[] = { "true", "false", "null" };
	for (int i = 0; i < 3; i++) {
		size_t n = strlen(words[i]);
		if (x->d->n - x->at >= n && memcmp(x->d->bytes + x->at, words[i], n) == 0) {
			x->at += n;
			return 1;
		}
	}
	return fail(x, here(x) < 0 ? "not JSON: the line ends here" : "not JSON");
}

/* --- Fields ---------------------------------------------------------------------- */

static int add_segment(struct scanner *x, struct tj_document_range string)
{
	struct tj_document *d = x->d;
	struct tj_document_segment s = { .range = string, .text = d->text.n };
	unsigned style;
	if (!tj_json_unescape(d->bytes + string.first, string.end - string.first, &d->text,
	                      &style) ||
	    !tj_document_end_text(d, &s))
		return no_memory(x);
	s.style = (uint8_t)style;
	if (s.n_text == 0 || !tj_has_letter(d->text.data + s.text, s.n_text)) {
		d->text.n = s.text;
		return 1;
	}
	return tj_document_add(d, &s) || no_memory(x);
}

static int read_string_value(struct scanner *x)
{
	struct tj_document_range string;
	if (!read_string(x, &string))
		return 0;
	if (x->set == 0 || !tj_fields_end(x->fields, x->set, x->depth))
		return 1;
	x->d->lacks_field = 0;
	return add_segment(x, string);
}

static int read_key(struct scanner *x)
{
	struct tj_document_range string;
	unsigned style;
	if (skip_white(x) != '"')
		return fail(x, "not JSON: a key in quotes should stand here");
	if (!read_string(x, &string))
		return 0;
	x->key.n = 0;
	const struct json_level *l = &x->levels[x->depth - 1];
	if (l->set != 0 && !tj_json_unescape(x->d->bytes + string.first, string.end - string.first,
	                                     &x->key, &style))
		return no_memory(x);
	x->set = tj_fields_key(x->fields, l->set, x->depth - 1, x->key.data, x->key.n);
	if (skip_white(x) != ':')
		return fail(x, "not JSON: a colon should stand here");
	x->at++;
	return 1;
}

/* --- Objects and arrays ---------------------------------------------------------- */

/* Before the next key or element. */
static int enter(struct scanner *x)
{
	struct json_level *l = &x->levels[x->depth - 1];
	if (!l->is_array)
		return read_key(x);
	x->set = tj_fields_element(x->fields, l->set, x->depth - 1, l->index++);
	return 1;
}

static int open_level(struct scanner *x)
{
	if (!tj_reserve(&x->levels, &x->capacity, x->depth + 1, sizeof *x->levels))
		return no_memory(x);
	struct json_level level = { .set = x->set, .is_array = here(x) == '[' };
	x->levels[x->depth++] = level;
	x->at++;
	return 1;
}

/* Whether the object or array that is open ends here. */
static int ends(const struct scanner *x, int c)
{
	return c == (x->levels[x->depth - 1].is_array ? ']' : '}');
}

/* Moves behind what has no further values: to the next one, or to the end of the line with
 * *done. */
static int after_value(struct scanner *x, int *done)
{
	while (x->depth > 0) {
		int c = skip_white(x);
		if (c == ',') {
			x->at++;
			return enter(x);
		}
		if (!ends(x, c))
			return fail(x, x->levels[x->depth - 1].is_array
			                   ? "not JSON: a comma or ] should stand here"
			                   : "not JSON: a comma or } should stand here");
		x->at++;
		x->depth--;
	}
	*done = 1;
	return skip_white(x) < 0 || fail(x, "not JSON Lines: something follows the value");
}

static int read_value(struct scanner *x, int *done)
{
	int c = skip_white(x), good;
	if (c == '{' || c == '[') {
		if (!open_level(x))
			return 0;
		if (!ends(x, skip_white(x)))
			return enter(x);
		return after_value(x, done);
	}
	if (c == '"')
		good = read_string_value(x);
	else if (c == '-' || (c >= '0' && c <= '9'))
		good = read_number(x);
	else
		good = read_word(x);
	return good && after_value(x, done);
}

trujaman_status tj_jsonl_read(struct tj_document *d, const struct tj_fields *fields,
                              struct tj_error *err)
{
	struct scanner x = { .d = d, .fields = fields, .err = err, .set = tj_fields_all(fields) };
	if (d->first_line == 1)
		x.at = tj_utf8_mark(d->bytes, d->n);
	d->lacks_field = 1;
	int done = skip_white(&x) < 0;
	while (!done && read_value(&x, &done))
		continue;
	free(x.levels);
	free(x.key.data);
	return err->status;
}

int tj_jsonl_write(const struct tj_document_segment *s, const struct tj_string *translation,
                   struct tj_string *out)
{
	return tj_json_escape(translation->data, translation->n, s->style, out);
}
