/* SPDX-License-Identifier: MIT */
/* The kernel tells a process what the CPU has beyond the baseline. */
#include <sys/auxv.h>

#include "simd/tables.h"

/* Linux, arch/arm64/include/uapi/asm/hwcap.h: ASIMDDP. */
#define HWCAP_DOT_PRODUCTS (1ul << 20)

int tj_cpu_has_dotprod(void) { return (getauxval(AT_HWCAP) & HWCAP_DOT_PRODUCTS) != 0; }
