/* SPDX-License-Identifier: MIT */
/* Opens the texts, holds out a dev set if none is given, and makes the mini-batches of each
 * epoch. */
#include "src/train/data/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/latin.h"
#include "src/base/random.h"
#include "src/base/utf8.h"

uint64_t tj_train_stream(const trujaman_train_options *o, enum tj_train_stream stream)
{
	return tj_random((uint64_t)o->seed, (uint64_t)stream);
}

/* Returns what a message adds about a text without a usable pair: how to convert it, if most of its
 * invalid lines are in Latin-1. */
static const char *advice_for(const struct tj_pair_text *t)
{
	uint64_t n_latin = 0, n_invalid = 0;
	for (size_t i = 0; i < tj_pair_text_lines(t); i++)
		for (int side = 0; side < 2; side++) {
			size_t n;
			const char *text = tj_pair_text_line(t, side, i, &n);
			int is_invalid = tj_utf8_valid_prefix(text, n) < n;
			n_invalid += (uint64_t)is_invalid;
			n_latin += (uint64_t)(is_invalid && tj_is_latin(text, n));
		}
	return tj_latin_advice(n_latin, n_invalid);
}

/* Measures the usable pairs of a text, of which there must be one. `what` names it. */
static trujaman_status measure(const struct tj_pair_text *t, const char *what,
                               struct tj_text_size *size, struct tj_error *err)
{
	const char *source = tj_pair_text_name(t, 0), *target = tj_pair_text_name(t, 1);
	size_t n_lines = tj_pair_text_lines(t), n;
	*size = (struct tj_text_size){ 0, 0 };
	for (size_t i = 0; i < n_lines; i++) {
		if (!tj_is_usable_pair(t, i))
			continue;
		tj_pair_text_line(t, 1, i, &n);
		size->pairs++;
		size->target_bytes += n;
	}
	if (n_lines == 0)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s is empty: %s and %s have no line",
		               what, source, target);
	if (size->pairs == 0)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%s has no usable sentence pair: each of the %zu lines of %s and %s "
		               "has a blank side or is not UTF-8%s",
		               what, n_lines, source, target, advice_for(t));
	return TRUJAMAN_OK;
}

static int is_held_out(void *context, size_t line)
{
	const struct tj_held_out *h = context;
	return h->lines[line] == TJ_LINE_JUDGES;
}

static int is_not_held_out(void *context, size_t line)
{
	const struct tj_held_out *h = context;
	return h->lines[line] == TJ_LINE_TRAINS;
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
		if (d->held_out.n == 0 || d->held_out.lines[i] == TJ_LINE_JUDGES)
			d->dev_lines[d->n_dev_lines++] = i;
	return TRUJAMAN_OK;
}

static trujaman_status open_dev(struct tj_dataset *d, const trujaman_train_options *o,
                                struct tj_error *err)
{
	struct tj_text_size size;
	if (o->dev_source == NULL) {
		uint64_t seed = tj_train_stream(o, TJ_STREAM_HELD_OUT);
		if (tj_hold_out(&d->held_out, d->text, d->size.pairs, seed, err) == TRUJAMAN_OK &&
		    d->held_out.n > 0)
			d->dev_text = d->text;
		return err->status;
	}
	d->dev_text = tj_pair_text_open(o->dev_source, o->dev_target, o->force_text, err);
	if (d->dev_text == NULL || measure(d->dev_text, "the dev set", &size, err) != TRUJAMAN_OK)
		return err->status;
	return tj_count_shared(d->dev_text, d->text, &d->n_dev_shared, err);
}

trujaman_status tj_dataset_open(struct tj_dataset *d, const trujaman_train_options *o,
                                struct tj_error *err)
{
	memset(d, 0, sizeof *d);
	d->sampling_seed = tj_train_stream(o, TJ_STREAM_SAMPLING);
	d->batches_seed = tj_train_stream(o, TJ_STREAM_BATCHES);
	d->variation_seed = tj_train_stream(o, TJ_STREAM_VARIATION);
	d->preparation = (struct tj_preparation){ .raw_spans = o->placeables_raw,
		                                  .letter_cases = o->case_augmentation,
		                                  .no_marks = o->punctuation_augmentation,
		                                  .copies = o->copy_target };
	d->text = tj_pair_text_open(o->source, o->target, o->force_text, err);
	if (d->text == NULL ||
	    measure(d->text, "the training text", &d->size, err) != TRUJAMAN_OK ||
	    open_dev(d, o, err) != TRUJAMAN_OK)
		return err->status;
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
	options.what = "the dev set";
	options.sampling = 0;
	options.preparation = tj_preparation_without_variation(&d->preparation);
	options.take = d->held_out.n > 0 ? is_held_out : NULL;
	if (tj_corpus_read(&d->dev, d->dev_text, &options, err) != TRUJAMAN_OK)
		return err->status;
	return tj_batches_in_order(&d->dev_batches, &d->dev, d->batch_tokens, err);
}

struct tj_preparation tj_dataset_preparation(const struct tj_dataset *d, uint64_t epoch)
{
	struct tj_preparation p = d->preparation;
	p.seed = tj_random(d->variation_seed, epoch);
	return p;
}

trujaman_status tj_dataset_prepare(struct tj_dataset *d, const trujaman_train_options *o,
                                   const struct tj_pieces *source, const struct tj_pieces *target,
                                   int source_eos, size_t n_threads, struct tj_error *err)
{
	d->options = (struct tj_corpus_options){
		.what = "the training text",
		.source = source,
		.target = target,
		.source_eos = source_eos,
		.max_pieces = (size_t)o->max_pieces,
		.sampling = o->subword_sampling,
		.n_threads = n_threads,
		.take = d->held_out.n > 0 ? is_not_held_out : NULL,
		.context = &d->held_out,
	};
	d->batch_tokens = (size_t)o->batch_tokens;
	return d->dev_text != NULL ? read_dev(d, err) : TRUJAMAN_OK;
}

trujaman_status tj_dataset_epoch(struct tj_dataset *d, uint64_t epoch, struct tj_error *err)
{
	if (d->has_batches && d->epoch == epoch)
		return TRUJAMAN_OK;
	if (!d->has_corpus || d->options.sampling > 0 || tj_preparation_varies(&d->preparation)) {
		tj_corpus_free(&d->corpus);
		d->options.preparation = tj_dataset_preparation(d, epoch);
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
