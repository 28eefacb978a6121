/* SPDX-License-Identifier: MIT */
/* The spans of lines written by hand (tests/text/spans.txt), and the check of translations. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/string.h"
#include "src/text/spans.h"

static const char open_mark[] = "\xe2\x9f\xa6", close_mark[] = "\xe2\x9f\xa7"; /* U+27E6, U+27E7 */
enum { MARK_BYTES = 3, LONGEST_LINE = 1000, FEWEST_LINES = 150 };

/* `context` has the characters without a piece, in UTF-8. */
static int has(void *context, uint32_t c)
{
	char bytes[5] = { 0 };
	if (c < 0x80) {
		bytes[0] = (char)c;
	} else if (c < 0x800) {
		bytes[0] = (char)(0xC0 | c >> 6);
		bytes[1] = (char)(0x80 | (c & 0x3F));
	} else if (c < 0x10000) {
		bytes[0] = (char)(0xE0 | c >> 12);
		bytes[1] = (char)(0x80 | (c >> 6 & 0x3F));
		bytes[2] = (char)(0x80 | (c & 0x3F));
	} else
		return 1;
	return c == 0 || strstr(context, bytes) == NULL;
}

static struct tj_finder *open_finder(const char *lacking)
{
	struct tj_error err = { 0 };
	struct tj_finder_options o = { 0 };
	if (lacking != NULL) {
		o.has = has;
		o.context = (void *)lacking;
	}
	struct tj_finder *f = tj_finder_open(&o, &err);
	cr_assert_not_null(f, "%s", err.text);
	return f;
}

static void add(struct tj_string *s, const void *bytes, size_t n)
{
	cr_assert(tj_string_append(s, bytes, n));
}

/* Appends the text with marks around its spans. */
static void mark_spans(struct tj_finder *f, const char *text, size_t n, struct tj_string *marked)
{
	struct tj_error err = { 0 };
	const struct tj_fixed *spans;
	size_t n_spans, at = 0;
	cr_assert_eq(tj_finder_find(f, text, n, &spans, &n_spans, &err), TRUJAMAN_OK, "%s",
	             err.text);
	for (size_t i = 0; i < n_spans; i++) {
		add(marked, text + at, spans[i].first - at);
		add(marked, open_mark, MARK_BYTES);
		add(marked, spans[i].value, spans[i].n_value);
		add(marked, close_mark, MARK_BYTES);
		at = spans[i].first + spans[i].n;
	}
	add(marked, text + at, n - at + 1);
}

/* Copies a line without its marks to `text`, and to `merged` with those left out where spans
 * touch. Returns the bytes of `text`. */
static size_t read_marks(const char *line, char *text, char *merged)
{
	char *t = text, *m = merged;
	for (const char *c = line; *c != '\0';) {
		int closes = strncmp(c, close_mark, MARK_BYTES) == 0;
		int opens = strncmp(c, open_mark, MARK_BYTES) == 0;
		if (closes && strncmp(c + MARK_BYTES, open_mark, MARK_BYTES) == 0) {
			c += 2 * MARK_BYTES;
			continue;
		}
		for (int i = opens || closes ? MARK_BYTES : 1; i > 0; i--, c++) {
			*m++ = *c;
			if (!opens && !closes)
				*t++ = *c;
		}
	}
	*t = *m = '\0';
	return (size_t)(t - text);
}

static void expect_spans(struct tj_finder *f, const char *line)
{
	char text[LONGEST_LINE], merged[LONGEST_LINE];
	struct tj_string got = { NULL, 0, 0 };
	size_t n = read_marks(line, text, merged);
	mark_spans(f, text, n, &got);
	cr_expect_str_eq(got.data, merged, "\n   got: %s\nwanted: %s", got.data, merged);
	free(got.data);
}

Test(spans, written_by_hand)
{
	const char *srcdir = getenv("srcdir");
	char path[4096], line[LONGEST_LINE], lacking[LONGEST_LINE];
	struct tj_finder *f = NULL;
	int n_lines = 0;
	snprintf(path, sizeof path, "%s/tests/text/spans.txt",
	         srcdir != NULL && *srcdir != '\0' ? srcdir : ".");
	FILE *file = fopen(path, "r");
	cr_assert_not_null(file, "cannot read %s", path);
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "== ", 3) == 0) {
			const char *found = strstr(line, " lacking ");
			tj_finder_close(f);
			if (found != NULL)
				strcpy(lacking, found + strlen(" lacking "));
			f = open_finder(found != NULL ? lacking : NULL);
		} else if (f != NULL && *line != '\0') {
			expect_spans(f, line);
			n_lines++;
		}
	}
	cr_expect_not(ferror(file));
	cr_expect_geq(n_lines, FEWEST_LINES);
	fclose(file);
	tj_finder_close(f);
}

Test(spans, at_the_ends)
{
	struct tj_finder *f = open_finder(NULL);
	expect_spans(f, "");
	expect_spans(f, " ");
	expect_spans(f, "⟦300⟧");
	expect_spans(f, "\t⟦300⟧\t⟦300⟧ ");
	/* No span holds a separator; a combining mark stays with what it combines with. */
	expect_spans(f, "<a\thref> ⟦@ab⟧\xe2\x80\xa8⟦@ab⟧");
	expect_spans(f, "⟦$300\xcc\x81⟧ and ⟦😀\xcc\x81⟧");
	/* A quoted name of a mailbox part of which an earlier span has taken. */
	expect_spans(f, "⟦a=\"b\"@c⟧ and ⟦x=\"y z\"@c.org⟧ \"⟦@x⟧");
	/* Tags and entities that are text of a page. */
	expect_spans(f, "Use ⟦&lt;div&gt;⟧ or ⟦&lt;a href=&quot;x y&quot;&gt;⟧ here⟦&lt;/a&gt;⟧.");
	expect_spans(f, "the ⟦&lt;b>⟧dog⟦&lt;/b>⟧ and ⟦&lt;br/&gt;⟧");
	expect_spans(f, "write ⟦&amp;nbsp;⟧ or ⟦&amp;#65;⟧ or ⟦&amp;⟧ nothing");
	expect_spans(f, "a ⟦&lt;⟧ b or a ⟦&lt;⟧b and c ⟦&lt;⟧ d");
	/* Characters that stand for placeables are always spans. */
	expect_spans(f, "⟦\xf3\xb0\x80\x80⟧ and x⟦\xf3\xb0\x83\xbf⟧");
	tj_finder_close(f);
}

static const struct pair {
	const char *source, *output;
	int holds;
} pairs[] = {
	{ "It costs $300 or 400 €.", "Cuesta 400 € o $300.", 1 },
	{ "It costs $300.", "Cuesta $300.", 1 },
	{ "It costs $300.", "Cuesta $3000.", 0 },
	{ "It costs $300.", "Cuesta.", 0 },
	{ "It costs $300.", "Cuesta $300 $300.", 0 },
	{ "It costs 3 coins.", "Cuesta 300 monedas.", 0 },
	{ "It costs 3 coins.", "Cuesta tres monedas.", 1 },
	{ "{a} {a} {b}", "{a} {b} {a}", 1 },
	{ "{a} {a} {b}", "{a} {b} {b}", 0 },
	{ "<b>x</b> <i>y</i>", "<i>y</i> <b>x</b>", 1 },
	{ "<b>x</b> <i>y</i>", "<i>y</b> <b>x</i>", 0 },
	{ "<b>x</b> <i>y</i>", "<i>y <b>x</b></i>", 0 },
	{ "<b>x <i>y</i></b>", "<b><i>y</i> x</b>", 1 },
	{ "<b>x <i>y</i></b>", "<i><b>y</b> x</i>", 0 },
	{ "<b>x</b>", "</b>x<b>", 0 },
	{ "<b>x<br>y</b>", "<b>y<br>x</b>", 1 },
	{ "<b>x<br>y</b>", "<b>y</b>x<br>", 0 },
	{ "x</b> y <i>z", "a</b> b <i>c", 1 },
	{ "x</b> y <i>z", "<i>c </b>", 0 },
	{ "x<b> y <i>z</b>", "x<b> y </b>z<i>", 0 },
	{ "&lt;b&gt;x&lt;/b&gt;", "&lt;b&gt;y&lt;/b&gt;", 1 },
	{ "&lt;b>x&lt;/b>", "&lt;/b>x&lt;b>", 0 },
	{ "&lt;b&gt;x&lt;br/&gt;y&lt;/b&gt;", "&lt;b&gt;y&lt;br/&gt;x&lt;/b&gt;", 1 },
	{ "&lt;b&gt;x &lt;br&gt;", "&lt;b&gt;x", 0 },
	{ "😊 😊😊", "😊😊😊", 1 },
	{ "😊 😊😊", "😊😊", 0 },
};

Test(spans, checked)
{
	struct tj_finder *f = open_finder(NULL);
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		const struct pair *p = &pairs[i];
		struct tj_error err = { 0 };
		int holds = 77;
		cr_assert_eq(tj_finder_check(f, p->source, strlen(p->source), p->output,
		                             strlen(p->output), &holds, &err),
		             TRUJAMAN_OK, "%s", err.text);
		cr_expect_eq(holds, p->holds, "%s -> %s", p->source, p->output);
	}
	tj_finder_close(f);
}
