/* SPDX-License-Identifier: MIT */
/* XLIFF: which units get targets, how these are written, and what stays. */
#include "config.h"

#include "tests/document_case.h"
#include "tests/sanitized.h"

TestSuite(document_xliff, .init = test_start, .timeout = 600);

static const struct tj_reading_options none;
static const struct tj_reading_options en_es = { .source_language = "en", .target_language = "es" };

#ifdef TJ_HAVE_EXPAT

#define V1(body) \
	"<?xml version=\"1.0\"?>\n<xliff version=\"1.2\" xmlns=\"" \
	"urn:oasis:names:tc:xliff:document:1.2\"><file original=\"a\" datatype=\"x\" " \
	"source-language=\"en\" target-language=\"es\"><body>" body "</body></file></xliff>\n"
#define V2(body) \
	"<xliff version=\"2.0\" srcLang=\"en\" trgLang=\"es\" xmlns=\"" \
	"urn:oasis:names:tc:xliff:document:2.0\"><file id=\"f\">" body "</file></xliff>"
#define UNIT(body) "<trans-unit id=\"1\">" body "</trans-unit>"
#define SEGMENT(body) "<unit id=\"1\"><segment>" body "</segment></unit>"
#define REVIEW "<target state=\"needs-review-translation\">"
#define TRANSLATED "<unit id=\"1\"><segment state=\"translated\">"

#define xliff(text, wanted) becomes(TJ_FORMAT_XLIFF, text, wanted, &en_es)
#define unit(body, wanted) xliff(V1(UNIT(body)), V1(UNIT(wanted)))
#define segment(body, wanted) xliff(V2(SEGMENT(body)), V2(TRANSLATED wanted "</segment></unit>"))
#define kept(text) becomes(TJ_FORMAT_XLIFF, text, text, &en_es)
#define kept_unit(body) kept(V1(UNIT(body)))

Test(document_xliff, targets)
{
	unit("<source>one</source>", "<source>one</source>" REVIEW "ONE</target>");
	unit("\n  <source>one</source>\n", "\n  <source>one</source>\n  " REVIEW "ONE</target>\n");
	unit("<source>one</source><target/>", "<source>one</source>" REVIEW "ONE</target>");
	unit("<source>one</source><target xml:lang='es' ></target><note>n</note>",
	     "<source>one</source><target xml:lang='es' state=\"needs-review-translation\">ONE"
	     "</target><note>n</note>");
	unit("<source>one</source><target state='new' a=\"b\"> \n<!-- c --></target>",
	     "<source>one</source><target state='needs-review-translation' a=\"b\">ONE</target>");
	unit("<source> one \n two </source><note>n</note>",
	     "<source> one \n two </source>" REVIEW " ONE TWO </target><note>n</note>");
	unit("<source/>", "<source/>");
	segment("<source>one</source>", "<source>one</source><target>ONE</target>");
	segment("<source>one</source><target a='b' />",
	        "<source>one</source><target a='b'>ONE</target>");
	xliff(V2("<unit id=\"u\"><notes/><segment id='s' state='initial' subState='a:b'><source>a"
	         "</source></segment><ignorable><source> </source></ignorable><segment><source>b"
	         "</source></segment></unit>"),
	      V2("<unit id=\"u\"><notes/><segment id='s' state='translated'><source>a</source>"
	         "<target>A</target></segment><ignorable><source> </source></ignorable>"
	         "<segment state=\"translated\"><source>b</source><target>B</target></segment>"
	         "</unit>"));
	/* What looks like a unit in a unit, which XLIFF does not know, is its content. */
	unit("<source>a</source><group>" UNIT("<source>b</source>") "</group>",
	     "<source>a</source>" REVIEW "A</target><group>" UNIT("<source>b</source>") "</group>");
	unit("<source>a</source>" UNIT("<source>b</source>") "<source>c</source>",
	     "<source>a</source>" UNIT("<source>b</source>") "<source>c</source>" REVIEW
	                                                     "C</target>");
	segment(
	    "<source>a <pc id='1'><segment><source>b</source></segment>c</pc></source>",
	    "<source>a <pc id='1'><segment><source>b</source></segment>c</pc></source><target>A "
	    "<pc id='1'><segment><source>b</source></segment>C</pc></target>");
	becomes(TJ_FORMAT_XLIFF,
	        "<x:xliff xmlns:x='urn:oasis:names:tc:xliff:document:1.2'><x:trans-unit><x:source>"
	        "a<x:g id='1'>b</x:g></x:source></x:trans-unit></x:xliff>",
	        "<x:xliff xmlns:x='urn:oasis:names:tc:xliff:document:1.2'><x:trans-unit><x:source>"
	        "a<x:g id='1'>b</x:g></x:source><x:target state=\"needs-review-translation\">A"
	        "<x:g id='1'>B</x:g></x:target></x:trans-unit></x:xliff>",
	        &none);
}

Test(document_xliff, codes)
{
#define both(source, target) \
	unit("<source>" source "</source>", "<source>" source "</source>" REVIEW target "</target>")
	both("a<g id=\"1\">b</g> c<x id=\"2\"/>d", "A<g id=\"1\">B</g> C<x id=\"2\"/>D");
	both("a<bpt id='1'>&lt;b></bpt>b<ept id='1'>&lt;/b></ept>",
	     "A<bpt id='1'>&lt;b></bpt>B<ept id='1'>&lt;/b></ept>");
	both("a <bx id='1' rid='r'/>b<ex id='2' rid='r'/> <bx id='3'></bx>c",
	     "A <bx id='1' rid='r'/>B<ex id='2' rid='r'/> <bx id='3'></bx>C");
	both("a<x id=\"START_B\"/>b<x id=\"CLOSE_B\"/>c<x id=\"START_B\"/>d<x id=\"CLOSE_B\"/>",
	     "A<x id=\"START_B\"/>B<x id=\"CLOSE_B\"/>C<x id=\"START_B\"/>D<x id=\"CLOSE_B\"/>");
	both("<g id=\"1\">a</g>", "<g id=\"1\">A</g>");
	both("<x id=\"1\"/> a <x id=\"2\"/>", "<x id=\"1\"/> A <x id=\"2\"/>");
	both("a<bx id='1'/>b<g id='2'>c<ex id='1'/>d</g>e",
	     "A<bx id='1'/>B<g id='2'>C<ex id='1'/>D</g>E");
	both("a <ph id='1'>x<sub>y</sub></ph> b", "A <ph id='1'>x<sub>y</sub></ph> B");
	both("a <mrk mtype=\"protected\">b</mrk> c", "A <mrk mtype=\"protected\">b</mrk> C");
	both("a <mrk mtype=\"term\">b</mrk> c", "A <mrk mtype=\"term\">B</mrk> C");
#undef both
	segment("<source>a<pc id=\"1\">b<sc id='2'/>c</pc>d<ec startRef='2'/></source>",
	        "<source>a<pc id=\"1\">b<sc id='2'/>c</pc>d<ec startRef='2'/></source>"
	        "<target>A<pc id=\"1\">B<sc id='2'/>C</pc>D<ec startRef='2'/></target>");
	segment("<source>a <mrk id='m' translate=\"no\">b</mrk> c<cp hex='1'/></source>",
	        "<source>a <mrk id='m' translate=\"no\">b</mrk> c<cp hex='1'/></source>"
	        "<target>A <mrk id='m' translate=\"no\">b</mrk> C<cp hex='1'/></target>");
	unit("<source>a b</source><seg-source><mrk mtype=\"seg\" mid=\"1\">a</mrk> <mrk "
	     "mtype=\"seg\" mid=\"2\">b</mrk></seg-source><target><mrk mid='1'/></target>",
	     "<source>a b</source><seg-source><mrk mtype=\"seg\" mid=\"1\">a</mrk> <mrk "
	     "mtype=\"seg\" mid=\"2\">b</mrk></seg-source>" REVIEW
	     "<mrk mtype=\"seg\" mid=\"1\">A</mrk> <mrk mtype=\"seg\" mid=\"2\">B</mrk></target>");
}

Test(document_xliff, text)
{
	unit("<source>a &amp; &lt;b> &#233; \"</source>",
	     "<source>a &amp; &lt;b> &#233; \"</source>" REVIEW
	     "A &amp; &lt;B> \u00E9 \"</target>");
	unit("<source><![CDATA[ a & b ]]>c<!-- d --></source>",
	     "<source><![CDATA[ a & b ]]>c<!-- d --></source>" REVIEW " A &amp; B C</target>");
	unit("<source><![CDATA[<&lt;&nbsp;>]]> a</source>",
	     "<source><![CDATA[<&lt;&nbsp;>]]> a</source>" REVIEW
	     "&lt;&amp;LT;&amp;NBSP;&gt; A</target>");
	unit("<source xml:space=\"preserve\">a\n\n b&#10;c d</source>",
	     "<source xml:space=\"preserve\">a\n\n b&#10;c d</source>" REVIEW
	     "A\n\n B&#10;C D</target>");
	unit("<source xml:space=\"preserve\"><![CDATA[a\n<&>\nb]]></source>",
	     "<source xml:space=\"preserve\"><![CDATA[a\n<&>\nb]]></source>" REVIEW
	     "A\n&lt;&amp;&gt;\nB</target>");
	becomes(TJ_FORMAT_XLIFF,
	        "<?xml version='1.0' encoding='US-ASCII'?><xliff><trans-unit><source>a &#241;"
	        "</source></trans-unit></xliff>",
	        "<?xml version='1.0' encoding='US-ASCII'?><xliff><trans-unit><source>a &#241;"
	        "</source>" REVIEW "A &#241;</target></trans-unit></xliff>",
	        &none);
	/* What an external DTD might declare is kept. */
	becomes(TJ_FORMAT_XLIFF,
	        "<!DOCTYPE xliff SYSTEM 'file:///etc/passwd'><xliff><trans-unit><source>a &b; c"
	        "</source></trans-unit></xliff>",
	        "<!DOCTYPE xliff SYSTEM 'file:///etc/passwd'><xliff><trans-unit><source>a &b; c"
	        "</source>" REVIEW "A &b; C</target></trans-unit></xliff>",
	        &none);
}

Test(document_xliff, kept)
{
	kept_unit("<source>one</source><target>uno</target>");
	kept_unit("<source>one</source><target><x id='1'/></target>");
	kept_unit("<source>one</source><target state=\"final\"/>");
	kept_unit("<source>12</source><target/>");
	kept_unit("<alt-trans><source>one</source><target/></alt-trans>");
	kept_unit("<source>one</source><target>uno</target><alt-trans><source>one</source>"
	          "</alt-trans>");
	kept(V1("<trans-unit id='1' translate='no'><source>one</source></trans-unit>"));
	kept(V1("<trans-unit id='1' approved='yes'><source>one</source><target/></trans-unit>"));
	kept(V1(
	    "<group translate='no'><trans-unit id='1'><source>one</source></trans-unit></group>"));
	xliff(V1("<group translate='no'><trans-unit translate='yes'><source>a</source></trans-unit>"
	         "</group>"),
	      V1("<group translate='no'><trans-unit translate='yes'><source>a</source>" REVIEW
	         "A</target></trans-unit></group>"));
	kept(V2("<unit id='1'><segment state='final'><source>a</source></segment></unit>"));
	kept(V2("<unit id='1' translate='no'><segment><source>a</source></segment></unit>"));
	kept(V2("<unit id='1'><m:matches xmlns:m='urn:oasis:names:tc:xliff:matches:2.0'><m:match>"
	        "<source>a</source></m:match></m:matches><segment><source>1</source></segment>"
	        "</unit>"));
	kept("\xEF\xBB\xBF<xliff/>");
}

Test(document_xliff, languages)
{
	becomes(TJ_FORMAT_XLIFF,
	        "<xliff><file source-language='en-US' ><trans-unit><source>a</source><target/>"
	        "</trans-unit></file><file source-language=\"en\"/></xliff>",
	        "<xliff><file source-language='en-US' target-language=\"es\" ><trans-unit><source>a"
	        "</source>" REVIEW
	        "A</target></trans-unit></file><file source-language=\"en\"/></xliff>",
	        &en_es);
	becomes(TJ_FORMAT_XLIFF,
	        "<xliff srcLang=\"en\"><file><segment><source>a</source></segment></file></xliff>",
	        "<xliff srcLang=\"en\" trgLang=\"es\"><file><segment state=\"translated\"><source>a"
	        "</source><target>A</target></segment></file></xliff>",
	        &en_es);
	kept("<xliff srcLang=\"en\"><file><segment><source>1</source></segment></file></xliff>");
	is_refused(TJ_FORMAT_XLIFF, "<xliff srcLang='en' trgLang='fr'/>", &en_es,
	           "doc:1:1: this is to be \"fr\", and the model writes \"es\"");
	is_refused(TJ_FORMAT_XLIFF, "<xliff>\n <file source-language='de'/></xliff>", &en_es,
	           "doc:2:2: this is from \"de\", and the model reads \"en\"");
}

Test(document_xliff, refused)
{
	is_refused(TJ_FORMAT_XLIFF, "", &none, "doc:1:1: not well-formed XML: no element found");
	is_refused(TJ_FORMAT_XLIFF, "<xliff>\n<a></b></xliff>", &none,
	           "doc:2:6: not well-formed XML: mismatched tag");
	is_refused(TJ_FORMAT_XLIFF, "<xliff><file", &none,
	           "doc:1:8: not well-formed XML: unclosed token");
	is_refused(TJ_FORMAT_XLIFF, "\n<html/>", &none,
	           "doc:2:1: not XLIFF: the element <xliff> should stand here");
	is_refused(TJ_FORMAT_XLIFF, "<xliff>\xE9</xliff>", &none,
	           "doc:1:8: not well-formed XML: not well-formed (invalid token)");
	is_refused(TJ_FORMAT_XLIFF,
	           "<?xml version='1.0' encoding='ISO-8859-1'?><xliff>\xE9</xliff>", &none,
	           "doc:1:1: the file is in ISO-8859-1; xmllint --encode UTF-8 converts it");
	is_refused(TJ_FORMAT_XLIFF, "<?xml version='1.0' encoding='UTF-16'?><xliff/>", &none,
	           "doc:1:1: the file is in UTF-16; xmllint --encode UTF-8 converts it");
	is_refused(TJ_FORMAT_XLIFF, "<!DOCTYPE xliff [<!ENTITY a 'b'>]><xliff/>", &none,
	           "doc:1:29: entities that the document declares are refused");
	is_refused(TJ_FORMAT_XLIFF, "<!DOCTYPE xliff [<!ENTITY % a SYSTEM 'b'> %a;]><xliff/>",
	           &none, "doc:1:41: entities that the document declares are refused");
	is_refused(TJ_FORMAT_XLIFF, "<xliff><trans-unit><source>&a;</source></trans-unit></xliff>",
	           &none, "doc:1:28: not well-formed XML: undefined entity");
}

/* --- Large ones: the time is in proportion to the bytes -------------------------------- */

enum { MANY = SANITIZED ? 10000 : 100000 };

static void add(struct bytes *b, const char *text)
{
	bytes_add(b, text, strlen(text));
}

static void add_many(struct bytes *b, const char *text)
{
	for (int i = 0; i < MANY; i++)
		add(b, text);
}

static void comes_through(const struct bytes *b)
{
	struct bytes out = convert(TJ_FORMAT_XLIFF, b->data, b->n, &none, in_capitals);
	struct bytes again = convert(TJ_FORMAT_XLIFF, out.data, out.n, &none, in_capitals);
	CHECK(out.n > b->n && same_bytes(out.data, out.n, again.data, again.n), "%zu bytes", b->n);
	free(out.data);
	free(again.data);
}

Test(document_xliff, large)
{
	static const char *const sources[][3] = {
		{ "<g id='1'>", "word", "</g>" },
		{ "<bx id='1'/>", "word", "<ex id='1'/>" },
		{ "<ph>", "word", "</ph>" },
		{ "word <x id='1'/>", "word", "" },
		{ "", "word", "&amp; word <!-- c --> &#10;<![CDATA[ & ]]>" },
	};
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		struct bytes b = { NULL, 0, 0 };
		add(&b, "<xliff><trans-unit><source xml:space='preserve'>");
		add_many(&b, sources[i][0]);
		add(&b, sources[i][1]);
		add_many(&b, sources[i][2]);
		add(&b, " a word</source></trans-unit></xliff>");
		comes_through(&b);
		free(b.data);
	}
	struct bytes b = { NULL, 0, 0 };
	add(&b, "<xliff>");
	add_many(&b, "<group>");
	add(&b, "<trans-unit><source>word</source></trans-unit>");
	add_many(&b, "</group>");
	add_many(&b, "<trans-unit><source>word</source></trans-unit>");
	add(&b, "</xliff>");
	comes_through(&b);
	free(b.data);
}

/* --- Generated files ------------------------------------------------------------------ */

enum { FILES = 400 };

static const char *any(const char *const *texts, size_t n)
{
	return texts[test_between(0, n - 1)];
}

/* Content of a source that is well formed; codes may lack their other halves. */
static void make_content(struct bytes *b, int depth)
{
	static const char *const parts[] = { "word ",
		                             "ma\u00F1ana",
		                             "&amp;",
		                             "&#10;",
		                             " &lt;",
		                             "\n",
		                             "12",
		                             "<x id='1'/>",
		                             "<bx id='2'/>",
		                             "<ex id='2'/>",
		                             "<sc id='3'/>",
		                             "<ec startRef='3'/>",
		                             "<!-- c -->",
		                             "<![CDATA[ &<a>\n]]>",
		                             "<ph id='4'>x<![CDATA[<]]></ph>",
		                             "<?p i?>",
		                             "<it id='5'/>",
		                             "]]&gt;",
		                             "<mrk translate='no'>a<g>b</g></mrk>" };
	static const char *const tags[][2] = { { "<g id='6'>", "</g>" },
		                               { "<pc id='7'>", "</pc>" },
		                               { "<mrk mtype='seg'>", "</mrk>" },
		                               { "<mrk>", "</mrk>" } };
	for (size_t n = test_between(0, 5); n > 0; n--) {
		if (depth > 3 || test_between(0, 3) > 0) {
			add(b, any(parts, sizeof parts / sizeof *parts));
			continue;
		}
		size_t tag = test_between(0, 3);
		add(b, tags[tag][0]);
		make_content(b, depth + 1);
		add(b, tags[tag][1]);
	}
}

static void make_xliff(struct bytes *b)
{
	static const char *const units[] = { "<trans-unit id='1'>", "<segment>",
		                             "<trans-unit approved='yes'>",
		                             "<segment state='initial' subState='a:b'>",
		                             "<trans-unit xml:space='preserve'>" };
	static const char *const targets[] = { "",
		                               "<target/>",
		                               "<target></target>",
		                               "<target state='new'> </target>",
		                               "<target>uno</target>",
		                               "\n<target xml:lang='es'/>" };
	add(b, "<xliff><file>\n");
	for (size_t n = test_between(1, 5); n > 0; n--) {
		const char *start = any(units, 5);
		add(b, start);
		add(b, "\n  <source>");
		make_content(b, 0);
		add(b, "</source>");
		add(b, any(targets, 6));
		add(b, start[1] == 't' ? "</trans-unit>" : "</segment>");
	}
	add(b, "</file></xliff>");
}

/* A result is well formed, since it can be read again, and nothing is left to do. */
Test(document_xliff, generated)
{
	for (int i = 0; i < FILES; i++) {
		struct tj_error err = { 0 };
		struct bytes b = { NULL, 0, 0 };
		make_xliff(&b);
		struct tj_document *d = read_document(TJ_FORMAT_XLIFF, b.data, b.n, &en_es, &err);
		CHECK(d != NULL, "%s: %.*s", err.text, (int)b.n, b.data);
		struct bytes same = write_document(d, 0);
		CHECK(same_bytes(same.data, same.n, b.data, b.n), "%.*s\nbecame\n%.*s", (int)b.n,
		      b.data, (int)same.n, same.data);
		translate_document(d, same_text);
		struct bytes out = write_document(d, 0);
		struct tj_document *again = read_document(TJ_FORMAT_XLIFF, out.data, out.n, &en_es,
		                                          &err);
		CHECK(again != NULL && again->n_segments == 0, "%s: %.*s\nbecame\n%.*s", err.text,
		      (int)b.n, b.data, (int)out.n, out.data);
		tj_document_free(again);
		tj_document_free(d);
		free(out.data);
		free(same.data);
		free(b.data);
	}
}

/* Damaged files are refused, or come out as they are; their translations can be read. */
Test(document_xliff, damaged)
{
	size_t n_read = 0;
	for (int i = 0; i < 4 * FILES; i++) {
		struct tj_error err = { 0 };
		struct bytes b = { NULL, 0, 0 };
		make_xliff(&b);
		mutate(&b, 2, 1);
		struct tj_document *d = read_document(TJ_FORMAT_XLIFF, b.data, b.n, &none, &err);
		CHECK((d == NULL) == (err.status != TRUJAMAN_OK), "%s", err.text);
		if (d != NULL) {
			n_read++;
			struct bytes same = write_document(d, 0);
			CHECK(same_bytes(same.data, same.n, b.data, b.n), "%.*s", (int)b.n, b.data);
			translate_document(d, in_capitals);
			struct bytes out = write_document(d, 0);
			tj_document_free(d);
			d = read_document(TJ_FORMAT_XLIFF, out.data, out.n, &none, &err);
			CHECK(d != NULL, "%s: %.*s\nbecame\n%.*s", err.text, (int)b.n, b.data,
			      (int)out.n, out.data);
			free(out.data);
			free(same.data);
		}
		tj_document_free(d);
		free(b.data);
	}
	CHECK(n_read > 0, "no damaged file was read");
}

#else

Test(document_xliff, without_expat)
{
	is_refused(TJ_FORMAT_XLIFF, "<xliff/>", &en_es,
	           "doc: XLIFF is not read by this build, which was made without expat");
	is_refused(TJ_FORMAT_XLIFF, "", &none,
	           "doc: XLIFF is not read by this build, which was made without expat");
}

#endif
