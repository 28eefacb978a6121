/* SPDX-License-Identifier: MIT */
/* Documents in flight: read, and not written as a whole yet. The reader adds them, the writer lets
 * them go. */
#ifndef TJ_API_FLYING_H
#define TJ_API_FLYING_H

#include "src/api/documents.h"

struct tj_flying {
	struct tj_flying *before, *behind; /* in the list */
	struct tj_document *document;
	size_t input, n_bytes;
	uint64_t first_byte, offset; /* where it begins and ends in its input */
	char name[1024];
};

void tj_flying_add(struct tj_documents *d, struct tj_flying *f);

/* Takes it from the list and frees it. */
void tj_flying_release(struct tj_documents *d, struct tj_flying *f);

/* Whether another document may begin. With may_wait, waits until one may; 0 then means that a
 * worker has failed. All documents in flight are in chunks of workers that have work. */
int tj_flying_may_begin(struct tj_documents *d, int may_wait);

#endif
