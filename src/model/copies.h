/* SPDX-License-Identifier: MIT */
/* Copies of a model's packed weights, one for each NUMA node that works with them, so that
 * no worker reads its weights through another node. Tables of input sums are shared: of all
 * that a step reads they are a few rows, the frequent ones stay in caches, and a limit on
 * memory holds for the machine. */
#ifndef TJ_MODEL_COPIES_H
#define TJ_MODEL_COPIES_H

#include "src/model/model.h"

struct tj_copies;

/* For n copies, at least 1; the first is the model itself, which must outlive them. NULL
 * when there is no memory. */
struct tj_copies *tj_copies_new(const struct tj_model *m, size_t n, struct tj_error *err);
void tj_copies_free(struct tj_copies *c);

/* Copy i. The first thread that asks makes it and so decides on which node it lies; it
 * should be bound there. Where there is no memory for a copy it is the model itself: slower
 * and as good. Any number of threads. */
const struct tj_model *tj_copies_get(struct tj_copies *c, size_t i);

/* Bytes that a copy takes. */
size_t tj_model_bytes(const struct tj_model *m);

#endif
