/* SPDX-License-Identifier: MIT */
/* Chooses the kernel table for this CPU, or the one that the user names, and tests it first. */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simd/kernels.h"
#include "simd/self_test.h"
#include "simd/tables.h"

/* All tables in this build, best first. */
static struct tj_candidate tables[] = {
#if TJ_HAVE_AVX512VNNI
	{ &tj_kernels_avx512vnni, tj_cpu_has_avx512vnni, NULL },
#endif
#if TJ_HAVE_AVX512
	{ &tj_kernels_avx512, tj_cpu_has_avx512, NULL },
#endif
#if TJ_HAVE_AVXVNNI
	{ &tj_kernels_avxvnni, tj_cpu_has_avxvnni, NULL }, /* with AVX-512, avx512vnni goes first */
#endif
#if TJ_HAVE_X86
	{ &tj_kernels_avx2, tj_cpu_has_avx2, NULL },
	{ &tj_kernels_scalar, tj_cpu_has_fma, NULL }, /* the reference needs hardware FMA too */
#else
#if TJ_HAVE_NEONI8MM
	{ &tj_kernels_neoni8mm, tj_cpu_has_i8mm, NULL },
#endif
#if TJ_HAVE_NEONDOT
	{ &tj_kernels_neondot, tj_cpu_has_dotprod, NULL },
#endif
#if TJ_HAVE_NEON
	{ &tj_kernels_neon, NULL, NULL }, /* every AArch64 CPU has NEON with FMA */
#endif
	{ &tj_kernels_scalar, NULL, NULL },
#endif
};

enum { N_TABLES = sizeof tables / sizeof tables[0] };

static int usable(const struct tj_candidate *c) { return c->usable == NULL || c->usable(); }

/* Written once, because the CPU does not change. */
static const struct tj_kernels *usable_tables[N_TABLES + 1];

static void list_usable(void)
{
	size_t n = 0;
	for (size_t i = 0; i < N_TABLES; i++)
		if (usable(&tables[i]))
			usable_tables[n++] = tables[i].table;
}

const struct tj_kernels *const *tj_kernels_usable(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, list_usable); /* cannot fail with these arguments */
	return usable_tables;
}

/* The verdict on a table that has passed; on another it is what the self-test found. */
static const char passed[] = "";

/* Threads that ask for the first time at once test the table each, with the same verdict. */
static const char *verdict_on(struct tj_candidate *c, struct tj_error *err)
{
	const char *verdict = c->verdict;
	if (verdict != NULL)
		return verdict;
	if (tj_self_test(c->table, &tj_kernels_scalar, &verdict, err) != TRUJAMAN_OK)
		return NULL;
	if (verdict == NULL)
		verdict = passed;
	c->verdict = verdict;
	return verdict;
}

/* The names of the tables that this machine can run; with `sound` only those that pass the
 * self-test. */
static void list_names(struct tj_candidate *all, size_t n, int sound, char *text, size_t n_bytes)
{
	size_t used = 0;
	text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		struct tj_error ignored = { 0 };
		if (!usable(&all[i]) || (sound && verdict_on(&all[i], &ignored) != passed))
			continue;
		int added = snprintf(text + used, n_bytes - used, "%s%s", used ? ", " : "",
		                     all[i].table->name);
		if (added < 0 || (size_t)added >= n_bytes - used)
			return;
		used += (size_t)added;
	}
}

enum { NAMES_BYTES = 128 };

/* A wrong table never computes, and no other takes its place silently: who builds or installs the
 * program must hear of it. */
static const struct tj_kernels *tested(struct tj_candidate *all, size_t n, struct tj_candidate *c,
                                       struct tj_error *err)
{
	const char *verdict = verdict_on(c, err);
	if (verdict == NULL)
		return NULL;
	if (verdict == passed)
		return c->table;
	char names[NAMES_BYTES];
	list_names(all, n, 1, names, sizeof names);
	tj_fail(err, TRUJAMAN_ERROR_USAGE,
	        "the %s kernels of this build compute wrongly on this machine (self-test: %s); "
	        "nothing was done. Build again with the default CFLAGS%s%s",
	        c->table->name, verdict,
	        names[0] ? ", or set TRUJAMAN_ISA to one that works: " : "", names);
	return NULL;
}

const struct tj_kernels *tj_kernels_choose(struct tj_candidate *all, size_t n, const char *isa,
                                           const char *from, struct tj_error *err)
{
	struct tj_candidate *best = NULL, *named = NULL;
	int any = isa == NULL || *isa == '\0';
	for (size_t i = n; i-- > 0;) {
		if (usable(&all[i]))
			best = &all[i];
		if (!any && strcmp(all[i].table->name, isa) == 0)
			named = &all[i];
	}
	if (best == NULL) {
		tj_fail(err, TRUJAMAN_ERROR_USAGE,
		        "this CPU cannot run trujaman: it has no fused multiply-add (FMA3)");
		return NULL;
	}
	if (any || (named != NULL && usable(named)))
		return tested(all, n, any ? best : named, err);
	char names[NAMES_BYTES];
	list_names(all, n, 0, names, sizeof names);
	if (named != NULL)
		tj_fail(err, TRUJAMAN_ERROR_USAGE,
		        "%s: this CPU or system does not support %s; "
		        "it supports %s",
		        from, isa, names);
	else
		tj_fail(err, TRUJAMAN_ERROR_USAGE,
		        "%s: unknown instruction set \"%.40s\"; known here: %s", from, isa, names);
	return NULL;
}

const struct tj_kernels *tj_kernels_select(const char *isa, struct tj_error *err)
{
	const char *from = "instruction set";
	if (isa == NULL || *isa == '\0') {
		isa = getenv("TRUJAMAN_ISA");
		from = "TRUJAMAN_ISA";
	}
	return tj_kernels_choose(tables, N_TABLES, isa, from, err);
}
