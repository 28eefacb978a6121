/* SPDX-License-Identifier: MIT */
/* Keeps the leaders, and drops them in the child of a fork. */
#include "src/machine/leader.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

struct leader {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	tj_led_work *work; /* NULL: it waits */
	void *context;
	struct leader *next;
};

/* Those that wait. The lock is never held for long. */
static pthread_mutex_t idle_lock = PTHREAD_MUTEX_INITIALIZER;
static struct leader *idle;
static atomic_int is_child; /* of a fork after the first call */

static void before_fork(void)
{
	pthread_mutex_lock(&idle_lock);
}

static void in_parent(void)
{
	pthread_mutex_unlock(&idle_lock);
}

/* The threads are not in the child; neither can their locks be destroyed. */
static void in_child(void)
{
	while (idle != NULL) {
		struct leader *next = idle->next;
		free(idle);
		idle = next;
	}
	is_child = 1;
	pthread_mutex_unlock(&idle_lock);
}

static void watch_forks(void)
{
	/* Without memory for it, only children that translate with several threads would suffer. */
	(void)pthread_atfork(before_fork, in_parent, in_child);
}

static void watch_once(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, watch_forks); /* cannot fail with these arguments */
}

static void *serve(void *argument)
{
	struct leader *l = argument;
	pthread_mutex_lock(&l->lock);
	for (;;) {
		while (l->work == NULL)
			pthread_cond_wait(&l->changed, &l->lock);
		pthread_mutex_unlock(&l->lock);
		l->work(l->context);
		pthread_mutex_lock(&l->lock);
		l->work = NULL;
		pthread_cond_broadcast(&l->changed);
	}
	return NULL;
}

static struct leader *new_leader(void)
{
	pthread_t thread;
	struct leader *l = calloc(1, sizeof *l);
	if (l == NULL)
		return NULL;
	int n = pthread_mutex_init(&l->lock, NULL) == 0;
	n += n == 1 && pthread_cond_init(&l->changed, NULL) == 0;
	if (n == 2 && pthread_create(&thread, NULL, serve, l) == 0) {
		(void)pthread_detach(thread);
		return l;
	}
	if (n == 2)
		pthread_cond_destroy(&l->changed);
	if (n >= 1)
		pthread_mutex_destroy(&l->lock);
	free(l);
	return NULL;
}

static struct leader *take(void)
{
	watch_once();
	pthread_mutex_lock(&idle_lock);
	struct leader *l = idle;
	if (l != NULL)
		idle = l->next;
	pthread_mutex_unlock(&idle_lock);
	return l != NULL ? l : new_leader();
}

static void give_back(struct leader *l)
{
	pthread_mutex_lock(&idle_lock);
	l->next = idle;
	idle = l;
	pthread_mutex_unlock(&idle_lock);
}

void tj_lead(tj_led_work *work, void *context)
{
	struct leader *l = take();
	if (l == NULL) {
		work(context);
		return;
	}
	pthread_mutex_lock(&l->lock);
	l->context = context;
	l->work = work;
	pthread_cond_broadcast(&l->changed);
	while (l->work != NULL)
		pthread_cond_wait(&l->changed, &l->lock);
	pthread_mutex_unlock(&l->lock);
	give_back(l);
}

void tj_lead_in_child(tj_led_work *work, void *context)
{
	watch_once();
	if (is_child)
		tj_lead(work, context);
	else
		work(context);
}
