/* SPDX-License-Identifier: MIT */
/* Counts the common words and the scripts of a text, and compares languages by them.
 * scripts/measure-foreign measures how often it errs. */
#include "src/text/foreign.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include "src/base/hash.h"
#include "src/text/languages.h"

/* When a text is foreign. Even technical texts have half the usual share of their language's words
 * and 22 or more different ones, and a sixth of the usual share of another language's at most. The
 * texts that come nearest without being foreign are lists of names, logs and tables: up to the
 * usual share of "de", "la", "los" and "del", but only 15 different words or fewer. */
static const double LEAST_SHARE = 0.3, LEAST_RATIO = 3;
static const unsigned LEAST_DIFFERENT = 20;
static const double LEAST_OF_SCRIPT = 0.8, MOST_OWN_OF_SCRIPT = 0.2;

enum {
	N_SLOTS = 1 << 12, /* a power of two, at least twice the number of words */
	LONGEST_WORD = 24  /* bytes; a longer word is none of the table */
};

/* A word of the table. */
struct common_word {
	const char *word; /* [n], in tj_languages; NULL: free */
	size_t n;
	uint64_t languages; /* bit i: language i has it */
	uint32_t seen;      /* the last text that had it */
};

struct tj_foreign {
	int expected;  /* index; -1: unknown */
	uint32_t text; /* number of the current text, from 1 */
	uint64_t letters[TJ_N_SCRIPTS], n_letters;
	uint64_t n_words;
	uint64_t words[TJ_N_LANGUAGES];
	unsigned different[TJ_N_LANGUAGES];
	struct common_word slots[N_SLOTS];
};

_Static_assert(TJ_N_LANGUAGES <= 64, "a slot has a bit for each language");

/* Returns the slot of a word, or the free one where it belongs. */
static struct common_word *slot_of(struct tj_foreign *f, const char *word, size_t n)
{
	size_t at = tj_hash(0, word, n) & (N_SLOTS - 1);
	while (f->slots[at].word != NULL &&
	       (f->slots[at].n != n || memcmp(f->slots[at].word, word, n) != 0))
		at = (at + 1) & (N_SLOTS - 1);
	return &f->slots[at];
}

static void learn(struct tj_foreign *f, int language)
{
	const char *at = tj_languages[language].words;
	while (at != NULL && at[1] != '\0') {
		size_t n = strcspn(at + 1, " ");
		struct common_word *s = slot_of(f, at + 1, n);
		s->word = at + 1;
		s->n = n;
		s->languages |= UINT64_C(1) << language;
		at += 1 + n;
	}
}

struct tj_foreign *tj_foreign_open(const char *expected, struct tj_error *err)
{
	struct tj_foreign *f = calloc(1, sizeof *f);
	if (f == NULL) {
		tj_fail_memory(err, "the words of languages", sizeof *f);
		return NULL;
	}
	f->expected = expected != NULL ? tj_language_find(expected) : -1;
	for (int i = 0; f->expected >= 0 && i < TJ_N_LANGUAGES; i++)
		learn(f, i);
	tj_foreign_begin(f);
	return f;
}

void tj_foreign_close(struct tj_foreign *f)
{
	free(f);
}

void tj_foreign_begin(struct tj_foreign *f)
{
	f->text++;
	f->n_letters = f->n_words = 0;
	memset(f->letters, 0, sizeof f->letters);
	memset(f->words, 0, sizeof f->words);
	memset(f->different, 0, sizeof f->different);
}

/* --- Counting ---------------------------------------------------------------- */

static enum tj_script script_of(UChar32 c)
{
	if (c < 0x250) /* all letters up to here are Latin */
		return TJ_SCRIPT_LATIN;
	UErrorCode code = U_ZERO_ERROR;
	switch (uscript_getScript(c, &code)) {
	case USCRIPT_LATIN:
		return TJ_SCRIPT_LATIN;
	case USCRIPT_ARABIC:
		return TJ_SCRIPT_ARABIC;
	case USCRIPT_CYRILLIC:
		return TJ_SCRIPT_CYRILLIC;
	case USCRIPT_DEVANAGARI:
		return TJ_SCRIPT_DEVANAGARI;
	case USCRIPT_GREEK:
		return TJ_SCRIPT_GREEK;
	case USCRIPT_HAN:
		return TJ_SCRIPT_HAN;
	case USCRIPT_HANGUL:
		return TJ_SCRIPT_HANGUL;
	case USCRIPT_HEBREW:
		return TJ_SCRIPT_HEBREW;
	case USCRIPT_HIRAGANA:
	case USCRIPT_KATAKANA:
		return TJ_SCRIPT_KANA;
	case USCRIPT_THAI:
		return TJ_SCRIPT_THAI;
	default:
		return TJ_SCRIPT_OTHER;
	}
}

/* A word that is being read. Of a long one, only the beginning is kept. */
struct read_word {
	char text[LONGEST_WORD + U8_MAX_LENGTH];
	size_t n, letters;
};

static void extend(struct read_word *w, UChar32 c)
{
	w->letters++;
	if (w->n <= LONGEST_WORD)
		U8_APPEND_UNSAFE(w->text, w->n, c);
}

/* Counts a word. Single letters are left out: they are mostly names of variables. */
static void count(struct tj_foreign *f, const struct read_word *w)
{
	if (w->letters < 2)
		return;
	f->n_words++;
	struct common_word *s = slot_of(f, w->text, w->n);
	int is_new = s->seen != f->text;
	s->seen = f->text; /* of a free slot it means nothing */
	for (int i = 0; i < TJ_N_LANGUAGES; i++)
		if (s->languages >> i & 1) {
			f->words[i]++;
			f->different[i] += (unsigned)is_new;
		}
}

int tj_foreign_add(struct tj_foreign *f, const char *text, size_t n)
{
	struct read_word w = { .n = 0 };
	size_t at = 0;
	if (f->expected < 0)
		return 1;
	while (at < n && f->n_letters < TJ_FOREIGN_MOST) {
		UChar32 c;
		U8_NEXT((const uint8_t *)text, at, n, c);
		if (c >= 0 && u_isalpha(c)) {
			f->n_letters++;
			f->letters[script_of(c)]++;
			extend(&w, u_tolower(c));
		} else if (w.letters > 0) {
			count(f, &w);
			w.n = w.letters = 0;
		}
	}
	count(f, &w);
	return f->n_letters >= TJ_FOREIGN_MOST;
}

/* --- Judging ----------------------------------------------------------------- */

/* The share of a script among all letters. Japanese mixes two. */
static double share_of_script(const struct tj_foreign *f, enum tj_script script)
{
	uint64_t n = f->letters[script];
	if (script == TJ_SCRIPT_KANA)
		n += f->letters[TJ_SCRIPT_HAN];
	return f->n_letters > 0 ? (double)n / (double)f->n_letters : 0;
}

/* The script of most letters; OTHER if none has half of them. */
static enum tj_script main_script(const struct tj_foreign *f)
{
	const uint64_t *n = f->letters;
	/* With few kana among them, the letters are Chinese. */
	if (n[TJ_SCRIPT_KANA] * 20 >= n[TJ_SCRIPT_HAN] && n[TJ_SCRIPT_KANA] > 0 &&
	    share_of_script(f, TJ_SCRIPT_KANA) >= 0.5)
		return TJ_SCRIPT_KANA;
	for (int i = TJ_SCRIPT_OTHER + 1; i < TJ_N_SCRIPTS; i++)
		if (share_of_script(f, (enum tj_script)i) >= 0.5)
			return (enum tj_script)i;
	return TJ_SCRIPT_OTHER;
}

/* The share of a language's words among all, 1 if it is the usual one. Without this the words of
 * a language with many endings, of which the table has fewer, would count too little. */
static double share_of_words(const struct tj_foreign *f, int language)
{
	double usual = tj_languages[language].usual / 100.;
	return f->n_words > 0 ? (double)f->words[language] / (double)f->n_words / usual : 0;
}

/* The language, apart from the expected one, with the largest share among those of which at least
 * so many different words occur; -1: none. */
static int most_likely(const struct tj_foreign *f, unsigned least_different)
{
	int best = -1;
	for (int i = 0; i < TJ_N_LANGUAGES; i++)
		if (i != f->expected && f->different[i] >= least_different &&
		    (best < 0 || share_of_words(f, i) > share_of_words(f, best)))
			best = i;
	return best;
}

struct tj_foreign_evidence tj_foreign_weigh(const struct tj_foreign *f)
{
	struct tj_foreign_evidence e = { .letters = f->n_letters, .language = -1 };
	if (f->expected < 0)
		return e;
	const struct tj_known_language *expected = &tj_languages[f->expected];
	enum tj_script script = main_script(f);
	e.own = share_of_script(f, expected->script);
	if (script != TJ_SCRIPT_LATIN) {
		if (script != expected->script)
			e.language = tj_language_of_script(script);
		if (e.language >= 0)
			e.share = share_of_script(f, script);
		return e;
	}
	if (expected->words != NULL)
		e.own = share_of_words(f, f->expected);
	e.language = most_likely(f, LEAST_DIFFERENT);
	if (e.language < 0)
		e.language = most_likely(f, 1);
	if (e.language >= 0) {
		e.share = share_of_words(f, e.language);
		e.n_different = f->different[e.language];
	}
	return e;
}

int tj_foreign_find(const struct tj_foreign *f)
{
	struct tj_foreign_evidence e = tj_foreign_weigh(f);
	int found = e.letters >= TJ_FOREIGN_LEAST && e.language >= 0;
	if (found && tj_languages[e.language].words == NULL)
		found = e.share >= LEAST_OF_SCRIPT && e.own <= MOST_OWN_OF_SCRIPT;
	else if (found)
		found = e.share >= LEAST_SHARE && e.n_different >= LEAST_DIFFERENT &&
		        e.own * LEAST_RATIO <= e.share;
	return found ? e.language : -1;
}
