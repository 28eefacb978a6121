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
		return tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s is empty: %s and %s%s have no line",
		               what, source, target, tj_pair_text_others(t));
	if (size->pairs == 0)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%s has no usable sentence pair: each of the %zu lines of %s and "
		               "%s%s has a blank side or is not UTF-8%s",
		               what, n_lines, source, target, tj_pair_text_others(t),
		               advice_for(t));
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

static trujaman_status list_lines(const struct tj_dataset *d, struct tj_dev_set *set,
                                  struct tj_error *err)
{
	size_t n = tj_pair_text_lines(set->text);
	set->lines = calloc(n + 1, sizeof *set->lines);
	if (set->lines == NULL)
		return tj_fail_memory(err, "the dev set", n * sizeof *set->lines);
	for (size_t i = 0; i < n; i++)
		if (d->held_out.n == 0 || d->held_out.lines[i] == TJ_LINE_JUDGES)
			set->lines[set->n_lines++] = i;
	return TRUJAMAN_OK;
}

static trujaman_status open_held_out(struct tj_dataset *d, const trujaman_train_options *o,
                                     struct tj_error *err)
{
	uint64_t seed = tj_train_stream(o, TJ_STREAM_HELD_OUT);
	if (tj_hold_out(&d->held_out, d->text, d->size.pairs, seed, err) != TRUJAMAN_OK ||
	    d->held_out.n == 0)
		return err->status;
	d->n_sets = 1;
	d->sets[0].text = d->text;
	return list_lines(d, &d->sets[0], err);
}

static trujaman_status open_dev(struct tj_dataset *d, const trujaman_train_options *o,
                                const struct tj_corpora *corpora, struct tj_error *err)
{
	struct tj_text_size size;
	for (size_t i = 0; i < corpora->n_dev; i++) {
		struct tj_dev_set *set = &d->sets[d->n_sets++];
		set->text = tj_pair_texts_open(&corpora->dev[i], 1, o->force_text, err);
		if (set->text == NULL ||
		    measure(set->text, "the dev set", &size, err) != TRUJAMAN_OK ||
		    list_lines(d, set, err) != TRUJAMAN_OK ||
		    tj_count_shared(set->text, d->text, &set->n_shared, err) != TRUJAMAN_OK)
			return err->status;
	}
	return corpora->n_dev == 0 ? open_held_out(d, o, err) : TRUJAMAN_OK;
}

trujaman_status tj_dataset_open(struct tj_dataset *d, const trujaman_train_options *o,
                                const struct tj_corpora *corpora, struct tj_error *err)
{
	memset(d, 0, sizeof *d);
	d->sampling_seed = tj_train_stream(o, TJ_STREAM_SAMPLING);
	d->batches_seed = tj_train_stream(o, TJ_STREAM_BATCHES);
	d->variation_seed = tj_train_stream(o, TJ_STREAM_VARIATION);
	d->preparation = (struct tj_preparation){ .raw_spans = o->placeables_raw,
		                                  .letter_cases = o->case_augmentation,
		                                  .no_marks = o->punctuation_augmentation,
		                                  .copies = o->copy_target,
		                                  .shifts_numbers = 1 };
	d->text = tj_pair_texts_open(corpora->train, corpora->n_train, o->force_text, err);
	if (d->text == NULL ||
	    measure(d->text, "the training text", &d->size, err) != TRUJAMAN_OK ||
	    tj_word_links_read(&d->links, d->text, err) != TRUJAMAN_OK)
		return err->status;
	return open_dev(d, o, corpora, err);
}

static void close_set(const struct tj_dataset *d, struct tj_dev_set *set)
{
	if (set->text != d->text && set->text != NULL)
		tj_pair_text_close(set->text);
	free(set->lines);
	tj_corpus_free(&set->corpus);
	tj_batches_free(&set->batches);
}

void tj_dataset_close(struct tj_dataset *d)
{
	for (size_t i = 0; i < d->n_sets; i++)
		close_set(d, &d->sets[i]);
	if (d->text != NULL)
		tj_pair_text_close(d->text);
	tj_corpus_free(&d->corpus);
	tj_batches_free(&d->batches);
	free(d->held_out.lines);
	tj_word_links_free(&d->links);
	memset(d, 0, sizeof *d);
}

static trujaman_status read_dev(struct tj_dataset *d, struct tj_dev_set *set, struct tj_error *err)
{
	struct tj_corpus_options options = d->options;
	options.what = "the dev set";
	options.sampling = 0;
	options.with_tags = 0;
	options.links = NULL;
	options.preparation = tj_preparation_without_variation(&d->preparation);
	options.take = d->held_out.n > 0 ? is_held_out : NULL;
	if (tj_corpus_read(&set->corpus, set->text, &options, err) != TRUJAMAN_OK)
		return err->status;
	return tj_batches_in_order(&set->batches, &set->corpus, d->batch_tokens, err);
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
		.with_tags = 1,
		.links = d->links.n_lines > 0 ? &d->links : NULL,
		.n_threads = n_threads,
		.take = d->held_out.n > 0 ? is_not_held_out : NULL,
		.context = &d->held_out,
	};
	d->batch_tokens = (size_t)o->batch_tokens;
	for (size_t i = 0; i < d->n_sets; i++)
		if (read_dev(d, &d->sets[i], err) != TRUJAMAN_OK)
			return err->status;
	return TRUJAMAN_OK;
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
