/* SPDX-License-Identifier: MIT */
/* Detects AArch64 features beyond the baseline: the Linux kernel reports them in the auxiliary
 * vector. */
#include <sys/auxv.h>

#include "simd/tables.h"

/* ASIMDDP in Linux's arch/arm64/include/uapi/asm/hwcap.h. */
#define HWCAP_DOT_PRODUCTS (1ul << 20)

int tj_cpu_has_dotprod(void) { return (getauxval(AT_HWCAP) & HWCAP_DOT_PRODUCTS) != 0; }
