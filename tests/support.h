/* SPDX-License-Identifier: MIT */
/* What the unit tests of the kernels share: numbers to feed them, memory that
 * notices every access outside of it, and one Criterion test per instruction set.
 *
 * All numbers of a test come from one stream that starts at a fixed seed, or at
 * the environment's TRUJAMAN_TEST_SEED; a failure prints it. */
#ifndef TJ_TESTS_SUPPORT_H
#define TJ_TESTS_SUPPORT_H

#include "config.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdint.h>

#include "simd/kernels.h"

/* The .init of every suite: seeds the stream and forgets TRUJAMAN_ISA. */
void test_start(void);
uint64_t test_random(void);
size_t test_between(size_t low, size_t high); /* both may come out */

/* Does this case, one of many alike, go untested? Never, unless an emulator asks for every
 * n-th one only, with n in the environment's TRUJAMAN_TEST_PART; the first always counts. */
int test_left_out(void);

/* End the test as failed, with the message and the seed. */
#define CHECK(condition, ...) \
	do { \
		if (!(condition)) \
			test_failed(__FILE__, __LINE__, #condition, __VA_ARGS__); \
	} while (0)
_Noreturn void test_failed(const char *file, int line, const char *condition, const char *format,
                           ...) __attribute__((format(printf, 4, 5)));

/* --- Memory ---------------------------------------------------------------- */

/* Memory between two inaccessible pages: mostly its end touches the one behind
 * it (as closely as the alignment, a power of two, allows), now and then its
 * beginning the one before it. It comes filled with TEST_CANARY, and so is what
 * lies on its pages beside it: test_release looks whether that still holds, and
 * then takes back all memory at once. */
enum { TEST_CANARY = 0xa5 };
void *test_memory(size_t bytes, size_t alignment);
float *test_floats(size_t n); /* 4-byte aligned, no more */
float *test_vector(size_t n); /* 64-byte aligned */
void test_release(void);

/* Do all n floats still have TEST_CANARY in every byte? */
int test_is_canary(const float *x, size_t n);

/* --- Numbers --------------------------------------------------------------- */

enum test_data {
	TEST_PLAIN,    /* uniform in [-1, 1) */
	TEST_WIDE,     /* any sign, exponents -30 … 30 */
	TEST_INTEGERS, /* -8 … 8: sums of products are exact */
	TEST_SPECIAL   /* one in 16: zeros, denormals, huge, inf, NaN, any bits */
};
void test_fill(float *x, size_t n, enum test_data data);

extern const float test_specials[];
extern const size_t test_n_specials;

uint32_t test_bits(float x);
float test_of_bits(uint32_t bits);

/* The first place where the bits differ and not both are NaN (whose bits nobody
 * promises); n where there is none. */
size_t test_difference(const float *a, const float *b, size_t n);

/* --- Instruction sets ------------------------------------------------------ */

/* The scalar kernels; skips the test on a machine that cannot run any. */
const struct tj_kernels *test_reference(void);

/* ISA_TEST(suite, name) { …kernels… } is a test per vector instruction set of this
 * architecture, suite::name_avx2 and so on, skipped where this machine lacks it;
 * EVERY_ISA_TEST has the scalar kernels too. */
typedef void test_of_kernels(const struct tj_kernels *kernels);
void test_with(const char *isa, test_of_kernels *test);
extern const char *const test_isas[]; /* those that the macros know; NULL at the end */

#if TJ_HAVE_NEON
#define ISA_TEST(suite, name) \
	static test_of_kernels suite##_##name; \
	Test(suite, name##_neon) \
	{ \
		test_with("neon", suite##_##name); \
	} \
	Test(suite, name##_neondot) \
	{ \
		test_with("neondot", suite##_##name); \
	} \
	static void suite##_##name(const struct tj_kernels *kernels)
#else
#define ISA_TEST(suite, name) \
	static test_of_kernels suite##_##name; \
	Test(suite, name##_avx2) \
	{ \
		test_with("avx2", suite##_##name); \
	} \
	Test(suite, name##_avxvnni) \
	{ \
		test_with("avxvnni", suite##_##name); \
	} \
	Test(suite, name##_avx512) \
	{ \
		test_with("avx512", suite##_##name); \
	} \
	Test(suite, name##_vnni) \
	{ \
		test_with("avx512vnni", suite##_##name); \
	} \
	static void suite##_##name(const struct tj_kernels *kernels)
#endif
#define EVERY_ISA_TEST(suite, name) \
	static test_of_kernels suite##_##name; \
	Test(suite, name##_scalar) \
	{ \
		test_with("scalar", suite##_##name); \
	} \
	ISA_TEST(suite, name)

#endif
