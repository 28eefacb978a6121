/* SPDX-License-Identifier: MIT */
/* Chooses the kernel table for this CPU, or the one that the user names. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simd/kernels.h"
#include "simd/tables.h"

/* All tables in this build, best first. */
static const struct {
	const struct tj_kernels *table;
	int (*usable)(void); /* NULL: usable on every CPU of the build's architecture */
} tables[] = {
#if TJ_HAVE_AVX512VNNI
	{ &tj_kernels_avx512vnni, tj_cpu_has_avx512vnni },
#endif
#if TJ_HAVE_AVX512
	{ &tj_kernels_avx512, tj_cpu_has_avx512 },
#endif
#if TJ_HAVE_AVXVNNI
	{ &tj_kernels_avxvnni, tj_cpu_has_avxvnni }, /* with AVX-512, avx512vnni goes first */
#endif
#if TJ_HAVE_X86
	{ &tj_kernels_avx2, tj_cpu_has_avx2 },
	{ &tj_kernels_scalar, tj_cpu_has_fma }, /* the reference needs hardware FMA too */
#else
#if TJ_HAVE_NEONDOT
	{ &tj_kernels_neondot, tj_cpu_has_dotprod },
#endif
#if TJ_HAVE_NEON
	{ &tj_kernels_neon, NULL }, /* every AArch64 CPU has NEON with FMA */
#endif
	{ &tj_kernels_scalar, NULL },
#endif
};

enum { N_TABLES = sizeof tables / sizeof tables[0] };

static int usable(size_t i) { return tables[i].usable == NULL || tables[i].usable(); }

const struct tj_kernels *const *tj_kernels_usable(void)
{
	/* Several threads may write the list at once: they write the same values, because the CPU
	 * does not change. */
	static const struct tj_kernels *list[N_TABLES + 1];
	size_t n = 0;
	for (size_t i = 0; i < N_TABLES; i++)
		if (usable(i))
			list[n++] = tables[i].table;
	return list;
}

static void list_usable(char *text, size_t n_bytes)
{
	size_t used = 0;
	text[0] = '\0';
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k; k++) {
		int n = snprintf(text + used, n_bytes - used, "%s%s", used ? ", " : "", (*k)->name);
		if (n < 0 || (size_t)n >= n_bytes - used)
			return;
		used += (size_t)n;
	}
}

const struct tj_kernels *tj_kernels_select(const char *isa, struct tj_error *err)
{
	const char *from = "instruction set";
	if (isa == NULL || *isa == '\0') {
		isa = getenv("TRUJAMAN_ISA");
		from = "TRUJAMAN_ISA";
	}
	const struct tj_kernels *const *list = tj_kernels_usable();
	if (list[0] == NULL) {
		tj_fail(err, TRUJAMAN_ERROR_USAGE,
		        "this CPU cannot run trujaman: it has no fused multiply-add (FMA3)");
		return NULL;
	}
	if (isa == NULL || *isa == '\0')
		return list[0];
	for (; *list; list++)
		if (strcmp((*list)->name, isa) == 0)
			return *list;
	char names[128];
	list_usable(names, sizeof names);
	for (size_t i = 0; i < N_TABLES; i++)
		if (strcmp(tables[i].table->name, isa) == 0) {
			tj_fail(err, TRUJAMAN_ERROR_USAGE,
			        "%s: this CPU or system does not support %s; "
			        "it supports %s",
			        from, isa, names);
			return NULL;
		}
	tj_fail(err, TRUJAMAN_ERROR_USAGE, "%s: unknown instruction set \"%.40s\"; known here: %s",
	        from, isa, names);
	return NULL;
}
