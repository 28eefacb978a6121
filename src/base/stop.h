/* SPDX-License-Identifier: MIT */
/* Reads the number with which a calling program asks a job to stop. Any thread. */
#ifndef TJ_BASE_STOP_H
#define TJ_BASE_STOP_H

#include <stddef.h>

/* Whether *stop, which another thread or a signal handler may set at any time, is not zero. It is
 * read atomically: a plain read would be a race with that thread. NULL: never. */
static inline int tj_is_stopped(const volatile int *stop)
{
	return stop != NULL && __atomic_load_n(stop, __ATOMIC_ACQUIRE) != 0;
}

#endif
