/* SPDX-License-Identifier: MIT */
/* Attention of decoder rows: sentence by sentence, head by head, with the products of simd/. */
#include "src/model/attention.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"

struct tj_attention_work {
	const struct tj_model *model;
	size_t max_rows, ld_shares, ld_query, heads;
	float *projected;       /* [max_rows][ld_query]: queries of additive attention */
	float **projected_rows; /* [max_rows] */
	const float **queries;  /* [max_rows]: queries of all heads */
	const float **slices;   /* [max_rows]: a head's slice of each row */
	float *slice;           /* one slice, padded with zeros */
	float *scores;          /* [max_rows][ld_shares]: of one of several heads */
	float *apart; /* [max_rows][slice]: context of a head whose slice is no whole vectors */
};

void tj_attention_work_free(struct tj_attention_work *w)
{
	if (w == NULL)
		return;
	tj_free(w->projected);
	free(w->projected_rows);
	free(w->queries);
	free(w->slices);
	tj_free(w->slice);
	tj_free(w->scores);
	tj_free(w->apart);
	free(w);
}

struct tj_attention_work *tj_attention_work_new(const struct tj_model *m, size_t max_rows,
                                                size_t ld_shares)
{
	struct tj_attention_work *w = calloc(1, sizeof *w);
	if (w == NULL)
		return NULL;
	size_t heads = tj_config_heads(&m->config);
	w->model = m;
	w->max_rows = max_rows;
	w->ld_shares = ld_shares;
	w->ld_query = tj_round_up(m->key_size, TJ_LANES);
	w->heads = heads;
	w->projected = tj_alloc(max_rows, w->ld_query * sizeof(float));
	w->projected_rows = calloc(max_rows, sizeof *w->projected_rows);
	w->queries = calloc(max_rows, sizeof *w->queries);
	w->slices = calloc(max_rows, sizeof *w->slices);
	w->slice = tj_alloc(tj_round_up(m->key_size / heads, TJ_LANES), sizeof(float));
	w->scores = tj_alloc(heads > 1 ? max_rows : 0, ld_shares * sizeof(float));
	w->apart = tj_alloc(m->slices_apart ? max_rows : 0, m->slice * sizeof(float));
	if (w->projected == NULL || w->projected_rows == NULL || w->queries == NULL ||
	    w->slices == NULL || w->slice == NULL || w->scores == NULL || w->apart == NULL) {
		tj_attention_work_free(w);
		return NULL;
	}
	for (size_t i = 0; i < max_rows; i++)
		w->projected_rows[i] = w->projected + i * w->ld_query;
	return w;
}

/* Rows first … first + n - 1 belong to one sentence. */
struct asking_rows {
	const struct tj_encoded *encoded;
	size_t first, n;
	float *scores; /* [n][ld_shares] */
};

/* The additive scores of one head. Its keys are the same part of each panel. */
static void score_additive(const struct tj_attention_work *w, const struct asking_rows *r,
                           size_t first, size_t n_a)
{
	static const enum tj_score_activation g[] = { [TJ_TANH] = TJ_SCORE_TANH,
		                                      [TJ_SIGMOID] = TJ_SCORE_SIGMOID,
		                                      [TJ_RELU] = TJ_SCORE_RELU };
	const struct tj_model *m = w->model;
	size_t at_once = w->heads == 1 ? r->encoded->n_panels : 1;
	for (size_t i = 0; i < r->n; i++)
		for (size_t p = 0; p < r->encoded->n_panels; p += at_once)
			m->kernels->additive(w->queries[r->first + i] + first,
			                     r->encoded->keys +
			                         (p * m->key_size + first) * TJ_LANES,
			                     m->additive_v + first, n_a, at_once,
			                     g[m->config.attention_activation],
			                     r->scores + i * w->ld_shares + p * TJ_LANES);
}

static void score(const struct tj_attention_work *w, const struct asking_rows *r, size_t head)
{
	const struct tj_model *m = w->model;
	size_t k = m->key_size / w->heads, first = head * k;
	if (m->config.attention == TJ_ADDITIVE) {
		score_additive(w, r, first, k);
		return;
	}
	for (size_t i = 0; i < r->n; i++)
		w->slices[i] = w->queries[r->first + i] + first;
	m->kernels->product(&(struct tj_product){ .n_rows = r->n,
	                                          .k = k,
	                                          .n_panels = r->encoded->n_panels,
	                                          .rows = w->slices,
	                                          .b = r->encoded->keys + first * TJ_LANES,
	                                          .k_stride = TJ_LANES,
	                                          .panel_stride = m->key_size * TJ_LANES,
	                                          .out = r->scores,
	                                          .ld_out = w->ld_shares });
}

/* What the scores of a query are multiplied by. The keys of cosine attention already have length 1.
 * A query of length 0 gets score 0. */
static float scale_of(const struct tj_attention_work *w, const float *query, size_t head)
{
	const struct tj_model *m = w->model;
	float length;
	if (m->config.attention != TJ_COSINE)
		return m->attention_scale;
	if (w->heads == 1) {
		length = m->kernels->length(query, m->ld_hidden);
	} else {
		size_t k = m->key_size / w->heads;
		memcpy(w->slice, query + head * k, k * sizeof *w->slice);
		length = m->kernels->length(w->slice, tj_round_up(k, TJ_LANES));
	}
	return length > 0 ? m->attention_scale / length : m->attention_scale;
}

/* The context vectors of one head, from the attention weights in r->scores. */
static void combine(const struct tj_attention_work *w, const struct asking_rows *r, size_t head,
                    float *contexts)
{
	const struct tj_model *m = w->model;
	size_t width = m->config.hidden_size / w->heads;
	for (size_t i = 0; i < r->n; i++)
		w->slices[i] = r->scores + i * w->ld_shares;
	m->kernels->product(
	    &(struct tj_product){ .n_rows = r->n,
	                          .k = r->encoded->n_positions,
	                          .n_panels = m->slice / TJ_LANES,
	                          .rows = w->slices,
	                          .b = r->encoded->slices + head * m->slice,
	                          .k_stride = w->heads * m->slice,
	                          .panel_stride = TJ_LANES,
	                          .out = m->slices_apart ? w->apart : contexts + head * width,
	                          .ld_out = m->slices_apart ? m->slice : m->ld_hidden });
	for (size_t i = 0; m->slices_apart && i < r->n; i++)
		memcpy(contexts + i * m->ld_hidden + head * width, w->apart + i * m->slice,
		       width * sizeof *contexts);
}

static void attend_sentence(struct tj_attention_work *w, struct asking_rows *r, float *shares,
                            float *contexts)
{
	const struct tj_model *m = w->model;
	size_t n_positions = r->encoded->n_positions, padded = r->encoded->n_panels * TJ_LANES;
	r->scores = w->heads == 1 ? shares : w->scores;
	for (size_t i = 0; w->heads > 1 && i < r->n; i++)
		memset(shares + i * w->ld_shares, 0, padded * sizeof *shares);
	for (size_t head = 0; head < w->heads; head++) {
		score(w, r, head);
		for (size_t i = 0; i < r->n; i++) {
			float *row = r->scores + i * w->ld_shares;
			float scale = scale_of(w, w->queries[r->first + i], head);
			m->kernels->softmax(row, n_positions, scale);
			if (w->heads > 1)
				m->kernels->axpy(1.0f / (float)w->heads, row, padded,
				                 shares + i * w->ld_shares);
		}
		combine(w, r, head, contexts);
	}
}

void tj_attention_run(struct tj_attention_work *w, size_t n, const float *const *states,
                      const struct tj_encoded *const *encoded, float *shares, float *contexts,
                      void *scratch)
{
	const struct tj_model *m = w->model;
	int is_additive = m->config.attention == TJ_ADDITIVE;
	if (is_additive)
		m->kernels->gemm(&(struct tj_gemm){ .n_rows = n,
		                                    .weights = &m->query,
		                                    .rows = { states },
		                                    .out = w->projected_rows,
		                                    .scratch = scratch });
	for (size_t i = 0; i < n; i++)
		w->queries[i] = is_additive ? w->projected_rows[i] : states[i];
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && encoded[end] == encoded[i];)
			end++;
		attend_sentence(w, &(struct asking_rows){ encoded[i], i, end - i, NULL },
		                shares + i * w->ld_shares, contexts + i * m->ld_hidden);
	}
}
