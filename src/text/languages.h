/* SPDX-License-Identifier: MIT */
/* What is known of languages: their names, their scripts, and the words that any text of some
 * length uses in them. */
#ifndef TJ_TEXT_LANGUAGES_H
#define TJ_TEXT_LANGUAGES_H

#include <stddef.h>

/* Scripts that are told apart. HAN stands for Chinese; Japanese is HAN with some KANA. */
enum tj_script {
	TJ_SCRIPT_OTHER,
	TJ_SCRIPT_LATIN,
	TJ_SCRIPT_ARABIC,
	TJ_SCRIPT_CYRILLIC,
	TJ_SCRIPT_DEVANAGARI,
	TJ_SCRIPT_GREEK,
	TJ_SCRIPT_HAN,
	TJ_SCRIPT_HANGUL,
	TJ_SCRIPT_HEBREW,
	TJ_SCRIPT_KANA,
	TJ_SCRIPT_THAI,
	TJ_N_SCRIPTS
};

struct tj_known_language {
	const char *code;    /* ISO 639, or "und-" and a script for any language in that script */
	const char *aliases; /* other codes, lower case, a space before and after each; or " " */
	const char *name;    /* in English, for messages */
	enum tj_script script;
	int usual;         /* how many of 100 words of prose are among `words` */
	const char *words; /* lower case, as `aliases`; NULL: its script alone tells it */
};

enum { TJ_N_LANGUAGES = 36 };
extern const struct tj_known_language tj_languages[TJ_N_LANGUAGES];

/* Returns the index of the language of a code such as "en" or "pt-BR"; -1: not known. */
int tj_language_find(const char *code);

/* Returns the index of the language that is meant by a text in `script` (not LATIN); -1: none. */
int tj_language_of_script(enum tj_script script);

#endif
