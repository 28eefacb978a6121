/* SPDX-License-Identifier: MIT */
/* How good a model is on the dev set: its loss, and the BLEU of what it translates. */
#ifndef TJ_TRAIN_VALIDATE_H
#define TJ_TRAIN_VALIDATE_H

#include "src/train/data/dataset.h"
#include "src/train/net/network.h"

/* Translates with a model file, as anybody would: from the layer above, where that is. */
struct tj_translator {
	void *context;
	/* n texts, each dst[i].text the caller's (free) on success; all NULL where *stop of
	 * the training's options ended it early. */
	trujaman_status (*translate)(void *context, const char *model, size_t n,
	                             const char *const *src, const size_t *len, trujaman_text *dst,
	                             struct tj_error *err);
};

/* Natural log per target piece of the dev set's usable pairs, `</s>` counted. */
trujaman_status tj_validate_nll(struct tj_network *net, const float *values,
                                const struct tj_dataset *data, double *nll, struct tj_error *err);

/* BLEU, 0 to 100, of the dev set's lines translated by the model file against its target
 * lines as they stand. *done is 0 where the translator was stopped. */
trujaman_status tj_validate_bleu(const struct tj_translator *translator, const char *model,
                                 const struct tj_dataset *data, double *bleu, int *done,
                                 struct tj_error *err);

#endif
