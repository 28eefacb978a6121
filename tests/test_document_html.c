/* SPDX-License-Identifier: MIT */
/* HTML: what is translated, what stays, and that the structure of any page does. */
#define _GNU_SOURCE /* asprintf */
#include "src/document/html_names.h"
#include "src/document/html_tokens.h"
#include "tests/document_case.h"

static const struct tj_reading_options unknown;
TestSuite(document_html, .init = test_start, .timeout = 600);

static const struct tj_reading_options en_es = { .source_language = "en", .target_language = "es" };

static void page(const char *text, const char *wanted)
{
	becomes(TJ_FORMAT_HTML, text, wanted, &en_es);
	stays(TJ_FORMAT_HTML, text, strlen(text), &unknown);
}

Test(document_html, text)
{
	page("<p>one <b>two</b> three</p>", "<p>ONE <b>TWO</b> THREE</p>");
	page("  one\n  two  ", "  ONE TWO  ");
	page("<p>one<p>two", "<p>ONE<p>TWO");
	page("<b>one</b>", "<b>ONE</b>");
	page("<b>one</b> two", "<b>ONE</b> TWO");
	page("one<br>two", "ONE<br>TWO");
	page("<b>one<br>two</b>", "<b>ONE<br>TWO</b>");
	page("a <b>one<br>two</b> z", "A <b>ONE<br>TWO</b> Z");
	page("<b>one <i>two</b> three</i>", "<b>ONE <i>TWO</b> THREE</i>");
	page("<title>one &amp; two</title>", "<title>ONE &amp; TWO</title>");
	page("<a href='x y'>one</a>", "<a href='x y'>ONE</a>");
	page("<li>one<ul><li>two</ul>", "<li>ONE<ul><li>TWO</ul>");
	page("", "");
	page("1 2 <b>3</b>", "1 2 <b>3</b>");
	page("<my-tag>one</my-tag> two", "<my-tag>ONE</my-tag> TWO");
}

Test(document_html, kept)
{
	page("one <code>two</code> three", "ONE <code>two</code> THREE");
	page("<pre>one</pre>two", "<pre>one</pre>TWO");
	page("<script>if (a < b) '</p>one'</script>two",
	     "<script>if (a < b) '</p>one'</script>TWO");
	page("<script><!-- <script>x</script> --></script>y",
	     "<script><!-- <script>x</script> --></script>Y");
	page("<style>p { color: red }</style>x", "<style>p { color: red }</style>X");
	page("<!-- one --> two <!-- three --> four", "<!-- one --> TWO <!-- three --> FOUR");
	page("<!DOCTYPE html>\n<p>x", "<!DOCTYPE html>\n<p>X");
	page("<p translate=no>one <b>x</b></p>two", "<p translate=no>one <b>x</b></p>TWO");
	page("one <span translate='no'>two <span>x</span></span> z",
	     "ONE <span translate='no'>two <span>x</span></span> Z");
	page("<svg><text>one</text></svg>two", "<svg><text>one</text></svg>TWO");
	page("<textarea>one</textarea>", "<textarea>one</textarea>");
	page("a < b & c", "A &lt; B &amp; C");
	page("one <b", "ONE <b");
	page("one </", "ONE &lt;/");
	page("<p title='x", "<p title='x");
}

Test(document_html, attributes)
{
	page("<img alt=\"one\" src=\"two\">", "<img alt=\"ONE\" src=\"two\">");
	page("<img alt=one>", "<img alt=\"ONE\">");
	page("x <img alt='it&#39;s'> y", "X <img alt='IT&#39;S'> Y");
	page("<a title=\"one\">two <b title=three>four</b></a> five",
	     "<a title=\"ONE\">TWO <b title=\"THREE\">FOUR</b></a> FIVE");
	page("one<p title=two>three", "ONE<p title=\"TWO\">THREE");
	page("<input placeholder='one'>", "<input placeholder='ONE'>");
	page("<meta name=description content='one'>", "<meta name=description content='ONE'>");
	page("<meta name=keywords content='one'>", "<meta name=keywords content='one'>");
	page("<img alt='1'>", "<img alt='1'>");
	page("text <img alt='one'>", "TEXT <img alt='ONE'>");
	page("<i title=a></i>b <i title=c>d <br>", "<i title=\"A\"></i>B <i title=\"C\">D <br>");
}

Test(document_html, entities)
{
	page("caf&eacute; &mdash; x", "CAF\xC3\xA9 \xE2\x80\x94 X");
	page("a &lt; b &amp;amp; c", "A &lt; B &amp;AMP; C");
	page("AT&amp;T", "AT&amp;T");
	page("a&nbsp;b", "A&nbsp;B");
	page("&eacute; &euro;5 at 3&deg;C", "\u00E9 \u20AC5 AT 3\u00B0C");
	page("a &copy; 5 &#169; &rarr; z", "A &copy; 5 &#169; &rarr; Z"); /* written, not signs */
	page("a &copy 2020", "A &copy 2020");
	page("&hearts; a", "&hearts; A");
	page("&#233;t&#xe9;", "\xC3\xA9T\xC3\xA9");
	page("&#60;b&#62; x", "&#60;B&#62; X");
	page("a&shy;b", "AB");
	page("&eacute;1", "&eacute;1");
}

Test(document_html, languages)
{
	page("<html lang=en-US><p lang=\"fr\">un</p><p lang='en'>two</p>",
	     "<html lang=es><p lang=\"fr\">un</p><p lang='es'>TWO</p>");
	page("<p>one <i lang=\"la\">unum</i> x</p>", "<p>ONE <i lang=\"la\">unum</i> X</p>");
	page("<p>one <i lang=\"en\">two</i> x</p>", "<p>ONE <i lang=\"es\">TWO</i> X</p>");
}

Test(document_html, charsets)
{
	page("<meta charset=latin1>caf&eacute;", "<meta charset=latin1>CAF&#233;");
	page("<meta charset=utf-8>caf\xC3\xA9", "<meta charset=utf-8>CAF\xC3\xA9");
	is_refused(TJ_FORMAT_HTML, "<p>\n <meta charset=windows-1252>caf\xE9", &en_es,
	           "doc:2:2: the page says that it is in windows-1252, and it is not UTF-8; iconv "
	           "-f windows-1252 -t UTF-8 converts it");
	is_refused(
	    TJ_FORMAT_HTML,
	    "<meta http-equiv=Content-Type content='text/html; charset=big5'>\xA4\xA4", &en_es,
	    "doc:1:1: the page says that it is in big5, and it is not UTF-8; iconv -f big5 -t "
	    "UTF-8 converts it");
}

/* --- Translations that move marks ------------------------------------------------- */

static void given(const char *text, const char *translation, const char *wanted)
{
	struct tj_error err = { 0 };
	struct tj_document *d = read_document(TJ_FORMAT_HTML, text, strlen(text), &en_es, &err);
	CHECK(d != NULL && d->n_segments == 1, "%s", text);
	CHECK(tj_document_translate(d, 0, translation, strlen(translation)), "memory");
	struct bytes out = write_document(d, 0);
	CHECK(same_bytes(out.data, out.n, wanted, strlen(wanted)), "%s and %s gave %.*s", text,
	      translation, (int)out.n, out.data);
	free(out.data);
	tj_document_free(d);
}

Test(document_html, marks)
{
	const char *text = "<p>a <b>c</b> d<img> e";
	given(text, "<x2/>E <x1>C</x1>", "<p><img>E <b>C</b>");
	/* White space stands where the source has it. */
	given(text, "A<x1> C </x1>D<x2/> E", "<p>A <b>C</b> D<img> E");
	/* What lacks a mark, has it twice or crosses is not taken. */
	given(text, "A <x1>C</x1>", text);
	given(text, "A <x1>C</x1> <x2/><x2/>", text);
	given(text, "A </x1>C<x1> <x2/>", text);
	given(text, "A <x3>C</x3> <x2/>", text);
	given("<p>a <b>c <i>d</i></b>", "A <x1>C <x2>D</x1></x2>", "<p>a <b>c <i>d</i></b>");
}

/* --- Generated pages --------------------------------------------------------------- */

enum { PAGES = 20000 };

static void add(struct bytes *b, const char *text)
{
	bytes_add(b, text, strlen(text));
}

static void make_page(struct bytes *b, int depth)
{
	static const char *const leaves[] = { "word",
		                              " two words ",
		                              "\n",
		                              "&eacute;",
		                              "&lt;",
		                              "<br>",
		                              "<img>",
		                              "<img alt='x y'>",
		                              " 12 ",
		                              "<!-- c -->",
		                              "&copy 1",
		                              "a&nbsp;b",
		                              "<hr>",
		                              "x < y & z",
		                              "<code>f(<b>x</b>)</code>",
		                              "<script>'<b>' </p></script>",
		                              "&amp;amp;",
		                              "<wbr>" };
	static const char *const names[] = { "b",   "i",  "a",    "span", "p",
		                             "div", "li", "code", "em",   "table" };
	for (size_t n = test_between(1, 5); n > 0; n--) {
		const char *name = names[test_between(0, 9)];
		char tag[64];
		if (depth > 5 || test_between(0, 2) > 0) {
			add(b, leaves[test_between(0, sizeof leaves / sizeof *leaves - 1)]);
			continue;
		}
		/* Now and then an end tag is missing, or belongs to another element. */
		const char *end = test_between(0, 15) > 0 ? name : names[test_between(0, 9)];
		snprintf(tag, sizeof tag, test_between(0, 4) > 0 ? "<%s>" : "<%s title=\"t\" x=1>",
		         name);
		add(b, tag);
		make_page(b, depth + 1);
		snprintf(tag, sizeof tag, "</%s>", end);
		if (test_between(0, 15) > 0)
			add(b, tag);
	}
}

/* The tags of a page, each with the elements around it: a sorted list of lines. Segments may order
 * the marks in them anew, so within a block the order does not count, but nesting does. Only the
 * tokens are used, so the judge is no HTML parser; tests/cli/documents.bats has one. */
static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct bytes structure_of(const struct bytes *page)
{
	struct bytes result = { NULL, 0, 0 };
	char *lines[20000], path[4096] = "";
	size_t n = 0, ends[2000], depth = 0;
	struct tj_document d = { .bytes = page->data, .n = page->n };
	for (size_t at = 0;;) {
		struct tj_token t = tj_token_next(&d, at, 0);
		at = t.range.end;
		if (t.kind == TJ_TOKEN_NONE)
			break;
		if (t.kind == TJ_TOKEN_TEXT)
			continue;
		CHECK(n < 20000 && depth < 2000, "too large");
		size_t n_tag = t.range.end - t.range.first;
		if (t.kind == TJ_TOKEN_END && depth > 0)
			path[ends[--depth]] = '\0';
		cr_assert(asprintf(&lines[n++], "%s|%.*s", path, (int)n_tag,
		                   d.bytes + t.range.first) >= 0);
		size_t n_path = strlen(path);
		if (t.kind == TJ_TOKEN_START && n_path + n_tag < sizeof path - 2 &&
		    tj_element_of(d.bytes + t.name.first, t.name.end - t.name.first) !=
		        TJ_ELEMENT_VOID) {
			ends[depth++] = n_path;
			memcpy(path + n_path, d.bytes + t.range.first, n_tag);
			path[n_path + n_tag] = '\0';
		}
	}
	qsort(lines, n, sizeof *lines, compare_lines);
	for (size_t i = 0; i < n; i++) {
		add(&result, lines[i]);
		add(&result, "\n");
		free(lines[i]);
	}
	return result;
}

/* A translation that puts the parts of its text in another order, as far as nesting allows: what
 * stands between marks becomes other words. */
static void in_disorder(const char *text, size_t n, struct bytes *to)
{
	static const char *const words[] = { "uno", " dos ",     "<",       "& ",
		                             "\"",  "tres &lt;", "\xC3\xB1" };
	/* Values of attributes stay: the tags are to be compared. */
	if (same_bytes(text, n, "t", 1) || same_bytes(text, n, "x y", 3)) {
		bytes_add(to, text, n);
		return;
	}
	/* A mark that stands alone at the end may move to the beginning. */
	size_t last = n;
	while (last > 0 && text[last - 1] != '<')
		last--;
	int is_alone = last > 0 && n >= 2 && text[n - 2] == '/' && text[n - 1] == '>' &&
	               test_between(0, 1) > 0;
	if (is_alone) {
		add(to, "<");
		bytes_add(to, text + last, n - last);
		n = last - 1;
	}
	for (size_t i = 0; i < n; i++) {
		if (text[i] != '<' || i + 1 == n || text[i + 1] == ' ') {
			if (test_between(0, 6) == 0)
				add(to, words[test_between(0, 6)]);
			continue;
		}
		for (; i < n && text[i] != '>'; i++)
			bytes_add(to, text + i, 1);
		add(to, i < n ? ">" : "");
	}
	add(to, "fin");
}

/* Whatever is written in the place of texts, each tag stays within the same tags; without new
 * translations all bytes stay. */
Test(document_html, generated)
{
	for (int i = 0; i < PAGES; i++) {
		struct bytes b = { NULL, 0, 0 };
		make_page(&b, 0);
		stays(TJ_FORMAT_HTML, b.data, b.n, &unknown);
		struct bytes out = convert(TJ_FORMAT_HTML, b.data, b.n, &unknown, in_disorder);
		struct bytes one = structure_of(&b), moved = structure_of(&out);
		CHECK(same_bytes(one.data, one.n, moved.data, moved.n), "%.*s\nbecame\n%.*s",
		      (int)b.n, b.data, (int)out.n, out.data);
		struct bytes again = convert(TJ_FORMAT_HTML, b.data, b.n, &unknown, in_capitals);
		/* Values of attributes became capitals, which the structure is not about. */
		for (size_t k = 0; k < again.n; k++)
			if (again.data[k] >= 'A' && again.data[k] <= 'Z')
				again.data[k] = (char)(again.data[k] + 'a' - 'A');
		struct bytes other = structure_of(&again);
		size_t at = 0;
		while (at < one.n && at < other.n && one.data[at] == other.data[at])
			at++;
		CHECK(same_bytes(one.data, one.n, other.data, other.n),
		      "from %.60s, %.60s\n%.*s\nbecame\n%.*s", one.data + (at > 30 ? at - 30 : 0),
		      other.data + (at > 30 ? at - 30 : 0), (int)b.n, b.data, (int)again.n,
		      again.data);
		free(one.data);
		free(moved.data);
		free(other.data);
		free(again.data);
		free(out.data);
		free(b.data);
	}
}

/* Damaged pages come out as they are, however they are damaged. */
Test(document_html, damaged)
{
	for (int i = 0; i < PAGES; i++) {
		struct tj_error err = { 0 };
		struct bytes b = { NULL, 0, 0 };
		make_page(&b, 0);
		mutate(&b, 6, 1);
		struct tj_document *d = read_document(TJ_FORMAT_HTML, b.data, b.n, &en_es, &err);
		CHECK(d != NULL, "%.*s: %s", (int)b.n, b.data, err.text);
		struct bytes same = write_document(d, 0);
		CHECK(same_bytes(same.data, same.n, b.data, b.n), "%.*s\nbecame\n%.*s", (int)b.n,
		      b.data, (int)same.n, same.data);
		translate_document(d, in_disorder);
		struct bytes out = write_document(d, 0);
		free(out.data);
		free(same.data);
		tj_document_free(d);
		free(b.data);
	}
}

/* Neither depth nor length takes more than linear time. */
Test(document_html, deep)
{
	enum { TIMES = 100000 };
	static const char *const parts[] = {
		"<div>",     "<b>", "</b>", "<b>x",  "<b><i>x</b>", "<code>",   "<p title=x>y",
		"<!--",      "&",   "<a <", "<svg>", "x<br>",       "<script>", "<b title=a>b</b> ",
		"<textarea>"
	};
	for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
		struct bytes b = { NULL, 0, 0 };
		for (int i = 0; i < TIMES; i++)
			add(&b, parts[k]);
		stays(TJ_FORMAT_HTML, b.data, b.n, &unknown);
		struct bytes out = convert(TJ_FORMAT_HTML, b.data, b.n, &unknown, in_capitals);
		free(out.data);
		free(b.data);
	}
}
