/* SPDX-License-Identifier: MIT */
/* Runs networks side by side and averages what they say. */
#include "src/decode/networks.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"

/* Of several networks: room for their averages. Returns 0 if memory is short. */
static int open_means(struct tj_networks *x)
{
	const struct tj_network_options *o = &x->options;
	size_t ld = x->members[0].model->ld_logits;
	x->mean = tj_alloc(o->max_rows, ld * sizeof *x->mean);
	x->mean_shares = tj_alloc(o->max_rows, x->ld_shares * sizeof *x->mean_shares);
	x->one = tj_alloc(ld, sizeof *x->one);
	x->logits = x->mean;
	x->shares = x->mean_shares;
	x->best = NULL;
	return x->mean != NULL && x->mean_shares != NULL && x->one != NULL;
}

struct tj_networks *tj_networks_new(const struct tj_model *const *models,
                                    const struct tj_network_options *o, struct tj_error *err)
{
	struct tj_networks *x = calloc(1, sizeof *x);
	if (x == NULL) {
		tj_fail_memory(err, "networks", sizeof *x);
		return NULL;
	}
	assert(o->n_models >= 1 && o->n_models <= TJ_MOST_NETWORKS);
	x->options = *o;
	x->rows = calloc(o->max_rows, sizeof *x->rows);
	x->group = calloc(o->max_sentences, sizeof *x->group);
	if (x->rows == NULL || x->group == NULL)
		tj_fail_memory(err, "networks", o->max_rows * sizeof *x->rows);
	for (size_t i = 0; err->status == TRUJAMAN_OK && i < o->n_models; i++) {
		struct tj_network *m = &x->members[i];
		m->model = models[i];
		assert(m->model->ld_logits == models[0]->ld_logits);
		m->encoder = tj_encoder_new(m->model, o->max_sentences, o->max_group, err);
		if (m->encoder != NULL)
			m->decoder = tj_decoder_new(m->model, o->max_rows, o->max_source, err);
	}
	if (err->status == TRUJAMAN_OK) {
		const struct tj_decoder *d = x->members[0].decoder;
		x->logits = d->logits;
		x->shares = d->shares;
		x->best = d->best;
		x->ld_shares = d->ld_shares;
		if (o->n_models > 1 && !open_means(x))
			tj_fail_memory(err, "networks", o->max_rows * x->ld_shares);
	}
	if (err->status == TRUJAMAN_OK)
		return x;
	tj_networks_free(x);
	return NULL;
}

void tj_networks_free(struct tj_networks *x)
{
	if (x == NULL)
		return;
	for (size_t i = 0; i < x->options.n_models; i++) {
		tj_encoder_free(x->members[i].encoder);
		tj_decoder_free(x->members[i].decoder);
	}
	tj_free(x->mean);
	tj_free(x->mean_shares);
	tj_free(x->one);
	free(x->rows);
	free(x->group);
	free(x);
}

/* The ids that a model reads: with `</s>`, if it has that or there is nothing else. That alone
 * stands for an empty text where the first model has none. */
static size_t count_ids(const struct tj_networks *x, const struct tj_model *m,
                        const struct tj_network_sentence *s)
{
	int is_empty = s->n_ids == 0 || (s->n_ids == 1 && s->ids[0] == x->options.source_eos);
	size_t n = is_empty ? 0 : s->n_ids;
	s->ids[n] = x->options.source_eos;
	return n + (m->config.source_eos || is_empty);
}

trujaman_status tj_networks_encode(struct tj_networks *x, size_t n,
                                   const struct tj_network_sentence *sentences,
                                   struct tj_error *err)
{
	assert(n <= x->options.max_sentences);
	for (size_t i = 0; i < x->options.n_models; i++) {
		const struct tj_model *m = x->members[i].model;
		for (size_t k = 0; k < n; k++) {
			const struct tj_network_sentence *s = &sentences[k];
			x->group[k] = (struct tj_sentence){ s->ids, count_ids(x, m, s),
				                            &s->encoded[i] };
		}
		if (tj_encode(x->members[i].encoder, n, x->group, err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

/* --- Averages ---------------------------------------------------------------------- */

/* Means of probabilities below this have lost digits, or are 0. */
static const float least_mean = 0x1p-100f;

/* Where the probabilities, whose means are in x->one, are too small for a float, the largest
 * logarithm of the members stands for that of their mean; so no piece is lost that is only very
 * unlikely. */
static void mend_small(const struct tj_networks *x, size_t row, size_t n, float *mean)
{
	const struct tj_kernels *kernels = x->members[0].model->kernels;
	size_t n_words = x->members[0].model->config.target_words;
	float all = tj_log((float)x->options.n_models);
	struct tj_log_sum sums[TJ_MOST_NETWORKS];
	for (size_t i = 0; i < x->options.n_models; i++)
		sums[i] = kernels->log_sum_exp(x->members[i].decoder->logits + row * n, n);
	for (size_t k = 0; k < n_words; k++) {
		if (x->one[k] >= least_mean)
			continue;
		mean[k] = -INFINITY;
		for (size_t i = 0; i < x->options.n_models; i++) {
			float logit = x->members[i].decoder->logits[row * n + k];
			float share = logit - sums[i].max - sums[i].log_sum - all;
			mean[k] = share > mean[k] ? share : mean[k];
		}
	}
}

/* The logarithm of the mean of the members' probabilities. */
static void average_row(const struct tj_networks *x, size_t row, size_t n, float *mean)
{
	const struct tj_kernels *kernels = x->members[0].model->kernels;
	float share = 1 / (float)x->options.n_models;
	size_t n_words = x->members[0].model->config.target_words;
	int any_small = 0;
	memset(mean, 0, n * sizeof *mean);
	for (size_t i = 0; i < x->options.n_models; i++) {
		memcpy(x->one, x->members[i].decoder->logits + row * n, n * sizeof *x->one);
		kernels->softmax(x->one, n, 1);
		kernels->axpy(share, x->one, n, mean);
	}
	for (size_t k = 0; k < n_words; k++)
		any_small |= mean[k] < least_mean;
	if (any_small)
		memcpy(x->one, mean, n * sizeof *mean);
	kernels->log(mean, n, mean);
	if (any_small)
		mend_small(x, row, n, mean);
}

/* The mean of the members' logits, which differ from logarithms of probabilities by a number for
 * each member that does not matter. */
static void average_row_of_logs(const struct tj_networks *x, size_t row, size_t n, float *mean)
{
	float share = 1 / (float)x->options.n_models;
	memset(mean, 0, n * sizeof *mean);
	for (size_t i = 0; i < x->options.n_models; i++)
		x->members[0].model->kernels->axpy(share, x->members[i].decoder->logits + row * n,
		                                   n, mean);
}

/* The mean of the attention weights of those members that have some. */
static void average_shares(const struct tj_networks *x, size_t row,
                           const struct tj_encoded *encoded)
{
	float *mean = x->mean_shares + row * x->ld_shares, n_attending = 0;
	memset(mean, 0, x->ld_shares * sizeof *mean);
	for (size_t i = 0; i < x->options.n_models; i++)
		n_attending += x->members[i].model->config.attention != TJ_ATTENTION_NONE;
	for (size_t i = 0; i < x->options.n_models; i++) {
		const float *shares = x->members[i].decoder->shares + row * x->ld_shares;
		if (x->members[i].model->config.attention == TJ_ATTENTION_NONE)
			continue;
		for (size_t k = 0; k < encoded[i].n_positions; k++)
			mean[k] += shares[k] / n_attending;
	}
}

void tj_networks_step(struct tj_networks *x, size_t n, const struct tj_row *rows)
{
	size_t n_models = x->options.n_models, ld = x->members[0].model->ld_logits;
	if (n_models == 1) {
		tj_decoder_step(x->members[0].decoder, n, rows);
		return;
	}
	for (size_t i = 0; i < n_models; i++) {
		const struct tj_config *c = &x->members[i].model->config;
		for (size_t k = 0; k < n; k++) {
			x->rows[k] = rows[k];
			x->rows[k].encoded += i;
			if (rows[k].parent < 0)
				x->rows[k].token = c->start_with_eos ? x->options.eos
				                                     : x->options.bos;
		}
		tj_decoder_step(x->members[i].decoder, n, x->rows);
	}
	for (size_t k = 0; k < n; k++) {
		if (x->options.average_logs)
			average_row_of_logs(x, k, ld, x->mean + k * ld);
		else
			average_row(x, k, ld, x->mean + k * ld);
		average_shares(x, k, rows[k].encoded);
	}
}
