/* SPDX-License-Identifier: MIT */
/* The floating-point environment of a thread. Results depend on the rounding mode and on whether
 * tiny numbers count as zero, and a calling program may have set both. So everything that computes
 * runs in the default environment: rounded to nearest, with subnormal numbers. Any thread. */
#ifndef TJ_BASE_FLOAT_MODE_H
#define TJ_BASE_FLOAT_MODE_H

#include <fenv.h>

struct tj_float_mode {
	fenv_t before;
	int has_changed;
};

/* Gives the calling thread the default environment, and remembers in *mode what it had. Costs next
 * to nothing if that was the default already. */
void tj_float_enter(struct tj_float_mode *mode);

/* Gives the thread back what tj_float_enter has found. */
void tj_float_leave(const struct tj_float_mode *mode);

#endif
