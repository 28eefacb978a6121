/* SPDX-License-Identifier: MIT */
/* Sets and restores the floating-point environment of a thread. */
#include "src/base/float_mode.h"

#include <float.h>

/* Whether the thread computes as in the default environment. Changing that takes a microsecond in a
 * virtual machine, trying it some nanoseconds. */
static int is_default(void)
{
	volatile float one = 1, little = 0x1p-30f, least = FLT_MIN;
	volatile float up = one + little, down = one - little, subnormal = least / 2;
	return up == 1 && down == 1 && subnormal > 0;
}

void tj_float_enter(struct tj_float_mode *mode)
{
	mode->has_changed = !is_default() && fegetenv(&mode->before) == 0 &&
	                    fesetenv(FE_DFL_ENV) == 0;
}

void tj_float_leave(const struct tj_float_mode *mode)
{
	if (mode->has_changed)
		(void)fesetenv(&mode->before);
}
