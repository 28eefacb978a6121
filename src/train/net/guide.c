/* SPDX-License-Identifier: MIT */
/* The loss of attention that looks elsewhere than links say, and its gradient. */
#include "src/train/net/guide.h"

#include "simd/kernels.h"
#include "src/train/net/state.h"

/* Keeps the logarithm finite where a share has become 0; no other share feels it. */
static const float LEAST = 1e-30f;

/* The links of one target piece. */
struct wanted {
	const struct tj_piece_link *links;
	size_t n;
};

static struct wanted wanted_of(const struct tj_guidance *g, size_t sentence, size_t target)
{
	const struct tj_piece_link *links = g->links[sentence];
	size_t low = 0, high = g->n_links[sentence], end;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (links[middle].target < target)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < g->n_links[sentence] && links[end].target == target; end++)
		;
	return (struct wanted){ end > low ? links + low : NULL, end - low };
}

/* The mean over the heads of a query's shares of one position. */
static float mean_share(const struct tj_attending *a, const float *shares, size_t positions,
                        size_t i)
{
	float sum = 0;
	for (size_t head = 0; head < a->heads; head++)
		sum += shares[head * positions + i];
	return sum / (float)a->heads + LEAST;
}

void tj_guide_begin(struct tj_network *net)
{
	const struct tj_batch *b = net->batch;
	struct tj_attending *a = &net->attention;
	float n = (float)net->target.n_rows * (float)a->heads;
	a->guidance = (struct tj_guidance){ b->links, b->n_links,
		                            b->links != NULL ? net->noise.guidance / n : 0 };
}

void tj_guide_loss(const struct tj_network *net, struct tj_loss *loss)
{
	const struct tj_attending *a = &net->attention;
	const struct tj_guidance *g = &a->guidance;
	for (size_t s = 0; g->links != NULL && s < net->batch->n; s++) {
		size_t positions = tj_attending_positions(a, s);
		const float *shares = net->decoding.shares + net->decoding.first_share[s];
		for (size_t t = 0; t < net->batch->n_target[s];
		     t++, shares += a->heads * positions) {
			const struct wanted w = wanted_of(g, s, t);
			double sum = 0;
			for (size_t k = 0; k < w.n; k++)
				sum -= (double)tj_log(
				    mean_share(a, shares, positions, w.links[k].source));
			if (w.n > 0)
				loss->alignment += sum / (double)w.n;
			loss->n_aligned += w.n > 0;
		}
	}
}

void tj_guide_backward(const struct tj_attending *a, size_t sentence, size_t step, size_t n,
                       const float *shares, float *d)
{
	const struct tj_guidance *g = &a->guidance;
	size_t positions = tj_attending_positions(a, sentence), width = a->heads * positions;
	for (size_t m = 0; g->scale > 0 && m < n; m++) {
		const struct wanted w = wanted_of(g, sentence, step + m);
		for (size_t k = 0; k < w.n; k++) {
			size_t i = w.links[k].source;
			float mean = mean_share(a, shares + m * width, positions, i);
			float by = g->scale / ((float)w.n * mean);
			for (size_t head = 0; head < a->heads; head++)
				d[m * width + head * positions + i] -= by;
		}
	}
}
