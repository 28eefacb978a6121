/* SPDX-License-Identifier: MIT */
/* Tables and rules that tell an abbreviation's full stop from the end of a sentence. */
#include "src/text/abbreviations.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

enum { LONGEST_NUMBER = 3, LONGEST_MARK = 4 };

/* Abbreviations in lower case, without their full stop, with a space before and after each.
 * `always`: always followed by a name or more text. `digits`: abbreviations only before a number;
 * otherwise they may be words that end a sentence. An abbreviation before a lower-case letter, such
 * as "etc.", needs no entry. */
struct table {
	const char *language;
	const char *always, *digits;
};

static const struct table tables[] = {
	{ "", " al cf dr ing lic mme mr mrs ms prof sr st vs ",
	  " art cap fig no nr p pp tel vol " },
	{ "en",
	  " adm ald brig bros capt cmdr col comdr dept dist eg esq gen gov hon ie insp lt maj"
	  " messrs mlle msgr mt mx pfc pres pvt rep reps rev rt sec sen sens sgt supt ",
	  " apr aug ch chap dec eq est ext feb figs jan jul jun mar nos nov oct para ref sect sep sept"
	  " ver " },
	{ "es",
	  " admón arq avda bco cap cc cía cmdte cnel dd dña dra dras dres ee ej excma excmo fdo ff fr"
	  " gral hnos ilma ilmo insp jj mons mtro pbro pdta pdte profa pte rr sgto sra sras sres srs"
	  " srta srtas sta sto tte vda ",
	  " abr ago arts aprox av c ca dic ene ext feb figs jul jun mar may nov núm núms nº oct pág"
	  " págs párr pza sep sept tfno tomo " },
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int is_listed(const char *list, const char *word, size_t n)
{
	for (const char *at = list; at[1] != '\0'; at = strchr(at + 1, ' ')) {
		size_t i = 0;
		while (i < n && at[1 + i] == lower(word[i]))
			i++;
		if (i == n && at[1 + n] == ' ')
			return 1;
	}
	return 0;
}

static int is_abbreviation(const char *language, const struct tj_before_stop *stop)
{
	int digits = u_isdigit(stop->next);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		const struct table *t = &tables[i];
		if ((*t->language == '\0' || strcmp(t->language, language) == 0) &&
		    (is_listed(t->always, stop->word, stop->n) ||
		     (digits && is_listed(t->digits, stop->word, stop->n))))
			return 1;
	}
	return 0;
}

/* The numbers of characters of each kind in a word. */
struct kinds {
	size_t letters, digits, capitals, stops, roman; /* roman: the letters IVXLC */
	size_t longest;                                 /* run without a stop */
};

static struct kinds kinds_of(const char *word, size_t n)
{
	struct kinds k = { 0 };
	size_t run = 0;
	int32_t i = 0, end = (int32_t)n;
	while (i < end) {
		UChar32 c;
		U8_NEXT((const uint8_t *)word, i, end, c);
		k.letters += u_isalpha(c) != 0;
		k.digits += u_isdigit(c) != 0;
		k.capitals += u_isupper(c) != 0;
		k.stops += c == '.';
		k.roman += c > 0 && c < 0x80 && strchr("IVXLC", (int)c) != NULL;
		run = c == '.' ? 0 : run + 1;
		k.longest = run > k.longest ? run : k.longest;
	}
	return k;
}

int tj_stop_is_of_word(const char *language, const struct tj_before_stop *stop)
{
	struct kinds k = kinds_of(stop->word, stop->n);
	size_t all = k.letters + k.digits;
	if (all == 0)
		return 0;
	/* The English pronoun looks like an initial. */
	if (stop->n == 1 && *stop->word == 'I' && !stop->opens && strcmp(language, "en") == 0)
		return 0;
	if (k.capitals == 1 && all == 1)
		return 1;
	if (k.letters == 0 && k.stops == 0 && k.digits <= LONGEST_NUMBER)
		return 1;
	if (stop->opens && all <= LONGEST_MARK && (k.digits > 0 || k.roman == all || all == 1))
		return 1;
	if (k.stops > 0 && k.letters > 0 && k.longest <= 2) /* "U.S", "p.m", "Ph.D", "EE.UU" */
		return 1;
	return is_abbreviation(language, stop);
}
