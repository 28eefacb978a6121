/* SPDX-License-Identifier: MIT */
/* The kinds of spans that a translation must not change. */
#ifndef TJ_TEXT_SPANS_KINDS_H
#define TJ_TEXT_SPANS_KINDS_H

#include <stddef.h>

enum tj_fixed_kind {
	TJ_FIXED_URL,    /* with a scheme, with www., or a domain that is known as such */
	TJ_FIXED_EMAIL,  /* also a mailbox of any host, and a path on it: git@host:a/b */
	TJ_FIXED_PATH,   /* of a file or folder, and names of files */
	TJ_FIXED_CODE,   /* identifiers, calls, options, assignments, codes such as UTF-8, and words
	                    that signs join: AT&T */
	TJ_FIXED_FORMAT, /* placeholders such as %s, {name}, ${n} and {{x}}, and escapes */
	TJ_FIXED_TAG,    /* of markup */
	TJ_FIXED_ENTITY, /* of markup */
	TJ_FIXED_EMOJI,  /* one grapheme cluster */
	TJ_FIXED_NUMBER, /* also a date, time, version, telephone number, amount with unit */
	TJ_FIXED_NAME,   /* @name and #tag */
	TJ_FIXED_UNKNOWN, /* characters without a piece, and the words that they touch */
	TJ_FIXED_KEEP,    /* a pattern of the user */
	TJ_FIXED_TERM,    /* a term of the glossary */
	TJ_N_FIXED_KINDS
};

struct tj_fixed {
	size_t first, n; /* bytes of the text */
	enum tj_fixed_kind kind;
	const char *value; /* what is written: the span itself, or the translation of a term; points
	                      into the text or the glossary */
	size_t n_value;
};

/* Returns the name of a kind: "url", "number" and so on. */
const char *tj_fixed_kind_name(enum tj_fixed_kind kind);

#endif
