/* SPDX-License-Identifier: MIT */
/* Placeables in place of spans and back, in pairs too, and texts that know where they come from. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "src/text/mapped.h"
#include "src/text/placeables.h"
#include "src/text/placeables_pair.h"
#include "tests/same_bytes.h"

static struct tj_finder *open_finder(void)
{
	struct tj_error err = { 0 };
	struct tj_finder_options o = { 0 };
	struct tj_finder *f = tj_finder_open(&o, &err);
	cr_assert_not_null(f, "%s", err.text);
	return f;
}

static void expect_text(const struct tj_string *got, const char *want)
{
	cr_expect(same_bytes(got->data, got->n, want, strlen(want)), "got \"%.*s\", wanted \"%s\"",
	          (int)got->n, got->data, want);
}

Test(mapped, bytes)
{
	struct tj_mapped m = { .from = NULL };
	cr_assert(tj_mapped_append(&m, "abc", 3, 10, 13));
	cr_assert(tj_mapped_append(&m, "XY", 2, 13, 20));
	cr_assert(tj_mapped_append(&m, NULL, 0, 20, 24));
	static const size_t want[] = { 10, 11, 12, 13, 13, 24 };
	expect_text(&m.text, "abcXY");
	cr_expect_arr_eq(m.from, want, sizeof want);
	tj_mapped_clear(&m);
	cr_assert(tj_mapped_append(&m, "z", 1, 3, 4));
	cr_expect_eq(m.text.n, 1);
	cr_expect_eq(m.from[0], 3);
	cr_expect_eq(m.from[1], 4);
	tj_mapped_release(&m);
}

/* In texts here "\1" to "\7" stand for the placeables 0 to 6. */
static void add_short(struct tj_string *s, const char *text)
{
	for (; *text != '\0'; text++) {
		char placeable[] = "\xf3\xb0\x80\x80";
		placeable[3] = (char)(0x80 + *text - 1);
		int is_short = *text > 0 && *text < 8;
		cr_assert(tj_string_append(s, is_short ? placeable : text, is_short ? 4 : 1));
	}
}

static void expect_short(const struct tj_string *got, const char *want)
{
	struct tj_string s = { NULL, 0, 0 };
	add_short(&s, want);
	cr_expect(same_bytes(got->data, got->n, s.data, s.n), "got \"%.*s\", wanted \"%.*s\"",
	          (int)got->n, got->data, (int)s.n, s.data);
	free(s.data);
}

struct trip {
	struct tj_finder *finder;
	struct tj_placeables placeables;
	const struct tj_fixed *spans;
	size_t n_spans;
};

static size_t take(struct trip *t, const char *text, size_t first, size_t n, size_t max,
                   struct tj_mapped *m)
{
	struct tj_error err = { 0 };
	size_t used = 0;
	cr_assert_eq(tj_finder_find(t->finder, text, strlen(text), &t->spans, &t->n_spans, &err),
	             TRUJAMAN_OK, "%s", err.text);
	t->placeables.n = t->placeables.n_uses = 0;
	cr_assert_eq(tj_placeables_take(&t->placeables, text, first, n, t->spans, t->n_spans, max,
	                                m, &used, &err),
	             TRUJAMAN_OK, "%s", err.text);
	return used;
}

/* `source` becomes `taken`; a translation of that, `translated`, becomes `output`. */
static void expect_trip(const char *source, const char *taken, const char *translated,
                        const char *output)
{
	struct trip t = { .finder = open_finder() };
	struct tj_mapped m = { .from = NULL }, back = { .from = NULL };
	struct tj_string s = { NULL, 0, 0 };
	struct tj_error err = { 0 };
	cr_expect_eq(take(&t, source, 0, strlen(source), 64, &m), strlen(source));
	expect_short(&m.text, taken);
	for (size_t i = 0; i < m.text.n; i++)
		cr_expect(m.from[i] <= m.from[i + 1]);
	cr_expect_eq(m.from[m.text.n], strlen(source));
	add_short(&s, translated);
	cr_assert_eq(tj_placeables_restore(&t.placeables, s.data, s.n, &back, &err), TRUJAMAN_OK);
	expect_text(&back.text, output);
	for (size_t i = 0; i < back.text.n; i++)
		cr_expect(back.from[i] <= back.from[i + 1]);
	cr_expect_eq(back.from[back.text.n], s.n);
	free(s.data);
	tj_mapped_release(&m);
	tj_mapped_release(&back);
	tj_placeables_release(&t.placeables);
	tj_finder_close(t.finder);
}

Test(placeables, trips)
{
	expect_trip("It costs $300 or 400 € today.", "It costs\1 or\2 today.", "Hoy cuesta\2 o\1.",
	            "Hoy cuesta 400 € o $300.");
	/* Equal values share a number; each use has its own white space. */
	expect_trip("%s: see  %s, please", "\1: see\1, please", "Por favor\1, vea\1",
	            "Por favor %s, vea  %s");
	/* Behind brackets and quotes nothing is inserted. */
	expect_trip("Open {file} now", "Open\1 now", "(\1) \"\1\" \xc2\xbf\1?",
	            "({file}) \"{file}\" \xc2\xbf{file}?");
	/* No letter or digit may touch a value, nor one value another. */
	expect_trip("({a}) {b}", "(\1)\2", "x\1y\2z", "x {a} y {b} z");
	expect_trip("{a} and -{b}", "\1 and -\2", "\2\1", "{b} {a}");
	/* What touches in the source may touch in the translation. */
	expect_trip("<b>Bold</b> text", "\1Bold\2 text", "Texto\1negrita\2",
	            "Texto <b>negrita</b>");
	/* A network that writes a space before a placeable. */
	expect_trip("Use {a} and {b} well", "Use\1 and\2 well", "Usa \1 y \2 bien",
	            "Usa {a} y {b} bien");
	expect_trip("{a}  {b} {c}", "\1\2\3", "\1\2\3", "{a}  {b} {c}");
	expect_trip("{a}  {b} {c}", "\1\2\3", "\3\2\1", "{c}  {b} {a}");
	expect_trip("No span.", "No span.", "Nada.", "Nada.");
	expect_trip("", "", "", "");
}

Test(placeables, cut)
{
	struct trip t = { .finder = open_finder() };
	struct tj_mapped m = { .from = NULL };
	const char *text = "One. A {a} b {b} c {a} d {c} e {d}";
	/* Of a sentence within a line, and of at most three values. */
	size_t used = take(&t, text, 5, strlen(text) - 5, 3, &m);
	expect_short(&m.text, "A\1 b\2 c\1 d\3 e ");
	cr_expect_eq(used, strlen(text) - 5 - 3);
	cr_expect_eq(t.placeables.n, 3);
	cr_expect_eq(t.placeables.items[0].count, 2);
	cr_expect_eq(t.placeables.n_uses, 4);
	cr_expect_eq(m.from[0], 5);
	cr_expect_eq(m.from[1], 7);
	tj_mapped_release(&m);
	tj_placeables_release(&t.placeables);
	tj_finder_close(t.finder);
}

Test(placeables, pairs)
{
	struct tj_finder *f = open_finder();
	struct tj_string a = { NULL, 0, 0 }, b = { NULL, 0, 0 };
	struct tj_pair_counts counts = { 0, 0, 0 };
	struct tj_error err = { 0 };
	const char *source = "Call 555-1234 or 555-9999, 555-1234 again, 1,000 times.";
	const char *target = "Llame 1.000 veces al 555-9999, al 555-1234 o al 555-4321.";
	cr_assert_eq(tj_placeables_pair(f, source, strlen(source), target, strlen(target), 16, &a,
	                                &b, &counts, &err),
	             TRUJAMAN_OK);
	expect_short(&a, "Call\1 or\2, 555-1234 again, 1,000 times.");
	expect_short(&b, "Llame 1.000 veces al\2, al\1 o al 555-4321.");
	cr_expect_eq(counts.replaced, 2);
	cr_expect_eq(counts.source_only, 2);
	cr_expect_eq(counts.target_only, 2);
	a.n = b.n = 0;
	cr_assert_eq(tj_placeables_pair(f, source, strlen(source), target, strlen(target), 1, &a,
	                                &b, &counts, &err),
	             TRUJAMAN_OK);
	expect_short(&a, "Call\1 or 555-9999, 555-1234 again, 1,000 times.");
	free(a.data);
	free(b.data);
	tj_finder_close(f);
}
