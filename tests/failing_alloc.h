/* SPDX-License-Identifier: MIT */
/* Makes one allocation of a test fail, or all from one on. Only those that the program's own code
 * asks for fail, since some libraries do not survive that. For one source file of a test program:
 * it replaces the functions that allocate. */
#ifndef TJ_TESTS_FAILING_ALLOC_H
#define TJ_TESTS_FAILING_ALLOC_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sanitized.h"

static size_t n_asked, failing = SIZE_MAX; /* allocations so far; the one that fails, from 0 */
static int forever;                        /* all after it fail too */
static int counting;

#if SANITIZED || !defined(__GLIBC__)
enum { CAN_FAIL = 0 };
#else
enum { CAN_FAIL = 1 };

extern char __executable_start, etext;
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

/* Whether an allocation for who returns to `caller` fails. */
static int fails(const void *caller)
{
	if (!counting || (uintptr_t)caller < (uintptr_t)&__executable_start ||
	    (uintptr_t)caller >= (uintptr_t)&etext)
		return 0;
	size_t number = n_asked++;
	return number == failing || (forever && number > failing);
}

#define FAILS() (fails(__builtin_return_address(0)) && (errno = ENOMEM, 1))

void *malloc(size_t n)
{
	return FAILS() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return FAILS() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return FAILS() ? NULL : __libc_realloc(p, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
	return FAILS() ? NULL : __libc_memalign(alignment, n);
}

int posix_memalign(void **p, size_t alignment, size_t n)
{
	*p = FAILS() ? NULL : __libc_memalign(alignment, n);
	return *p != NULL ? 0 : ENOMEM;
}
#endif

static void begin_to_fail(size_t at, int and_after)
{
	n_asked = 0;
	failing = at;
	forever = and_after;
	counting = 1;
}

/* Returns how many allocations there were. */
static size_t end_to_fail(void)
{
	counting = 0;
	return n_asked;
}

#endif
