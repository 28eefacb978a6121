/* SPDX-License-Identifier: MIT */
/* Makes Markdown, and asks cmark-gfm about it. */
#include "tests/markdown_case.h"

#include <unistd.h>

static void add(struct bytes *b, const char *text)
{
	bytes_add(b, text, strlen(text));
}

static const char *one_of(const char *const *list, size_t n)
{
	return list[test_between(0, n - 1)];
}

#define ONE_OF(list) one_of(list, sizeof(list) / sizeof *(list))

/* --- Documents ---------------------------------------------------------------------- */

static void add_inlines(struct bytes *b, int depth);

static const char *const words[] = { "word",
	                             "two words",
	                             "Foo bar.",
	                             "a_b",
	                             "2 * 3",
	                             "caf\u00E9",
	                             "&amp;",
	                             "&lt;",
	                             "&eacute;",
	                             "\\*",
	                             "\\_",
	                             "\\<",
	                             "\\[",
	                             "1.",
	                             "-",
	                             "#",
	                             ">",
	                             "!",
	                             "~",
	                             "C:\\dir",
	                             "\"q\"",
	                             "(p)",
	                             "[ref]",
	                             "[nope]",
	                             "[^1]",
	                             "[^9]",
	                             "&copy",
	                             "<",
	                             "a<b",
	                             "\u00BFq?",
	                             "`",
	                             "`c *x*`",
	                             "``a ` b``",
	                             "<br>",
	                             "<!-- c -->",
	                             "<kbd>x</kbd>",
	                             "<img src=\"a\">",
	                             "</i>",
	                             "<http://x.y>",
	                             "<a@b.c>",
	                             "[Ref][]",
	                             "![ref]",
	                             "[r][ref]" };
static const struct {
	const char *open, *close;
} pairs[] = { { "*", "*" },
	      { "**", "**" },
	      { "_", "_" },
	      { "~~", "~~" },
	      { "[", "](url \"Title x\")" },
	      { "[", "](<u v>)" },
	      { "![", "](i.png)" },
	      { "[", "][ref]" },
	      { "<b>", "</b>" },
	      { "***", "***" } };

static void add_inline(struct bytes *b, int depth)
{
	if (depth > 3 || test_between(0, 2) > 0) {
		add(b, ONE_OF(words));
		return;
	}
	size_t i = test_between(0, sizeof pairs / sizeof *pairs - 1);
	add(b, pairs[i].open);
	add_inlines(b, depth + 1);
	add(b, pairs[i].close);
}

static void add_inlines(struct bytes *b, int depth)
{
	const char *between = test_between(0, 4) > 0 ? " " : "";
	for (size_t n = test_between(1, 4); n > 0; n--) {
		add_inline(b, depth);
		if (n > 1)
			add(b, between);
	}
}

/* A paragraph whose lines begin with `prefix`, but for the first. */
static void add_paragraph(struct bytes *b, const char *prefix)
{
	static const char *const ends[] = { "\n", "\n", "  \n", "\\\n", " http://a.b/c_d\n" };
	for (size_t n = test_between(1, 3); n > 0; n--) {
		add_inlines(b, 0);
		if (n > 1) {
			add(b, ONE_OF(ends));
			add(b, prefix);
		}
	}
}

static void add_table(struct bytes *b, const char *prefix)
{
	size_t columns = test_between(1, 3), rows = test_between(1, 3);
	for (size_t row = 0; row <= rows; row++) {
		for (size_t i = 0; i < columns; i++) {
			add(b, i > 0 || test_between(0, 1) == 0 || row == 1 ? "| " : "");
			if (row == 1)
				add(b, test_between(0, 1) > 0 ? ":--" : "-");
			else
				add_inlines(b, 2);
			add(b, " ");
		}
		add(b, "|");
		if (row < rows) {
			add(b, "\n");
			add(b, prefix);
		}
	}
}

static void add_blocks(struct bytes *b, const char *prefix, int depth);

static void add_block(struct bytes *b, const char *prefix, int depth)
{
	static const char *const others[] = {
		"```x\nc *a*\n```", "    code", "***",  "- - -",  "<div>\n*x*\n</div>",
		"[ref]: /u 't'",    "~~~\nfoo", "<p>x", "\tcode", "   para",
		"1. y\n   - z"
	};
	static const char *const marks[] = { "> ", "- ", "* ", "1. ", "7) ", ">", "- [ ] " };
	char deeper[64];
	switch (depth > 3 ? 0 : test_between(0, 9)) {
	case 3:
		add(b, test_between(0, 1) > 0 ? "## " : "# ");
		add_inlines(b, 1);
		add(b, test_between(0, 1) > 0 ? " ##" : "");
		break;
	case 4:
		add_paragraph(b, prefix);
		add(b, "\n");
		add(b, prefix);
		add(b, test_between(0, 1) > 0 ? "===" : "---");
		break;
	case 5:
		add_table(b, prefix);
		break;
	case 6:
		add(b, ONE_OF(others));
		break;
	case 7:
	case 8: {
		/* cmark-gfm sees boxes of tasks only where the line has nothing before the item. */
		const char *mark = one_of(marks, sizeof marks / sizeof *marks - (depth > 0));
		snprintf(deeper, sizeof deeper, "%s%s", prefix,
		         mark[0] == '>'                     ? mark
		         : mark[0] == '1' || mark[0] == '7' ? "   "
		                                            : "  ");
		add(b, mark);
		add_blocks(b, deeper, depth + 1);
		break;
	}
	default:
		add_paragraph(b, prefix);
	}
}

static void add_blocks(struct bytes *b, const char *prefix, int depth)
{
	for (size_t n = test_between(1, 3); n > 0; n--) {
		add_block(b, prefix, depth);
		if (n > 1) {
			add(b, "\n");
			add(b, test_between(0, 3) > 0 ? prefix : "");
			add(b, test_between(0, 4) > 0 ? "\n" : "");
			add(b, prefix);
		}
	}
}

void make_markdown(struct bytes *b)
{
	add_blocks(b, "", 0);
	add(b, "\n\n[ref]: /u\n\n[^1]: note\n");
}

/* --- Translations ------------------------------------------------------------------- */

/* The bytes of an address at the beginning of n bytes; 0: none is there. The program keeps them. */
static size_t address_at(const char *text, size_t n)
{
	size_t end = 0;
	if (n < 7 || memcmp(text, "http://", 7) != 0)
		return 0;
	while (end < n && text[end] != ' ' && text[end] != '<')
		end++;
	return end;
}

void capitals_but_addresses(const char *text, size_t n, struct bytes *to)
{
	size_t from = 0;
	for (size_t i = 0; i < n; i++) {
		size_t address = address_at(text + i, n - i);
		if (address == 0)
			continue;
		in_capitals(text + from, i - from, to);
		bytes_add(to, text + i, address);
		from = i + address;
		i = from - 1;
	}
	in_capitals(text + from, n - from, to);
}

void with_signs(const char *text, size_t n, struct bytes *to)
{
	static const char *const signs[] = {
		"# ", "- ",   "1. ",  "> ",   "*",     "_",      "[",   "]",  "`", "<",
		"|",  "=== ", "~~",   "\\",   "!",     "&",      "$",   "(",  ")", "&lt;",
		"**", "<b>",  "]: x", "[^1]", "[ref]", "\u00BF", "---", "|-|"
	};
	int kept = 0;
	for (size_t i = 0; i < n; i++) {
		size_t address = kept ? 0 : address_at(text + i, n - i);
		if (address > 0) {
			bytes_add(to, text + i, address);
			i += address - 1;
			continue;
		}
		char c = text[i];
		if ((c == '<' || c == '&') && i + 1 < n && text[i + 1] != ' ')
			kept = 1;
		if (!kept && test_between(0, 6) == 0 && ((unsigned char)c & 0xC0) != 0x80)
			add(to, ONE_OF(signs));
		bytes_add(to, &c, 1);
		kept = kept && c != '>' && c != ';';
	}
}

/* --- Trees -------------------------------------------------------------------------- */

int has_cmark(void)
{
	return system("command -v cmark-gfm >/dev/null 2>&1") == 0;
}

void write_markdown(const char *folder, const char *name, size_t i, const struct bytes *b)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s%zu.md", folder, name, i);
	FILE *f = fopen(path, "wb");
	cr_assert_not_null(f);
	cr_assert(b->n == 0 || fwrite(b->data, 1, b->n, f) == b->n);
	cr_assert_eq(fclose(f), 0);
}

void read_by_cmark(const char *folder)
{
	char command[1024];
	snprintf(command, sizeof command,
	         "cd '%s' && for f in *.md; do cmark-gfm -t xml -e table -e strikethrough -e "
	         "autolink -e tasklist -e footnotes $f >$f.xml || exit 1; done",
	         folder);
	cr_assert_eq(system(command), 0);
}

struct bytes tree_by_cmark(const char *folder, const char *name, size_t i)
{
	char path[512], line[65536];
	struct bytes tree = { NULL, 0, 0 };
	snprintf(path, sizeof path, "%s/%s%zu.md.xml", folder, name, i);
	FILE *f = fopen(path, "r");
	cr_assert_not_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		char *from = line + strspn(line, " "), *title = strstr(from, " title=\"");
		if (strncmp(from, "<text", 5) == 0 || strncmp(from, "<softbreak", 10) == 0)
			continue;
		if (title != NULL) {
			char *end = strchr(title + 8, '"');
			cr_assert_not_null(end);
			memmove(title, end + 1, strlen(end));
		}
		add(&tree, from);
	}
	cr_assert_eq(fclose(f), 0);
	return tree;
}
