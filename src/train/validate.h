/* SPDX-License-Identifier: MIT */
/* Measures a model on a dev set: its loss, and how good its translations are. */
#ifndef TJ_TRAIN_VALIDATE_H
#define TJ_TRAIN_VALIDATE_H

#include "src/train/data/dataset.h"
#include "src/train/net/network.h"

/* Translates with a model file the way any user would. The layer above implements it and
 * passes it in. */
struct tj_dev_text {
	char *text;
	size_t len;
};

struct tj_translator {
	void *context;
	/* Translates n texts. On success the caller owns each dst[i].text and releases it
	 * with free. All are NULL if *stop of the training options ended the translation
	 * early. */
	trujaman_status (*translate)(void *context, const char *model, size_t n,
	                             const char *const *src, const size_t *len,
	                             struct tj_dev_text *dst, struct tj_error *err);
};

/* Computes the mean negative log-likelihood (natural log) per target piece over the dev
 * set's usable pairs. `</s>` counts as a piece. */
trujaman_status tj_validate_nll(struct tj_network *net, const float *values,
                                const struct tj_dev_set *set, double *nll, struct tj_error *err);

/* Computes BLEU and chrF (0 to 100) of the model file's translations of the dev set's source lines,
 * against the unmodified target lines. *done is 0 if the translator was stopped. */
trujaman_status tj_validate_texts(const struct tj_translator *translator, const char *model,
                                  const struct tj_dev_set *set, trujaman_train_dev_score *score,
                                  int *done, struct tj_error *err);

#endif
