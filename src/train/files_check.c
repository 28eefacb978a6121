/* SPDX-License-Identifier: MIT */
/* Checks which files the options name, before any is opened. */
#include "src/train/files_check.h"

#include <string.h>

#include "src/train/options.h"

static int is_dash(const char *path)
{
	return path != NULL && strcmp(path, "-") == 0;
}

static trujaman_status check_dashes(const trujaman_train_options *o, struct tj_error *err)
{
	if (is_dash(o->source) + is_dash(o->target) + is_dash(o->dev_source) +
	        is_dash(o->dev_target) + is_dash(o->guided_alignment) >
	    1)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "only one of the texts can be standard input, '-'");
	if (is_dash(o->model))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--model cannot be standard output, '-': each better model replaces "
		               "the file");
	return TRUJAMAN_OK;
}

static trujaman_status check_guidance(const trujaman_train_options *o,
                                      const struct tj_corpora *corpora, struct tj_error *err)
{
	const trujaman_train_options defaults = tj_train_options_default();
	if (o->guided_alignment != NULL && o->source == NULL)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--guided-alignment belongs to --source and --target; a row of "
		               "--corpora names its own with alignment=FILE");
	if (o->guided_alignment_weight != defaults.guided_alignment_weight &&
	    !tj_corpora_are_aligned(corpora))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--guided-alignment-weight needs --guided-alignment, the links that "
		               "it weighs");
	return TRUJAMAN_OK;
}

trujaman_status tj_train_files_check(const trujaman_train_options *o,
                                     const struct tj_corpora *corpora, struct tj_error *err)
{
	const int is_needed = corpora->n_train == 0 || o->source != NULL || o->target != NULL;
	const char *missing = is_needed && o->source == NULL ? "--source, the text to learn from"
	                      : is_needed && o->target == NULL
	                          ? "--target, its translation line for line"
	                      : o->model == NULL || *o->model == '\0' ? "--model, the file to write"
	                                                              : NULL;
	if (o->corpora != NULL && is_needed && o->source == NULL && o->target == NULL)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "%s has no row 'train': no text to learn from", o->corpora);
	if (missing != NULL)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "needs %s", missing);
	if (check_dashes(o, err) != TRUJAMAN_OK)
		return err->status;
	if (o->resume && o->force)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--resume and --force exclude each other");
	if ((o->dev_source == NULL) != (o->dev_target == NULL))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--dev-source and --dev-target belong together");
	if (check_guidance(o, corpora, err) != TRUJAMAN_OK)
		return err->status;
	if (o->subword_sampling > 0 && o->vocab_type != NULL && strcmp(o->vocab_type, "bpe") == 0)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--subword-sampling needs a vocabulary of --vocab-type unigram");
	if (o->init == NULL && o->extend_vocab)
		return tj_fail(
		    err, TRUJAMAN_ERROR_USAGE,
		    "--extend-vocab needs --init, the model whose vocabularies it extends");
	const char *other = tj_train_options_vocabulary(o);
	if (o->init != NULL && other != NULL)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--%s has no place beside --init, whose vocabularies are kept%s",
		               other,
		               strcmp(other, "placeables") == 0 && !o->extend_vocab
		                   ? "; --extend-vocab true adds placeables to them"
		                   : "");
	return TRUJAMAN_OK;
}

trujaman_status tj_train_tokens_check(const trujaman_train_options *o, struct tj_error *err)
{
	const char *option = o->normalization > 0              ? "normalization true"
	                     : o->placeables > 0               ? "placeables"
	                     : o->subword_sampling > 0         ? "subword-sampling"
	                     : o->case_augmentation > 0        ? "case-augmentation"
	                     : o->punctuation_augmentation > 0 ? "punctuation-augmentation"
	                     : o->byte_fallback > 0            ? "byte-fallback true"
	                     : o->extend_vocab                 ? "extend-vocab true"
	                                                       : NULL;
	return option == NULL ? TRUJAMAN_OK
	                      : tj_fail(err, TRUJAMAN_ERROR_USAGE,
	                                "--%s does not go with a vocabulary of tokens, for which "
	                                "texts stay as they are",
	                                option);
}
