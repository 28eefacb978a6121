/* SPDX-License-Identifier: MIT */
#include "src/machine/beside.h"

#include <signal.h>
#include <stddef.h>

static void *run(void *argument)
{
	struct tj_beside *b = argument;
	b->work(b->context);
	return NULL;
}

void tj_beside_begin(struct tj_beside *b, tj_beside_work *work, void *context)
{
	sigset_t all, before;
	*b = (struct tj_beside){ .work = work, .context = context };
	sigfillset(&all);
	/* A thread inherits the mask. Where signals cannot be held back, there is no thread. */
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return;
	b->has_thread = pthread_create(&b->thread, NULL, run, b) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void tj_beside_end(struct tj_beside *b)
{
	if (b->has_thread)
		(void)pthread_join(b->thread, NULL); /* cannot fail: it is joined once */
	else
		b->work(b->context);
}
