/* SPDX-License-Identifier: MIT */
/* Copies of a model's packed weights, one for each NUMA node that works with them, so that no
 * worker reads its weights from another node. Tables of input sums are shared: a step reads only
 * a few of their rows, frequent rows stay in the caches, and a limit on memory holds for the
 * whole machine. */
#ifndef TJ_MODEL_COPIES_H
#define TJ_MODEL_COPIES_H

#include "src/model/model.h"

struct tj_copies;

/* Prepare n copies, at least 1. The first one is the model itself, which must outlive them. NULL
 * on failure. */
struct tj_copies *tj_copies_new(const struct tj_model *m, size_t n, struct tj_error *err);
void tj_copies_free(struct tj_copies *c);

/* Copy i. The first thread that asks for it makes it, and the copy then lies on that thread's
 * NUMA node, so bind the thread first. If there is no memory for a copy, this is the model
 * itself: slower, with the same results. Any number of threads may call it. */
const struct tj_model *tj_copies_get(struct tj_copies *c, size_t i);

/* The bytes that one copy takes. */
size_t tj_model_bytes(const struct tj_model *m);

#endif
