/* SPDX-License-Identifier: MIT */
/* Values that suit the size of the training text, for options that the user did not set. They are
 * a function of the options and the text alone, so that a resumed training makes the same choice.
 * trujaman-train(1) has the table. */
#ifndef TJ_TRAIN_CHOICES_H
#define TJ_TRAIN_CHOICES_H

#include "src/train/data/dataset.h"

/* Default sizes of the network, as metadata values. */
struct tj_network_sizes {
	const char *embedding_size, *hidden_size, *encoder_layers, *decoder_layers;
};

struct tj_choices {
	struct tj_network_sizes network;
	uint64_t least_interval; /* fewest updates between validations, if the interval is chosen */
	char
	    text[256]; /* the values that were chosen, as the options to give for the same training:
	                  "--vocab-size 1000 --warmup 280"; "" if none was */
};

/* The values for a large text, whatever the options. */
extern const struct tj_network_sizes tj_largest_network;

/* Fills in what `o` leaves to be chosen: vocab_size, batch_tokens and warmup. If one of
 * the sizes (vocabulary or layers) is set, no size is chosen: the others are those of a large
 * text. The same holds for warm-up and batch: a warm-up counts batches of the size that it was made
 * for. */
void tj_choose(struct tj_choices *c, trujaman_train_options *o, const struct tj_text_size *size);

/* Returns the interval between validations if it is chosen: about an epoch of n updates, but not
 * fewer than the least interval. */
uint64_t tj_choose_interval(const struct tj_choices *c, uint64_t n);

/* Adds the interval to the text. */
void tj_choices_add(struct tj_choices *c, const char *option, uint64_t value);

#endif
