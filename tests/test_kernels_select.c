/* SPDX-License-Identifier: MIT */
/* Which kernels are chosen: by name, by TRUJAMAN_ISA, or the best usable ones. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "support.h"

TestSuite(select, .init = test_start);

/* The best usable kernels. Skips the test on a machine that cannot run any. */
static const struct tj_kernels *best(void)
{
	test_reference();
	return tj_kernels_usable()[0];
}

Test(select, usable_tables_are_whole)
{
	best();
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k != NULL; k++) {
		const struct tj_kernels *t = *k;
		CHECK(t->name != NULL && *t->name != '\0', "a table without a name");
		CHECK(t->gemm && t->product && t->softmax && t->log_sum_exp && t->log_sum_below &&
		          t->top_k && t->additive && t->normalise && t->length && t->exp &&
		          t->tanh && t->sigmoid && t->log && t->fma_peak,
		      "%s has not all functions", t->name);
	}
}

/* Every usable table must be among those that the tests' macros cover. */
Test(select, usable_tables_are_tested)
{
	best();
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k != NULL; k++) {
		size_t i = 0;
		while (test_isas[i] != NULL && strcmp(test_isas[i], (*k)->name) != 0)
			i++;
		CHECK(test_isas[i] != NULL, "add %s to ISA_TEST in support.h", (*k)->name);
	}
}

Test(select, each_usable_name)
{
	best();
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k != NULL; k++) {
		struct tj_error err = { 0 };
		CHECK(tj_kernels_select((*k)->name, &err) == *k, "%s: %s", (*k)->name, err.text);
		CHECK(err.status == TRUJAMAN_OK, "%s: %s", (*k)->name, err.text);
	}
}

Test(select, best_without_a_name)
{
	struct tj_error err = { 0 };
	CHECK(tj_kernels_select(NULL, &err) == best(), "%s", err.text);
	CHECK(tj_kernels_select("", &err) == best(), "%s", err.text);
	CHECK(setenv("TRUJAMAN_ISA", "", 1) == 0, "setenv");
	CHECK(tj_kernels_select(NULL, &err) == best(), "%s", err.text);
	CHECK(err.status == TRUJAMAN_OK, "%s", err.text);
}

Test(select, environment)
{
	best();
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k != NULL; k++) {
		struct tj_error err = { 0 };
		CHECK(setenv("TRUJAMAN_ISA", (*k)->name, 1) == 0, "setenv");
		CHECK(tj_kernels_select(NULL, &err) == *k, "%s: %s", (*k)->name, err.text);
		CHECK(tj_kernels_select("", &err) == *k, "%s: %s", (*k)->name, err.text);
		CHECK(tj_kernels_select(best()->name, &err) == best(), "the argument wins");
	}
}

/* The message must contain the wrong word and all valid ones. */
static void check_refused(const char *isa, const char *word)
{
	struct tj_error err = { 0 };
	CHECK(tj_kernels_select(isa, &err) == NULL, "%s was taken", word);
	CHECK(err.status == TRUJAMAN_ERROR_USAGE, "status %d", (int)err.status);
	CHECK(strstr(err.text, word) != NULL, "%s is not in: %s", word, err.text);
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k != NULL; k++)
		CHECK(strstr(err.text, (*k)->name) != NULL, "%s is not in: %s", (*k)->name,
		      err.text);
	if (isa == NULL)
		CHECK(strstr(err.text, "TRUJAMAN_ISA") != NULL, "%s", err.text);
}

Test(select, unknown_names)
{
	static const char *const names[] = { "sse9", "AVX2", "avx", "avx2 ", "scalar,avx2", " " };
	best();
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		check_refused(names[i], names[i]);
		CHECK(setenv("TRUJAMAN_ISA", names[i], 1) == 0, "setenv");
		check_refused(NULL, names[i]);
		CHECK(tj_kernels_select("scalar", NULL) != NULL, "the argument wins");
	}
}

Test(select, endless_name)
{
	char name[5000], start[40];
	best();
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	memset(start, 'x', sizeof start - 1);
	start[sizeof start - 1] = '\0';
	struct tj_error err = { 0 };
	CHECK(tj_kernels_select(name, &err) == NULL, "taken");
	CHECK(strstr(err.text, start) != NULL && strstr(err.text, "scalar") != NULL, "%s",
	      err.text);
}

/* An instruction set that is built in but that this machine lacks has its own message. */
Test(select, unsupported)
{
	static const char *const built[] = {
#if TJ_HAVE_AVX512VNNI
		"avx512vnni",
#endif
#if TJ_HAVE_AVX512
		"avx512",
#endif
#if TJ_HAVE_AVXVNNI
		"avxvnni",
#endif
#if TJ_HAVE_X86
		"avx2",
#endif
#if TJ_HAVE_NEONI8MM
		"neoni8mm",
#endif
#if TJ_HAVE_NEONDOT
		"neondot",
#endif
#if TJ_HAVE_NEON
		"neon",
#endif
		"scalar"
	};
	size_t n_refused = 0;
	best();
	for (size_t i = 0; i < sizeof built / sizeof built[0]; i++) {
		struct tj_error err = { 0 };
		if (tj_kernels_select(built[i], &err) != NULL)
			continue;
		n_refused++;
		check_refused(built[i], built[i]);
		CHECK(strstr(err.text, "does not support") != NULL, "%s", err.text);
	}
	if (n_refused == 0)
		cr_skip_test("this machine supports all that is built");
}
