/* SPDX-License-Identifier: MIT */
/* The options of translating and scoring: one table gives each option's name, type, range, default
 * and help. A new option is a field of struct trujaman_options and a line of the table. */
#ifndef TJ_API_OPTIONS_H
#define TJ_API_OPTIONS_H

#include <stdint.h>

#include "src/base/status.h"

enum { TJ_MOST_OPTIONS = 64 };

/* What the options mean is told by the table, in options.c. */
struct trujaman_options {
	int threads; /* 0: OMP_NUM_THREADS, or one per core */
	int beam;
	double length_penalty, beam_threshold;
	int n_best, max_pieces, strict;
	const char *isa, *precision; /* NULL: not set */
	int memory, cache;           /* MiB */
	const char *split;
	int tsv; /* 0: whole lines */
	int smt, plain, fuzzy, exact;
	const char *letter_case, *keep, *glossary, *field, *copy_names;
	int localize_numbers, no_repeat_ngram;
	double coverage_penalty;
	int alignments, word_scores, attention;
	double alignments_threshold;
	int prefix; /* 0: none */
	const char *suppress;
	int min_length;
	int sample, top_k, seed;
	double temperature, top_p;
	const char *ensemble;
	int normalize;
	int replace_unknown;
	int (*explain)(void *context, const trujaman_explanation *explanation);
	void *explain_context;
	int (*attend)(void *context, const trujaman_attention *attention);
	void *attend_context;
	uint64_t given;                  /* which of the table trujaman_options_set has set */
	char *owned[TJ_MOST_OPTIONS];    /* copies of values that are strings, from malloc */
	char shown[TJ_MOST_OPTIONS][40]; /* what trujaman_options_get returned */
};

trujaman_options tj_options_default(void);

/* The length of the pieces that the repeat guard counts. */
enum { TJ_REPEAT_NGRAM = 4 };

/* Makes *to a copy that owns its strings: free it with tj_options_release. Returns 0 if memory is
 * short. */
int tj_options_copy(trujaman_options *to, const trujaman_options *from);
void tj_options_release(trujaman_options *o);

/* Whether the option was set by name. */
int tj_options_given(const trujaman_options *o, const char *name);

/* See trujaman_options_check. It also sets what follows from other options. */
trujaman_status tj_options_check(trujaman_options *o, struct tj_error *err);

#endif
