/* SPDX-License-Identifier: MIT */
/* The list of documents in flight, and the wait for room in it. */
#include "src/api/flying.h"

#include <stdlib.h>

void tj_flying_add(struct tj_documents *d, struct tj_flying *f)
{
	pthread_mutex_lock(&d->lock);
	f->behind = d->flying;
	if (f->behind != NULL)
		f->behind->before = f;
	d->flying = f;
	d->flying_bytes += f->n_bytes;
	pthread_mutex_unlock(&d->lock);
}

void tj_flying_release(struct tj_documents *d, struct tj_flying *f)
{
	if (d->has_lock)
		pthread_mutex_lock(&d->lock);
	if (f->before != NULL)
		f->before->behind = f->behind;
	else
		d->flying = f->behind;
	if (f->behind != NULL)
		f->behind->before = f->before;
	d->flying_bytes -= f->n_bytes;
	if (d->has_lock) {
		pthread_cond_signal(&d->released);
		pthread_mutex_unlock(&d->lock);
	}
	tj_document_free(f->document);
	free(f);
}

void tj_documents_wake(struct tj_documents *d)
{
	pthread_mutex_lock(&d->lock);
	d->woken = 1;
	pthread_cond_signal(&d->released);
	pthread_mutex_unlock(&d->lock);
}

int tj_flying_may_begin(struct tj_documents *d, int may_wait)
{
	pthread_mutex_lock(&d->lock);
	while (may_wait && !d->woken && d->flying_bytes >= TJ_DOCUMENT_BYTES)
		pthread_cond_wait(&d->released, &d->lock);
	int may = !d->woken && d->flying_bytes < TJ_DOCUMENT_BYTES;
	pthread_mutex_unlock(&d->lock);
	return may;
}
