/* SPDX-License-Identifier: MIT */
/* Chooses SLEEF's functions for an instruction set. */
#include "config.h"

#include "bench/sleef_tables.h"

#include <string.h>

#define NAME(id, prefix, name, accuracy) [SLEEF_##id] = #id,
const char *const sleef_names[SLEEF_N] = { SLEEF_FUNCTIONS(NAME, NAME) };
#undef NAME

static const struct {
	const char *isa;
	const struct sleef_table *table;
} tables[] = {
	{ "scalar", &sleef_scalar },
#if TJ_HAVE_X86
	{ "avx2", &sleef_avx2 },
#endif
#if TJ_HAVE_AVXVNNI
	{ "avxvnni", &sleef_avx2 },
#endif
#if TJ_HAVE_AVX512
	{ "avx512", &sleef_avx512 },
#endif
#if TJ_HAVE_AVX512VNNI
	{ "avx512vnni", &sleef_avx512 },
#endif
#if TJ_HAVE_NEON
	{ "neon", &sleef_neon },         { "neondot", &sleef_neon }, { "neoni8mm", &sleef_neon },
#endif
};

const struct sleef_table *sleef_of(const char *isa)
{
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (strcmp(tables[i].isa, isa) == 0)
			return tables[i].table;
	return NULL;
}
