/* SPDX-License-Identifier: MIT */
/* Markdown: what is translated, what stays, and that nothing becomes other markup. */
#define _GNU_SOURCE /* mkdtemp */
#include "tests/document_case.h"
#include "tests/markdown_case.h"

static const struct tj_reading_options unknown;
TestSuite(document_markdown, .init = test_start, .timeout = 600);

static void page(const char *text, const char *wanted)
{
	becomes(TJ_FORMAT_MARKDOWN, text, wanted, &unknown);
	stays(TJ_FORMAT_MARKDOWN, text, strlen(text), &unknown);
}

Test(document_markdown, blocks)
{
	page("one\ntwo\n\nthree\n", "ONE\nTWO\n\nTHREE\n");
	page("# one #\n## two\n", "# ONE #\n## TWO\n");
	page("one\n===\ntwo\n---\n***\n", "ONE\n===\nTWO\n---\n***\n");
	page("- one\n  two\n\n  three\n- [ ] four\n  1. five\n",
	     "- ONE\n  TWO\n\n  THREE\n- [ ] FOUR\n  1. FIVE\n");
	page("> one\n> two\nthree\n>> four\n", "> ONE\n> TWO\n> THREE\n>> FOUR\n");
	page("```\none\n```\n~~~ x\none\n~~~\n\n    one\n\ttwo\n\nthree",
	     "```\none\n```\n~~~ x\none\n~~~\n\n    one\n\ttwo\n\nTHREE");
	page("| one | two |\n|:--|--:|\n| a \\| b | `c` |\nd\n\ne",
	     "| ONE | TWO |\n|:--|--:|\n| A \\| B | `c` |\nD\n\nE");
	page("---\na: b\n---\nc\n", "---\na: b\n---\nC\n");
	page("+++\na = 1\n+++\nc\n", "+++\na = 1\n+++\nC\n");
	page("---\n\na\n\n---\nc\n", "---\n\nA\n\n---\nC\n");
	page("<div>\none\n</div>\n\ntwo\n", "<div>\none\n</div>\n\nTWO\n");
	page("[a]: b 'c'\n[d]: <e>\nf\n", "[a]: b 'c'\n[d]: <e>\nF\n");
	page("[^1]: one\n    two\n\nx[^1]\n", "[^1]: ONE\n    TWO\n\nX[^1]\n");
	page("> [!NOTE]\n> one\n", "> [!NOTE]\n> ONE\n");
	page("\xEF\xBB\xBF# a\r\n\r\n> b\r\n> c\r\n", "\xEF\xBB\xBF# A\r\n\r\n> B\r\n> C\r\n");
	page("", "");
}

Test(document_markdown, inlines)
{
	page("a **b** *c _d_* ~~e~~ z", "A **B** *C _D_* ~~E~~ Z");
	page("a `b` <b>c</b> <http://d.e> http://f.g/h, z",
	     "A `b` <b>C</b> <http://d.e> http://f.g/h, Z");
	page("a [b](c \"d\") ![e](f 'g') z", "A [B](c \"D\") ![E](f 'G') Z");
	page("[![a](b)](c)\n", "[![A](b)](c)\n");
	page("[a b] [c][a B] [d] ![a b]\n\n[a b]: x\n",
	     "[A B][a b] [C][a B] [D] ![A B][a b]\n\n[a b]: x\n");
	page("a\\*b &amp; &eacute; &lt; c\n", "A\\*B & \xC3\xA9 &lt; C\n");
	page("one  \ntwo\\\nthree", "ONE  \nTWO\\\nTHREE");
	page("*one  \ntwo*", "*ONE  \nTWO*");
	page("x *one  \ntwo* y", "X *ONE  \nTWO* Y");
	page("2 * 3 snake_case a<b", "2 * 3 SNAKE_CASE A\\<b");
	page("a<br>b <!-- c --> d", "A<br>B <!-- c --> D");
	page("a <kbd>b *c*</kbd> d", "A <kbd>b *c*</kbd> D");
}

static void given(const char *text, const char *translation, const char *wanted)
{
	struct tj_error err = { 0 };
	struct tj_document *d = read_document(TJ_FORMAT_MARKDOWN, text, strlen(text), &unknown,
	                                      &err);
	CHECK(d != NULL && d->n_segments == 1, "%s", text);
	CHECK(tj_document_translate(d, 0, translation, strlen(translation)), "memory");
	struct bytes out = write_document(d, 0);
	CHECK(same_bytes(out.data, out.n, wanted, strlen(wanted)),
	      "%s and %s gave\n%.*s\ninstead of\n%s", text, translation, (int)out.n, out.data,
	      wanted);
	free(out.data);
	tj_document_free(d);
}

Test(document_markdown, escapes)
{
	given("a", "# b", "\\# b");
	given("a", "#b", "#b");
	given("- a", "- b", "- \\- b");
	given("a", "1. b", "1\\. b");
	given("a", "1.5 b", "1.5 b");
	given("a", "> b", "\\> b");
	given("a", "---", "\\---");
	given("a\n===", "===", "\\===\n===");
	given("a", "*b", "*b");
	given("a", "*b*", "\\*b\\*");
	given("a", "`b` <i> [x](y) &lt;", "\\`b\\` \\<i\\> \\[x\\](y) &lt;");
	given("|a|\n|-|", "b|c", "|b\\|c|\n|-|");
	given("a|1\n-|-", "- b", "\\- b|1\n-|-");
	given("# a", "b #", "# b \\#");
	given("a\nb", "c 1. d", "c 1.\nd");
	given("a", "[x]: y", "\\[x\\]: y");
	given("a", "~~~", "\\~~~");
	given("a", "<div>", "\\<div>");
}

Test(document_markdown, marks)
{
	given("a **b** c",
	      "A<x1>\xC2\xA1"
	      "B!</x1>C",
	      "&#65;**\xC2\xA1"
	      "B!**&#67;");
	given("a **b** c", "A <x1> B </x1>C", "A **B** C");
	given("a **b** c", "<x1></x1> C", "a **b** c");
	given("a **b** `c` d", "<x2/> <x1>B</x1> D", "`c` **B** D");
	given("a *b* c *d* e", "<x1>B</x1><x2>D</x2>", "a *b* c *d* e");
}

/* --- Generated documents ------------------------------------------------------------ */

/* More of them with the environment variable of the long tests. */
static size_t n_documents(size_t n)
{
	return getenv("TRUJAMAN_LONG_TESTS") != NULL ? 30 * n : n;
}

/* Version 0.29.0.gfm.13 of cmark-gfm sees a link within another one, which the specification rules
 * out (CommonMark 0.31, section 6.3), where emphasis begins between the two. */
static int has_link_in_link(const struct bytes *tree)
{
	size_t depth = 0;
	for (size_t i = 0; i < tree->n; i++) {
		const char *at = tree->data + i, *end = memchr(at, '>', tree->n - i);
		if (end == NULL)
			break;
		if (end - at > 5 && memcmp(at, "<link", 5) == 0) {
			if (depth > 0)
				return 1;
			depth += end[-1] != '/'; /* one without text ends at once */
		}
		if (end - at > 5 && memcmp(at, "</link", 6) == 0)
			depth--;
	}
	return 0;
}

/* Without new translations all bytes stay, and whatever is written, cmark-gfm reads the same tree
 * in it. */
Test(document_markdown, generated)
{
	char folder[] = "markdown-XXXXXX", command[64];
	size_t n = n_documents(60);
	int judged = has_cmark();
	cr_assert_not_null(mkdtemp(folder));
	for (size_t i = 0; i < n; i++) {
		struct bytes b = { NULL, 0, 0 };
		make_markdown(&b);
		stays(TJ_FORMAT_MARKDOWN, b.data, b.n, &unknown);
		struct bytes one = convert(TJ_FORMAT_MARKDOWN, b.data, b.n, &unknown,
		                           capitals_but_addresses);
		struct bytes two = convert(TJ_FORMAT_MARKDOWN, b.data, b.n, &unknown, with_signs);
		write_markdown(folder, "a", i, &b);
		write_markdown(folder, "b", i, &one);
		write_markdown(folder, "c", i, &two);
		free(b.data);
		free(one.data);
		free(two.data);
	}
	if (judged)
		read_by_cmark(folder);
	for (size_t i = 0; judged && i < n; i++) {
		struct bytes a = tree_by_cmark(folder, "a", i);
		for (const char *name = "b"; name != NULL; name = *name == 'b' ? "c" : NULL) {
			struct bytes other = tree_by_cmark(folder, name, i);
			CHECK(has_link_in_link(&a) || same_bytes(a.data, a.n, other.data, other.n),
			      "document %zu of seed and %s: other trees, in %s", i, name, folder);
			free(other.data);
		}
		free(a.data);
	}
	snprintf(command, sizeof command, "rm -r '%s'", folder);
	cr_assert_eq(system(command), 0);
}

/* Damaged documents come out as they are. */
Test(document_markdown, damaged)
{
	for (size_t i = 0; i < n_documents(1000); i++) {
		struct bytes b = { NULL, 0, 0 };
		make_markdown(&b);
		mutate(&b, 6, 1);
		stays(TJ_FORMAT_MARKDOWN, b.data, b.n, &unknown);
		struct bytes out = convert(TJ_FORMAT_MARKDOWN, b.data, b.n, &unknown, in_capitals);
		free(out.data);
		free(b.data);
	}
}

/* Neither depth nor length takes more than linear time. */
Test(document_markdown, deep)
{
	enum { TIMES = 20000 };
	static const char *const parts[] = { "> ",       "- ",   "* a\n",    "[",       "![",
		                             "**a",      "_a",   "``a`",     "<a b=\"", "<!--",
		                             "[a](<b",   "[^a]", "a|",       "- a\n\n", "a  \n",
		                             "http://(", "<b>x", "[a]: b\n", "`a\n" };
	for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
		struct bytes b = { NULL, 0, 0 };
		for (int i = 0; i < TIMES; i++)
			bytes_add(&b, parts[k], strlen(parts[k]));
		bytes_add(&b, "x\n\ny\n", 5);
		stays(TJ_FORMAT_MARKDOWN, b.data, b.n, &unknown);
		struct bytes out = convert(TJ_FORMAT_MARKDOWN, b.data, b.n, &unknown, in_capitals);
		free(out.data);
		free(b.data);
	}
}
