/* SPDX-License-Identifier: MIT */
/* What the system may refuse although there is memory: threads, locks, signal masks, advice about
 * pages, and pages. The work is done all the same, or the caller is told. Linked so that calls of
 * the tested code come here first. */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "src/base/memory.h"
#include "src/machine/beside.h"
#include "src/machine/leader.h"

/* How many calls came, and whether they are refused. */
struct door {
	int is_shut, n;
};
static struct door threads, masks, locks, conditions, advice, maps;
static int n_unmapped;

static int refuses(struct door *d)
{
	d->n++;
	return d->is_shut;
}

/* The linker replaces calls of f by calls of __wrap_f; __real_f is f. */
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*work)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*work)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*work)(void *), void *argument)
{
	return refuses(&threads) ? EAGAIN
	                         : __real_pthread_create(thread, attributes, work, argument);
}

int __real_pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	return refuses(&masks) ? EINVAL : __real_pthread_sigmask(how, set, old);
}

int __real_pthread_mutex_init(pthread_mutex_t *lock, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_init(pthread_mutex_t *lock, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_init(pthread_mutex_t *lock, const pthread_mutexattr_t *attributes)
{
	return refuses(&locks) ? ENOMEM : __real_pthread_mutex_init(lock, attributes);
}

int __real_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attributes);
int __wrap_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attributes);
int __wrap_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attributes)
{
	return refuses(&conditions) ? ENOMEM : __real_pthread_cond_init(c, attributes);
}

int __real_madvise(void *where, size_t n, int what);
int __wrap_madvise(void *where, size_t n, int what);
int __wrap_madvise(void *where, size_t n, int what)
{
	if (!refuses(&advice))
		return __real_madvise(where, n, what);
	errno = EINVAL;
	return -1;
}

void *__real_mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset)
{
	if (!refuses(&maps))
		return __real_mmap(where, n, protection, flags, fd, offset);
	errno = ENOMEM;
	return MAP_FAILED;
}

int __real_munmap(void *where, size_t n);
int __wrap_munmap(void *where, size_t n);
int __wrap_munmap(void *where, size_t n)
{
	n_unmapped++;
	return __real_munmap(where, n);
}

/* --- Work in a thread -------------------------------------------------------------- */

/* What a piece of work saw. */
struct seen {
	int n;
	pthread_t by;
	sigset_t mask;
};

static void look(void *context)
{
	struct seen *s = context;
	s->n++;
	s->by = pthread_self();
	sigemptyset(&s->mask);
	(void)__real_pthread_sigmask(SIG_BLOCK, NULL, &s->mask);
}

/* Does work beside the caller's. Whatever is refused, it is done once, and the caller handles the
 * signals that it handled before. */
static struct seen work_beside(void)
{
	struct tj_beside b;
	struct seen seen = { .n = 0 };
	sigset_t before, after;
	cr_assert_eq(__real_pthread_sigmask(SIG_BLOCK, NULL, &before), 0);
	tj_beside_begin(&b, look, &seen);
	cr_assert_eq(__real_pthread_sigmask(SIG_BLOCK, NULL, &after), 0);
	tj_beside_end(&b);
	cr_expect_eq(seen.n, 1);
	for (int i = 1; i < SIGRTMAX; i++)
		cr_expect_eq(sigismember(&before, i), sigismember(&after, i), "signal %d", i);
	return seen;
}

Test(refused, nothing)
{
	struct seen seen = work_beside();
	cr_expect_not(pthread_equal(seen.by, pthread_self()));
	cr_expect(sigismember(&seen.mask, SIGTERM) == 1, "its thread handles signals");
	cr_expect(threads.n == 1 && masks.n == 2);
}

Test(refused, a_thread_beside)
{
	threads.is_shut = 1;
	struct seen seen = work_beside();
	cr_expect(pthread_equal(seen.by, pthread_self()));
	cr_expect(sigismember(&seen.mask, SIGTERM) == 0, "signals are held back");
	cr_expect_eq(threads.n, 1);
}

Test(refused, a_mask_of_signals)
{
	masks.is_shut = 1;
	cr_expect(pthread_equal(work_beside().by, pthread_self()));
	cr_expect_eq(threads.n, 0, "a thread that would handle signals");
}

/* The calling thread leads while it must; a leader is had as soon as it can be. */
static void check_leader(struct door *door)
{
	struct seen seen = { .n = 0 };
	door->is_shut = 1;
	tj_lead(look, &seen);
	cr_expect_eq(seen.n, 1);
	cr_expect(pthread_equal(seen.by, pthread_self()));
	cr_expect_eq(door->n, 1);
	door->is_shut = 0;
	tj_lead(look, &seen);
	cr_expect_eq(seen.n, 2);
	cr_expect_not(pthread_equal(seen.by, pthread_self()));
	cr_expect_eq(door->n, 2);
	door->is_shut = 1; /* the one that there is stays */
	tj_lead(look, &seen);
	cr_expect_eq(seen.n, 3);
	cr_expect_not(pthread_equal(seen.by, pthread_self()));
	cr_expect_eq(door->n, 2);
}

Test(refused, the_thread_of_a_leader)
{
	check_leader(&threads);
}

Test(refused, the_lock_of_a_leader)
{
	check_leader(&locks);
}

Test(refused, the_condition_of_a_leader)
{
	check_leader(&conditions);
}

/* --- Memory ------------------------------------------------------------------------ */

enum { MIB = 1 << 20, N_BYTES = 5 * MIB + 12345 };

static int is_zero(const unsigned char *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

Test(refused, advice)
{
	advice.is_shut = 1;
	unsigned char *table = tj_alloc_table(N_BYTES, 1), *pages = tj_alloc_pages(N_BYTES);
	cr_expect_eq(advice.n, 2);
	cr_assert(table != NULL && pages != NULL);
	cr_expect((uintptr_t)table % (2 * MIB) == 0 && (uintptr_t)pages % (2 * MIB) == 0);
	cr_expect(is_zero(table, N_BYTES) && is_zero(pages, N_BYTES));
	memset(table, 1, N_BYTES);
	memset(pages, 1, N_BYTES);
	tj_free(table);
	tj_free_pages(pages, N_BYTES);
}

Test(refused, pages)
{
	maps.is_shut = 1;
	cr_expect_null(tj_alloc_pages(N_BYTES));
	cr_expect(maps.n == 1 && n_unmapped == 0);
}
