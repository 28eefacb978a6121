/* SPDX-License-Identifier: MIT */
/* Sentences in capitals, in lower case and in title case. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/random.h"
#include "src/base/utf8.h"
#include "src/text/case_restore.h"
#include "tests/same_bytes.h"

/* A vocabulary without K, Q and Z as capitals. */
static int has(void *context, uint32_t c)
{
	(void)context;
	return c != 'K' && c != 'Q' && c != 'Z';
}

/* Its common words. */
static int knows(void *context, const char *word, size_t n)
{
	static const char common[] = " how install program good morning history house open file "
				     "cancel what did last summer i ";
	char key[80];
	(void)context;
	return n < 70 && snprintf(key, sizeof key, " %.*s ", (int)n, word) > 0 &&
	       strstr(common, key) != NULL;
}

static const struct tj_case_words words = { has, knows, NULL };

static void expect_tells(const char *language, const char *text, enum tj_letter_case kind,
                         const char *wanted)
{
	struct tj_error err = { 0 };
	struct tj_mapped m = { .from = NULL };
	struct tj_case c = tj_case_tell(text, strlen(text), language, &words);
	cr_expect_eq(c.kind, kind, "%s: case %d, wanted %d", text, (int)c.kind, (int)kind);
	cr_assert_eq(tj_case_to_sentence(&c, text, strlen(text), language, &words, &m, &err),
	             TRUJAMAN_OK);
	cr_expect(same_bytes(m.text.data, m.text.n, wanted, strlen(wanted)), "%s: %.*s, wanted %s",
	          text, (int)m.text.n, m.text.data, wanted);
	cr_expect_eq(m.from[m.text.n], strlen(text));
	if (!tj_case_changes(&c))
		cr_expect_str_eq(wanted, text);
	tj_mapped_release(&m);
}

Test(letter_case, sentences_stay)
{
	static const char *const plain[] = {
		"The door is open.",
		"NASA has a plan.",
		"I",
		"A",
		"1234",
		"",
		"...",
		"John Smith lives in New York.",
		"President Obama Visits Paris",
		"Madrid, Spain",
		"I live in Paris",
		"iPhone",
		"Open file",
		"\xF3\xB0\x80\x80",
	};
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		expect_tells("en", plain[i], TJ_CASE_SENTENCE, plain[i]);
}

Test(letter_case, capitals)
{
	expect_tells("en", "PLEASE READ THE INSTRUCTIONS.", TJ_CASE_UPPER,
	             "Please read the instructions.");
	expect_tells("en", "CANCEL", TJ_CASE_UPPER, "Cancel");
	expect_tells("en", "MAY I? I'M HERE", TJ_CASE_UPPER, "May I? I'm here");
	expect_tells("es", "¿DÓNDE ESTÁ ÑANDÚ?", TJ_CASE_UPPER, "¿Dónde está ñandú?");
	expect_tells("en", "\xF3\xB0\x80\x80 IS DOWN", TJ_CASE_UPPER, "\xF3\xB0\x80\x80 Is down");
	expect_tells("en", "KEEP OUT", TJ_CASE_UPPER, "keep out"); /* no piece K */
	expect_tells("tr", "IŞIK VE İYİ", TJ_CASE_UPPER, "Işık ve iyi");
	expect_tells("de", "GROẞE STRASSE", TJ_CASE_UPPER, "Große strasse");
}

Test(letter_case, lower)
{
	expect_tells("en", "i love you", TJ_CASE_LOWER, "I love you.");
	expect_tells("en", "how are you", TJ_CASE_LOWER, "How are you?");
	expect_tells("en", "how to install the program", TJ_CASE_LOWER,
	             "How to install the program.");
	expect_tells("en", "when i was young", TJ_CASE_LOWER, "When I was young.");
	expect_tells("en", "how are you?", TJ_CASE_LOWER, "How are you?");
	expect_tells("en", "i think i'm late (again)", TJ_CASE_LOWER, "I think I'm late (again.)");
	expect_tells("es", "dónde está el libro", TJ_CASE_LOWER, "Dónde está el libro?");
	expect_tells("en", "open file", TJ_CASE_LOWER, "Open file");
	expect_tells("en", "keep it here", TJ_CASE_LOWER, "keep it here."); /* no piece K */
	expect_tells("en", "see \xF3\xB0\x80\x80 for more", TJ_CASE_LOWER,
	             "See \xF3\xB0\x80\x80 for more.");
}

Test(letter_case, titles)
{
	expect_tells("en", "How To Install The Program", TJ_CASE_TITLE,
	             "How to install the program");
	expect_tells("en", "How to Install the Program", TJ_CASE_TITLE,
	             "How to install the program");
	expect_tells("en", "What I Did Last Summer", TJ_CASE_TITLE, "What I did last summer");
	expect_tells("en", "The History of the House in Madrid", TJ_CASE_TITLE,
	             "The history of the house in Madrid");
}

Test(letter_case, first_letter_without_a_piece)
{
	struct tj_case c = tj_case_tell("Keep it.", 8, "en", &words);
	cr_expect(c.kind == TJ_CASE_SENTENCE && c.turns_first);
	expect_tells("en", "Keep it.", TJ_CASE_SENTENCE, "keep it.");
	expect_tells("en", "We met Kate.", TJ_CASE_SENTENCE, "We met Kate.");
}

static void expect_restores(enum tj_letter_case kind, int mark, const char *language,
                            const char *translated, const char *wanted)
{
	struct tj_error err = { 0 };
	struct tj_string out = { NULL, 0, 0 };
	struct tj_case c = { .kind = kind,
		             .adds_mark = mark,
		             .turns_first = kind == TJ_CASE_SENTENCE };
	cr_assert_eq(tj_case_restore(&c, translated, strlen(translated), language, &out, &err),
	             TRUJAMAN_OK, "%s", err.text);
	cr_expect(same_bytes(out.data, out.n, wanted, strlen(wanted)), "%s: %.*s, wanted %s",
	          translated, (int)out.n, out.data, wanted);
	free(out.data);
}

Test(letter_case, restored)
{
	expect_restores(TJ_CASE_UPPER, 0, "es", "Lea las instrucciones, señor.",
	                "LEA LAS INSTRUCCIONES, SEÑOR.");
	expect_restores(TJ_CASE_UPPER, 0, "es", "Está aquí \xF3\xB0\x80\x80.",
	                "ESTÁ AQUÍ \xF3\xB0\x80\x80.");
	expect_restores(TJ_CASE_UPPER, 0, "de", "Straße", "STRASSE");
	expect_restores(TJ_CASE_UPPER, 0, "no such language", "Straße", "STRASSE");
	expect_restores(TJ_CASE_UPPER, 0, "tr", "iyi ışık", "İYİ IŞIK");
	expect_restores(TJ_CASE_LOWER, '.', "es", "Te amo.", "te amo");
	expect_restores(TJ_CASE_LOWER, '?', "es", "¿Cómo estás?", "cómo estás");
	expect_restores(TJ_CASE_LOWER, '.', "es", "Dije \"hola.\"", "dije \"hola\"");
	expect_restores(TJ_CASE_LOWER, '?', "es", "Pero ¿qué es?", "pero qué es");
	expect_restores(TJ_CASE_LOWER, '?', "es", "Cómo estás", "cómo estás");
	expect_restores(TJ_CASE_LOWER, 0, "es", "¿Cómo estás?", "¿cómo estás?");
	expect_restores(TJ_CASE_LOWER, '.', "es", "...", "");
	expect_restores(TJ_CASE_TITLE, 0, "es", "Cómo instalar el programa",
	                "Cómo Instalar el Programa");
	expect_restores(TJ_CASE_TITLE, 0, "en", "the history of ñandúes", "The History of Ñandúes");
	expect_restores(TJ_CASE_SENTENCE, 0, "es", "\"mantenlo\" aquí.", "\"Mantenlo\" aquí.");
	expect_restores(TJ_CASE_SENTENCE, 0, "es", "", "");
}

/* What is told and made an ordinary sentence comes back when it is its own translation. */
Test(letter_case, round_trips)
{
	static const char *const lines[] = {
		"PLEASE READ THE INSTRUCTIONS.", "i love you",         "how are you", "CANCEL",
		"How to Install the Program",    "¿DÓNDE ESTÁ ÑANDÚ?", "Keep it."
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct tj_error err = { 0 };
		struct tj_mapped m = { .from = NULL };
		struct tj_string out = { NULL, 0, 0 };
		size_t n = strlen(lines[i]);
		struct tj_case c = tj_case_tell(lines[i], n, "en", &words);
		cr_assert_eq(tj_case_to_sentence(&c, lines[i], n, "en", &words, &m, &err),
		             TRUJAMAN_OK);
		cr_assert_eq(tj_case_restore(&c, m.text.data, m.text.n, "en", &out, &err),
		             TRUJAMAN_OK);
		cr_expect(same_bytes(out.data, out.n, lines[i], n), "%s: %.*s", lines[i],
		          (int)out.n, out.data);
		tj_mapped_release(&m);
		free(out.data);
	}
}

Test(letter_case, of_random_text)
{
	static const char *const languages[] = { "en", "es", "tr", "de", NULL };
	static const char *const parts[] = { "A", "b", " ", "İ",        "ı",   "ß",
		                             "ñ", "'", ".", "?",        "日",  "\xF3\xB0\x80\x81",
		                             "Ǆ", "ŉ", "ΐ", "\xCC\x81", "1",   "¿",
		                             "I", "i", "K", "of",       "The", "\"",
		                             "\t" };
	for (uint64_t seed = 1; seed <= 20000; seed++) {
		char text[400];
		struct tj_error err = { 0 };
		struct tj_mapped m = { .from = NULL };
		struct tj_string out = { NULL, 0, 0 };
		const char *language = languages[seed % 5];
		size_t n = 0, count = tj_random(seed, 0) % 40;
		for (size_t i = 0; i < count; i++) {
			const char *part =
			    parts[tj_random(seed, i + 1) % (sizeof parts / sizeof *parts)];
			memcpy(text + n, part, strlen(part));
			n += strlen(part);
		}
		struct tj_case c = tj_case_tell(text, n, language, seed % 2 ? &words : NULL);
		cr_assert_eq(tj_case_to_sentence(&c, text, n, language, seed % 2 ? &words : NULL,
		                                 &m, &err),
		             TRUJAMAN_OK);
		cr_assert_eq(m.from[m.text.n], n);
		for (size_t i = 0; i < m.text.n; i++)
			cr_assert(m.from[i] <= m.from[i + 1]);
		cr_assert_eq(tj_utf8_valid_prefix(m.text.data, m.text.n), m.text.n);
		cr_assert_eq(tj_case_restore(&c, m.text.data, m.text.n, language, &out, &err),
		             TRUJAMAN_OK);
		cr_assert_eq(tj_utf8_valid_prefix(out.data, out.n), out.n);
		tj_mapped_release(&m);
		free(out.data);
	}
}
