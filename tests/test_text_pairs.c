/* SPDX-License-Identifier: MIT */
/* Pairs of texts as a network sees them: placeables, letter cases, final marks. */
#include <criterion/criterion.h>
#include <string.h>

#include "src/text/pair_maker.h"
#include "tests/same_bytes.h"

TestSuite(pairs, .timeout = 60);

#define P0 "\xF3\xB0\x80\x80"
#define P1 "\xF3\xB0\x80\x81"

static struct tj_stretch stretch(const char *text)
{
	return (struct tj_stretch){ text, strlen(text) };
}

static void expect_text(const struct tj_stretch *s, const char *wanted)
{
	cr_expect(same_bytes(s->text, s->n, wanted, strlen(wanted)), "'%.*s', not '%s'", (int)s->n,
	          s->text, wanted);
}

/* --- Final marks --- */

static void expect_dropped(const char *source, const char *target, const char *source_left,
                           const char *target_left)
{
	struct tj_stretch s = stretch(source), t = stretch(target);
	cr_expect_eq(tj_drop_final_marks(&s, &t), 1, "%s", source);
	expect_text(&s, source_left);
	expect_text(&t, target_left);
}

static void expect_kept(const char *source, const char *target)
{
	struct tj_stretch s = stretch(source), t = stretch(target);
	cr_expect_eq(tj_drop_final_marks(&s, &t), 0, "%s", source);
	expect_text(&s, source);
	expect_text(&t, target);
}

Test(pairs, final_marks_are_dropped_on_both_sides)
{
	expect_dropped("The lamp is lit.", "La lámpara arde.", "The lamp is lit",
	               "La lámpara arde");
	expect_dropped("Is it lit? ", "¿Arde?", "Is it lit", "Arde");
	expect_dropped("Stop!!", "¡Alto!", "Stop", "Alto");
	expect_dropped("Well...", "Pues…", "Well", "Pues");
	expect_dropped("Well….", "Pues.", "Well", "Pues");
}

Test(pairs, final_marks_stay_where_the_sides_differ_or_nothing_is_left)
{
	expect_kept("The lamp is lit.", "La lámpara arde");
	expect_kept("The lamp is lit", "La lámpara arde.");
	expect_kept("The lamp is lit", "La lámpara arde");
	expect_kept("The lamp is lit.", "¡La lámpara arde!");
	expect_kept("Is it lit?", "Y ¿arde?");
	expect_kept("Who? Me?", "¿Quién? ¿Yo?");
	expect_kept("What?!", "¿Qué?!");
	expect_kept("He said \"yes.\"", "Dijo \"sí.\"");
	expect_kept("...", "...");
	expect_kept(" . ", "La.");
	expect_kept("", "");
}

/* --- Letter cases --- */

static void expect_case(const char *language, enum tj_vary_case to, const char *text,
                        const char *wanted)
{
	struct tj_error err = { 0 };
	struct tj_string out = { NULL, 0, 0 };
	struct tj_case_writer *w = tj_case_writer_open(language, &err);
	cr_assert_not_null(w, "%s", err.text);
	cr_assert_eq(tj_case_write(w, to, text, strlen(text), NULL, 0, &out, &err), TRUJAMAN_OK);
	expect_text(&(struct tj_stretch){ out.data, out.n }, wanted);
	free(out.data);
	tj_case_writer_close(w);
}

Test(pairs, letter_cases_follow_the_language)
{
	expect_case("en", TJ_VARY_UPPER, "the old lamp", "THE OLD LAMP");
	expect_case("es", TJ_VARY_UPPER, "el niño está", "EL NIÑO ESTÁ");
	expect_case("de", TJ_VARY_UPPER, "die straße", "DIE STRASSE");
	expect_case("tr", TJ_VARY_UPPER, "iki", "İKİ");
	expect_case(NULL, TJ_VARY_UPPER, "iki", "IKI");
	expect_case("es", TJ_VARY_LOWER, "EL NIÑO Está", "el niño está");
	expect_case("en", TJ_VARY_TITLE, "the old LAMP, it's lit", "The Old Lamp, It's Lit");
	expect_case("no such language", TJ_VARY_UPPER, "a", "A");
	/* The text that grows most: three characters of six bytes for one of two. */
	expect_case(NULL, TJ_VARY_UPPER, "\u0390\u0390", "\u0399\u0308\u0301\u0399\u0308\u0301");
}

Test(pairs, spans_have_no_letter_case)
{
	struct tj_error err = { 0 };
	struct tj_string out = { NULL, 0, 0 };
	const char *text = "see a.txt now";
	const struct tj_fixed span = { .first = 4, .n = 5 };
	struct tj_case_writer *w = tj_case_writer_open("en", &err);
	cr_assert_not_null(w, "%s", err.text);
	cr_assert_eq(tj_case_write(w, TJ_VARY_UPPER, text, strlen(text), &span, 1, &out, &err),
	             TRUJAMAN_OK);
	expect_text(&(struct tj_stretch){ out.data, out.n }, "SEE a.txt NOW");
	free(out.data);
	tj_case_writer_close(w);
}

/* --- Pairs --- */

struct made {
	struct tj_pair_maker *maker;
	struct tj_stretch pair[2];
	struct tj_pair_record record;
};

static struct made make(struct tj_pair_rules rules, struct tj_pair_variation v, const char *source,
                        const char *target)
{
	struct tj_error err = { 0 };
	struct made m = { .pair = { stretch(source), stretch(target) } };
	m.maker = tj_pair_maker_open(&rules, "en", "es", &err);
	cr_assert_not_null(m.maker, "%s", err.text);
	cr_assert_eq(tj_pair_make(m.maker, &v, m.pair, &m.record, &err), TRUJAMAN_OK, "%s",
	             err.text);
	return m;
}

static void expect_made(struct tj_pair_rules rules, struct tj_pair_variation v,
                        const char *const given[2], const char *const wanted[2])
{
	struct made m = make(rules, v, given[0], given[1]);
	expect_text(&m.pair[0], wanted[0]);
	expect_text(&m.pair[1], wanted[1]);
	tj_pair_maker_close(m.maker);
}
#define TEXTS(a, b) ((const char *const[2]){ a, b })

static const struct tj_pair_rules no_rules = { .normalize = 0 }, eight = { .max_placeables = 8 };
static const struct tj_pair_variation no_variation = { .keep_spans = 0 };

Test(pairs, without_rules_texts_stay_as_they_are)
{
	const char *source = "Pay 1,200 now.", *target = "Pague 1,200 ya.";
	struct made m = make(no_rules, no_variation, source, target);
	cr_expect_eq(m.pair[0].text, source);
	cr_expect_eq(m.pair[1].text, target);
	tj_pair_maker_close(m.maker);
}

Test(pairs, spans_of_both_sides_become_placeables)
{
	struct made m = make(eight, no_variation, "Send 1,200 copies of list.pdf to 555-0199.",
	                     "Envíe de list.pdf 1,200 copias.");
	expect_text(&m.pair[0], "Send" P0 " copies of" P1 " to 555-0199.");
	expect_text(&m.pair[1], "Envíe de" P1 P0 " copias.");
	cr_expect_eq(m.record.spans.replaced, 2);
	cr_expect_eq(m.record.spans.source_only, 1);
	cr_expect_eq(m.record.spans.target_only, 0);
	tj_pair_maker_close(m.maker);
}

static const struct tj_pair_rules normal = { .normalize = 1 },
				  both = { .normalize = 1, .max_placeables = 8 };

Test(pairs, texts_are_normalised_but_not_their_spans)
{
	expect_made(normal, no_variation, TEXTS("“Yes”, he said…", "«Sí» — dijo…"),
	            TEXTS("\"Yes\", he said...", "\"Sí\" - dijo..."));
	expect_made(normal, no_variation, TEXTS("\u00a0the lamp’s", "la lámpara"),
	            TEXTS(" the lamp's", "la lámpara"));
	const char *source = "Nothing 'to' do.", *target = "Nada, nada.";
	struct made m = make(normal, no_variation, source, target);
	cr_expect(m.pair[0].text == source && m.pair[1].text == target, "nothing is copied");
	tj_pair_maker_close(m.maker);
	/* The dash and the quotes of the tag stay. */
	expect_made(normal, no_variation, TEXTS("“See” <b id=”x–y”> now", "“Vea” <b id=”x–y”> ya"),
	            TEXTS("\"See\" <b id=”x–y”> now", "\"Vea\" <b id=”x–y”> ya"));
	expect_made(both, no_variation, TEXTS("“See” <b id=”x–y”> now", "“Vea” <b id=”x–y”> ya"),
	            TEXTS("\"See\"" P0 " now", "\"Vea\"" P0 " ya"));
}

Test(pairs, spans_can_stay)
{
	struct made m = make(eight, (struct tj_pair_variation){ .keep_spans = 1 },
	                     "Send 1,200 copies.", "Envíe 1,200 copias.");
	expect_text(&m.pair[0], "Send 1,200 copies.");
	expect_text(&m.pair[1], "Envíe 1,200 copias.");
	cr_expect_eq(m.record.spans.replaced, 0);
	tj_pair_maker_close(m.maker);
}

#define P6 "\xF3\xB0\x80\x86"
#define P7 "\xF3\xB0\x80\x87"

/* Two numbers of eight leave room for a shift of 0 to 6. */
Test(pairs, numbers_can_begin_higher)
{
	const char *const given[2] = { "From 10:30 to 11:45.", "De 10:30 a 11:45." };
	const struct tj_pair_variation much = { .number_shift = 0.999 },
				       little = { .number_shift = 0.1 };
	expect_made(eight, much, given, TEXTS("From" P6 " to" P7 ".", "De" P6 " a" P7 "."));
	expect_made(eight, little, given, TEXTS("From" P0 " to" P1 ".", "De" P0 " a" P1 "."));
	expect_made(eight, much, TEXTS("No number", "Nada"), TEXTS("No number", "Nada"));
	/* A number that the network does not have stays. */
	expect_made(eight, much, TEXTS("a \U000F0009 b", "c"), TEXTS("a \U000F0009 b", "c"));
	const struct tj_pair_rules sixty_four = { .max_placeables = 64 };
	expect_made(sixty_four, much, TEXTS("Room 404", "Sala 404"),
	            TEXTS("Room\U000F003F", "Sala\U000F003F"));
}

Test(pairs, everything_at_once)
{
	const struct tj_pair_variation v = { .letter_case = TJ_VARY_UPPER, .drop_marks = 1 };
	struct made m = make(eight, v, "Open a.txt and b.txt, b.txt first.",
	                     "Abra primero b.txt y a.txt.");
	/* The second b.txt has no counterpart: it keeps its letters. */
	expect_text(&m.pair[0], "OPEN" P0 " AND" P1 ", b.txt FIRST");
	expect_text(&m.pair[1], "ABRA PRIMERO" P1 " Y" P0);
	cr_expect(m.record.cased == 1 && m.record.without_mark == 1 &&
	          m.record.spans.replaced == 2 && m.record.spans.source_only == 1);
	tj_pair_maker_close(m.maker);
}

Test(pairs, empty_texts_are_pairs)
{
	const struct tj_pair_variation v = { .letter_case = TJ_VARY_TITLE, .drop_marks = 1 };
	expect_made(eight, v, TEXTS("", ""), TEXTS("", ""));
	expect_made(eight, v, TEXTS("a", ""), TEXTS("A", ""));
}

/* A maker gives the same for a pair whatever it has made before. */
Test(pairs, a_maker_keeps_nothing)
{
	struct tj_error err = { 0 };
	struct made m = make(eight, no_variation, "From 10:30 to 11:45.", "De 10:30 a 11:45.");
	for (int i = 0; i < 3; i++) {
		struct tj_stretch pair[2] = { stretch("Room 404"), stretch("Sala 404") };
		cr_assert_eq(tj_pair_make(m.maker, NULL, pair, &m.record, &err), TRUJAMAN_OK);
		expect_text(&pair[0], "Room" P0);
		expect_text(&pair[1], "Sala" P0);
	}
	tj_pair_maker_close(m.maker);
}
