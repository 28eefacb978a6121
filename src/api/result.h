/* SPDX-License-Identifier: MIT */
/* What a call with texts in memory returns. */
#ifndef TJ_API_RESULT_H
#define TJ_API_RESULT_H

#include "src/base/blocks.h"
#include "trujaman.h"

struct tj_result_text {
	char *text; /* from malloc; NULL: there is none */
	size_t n;
	double score;
	const trujaman_attention *attention; /* in the blocks; NULL: there is none */
	struct tj_blocks blocks;
};

struct trujaman_result {
	size_t n_lines, n_best;
	struct tj_result_text texts[]; /* [n_lines][n_best] */
};

/* A result without texts, whose scores are NaN. NULL: memory is short. */
trujaman_result *tj_result_new(size_t n_lines, size_t n_best);

#endif
