/* SPDX-License-Identifier: MIT */
/* PO files: which entries get translations, how they are written, and what stays. */
#include "src/document/po_format.h"
#include "tests/document_case.h"

static const struct tj_reading_options none;
static const struct tj_reading_options fuzzy = { .fuzzy = 1 };
TestSuite(document_po, .init = test_start, .timeout = 600);

static void po(const char *text, const char *wanted)
{
	becomes(TJ_FORMAT_PO, text, wanted, &none);
}

/* Without translations, or with none wanted, all bytes stay. */
static void kept(const char *text)
{
	po(text, text);
}

Test(document_po, entries)
{
	po("msgid \"one\"\nmsgstr \"\"\n", "#, fuzzy\nmsgid \"one\"\nmsgstr \"ONE\"\n");
	po("# c\n#: a.c:1\nmsgctxt \"x\"\nmsgid \"one\"\nmsgstr \"\"\n\n# d\n",
	   "# c\n#: a.c:1\n#, fuzzy\nmsgctxt \"x\"\nmsgid \"one\"\nmsgstr \"ONE\"\n\n# d\n");
	po("#, c-format\r\nmsgid \"a\"\r\nmsgstr \"\"\r\n",
	   "#, fuzzy, c-format\r\nmsgid \"a\"\r\nmsgstr \"A\"\r\n");
	po("# x\r\nmsgid \"a\"\r\nmsgstr \"\"\r\n",
	   "# x\r\n#, fuzzy\r\nmsgid \"a\"\r\nmsgstr \"A\"\r\n");
	po("msgid \"one\"\nmsgstr \"\"\nmsgid \"two\"\nmsgstr \"\"",
	   "#, fuzzy\nmsgid \"one\"\nmsgstr \"ONE\"\n#, fuzzy\nmsgid \"two\"\nmsgstr \"TWO\"");
	po("#| msgid \"o\"\nmsgid \"one\"\nmsgstr \"\"\n",
	   "#, fuzzy\n#| msgid \"o\"\nmsgid \"one\"\nmsgstr \"ONE\"\n");
	po("msgid \"\"\n\"one \"\n\"two\\n\"\n\"  \\\"three\\\"\\n\"\nmsgstr \"\"\n",
	   "#, fuzzy\nmsgid \"\"\n\"one \"\n\"two\\n\"\n\"  \\\"three\\\"\\n\"\nmsgstr \"\"\n"
	   "\"ONE TWO\\n\"\n\"  \\\"THREE\\\"\\n\"\n");
	po("msgid \"%u thing\"\nmsgid_plural \"%u things\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n",
	   "#, fuzzy\nmsgid \"%u thing\"\nmsgid_plural \"%u things\"\nmsgstr[0] \"%U THING\"\n"
	   "msgstr[1] \"%U THINGS\"\n");
	po("msgid \"a\"\nmsgid_plural \"bs\"\nmsgstr[0] \"\"\n",
	   "#, fuzzy\nmsgid \"a\"\nmsgid_plural \"bs\"\nmsgstr[0] \"BS\"\n");
	po("msgid \"OK\"\nmsgstr \"\"\n", "#, fuzzy\nmsgid \"OK\"\nmsgstr \"OK\"\n");
}

/* How keywords and strings stand in lines does not matter to gettext. */
Test(document_po, several_in_a_line)
{
	po("msgid \"one\" msgstr \"\"\n", "#, fuzzy\nmsgid \"one\" msgstr \"ONE\"\n");
	po("\xEF\xBB\xBFmsgid\"one\"msgstr\"\"", "\xEF\xBB\xBF#, fuzzy\nmsgid\"one\"msgstr\"ONE\"");
	po("msgid \"one \" \"two\" msgstr\n\"\" \"\"\n",
	   "#, fuzzy\nmsgid \"one \" \"two\" msgstr\n\"ONE TWO\"\n");
	po("msgid \"a\" msgid_plural \"bs\" msgstr[0] \"\" msgstr[1] \"\" # c\n",
	   "#, fuzzy\nmsgid \"a\" msgid_plural \"bs\" msgstr[0] \"A\" msgstr[1] \"BS\" # c\n");
	po("msgid\n\"one\"\nmsgstr\n\n\"\"\n", "#, fuzzy\nmsgid\n\"one\"\nmsgstr\n\n\"ONE\"\n");
	po("msgid \"a\" msgid_plural \"bs\" msgstr[0]\"\" msgstr[ 1 ]\"\"\n",
	   "#, fuzzy\nmsgid \"a\" msgid_plural \"bs\" msgstr[0]\"A\" msgstr[ 1 ]\"BS\"\n");
	/* An obsolete entry ends where its comments do. */
	po("#~ msgid \"old\"\n#~ msgstr \"x\"\nmsgid \"one\"\nmsgstr \"\"\n",
	   "#~ msgid \"old\"\n#~ msgstr \"x\"\n#, fuzzy\nmsgid \"one\"\nmsgstr \"ONE\"\n");
	po("#~ msgid \"old\"\n#~ msgstr \"x\"\n# c\nmsgid \"one\"\nmsgstr \"\"\n",
	   "#~ msgid \"old\"\n#~ msgstr \"x\"\n# c\n#, fuzzy\nmsgid \"one\"\nmsgstr \"ONE\"\n");
	/* No comment can begin behind something else, so the line is divided. */
	po("msgid \"a\" msgstr \"x\"  msgctxt \"y\" msgid \"b\"\r\nmsgstr \"\"\r\n",
	   "msgid \"a\" msgstr \"x\"  \r\n#, fuzzy\r\nmsgctxt \"y\" msgid \"b\"\r\nmsgstr \"B\"\r\n");
	po("msgid \"a\" msgstr \"\" #, c-format\nmsgid \"b\" msgstr \"\"\n",
	   "#, fuzzy\nmsgid \"a\" msgstr \"A\" #, fuzzy, c-format\nmsgid \"b\" msgstr \"B\"\n");
}

Test(document_po, domains)
{
	po("# d\ndomain \"x\"\nmsgid \"a\"\nmsgstr \"\"\n",
	   "# d\ndomain \"x\"\n#, fuzzy\nmsgid \"a\"\nmsgstr \"A\"\n");
	po("msgid \"a\" msgstr \"\" domain \"x\" msgid \"a\" msgstr \"\" domain \"y\"",
	   "#, fuzzy\nmsgid \"a\" msgstr \"A\" domain \"x\" \n#, fuzzy\nmsgid \"a\" msgstr \"A\" "
	   "domain \"y\"");
	kept("domain \"x\"\n\nmsgid \"a\"\nmsgstr \"b\"\n");
	is_refused(TJ_FORMAT_PO, "msgid \"a\" domain \"x\" msgstr \"\"", &none,
	           "doc:1:11: not PO: a comment, msgid or msgstr should stand here");
	is_refused(TJ_FORMAT_PO, "domain x\n", &none,
	           "doc:1:8: not PO: a string in quotes should stand here");
}

Test(document_po, kept)
{
	kept("");
	kept("\n\n# only a comment\n");
	kept("msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n");
	kept("msgid \"one\"\nmsgstr \"uno\"\n");
	kept("#, fuzzy\nmsgid \"one\"\nmsgstr \"uno\"\n");
	kept("#~ msgid \"one\"\n#~ msgstr \"\"\n");
	kept("msgid \"12 %\"\nmsgstr \"\"\n");
	kept("msgid \"a\"\nmsgid_plural \"bs\"\nmsgstr[0] \"\"\nmsgstr[1] \"x\"\n");
	becomes(TJ_FORMAT_PO, "#, fuzzy\nmsgid \"one\"\nmsgstr \"uno\"\n",
	        "#, fuzzy\nmsgid \"one\"\nmsgstr \"ONE\"\n", &fuzzy);
	/* Capitals spoil a directive, so the entry stays. */
	kept("#, c-format\nmsgid \"one %d\"\nmsgstr \"\"\n");
	kept("#, python-format\nmsgid \"one %(x)s\"\nmsgstr \"\"\n");
	po("#, no-c-format\nmsgid \"a %d\"\nmsgstr \"\"\n",
	   "#, fuzzy, no-c-format\nmsgid \"a %d\"\nmsgstr \"A %D\"\n");
}

#define HEADER(charset) \
	"msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=" charset "\\n\"\n"

/* The names of templates and of ASCII would be wrong once there are translations. */
Test(document_po, charset)
{
	static const char entry[] = "\nmsgid \"one\"\nmsgstr \"\"\n",
			  new_entry[] = "\n#, fuzzy\nmsgid \"one\"\nmsgstr \"ONE\"\n";
	static const char *const headers[] = { HEADER("CHARSET"), HEADER("us-ascii"),
		                               HEADER("ASCII"), HEADER("UTF-8") };
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		char file[200], wanted[200];
		snprintf(file, sizeof file, "%s%s", headers[i], entry);
		snprintf(wanted, sizeof wanted, "%s%s", HEADER("UTF-8"), new_entry);
		becomes(TJ_FORMAT_PO, file, wanted, &none);
		kept(headers[i]);
	}
	is_refused(TJ_FORMAT_PO, HEADER("ascii-8"), &none,
	           "doc:3:36: the file is not in UTF-8; msgconv -t UTF-8 converts it");
	/* Only the header has one, and names the encoding wherever it is divided. */
	becomes(TJ_FORMAT_PO,
	        "msgctxt \"x\"\nmsgid \"\"\nmsgstr \"charset=ASCII, charset=latin1\"\n"
	        "\nmsgid \"one\"\nmsgstr \"\"\n",
	        "msgctxt \"x\"\nmsgid \"\"\nmsgstr \"charset=ASCII, charset=latin1\"\n"
	        "\n#, fuzzy\nmsgid \"one\"\nmsgstr \"ONE\"\n",
	        &none);
	kept("msgid \"\"\nmsgstr \"char\"\n\"set=UTF-8\\n\"\n");
	is_refused(TJ_FORMAT_PO, "msgid \"\"\nmsgstr \"charset=CHAR\"\n\"SET\\n\"\n", &none,
	           "doc:2:17: the name of the character set is divided over strings; "
	           "\"charset=UTF-8\" should stand in one");
	is_refused(TJ_FORMAT_PO, "msgid \"\"\nmsgstr \"char\"\n\"set=ASCII\\n\"\n", &none,
	           "doc:2:8: the name of the character set is divided over strings; "
	           "\"charset=UTF-8\" should stand in one");
	is_refused(TJ_FORMAT_PO, "msgid \"\"\nmsgstr \"char\"\n\"set=latin1\\n\"\n", &none,
	           "doc:2:8: the file is not in UTF-8; msgconv -t UTF-8 converts it");
	is_refused(TJ_FORMAT_PO, HEADER("utf-16"), &none,
	           "doc:3:36: the file is not in UTF-8; msgconv -t UTF-8 converts it");
}

Test(document_po, refused)
{
	is_refused(TJ_FORMAT_PO, "msgid \"one\nmsgstr \"\"\n", &none,
	           "doc:1:7: not PO: this string does not end");
	is_refused(TJ_FORMAT_PO, "msgid \"one\"\n\n# x\nhello\n", &none,
	           "doc:4:1: not PO: a comment, msgid or msgstr should stand here");
	is_refused(TJ_FORMAT_PO, "msgid \"one\"\n", &none,
	           "doc:1:12: not PO: the entry lacks msgid or msgstr");
	is_refused(TJ_FORMAT_PO, "\"one\"\n", &none, "doc:1:1: not PO: a string without a keyword");
	is_refused(TJ_FORMAT_PO, "msgid \"one\" two msgstr \"\"\n", &none,
	           "doc:1:13: not PO: a comment, msgid or msgstr should stand here");
	is_refused(TJ_FORMAT_PO, "msgid \"one\"\nmsgstr\n", &none,
	           "doc:3:1: not PO: a string in quotes should stand here");
	is_refused(TJ_FORMAT_PO, "msgid\nmsgstr \"\"\n", &none,
	           "doc:2:1: not PO: a string in quotes should stand here");
	is_refused(TJ_FORMAT_PO, "msgid one\n", &none,
	           "doc:1:7: not PO: a string in quotes should stand here");
	is_refused(TJ_FORMAT_PO,
	           "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=ISO-8859-1\\n\"\n",
	           &none, "doc:2:43: the file is not in UTF-8; msgconv -t UTF-8 converts it");
}

static void directives(const char *source, const char *translation, int may_number,
                       const char *wanted)
{
	struct tj_string out = { NULL, 0, 0 };
	int good = tj_po_directives(source, strlen(source), translation, strlen(translation),
	                            may_number, &out);
	CHECK(good == (wanted != NULL ? 1 : -1) &&
	          (wanted == NULL || same_bytes(out.data, out.n, wanted, strlen(wanted))),
	      "%s, %s: %d, %.*s", source, translation, good, (int)out.n, out.data);
	free(out.data);
}

Test(document_po, directives)
{
	directives("a %s %d", "%s b %d", 1, "%s b %d");
	directives("a %s %d", "%d b %s", 1, "%2$d b %1$s");
	directives("a %s %s %d", "%d %s %s", 1, "%3$d %1$s %2$s");
	directives("a %s %d", "%d b %s", 0, NULL);
	directives("a %s", "b", 1, NULL);
	directives("a %s", "%s %s", 1, NULL);
	directives("a %*d %s", "%s %*d", 1, NULL);
	directives("a %1$s %2$d", "%2$d %1$s", 1, NULL);
	directives("a %%", "b", 1, NULL);
	directives("a %% %5.2f", "b %% %5.2f", 1, "b %% %5.2f");
	directives("a %(x)s", "%(x)s b", 0, "%(x)s b");
	directives("100%", "100%", 1, "100%");
}

/* --- Generated files ------------------------------------------------------------------ */

enum { FILES = 3000 };

static void add(struct bytes *b, const char *text)
{
	bytes_add(b, text, strlen(text));
}

static void make_string(struct bytes *b)
{
	static const char *const parts[] = { "word ", "two\\n", "%d ",          "\\\"",
		                             "\\t",   "\"\n\"", "ma\u00F1ana ", "\\\\",
		                             "\\101", "12 ",    "\\x41 " };
	add(b, "\"");
	for (size_t n = test_between(0, 30); n > 0; n--)
		add(b, parts[test_between(0, sizeof parts / sizeof *parts - 1)]);
	add(b, "\"\n");
}

/* Makes spaces of some line ends that do not end a comment. */
static void join_lines(struct bytes *b)
{
	int is_comment = 0;
	for (size_t i = 0; i + 1 < b->n; i++) {
		if (b->data[i] == '\n' && !is_comment && b->data[i + 1] != '\n' &&
		    test_between(0, 1) > 0)
			b->data[i] = ' ';
		if (b->data[i] == '\n')
			is_comment = b->data[i + 1] == '#';
		else if (i == 0 || (b->data[i] == ' ' && b->data[i + 1] == '#'))
			is_comment |= b->data[i == 0 ? 0 : i + 1] == '#';
	}
}

static void make_po(struct bytes *b)
{
	int joins = test_between(0, 1);
	static const char *const comments[] = {
		"# c\n",         "#: a.c\n",
		"#, fuzzy\n",    "#| msgid \"x\"\n",
		"#, c-format\n", "#~ msgid \"a\"\n#~ msgstr \"\"\n\n"
	};
	for (size_t n = test_between(1, 5); n > 0; n--) {
		int plural = test_between(0, 3) == 0;
		for (size_t k = test_between(0, 2); k > 0; k--)
			add(b, comments[test_between(0, 5)]);
		add(b, "msgid ");
		make_string(b);
		add(b, plural ? "msgid_plural " : "");
		if (plural)
			make_string(b);
		add(b, plural ? "msgstr[0] \"\"\nmsgstr[1] \"\"\n" : "msgstr ");
		if (!plural && test_between(0, 1) > 0)
			make_string(b);
		else if (!plural)
			add(b, "\"\"\n");
		add(b, test_between(0, 3) > 0 ? "\n" : "");
	}
	if (joins)
		join_lines(b);
}

/* What was translated is empty or fuzzy; with `fuzzy`, a second translation finds as many segments,
 * and the sources are the same. */
Test(document_po, generated)
{
	for (int i = 0; i < FILES; i++) {
		struct tj_error err = { 0 };
		struct bytes b = { NULL, 0, 0 };
		make_po(&b);
		struct tj_document *d = read_document(TJ_FORMAT_PO, b.data, b.n, &fuzzy, &err);
		CHECK(d != NULL, "%s: %.*s", err.text, (int)b.n, b.data);
		struct bytes same = write_document(d, 0);
		CHECK(same_bytes(same.data, same.n, b.data, b.n), "%.*s\nbecame\n%.*s", (int)b.n,
		      b.data, (int)same.n, same.data);
		translate_document(d, same_text);
		struct bytes out = write_document(d, 0);
		struct tj_document *again = read_document(TJ_FORMAT_PO, out.data, out.n, &fuzzy,
		                                          &err);
		CHECK(again != NULL && again->n_segments == d->n_segments &&
		          same_bytes(again->text.data, again->text.n, d->text.data, d->text.n),
		      "%.*s\nbecame\n%.*s", (int)b.n, b.data, (int)out.n, out.data);
		struct tj_document *plain = read_document(TJ_FORMAT_PO, out.data, out.n, &none,
		                                          &err);
		CHECK(plain != NULL && plain->n_segments == 0, "%.*s", (int)out.n, out.data);
		tj_document_free(plain);
		tj_document_free(again);
		tj_document_free(d);
		free(out.data);
		free(same.data);
		free(b.data);
	}
}

/* Damaged files are refused, or come out as they are. */
Test(document_po, damaged)
{
	for (int i = 0; i < FILES; i++) {
		struct tj_error err = { 0 };
		struct bytes b = { NULL, 0, 0 };
		make_po(&b);
		mutate(&b, 4, 1);
		struct tj_document *d = read_document(TJ_FORMAT_PO, b.data, b.n, &none, &err);
		CHECK((d == NULL) == (err.status != TRUJAMAN_OK), "%s", err.text);
		if (d != NULL) {
			struct bytes same = write_document(d, 0);
			CHECK(same_bytes(same.data, same.n, b.data, b.n), "%.*s", (int)b.n, b.data);
			translate_document(d, in_capitals);
			struct bytes out = write_document(d, 0);
			free(out.data);
			free(same.data);
		}
		tj_document_free(d);
		free(b.data);
	}
}
