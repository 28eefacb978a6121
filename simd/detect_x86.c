/* SPDX-License-Identifier: MIT */
/* Detects x86 features. The compiler's run-time library reads CPUID and, for the wide registers,
 * also XGETBV: they are usable only if the operating system saves them. */
#include <cpuid.h>

#include "simd/tables.h"

int tj_cpu_has_fma(void) { return __builtin_cpu_supports("avx") && __builtin_cpu_supports("fma"); }

int tj_cpu_has_avx2(void) { return tj_cpu_has_fma() && __builtin_cpu_supports("avx2"); }

/* clang 14 has no name for AVX-VNNI, so read its CPUID bit: leaf 7, subleaf 1, EAX bit 4. It uses
 * the AVX2 registers. */
int tj_cpu_has_avxvnni(void)
{
	unsigned a, b, c, d;
	return tj_cpu_has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1) != 0;
}

int tj_cpu_has_avx512(void)
{
	return tj_cpu_has_avx2() && __builtin_cpu_supports("avx512f") &&
	       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512vl");
}

int tj_cpu_has_avx512vnni(void)
{
	return tj_cpu_has_avx512() && __builtin_cpu_supports("avx512vnni");
}
