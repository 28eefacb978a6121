/* SPDX-License-Identifier: MIT */
/* Opens the texts, holds out a dev set if none is given, and makes the mini-batches of each
 * epoch. */
#include "src/train/data/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/random.h"
#include "src/base/utf8.h"

enum { HOLD_OUT_ONE_IN = 100, MOST_HELD_OUT = 1000, FEWEST_TO_HOLD_OUT = 200 };

uint64_t tj_train_stream(const trujaman_train_options *o, enum tj_train_stream stream)
{
	return tj_random((uint64_t)o->seed, (uint64_t)stream);
}

/* Returns whether a pair is usable: both sides valid UTF-8 and not blank. Other pairs cannot
 * measure a model. */
static int is_pair(const struct tj_pair_text *t, size_t line)
{
	for (int side = 0; side < 2; side++) {
		size_t n;
		const char *text = tj_pair_text_line(t, side, line, &n);
		if (tj_is_blank(text, n) || tj_utf8_valid_prefix(text, n) != n)
			return 0;
	}
	return 1;
}

/* Holds out `wanted` of the `n` usable pairs. Every such set is equally likely (Knuth,
 * volume 2, 3.4.2, algorithm S). */
static void choose(struct tj_dataset *d, size_t n_lines, size_t n, size_t wanted, uint64_t seed)
{
	d->held_out.n = wanted;
	for (size_t i = 0; i < n_lines && wanted > 0; i++) {
		if (!is_pair(d->text, i))
			continue;
		d->held_out.lines[i] = tj_random_below(seed, i, n) < wanted;
		wanted -= d->held_out.lines[i];
		n--;
	}
}

static trujaman_status hold_out(struct tj_dataset *d, uint64_t seed, struct tj_error *err)
{
	size_t n_lines = tj_pair_text_lines(d->text), n = 0;
	for (size_t i = 0; i < n_lines; i++)
		n += (size_t)is_pair(d->text, i);
	if (n < FEWEST_TO_HOLD_OUT)
		return TRUJAMAN_OK;
	d->held_out.lines = calloc(n_lines, 1);
	if (d->held_out.lines == NULL)
		return tj_fail_memory(err, "the held-out lines", n_lines);
	size_t share = n / HOLD_OUT_ONE_IN;
	choose(d, n_lines, n, share < MOST_HELD_OUT ? share : MOST_HELD_OUT, seed);
	d->dev_text = d->text;
	return TRUJAMAN_OK;
}

static int is_held_out(void *context, size_t line)
{
	const struct tj_held_out *h = context;
	return h->lines[line];
}

static int is_not_held_out(void *context, size_t line)
{
	return !is_held_out(context, line);
}

static trujaman_status list_dev_lines(struct tj_dataset *d, struct tj_error *err)
{
	if (d->dev_text == NULL)
		return TRUJAMAN_OK;
	size_t n = tj_pair_text_lines(d->dev_text);
	d->dev_lines = calloc(n + 1, sizeof *d->dev_lines);
	if (d->dev_lines == NULL)
		return tj_fail_memory(err, "the dev set", n * sizeof *d->dev_lines);
	for (size_t i = 0; i < n; i++)
		if (d->held_out.n == 0 || d->held_out.lines[i])
			d->dev_lines[d->n_dev_lines++] = i;
	return TRUJAMAN_OK;
}

trujaman_status tj_dataset_open(struct tj_dataset *d, const trujaman_train_options *o,
                                struct tj_error *err)
{
	memset(d, 0, sizeof *d);
	d->sampling_seed = tj_train_stream(o, TJ_STREAM_SAMPLING);
	d->batches_seed = tj_train_stream(o, TJ_STREAM_BATCHES);
	d->batch_tokens = (size_t)o->batch_tokens;
	d->text = tj_pair_text_open(o->source, o->target, o->force_text, err);
	if (d->text == NULL)
		return err->status;
	if (o->dev_source != NULL) {
		d->dev_text = tj_pair_text_open(o->dev_source, o->dev_target, o->force_text, err);
		if (d->dev_text == NULL)
			return err->status;
	} else if (hold_out(d, tj_train_stream(o, TJ_STREAM_HELD_OUT), err) != TRUJAMAN_OK) {
		return err->status;
	}
	return list_dev_lines(d, err);
}

void tj_dataset_close(struct tj_dataset *d)
{
	if (d->dev_text != d->text && d->dev_text != NULL)
		tj_pair_text_close(d->dev_text);
	if (d->text != NULL)
		tj_pair_text_close(d->text);
	tj_corpus_free(&d->corpus);
	tj_batches_free(&d->batches);
	tj_corpus_free(&d->dev);
	tj_batches_free(&d->dev_batches);
	free(d->held_out.lines);
	free(d->dev_lines);
	memset(d, 0, sizeof *d);
}

static trujaman_status read_dev(struct tj_dataset *d, struct tj_error *err)
{
	struct tj_corpus_options options = d->options;
	options.sampling = 0;
	options.take = d->held_out.n > 0 ? is_held_out : NULL;
	if (tj_corpus_read(&d->dev, d->dev_text, &options, err) != TRUJAMAN_OK)
		return err->status;
	return tj_batches_in_order(&d->dev_batches, &d->dev, d->batch_tokens, err);
}

trujaman_status tj_dataset_prepare(struct tj_dataset *d, const trujaman_train_options *o,
                                   const struct tj_pieces *source, const struct tj_pieces *target,
                                   int source_eos, size_t n_threads, struct tj_error *err)
{
	d->options = (struct tj_corpus_options){
		.source = source,
		.target = target,
		.source_eos = source_eos,
		.max_pieces = (size_t)o->max_pieces,
		.sampling = o->subword_sampling,
		.n_threads = n_threads,
		.take = d->held_out.n > 0 ? is_not_held_out : NULL,
		.context = &d->held_out,
	};
	return d->dev_text != NULL ? read_dev(d, err) : TRUJAMAN_OK;
}

trujaman_status tj_dataset_epoch(struct tj_dataset *d, uint64_t epoch, struct tj_error *err)
{
	if (d->has_batches && d->epoch == epoch)
		return TRUJAMAN_OK;
	if (!d->has_corpus || d->options.sampling > 0) {
		tj_corpus_free(&d->corpus);
		d->options.seed = tj_random(d->sampling_seed, epoch);
		if (tj_corpus_read(&d->corpus, d->text, &d->options, err) != TRUJAMAN_OK)
			return err->status;
		d->has_corpus = 1;
	}
	tj_batches_free(&d->batches);
	d->has_batches = 0;
	if (tj_batches_make(&d->batches, &d->corpus, d->batch_tokens, d->batches_seed, epoch,
	                    err) != TRUJAMAN_OK)
		return err->status;
	d->epoch = epoch;
	d->has_batches = 1;
	return TRUJAMAN_OK;
}
