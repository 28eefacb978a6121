/* SPDX-License-Identifier: MIT */
/* Subtitles: what is translated, where it is broken, and that numbers, times and tags stay. */
#include "tests/document_case.h"

static const struct tj_reading_options none;
TestSuite(document_subtitles, .init = test_start, .timeout = 600);

#define TIMES "00:00:01,000 --> 00:00:02,000"

static void srt(const char *text, const char *wanted)
{
	becomes(TJ_FORMAT_SRT, text, wanted, &none);
	stays(TJ_FORMAT_SRT, text, strlen(text), &none);
}

static void vtt(const char *text, const char *wanted)
{
	becomes(TJ_FORMAT_VTT, text, wanted, &none);
	stays(TJ_FORMAT_VTT, text, strlen(text), &none);
}

/* A cue of an srt. */
static void cue(const char *text, const char *wanted)
{
	char a[1000], b[1000];
	snprintf(a, sizeof a, "1\n" TIMES "\n%s\n\n2\n" TIMES "\nEnd.\n", text);
	snprintf(b, sizeof b, "1\n" TIMES "\n%s\n\n2\n" TIMES "\nEND.\n", wanted);
	srt(a, b);
}

Test(document_subtitles, cues)
{
	cue("one two", "ONE TWO");
	cue("one two\nthree four", "ONE TWO\nTHREE FOUR");
	cue("<i>one</i>", "<i>ONE</i>");
	cue("<i>one\ntwo</i>", "<i>ONE\nTWO</i>");
	cue("one <i>two\nthree</i> four", "ONE <i>TWO\nTHREE</i> FOUR");
	cue("<i>one</i>\n<i>two</i>", "<i>ONE</i>\n<i>TWO</i>");
	cue("{\\an8}one", "{\\an8}ONE");
	cue("<font color=\"#fff\">one</font> x", "<font color=\"#fff\">ONE</font> X");
	cue("- One.\n- Two.", "- ONE.\n- TWO.");
	cue("<i>- One.\n- Two.</i>", "<i>- ONE.\n- TWO.</i>");
	cue("<i>- One.</i>\n<i>-two</i>", "<i>- ONE.</i>\n<i>-TWO</i>");
	cue("{\\an8}\u2013 One.\n\u2013 Two.", "{\\an8}\u2013 ONE.\n\u2013 TWO.");
	cue("one <i>two", "ONE <i>TWO");
	cue("1999", "1999");
	cue("a < b & c", "A < B & C");
	cue("  one  \n  two  ", "  ONE  \n  TWO  ");
	cue("one\n\ntwo", "ONE\n\nTWO");
	cue("12", "12");
}

Test(document_subtitles, files)
{
	srt("", "");
	srt("\n\n", "\n\n");
	srt("\xEF\xBB\xBF"
	    "1\r\n" TIMES "\r\none\r\ntwo\r\n\r\n",
	    "\xEF\xBB\xBF"
	    "1\r\n" TIMES "\r\nONE\r\nTWO\r\n\r\n");
	srt(TIMES " X1:1 X2:2\none", TIMES " X1:1 X2:2\nONE");
	srt("1\n" TIMES "\none.\n2\n" TIMES "\ntwo", "1\n" TIMES "\nONE.\n2\n" TIMES "\nTWO");
	srt("1\r" TIMES "\rone\r\r", "1\r" TIMES "\rONE\r\r");
	vtt("WEBVTT Kind: captions\nx\n\nNOTE one\ntwo\n\nSTYLE\n::cue { color: red }\n\nid\n"
	    "00:01.000 --> 00:02.000 line:0\none <v Ann>two\n\nREGION\nid:a\n",
	    "WEBVTT Kind: captions\nx\n\nNOTE one\ntwo\n\nSTYLE\n::cue { color: red }\n\nid\n"
	    "00:01.000 --> 00:02.000 line:0\nONE <v Ann>TWO\n\nREGION\nid:a\n");
	vtt("WEBVTT\n\n00:01.000 --> 00:02.000\na <00:01.500><c.x>b</c> &amp; &lt;c&nbsp;d",
	    "WEBVTT\n\n00:01.000 --> 00:02.000\nA <00:01.500><c.x>B</c> &amp; &lt;C&nbsp;D");
	is_refused(TJ_FORMAT_SRT, "one\ntwo\n", &none,
	           "doc:1:1: no subtitles: no line has times such as 00:00:01,000 --> "
	           "00:00:02,000");
	is_refused(TJ_FORMAT_VTT, "\nWEBVTT\n", &none,
	           "doc:1:1: not WebVTT: it begins with WEBVTT");
	struct tj_error err = { 0 };
	static const char utf16[4] = { '\xFF', '\xFE', '1', 0 };
	CHECK(read_document(TJ_FORMAT_SRT, utf16, 4, &none, &err) == NULL &&
	          strcmp(err.text, "doc:1:1: this is UTF-16; iconv -f UTF-16 -t UTF-8 converts "
	                           "it") == 0,
	      "%s", err.text);
}

/* --- Sentences in several cues ---------------------------------------------------- */

static void given(const char *text, size_t n_segments, const char *translation, const char *wanted)
{
	struct tj_error err = { 0 };
	struct tj_document *d = read_document(TJ_FORMAT_SRT, text, strlen(text), &none, &err);
	CHECK(d != NULL && d->n_segments == n_segments, "%s: %zu segments", text,
	      d != NULL ? d->n_segments : 0);
	CHECK(tj_document_translate(d, 0, translation, strlen(translation)), "memory");
	struct bytes out = write_document(d, 0);
	CHECK(same_bytes(out.data, out.n, wanted, strlen(wanted)), "%s and %s gave %.*s", text,
	      translation, (int)out.n, out.data);
	free(out.data);
	tj_document_free(d);
}

#define TWO(a, b) TIMES "\n" a "\n\n" TIMES "\n" b "\n"

Test(document_subtitles, joined)
{
	given(TWO("We went to", "the sea."), 1, "Fuimos al mar.", TWO("Fuimos", "al mar."));
	given(TWO("<i>We went to</i>", "<i>the sea.</i>"), 1, "Fuimos al mar.",
	      TWO("<i>Fuimos</i>", "<i>al mar.</i>"));
	given(TWO("We went,", "Ann and I."), 1, "Fuimos Ann y yo.", TWO("Fuimos", "Ann y yo."));
	given(TWO("We went.", "and came."), 2, "Fuimos.", TWO("Fuimos.", "and came."));
	given(TWO("We went", "Ann came."), 2, "Fuimos", TWO("Fuimos", "Ann came."));
	given(TWO("We <i>went</i>", "to sea."), 2, "<x1>Fuimos</x1>",
	      TWO("<i>Fuimos</i>", "to sea."));
	/* Fewer words than rows: the first lines of cues come first. */
	given(TWO("We went\nto", "the\nsea."), 1, "Mar dos.", TWO("Mar", "dos."));
	given(TWO("We went\nto", "the\nsea."), 1, "Mar.", TWO("Mar.", ""));
	given(TWO("We went\nto", "the\nsea."), 1, "Ma ra ver.", TWO("Ma\nra", "ver."));
}

Test(document_subtitles, broken)
{
	given(TIMES "\nNo.\nI do not want to go there.\n", 1,
	      "No. Yo no quiero ir a ese lugar nunca.",
	      TIMES "\nNo.\nYo no quiero ir a ese lugar nunca.\n");
	given(TIMES "\none two three\nfour five six\n", 1, "uno <b>", TIMES "\nuno\n<b>\n");
	given(TIMES "\none two\nthree\n", 1, "\u4E00\u4E8C\u4E09\u56DB\u4E94\u3002\u516D",
	      TIMES "\n\u4E00\u4E8C\u4E09\u56DB\n\u4E94\u3002\u516D\n");
	given(TIMES "\none <i>two</i>\nthree\n", 1, "<x1>dos</x1> tres",
	      TIMES "\n<i>dos</i>\ntres\n");
	/* Without the tag it stays. */
	given(TIMES "\none <i>two</i>\nthree\n", 1, "dos tres", TIMES "\none <i>two</i>\nthree\n");
}

/* --- Generated files ---------------------------------------------------------------- */

enum { FILES = 3000 };

static void add(struct bytes *b, const char *text)
{
	bytes_add(b, text, strlen(text));
}

static void make_line(struct bytes *b)
{
	static const char *const parts[] = { "word",   "Two words", "<i>",
		                             "</i>",   "<b>x</b>",  " ",
		                             "...",    "{\\an8}",   ",",
		                             "12",     "&amp;",     "ma\u00F1ana",
		                             "-",      "<",         "<font color=red>",
		                             "</font>" };
	for (size_t n = test_between(1, 6); n > 0; n--) {
		add(b, parts[test_between(0, sizeof parts / sizeof *parts - 1)]);
		add(b, test_between(0, 3) > 0 ? " " : "");
	}
	add(b, ".x");
}

static void make_file(struct bytes *b, int is_vtt)
{
	const char *end = test_between(0, 3) > 0 ? "\n" : "\r\n";
	if (is_vtt) {
		add(b, "WEBVTT");
		add(b, end);
		add(b, end);
	}
	for (size_t n = test_between(1, 6); n > 0; n--) {
		char number[32];
		snprintf(number, sizeof number, "%zu", test_between(1, 99));
		add(b, test_between(0, 9) > 0 ? number : "");
		add(b, end);
		add(b, "00:00:01.000 --> 00:00:02.000");
		add(b, end);
		for (size_t k = test_between(0, 3); k > 0; k--) {
			make_line(b);
			add(b, end);
		}
		add(b, end);
	}
}

/* Marks stay where they are, and words become more or fewer. */
static void in_other_words(const char *text, size_t n, struct bytes *to)
{
	size_t before = to->n;
	for (size_t i = 0; i < n; i++) {
		int is_mark = text[i] == '<' && i + 2 < n &&
		              (text[i + 1] == 'x' || (text[i + 1] == '/' && text[i + 2] == 'x'));
		if (!is_mark) {
			if (test_between(0, 5) == 0)
				add(to, text[i] == ' ' ? " " : "uno dos");
			continue;
		}
		for (; text[i] != '>'; i++)
			bytes_add(to, text + i, 1);
		add(to, ">");
	}
	if (to->n == before || same_bytes(to->data + before, to->n - before, text, n))
		add(to, "fin");
}

/* What must not change: times, and the tags in their order. The count of lines of a cue may only
 * become smaller. */
static struct bytes skeleton_of(const struct bytes *b, enum tj_format format)
{
	struct bytes result = { NULL, 0, 0 };
	for (size_t i = 0; i < b->n; i++) {
		if (i + 29 <= b->n &&
		    memcmp(b->data + i, "00:00:01.000 --> 00:00:02.000", 29) == 0) {
			add(&result, "T");
			i += 28;
		} else if (b->data[i] == '<' && i + 1 < b->n && strchr("ib/f", b->data[i + 1])) {
			for (; i < b->n && b->data[i] != '>'; i++)
				bytes_add(&result, b->data + i, 1);
		} else if (format == TJ_FORMAT_SRT && b->data[i] == '{')
			add(&result, "{");
	}
	return result;
}

Test(document_subtitles, generated)
{
	for (int i = 0; i < FILES; i++) {
		enum tj_format format = i % 2 == 0 ? TJ_FORMAT_SRT : TJ_FORMAT_VTT;
		struct bytes b = { NULL, 0, 0 };
		make_file(&b, format == TJ_FORMAT_VTT);
		stays(format, b.data, b.n, &none);
		struct bytes out = convert(format, b.data, b.n, &none, in_other_words);
		struct bytes one = skeleton_of(&b, format), other = skeleton_of(&out, format);
		CHECK(same_bytes(one.data, one.n, other.data, other.n) &&
		          count_lines(out.data, out.n) <= count_lines(b.data, b.n),
		      "%.*s\nbecame\n%.*s", (int)b.n, b.data, (int)out.n, out.data);
		free(one.data);
		free(other.data);
		free(out.data);
		free(b.data);
	}
}

/* Damaged files are refused, or come out as they are. */
Test(document_subtitles, damaged)
{
	for (int i = 0; i < FILES; i++) {
		enum tj_format format = i % 2 == 0 ? TJ_FORMAT_SRT : TJ_FORMAT_VTT;
		struct tj_error err = { 0 };
		struct bytes b = { NULL, 0, 0 };
		make_file(&b, format == TJ_FORMAT_VTT);
		mutate(&b, 6, 1);
		struct tj_document *d = read_document(format, b.data, b.n, &none, &err);
		if (d != NULL) {
			struct bytes same = write_document(d, 0);
			CHECK(same_bytes(same.data, same.n, b.data, b.n), "%.*s\nbecame\n%.*s",
			      (int)b.n, b.data, (int)same.n, same.data);
			free(same.data);
			translate_document(d, in_other_words);
			struct bytes out = write_document(d, 0);
			free(out.data);
		}
		CHECK((d == NULL) == (err.status != TRUJAMAN_OK), "%s", err.text);
		tj_document_free(d);
		free(b.data);
	}
}

/* Neither depth nor length takes more than linear time. */
Test(document_subtitles, long_lines)
{
	static const char *const parts[] = { "<i>",   "word ",  "<",        "a\n",
		                             "- a\n", "{\\",    "1\n",      TIMES "\na\n",
		                             "\r",    "\u4E00", "<i>a</i> " };
	for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
		struct bytes b = { NULL, 0, 0 };
		add(&b, TIMES "\n");
		for (int i = 0; i < 50000; i++)
			add(&b, parts[k]);
		stays(TJ_FORMAT_SRT, b.data, b.n, &none);
		struct bytes out = convert(TJ_FORMAT_SRT, b.data, b.n, &none, in_capitals);
		free(out.data);
		free(b.data);
	}
}
