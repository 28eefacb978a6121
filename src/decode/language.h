/* SPDX-License-Identifier: MIT */
/* Vocabularies and settings that turn lines into requests, and results into text. */
#ifndef TJ_DECODE_LANGUAGE_H
#define TJ_DECODE_LANGUAGE_H

#include "src/decode/alphabet.h"
#include "src/decode/cache.h"
#include "src/decode/constraint.h"
#include "src/text/number_words.h"
#include "src/text/spans.h"
#include "src/text/word_list.h"

struct tj_language {
	const struct tj_pieces *source, *target;
	size_t max_pieces; /* longest part in pieces, not counting `</s>` */
	size_t n_best;
	size_t n_found; /* hypotheses of a search to look at, if not only the best; at least n_best
	                 */
	int scoring;    /* score the given target text instead of searching */
	const char *sentences; /* split lines by this language's rules; NULL: do not split */
	int column;            /* translate only this tab-separated column, from 1; 0: all */
	int prefix_column;     /* this column, from 1, has the beginning of the translation; 0:
	                          none has */
	struct tj_constraint constraint; /* of all that is translated with --plain; else only its
	                                    min_length and suppress count */
	struct tj_cache *cache;          /* NULL: none */
	int32_t empty_source; /* the id that replaces an empty source if the engine appends
	                         no `</s>`; otherwise -1 */
	size_t max_scored;    /* when scoring: the model sees only so many source pieces */
	int replaces_unknown; /* `<unk>` becomes the word of the source that was looked at most; the
	                         pieces are tokens */
	int traces;           /* keep what the network looked at, and align words; no cache then */
	int piece_scores;     /* with traces: how probable each piece is, too */

	/* NULL: the network alone (--plain), and nothing below is used. */
	const struct tj_alphabet *alphabet;
	enum tj_normal normal;
	size_t n_placeables;                           /* of the model; 0: it has none */
	const char *source_language, *target_language; /* codes, or "" */
	int keep_case;                                 /* leave the case to the network */
	int guard_repeats;
	double coverage_penalty;
	/* Words of both languages; NULL: small numbers are left to the network. */
	const struct tj_number_words *source_numbers, *target_numbers;
	int localizes; /* numbers are written as the target language does */
	int explain;   /* keep what tj_explain_line tells (explain.h) */
	struct tj_named_text keep;
	const struct tj_glossary *glossary;     /* NULL: none */
	const struct tj_word_list *known_words; /* of the source language; NULL: names are left to
	                                           the network */
};

#endif
