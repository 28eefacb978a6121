/* SPDX-License-Identifier: MIT */
/* Stands in for Criterion's header of this name. criterion.h defines parameterized tests too. */
#include <criterion/criterion.h>
