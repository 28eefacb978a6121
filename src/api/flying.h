/* SPDX-License-Identifier: MIT */
/* Documents in flight: read, and not written as a whole yet. The reader adds them, the writer lets
 * them go. */
#ifndef TJ_API_FLYING_H
#define TJ_API_FLYING_H

#include <pthread.h>

#include "src/document/convert.h"

enum { TJ_DOCUMENT_BYTES = 32 << 20 }; /* documents in flight, if there is more than one */

struct tj_flying { /* a document of which some segments are not written yet */
	struct tj_flying *before, *behind; /* in the list */
	struct tj_document *document;
	size_t input, n_bytes;
	uint64_t first_byte, offset; /* where it begins and ends in its input */
	char name[1024];
};

struct tj_flight {            /* zero it before it is opened */
	pthread_mutex_t lock; /* guards the rest */
	pthread_cond_t released;
	int has_lock, woken;
	struct tj_flying *first; /* list */
	size_t n_bytes;
};

trujaman_status tj_flight_open(struct tj_flight *l, struct tj_error *err);

/* Frees all documents that are left. */
void tj_flight_close(struct tj_flight *l);
void tj_flight_add(struct tj_flight *l, struct tj_flying *f);

/* Takes it from the list and frees it. */
void tj_flight_release(struct tj_flight *l, struct tj_flying *f);

/* Whether another document may begin. With may_wait, waits until one may; 0 then means that a
 * worker has failed. All documents in flight are in chunks of workers that have work. */
int tj_flight_may_begin(struct tj_flight *l, int may_wait);

/* Makes a waiting tj_flight_may_begin return, now and ever after. */
void tj_flight_wake(struct tj_flight *l);

#endif
