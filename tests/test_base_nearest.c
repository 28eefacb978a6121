/* SPDX-License-Identifier: MIT */
/* Tests of the word that somebody may have meant. */
#include <criterion/criterion.h>
#include <string.h>

#include "src/base/nearest.h"

static const char *nearest(const char *word)
{
	static const char *const words[] = { "beam",   "n-best", "max-pieces", "threads", "strict",
		                             "scores", "score",  "stats",      "en-es",   "es-en" };
	struct tj_nearest n = { .word = word };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		tj_nearest_show(&n, words[i]);
	return n.found != NULL ? n.found : "none";
}

Test(nearest, a_slip_is_near)
{
	static const char *const cases[][2] = {
		{ "beem", "beam" },
		{ "baem", "beam" },
		{ "eam", "beam" },
		{ "beamm", "beam" },
		{ "BEAM", "beam" },
		{ "nbest", "n-best" },
		{ "maxpieces", "max-pieces" },
		{ "max_pieces", "max-pieces" },
		{ "thraeds", "threads" },
		{ "treads", "threads" },
		{ "strct", "strict" },
		{ "en-se", "en-es" },
		{ "score", "score" },
		{ "scorse", "scores" },
		{ "max", "max-pieces" },
		{ "thr", "threads" },
		{ "beam", "beam" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_str_eq(nearest(cases[i][0]), cases[i][1], "%s: %s", cases[i][0],
		                 nearest(cases[i][0]));
}

Test(nearest, what_is_not_near)
{
	static const char *const cases[] = { "",         "x",          "be",    "ax",   "ma",
		                             "nonsense", "beam-width", "de-fr", "best", "pieces" };
	char longest[500];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_str_eq(nearest(cases[i]), "none", "%s: %s", cases[i], nearest(cases[i]));
	memset(longest, 'e', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	cr_expect_str_eq(nearest(longest), "none");
}
