/* SPDX-License-Identifier: MIT */
/* Detects AArch64 features beyond the baseline: the Linux kernel reports them in the auxiliary
 * vector. */
#include <sys/auxv.h>

#include "simd/tables.h"

/* ASIMDDP of AT_HWCAP and I8MM of AT_HWCAP2 in Linux's arch/arm64/include/uapi/asm/hwcap.h. */
#define HWCAP_DOT_PRODUCTS (1ul << 20)
#define HWCAP2_BYTE_MATRICES (1ul << 13)

int tj_cpu_has_dotprod(void) { return (getauxval(AT_HWCAP) & HWCAP_DOT_PRODUCTS) != 0; }

int tj_cpu_has_i8mm(void)
{
	return tj_cpu_has_dotprod() && (getauxval(AT_HWCAP2) & HWCAP2_BYTE_MATRICES) != 0;
}
