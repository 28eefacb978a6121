/* SPDX-License-Identifier: MIT */
/* The decoder: one step of many hypotheses at once, one row for each. */
#ifndef TJ_MODEL_DECODER_H
#define TJ_MODEL_DECODER_H

#include "src/model/attention.h"

struct tj_row {
	const struct tj_encoded *encoded; /* its sentence; rows of a sentence are adjacent */
	int32_t token;                    /* y_{t-1} */
	int32_t parent;                   /* the row of the last step that it continues; -1: its
	                                     first step, from the sentence's initial states */
};

struct tj_decoder {
	const struct tj_model *model;
	size_t max_rows, ld_shares;
	/* Results of the last step, one row each: */
	float *logits;        /* [row][model->ld_logits], padding -inf */
	struct tj_best *best; /* [row]: the largest logit; greedy step only */
	float *shares;        /* [row][ld_shares]: attention weights of the S positions */
	/* private */
	int side;                   /* which of the two buffers was written last */
	float *hidden[2], *cell[2]; /* [layer][row][ld_hidden] */
	float *joined;              /* [row][ld_hidden]: what a residual layer hands on */
	float *context[2];          /* [row][ld_hidden] */
	float *readout[2];          /* [row][ld_readout] */
	struct tj_attention_work *attention;
	const struct tj_encoded **encoded; /* [row] */
	float *embedded;                   /* [row][E] */
	int32_t *tokens;                   /* [row] */
	const float **start;               /* [row]: where layer 0 starts, from its input sums */
	float *starts;                     /* [row][an entry's floats]: of pieces without entry */
	float *zeros;                      /* [ld_hidden + ld_readout] */
	void *scratch;                     /* for int8 products */
	float *sums, **sums_rows;          /* [row][tj_cell_sums] */
	const float **rows[TJ_MAX_SEGMENTS], **cell_in;
	float **cell_out, **out;
};

/* Room for max_rows rows and sentences of up to max_positions. One decoder per thread. NULL if
 * out of encoded. */
struct tj_decoder *tj_decoder_new(const struct tj_model *m, size_t max_rows, size_t max_positions,
                                  struct tj_error *err);
void tj_decoder_free(struct tj_decoder *d);

/* One step of n rows (equations: docs/MODEL.md). Several rows may continue the same parent. Rows
 * of the last step that no row continues are lost. */
void tj_decoder_step(struct tj_decoder *d, size_t n, const struct tj_row *rows);

/* The same, but without logits: best[m] is the largest logit of row m, except that of piece
 * `banned` (-1: none). */
void tj_decoder_step_greedy(struct tj_decoder *d, size_t n, const struct tj_row *rows,
                            int32_t banned);

/* After a greedy step: compute the logits of n of its rows, which then have the values that
 * tj_decoder_step gives. */
void tj_decoder_logits(struct tj_decoder *d, size_t n, const size_t *rows);

#endif
