/* SPDX-License-Identifier: MIT */
/* What a worker needs to prepare lines and to judge translations: a splitter, finders, and memory
 * that is used again. One thread at a time. */
#ifndef TJ_DECODE_TOOLS_H
#define TJ_DECODE_TOOLS_H

#include "src/decode/language.h"
#include "src/decode/search.h"
#include "src/text/localize.h"
#include "src/text/mapped.h"
#include "src/text/names.h"
#include "src/text/pair_maker.h"
#include "src/text/repeats.h"
#include "src/text/sentences.h"
#include "src/text/spans.h"

struct tj_tools {
	struct tj_sentences *sentences; /* NULL when scoring */
	/* For lines with a prefix, or NULL: one that splits prefixes, and one that splits nothing.
	 */
	struct tj_sentences *prefixes, *whole;
	/* NULL with --plain. The finder says what to protect: characters that the source vocabulary
	 * lacks are unknown. The judge compares a translation with its source: there, characters
	 * are unknown that both vocabularies lack. */
	struct tj_finder *finder, *judge;
	struct tj_localizer *localizer; /* NULL: numbers stay as they are */
	struct tj_pair_maker *pairs;    /* when scoring; NULL with --plain */
	size_t *starts;                 /* byte offset of each piece of a sentence */
	size_t starts_capacity;
	struct tj_ids ids, key;
	struct tj_mapped hidden, turned;
	struct tj_repeats repeats;
	struct tj_string text, other, plain, written;
	struct tj_name_list names;
	struct tj_fixed *spans; /* a copy of what a finder has found */
	size_t spans_capacity;
	struct tj_hypothesis found[TJ_MAX_BEAM]; /* of one search; the texts are not owned between
	                                            calls */
};

/* Returns NULL on failure. The language must outlive the tools. */
struct tj_tools *tj_tools_open(const struct tj_language *l, struct tj_error *err);
void tj_tools_close(struct tj_tools *t);

#endif
