/* SPDX-License-Identifier: MIT */
/* The list of documents in flight, and the wait for room in it. */
#include "src/api/flying.h"

#include <stdlib.h>

trujaman_status tj_flight_open(struct tj_flight *l, struct tj_error *err)
{
	if (pthread_mutex_init(&l->lock, NULL) != 0)
		return tj_fail_memory(err, "a lock", sizeof l->lock);
	if (pthread_cond_init(&l->released, NULL) != 0) {
		pthread_mutex_destroy(&l->lock);
		return tj_fail_memory(err, "a lock", sizeof l->released);
	}
	l->has_lock = 1;
	return TRUJAMAN_OK;
}

void tj_flight_close(struct tj_flight *l)
{
	while (l->first != NULL)
		tj_flight_release(l, l->first);
	if (l->has_lock) {
		pthread_cond_destroy(&l->released);
		pthread_mutex_destroy(&l->lock);
	}
}

void tj_flight_add(struct tj_flight *l, struct tj_flying *f)
{
	pthread_mutex_lock(&l->lock);
	f->behind = l->first;
	if (f->behind != NULL)
		f->behind->before = f;
	l->first = f;
	l->n_bytes += f->n_bytes;
	pthread_mutex_unlock(&l->lock);
}

void tj_flight_release(struct tj_flight *l, struct tj_flying *f)
{
	if (l->has_lock)
		pthread_mutex_lock(&l->lock);
	if (f->before != NULL)
		f->before->behind = f->behind;
	else
		l->first = f->behind;
	if (f->behind != NULL)
		f->behind->before = f->before;
	l->n_bytes -= f->n_bytes;
	if (l->has_lock) {
		pthread_cond_signal(&l->released);
		pthread_mutex_unlock(&l->lock);
	}
	tj_document_free(f->document);
	free(f);
}

void tj_flight_wake(struct tj_flight *l)
{
	pthread_mutex_lock(&l->lock);
	l->woken = 1;
	pthread_cond_signal(&l->released);
	pthread_mutex_unlock(&l->lock);
}

int tj_flight_may_begin(struct tj_flight *l, int may_wait)
{
	pthread_mutex_lock(&l->lock);
	while (may_wait && !l->woken && l->n_bytes >= TJ_DOCUMENT_BYTES)
		pthread_cond_wait(&l->released, &l->lock);
	int may = !l->woken && l->n_bytes < TJ_DOCUMENT_BYTES;
	pthread_mutex_unlock(&l->lock);
	return may;
}
