/* SPDX-License-Identifier: MIT */
/* Helpers for the unit tests of the kernels: numbers as input, memory that detects every access
 * outside of it, and one Criterion test per instruction set.
 *
 * All random numbers of a test come from one stream. Its seed is fixed, unless the environment
 * variable TRUJAMAN_TEST_SEED sets it. A failure prints the seed. */
#ifndef TJ_TESTS_SUPPORT_H
#define TJ_TESTS_SUPPORT_H

#include "config.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdint.h>

#include "simd/kernels.h"

/* The .init of every suite: seeds the stream and unsets TRUJAMAN_ISA. */
void test_start(void);
uint64_t test_random(void);
size_t test_between(size_t low, size_t high); /* low and high are included */

/* Returns whether to skip this case, one of many similar ones. By default no case is skipped. If
 * the environment variable TRUJAMAN_TEST_PART (meant for slow emulators) holds n, only the first
 * case and every n-th one after it run. */
int test_left_out(void);

/* Ends the test as failed and prints the message and the seed. */
#define CHECK(condition, ...) \
	do { \
		if (!(condition)) \
			test_failed(__FILE__, __LINE__, #condition, __VA_ARGS__); \
	} while (0)
_Noreturn void test_failed(const char *file, int line, const char *condition, const char *format,
                           ...) __attribute__((format(printf, 4, 5)));

/* --- Memory ---------------------------------------------------------------- */

/* Returns memory between two inaccessible pages. Usually its end touches the page behind it (as
 * closely as the alignment, a power of two, allows); sometimes its beginning touches the page
 * before it. The memory and the rest of its pages are filled with TEST_CANARY. test_release
 * checks that the rest of the pages is unchanged, and then releases all memory at once. */
enum { TEST_CANARY = 0xa5 };
void *test_memory(size_t bytes, size_t alignment);
float *test_floats(size_t n); /* 4-byte aligned only */
float *test_vector(size_t n); /* 64-byte aligned */
void test_release(void);

/* Returns whether all n floats still have TEST_CANARY in every byte. */
int test_is_canary(const float *x, size_t n);

/* --- Numbers --------------------------------------------------------------- */

enum test_data {
	TEST_PLAIN,    /* uniform in [-1, 1) */
	TEST_WIDE,     /* any sign, exponents -30 … 30 */
	TEST_INTEGERS, /* -8 … 8: sums of products are exact */
	TEST_SPECIAL   /* one in 16 is zero, denormal, huge, inf, NaN or any bits */
};
void test_fill(float *x, size_t n, enum test_data data);

extern const float test_specials[];
extern const size_t test_n_specials;

uint32_t test_bits(float x);
float test_of_bits(uint32_t bits);

/* Returns the first index where the bits differ and not both numbers are NaN (the bits of a NaN
 * are unspecified), or n if there is none. */
size_t test_difference(const float *a, const float *b, size_t n);

/* --- Instruction sets ------------------------------------------------------ */

/* Returns the scalar kernels, or skips the test if this machine cannot run them. */
const struct tj_kernels *test_reference(void);

/* ISA_TEST(suite, name) { …kernels… } defines one test per vector instruction set of this
 * architecture, suite::name_avx2 and so on. A test is skipped if this machine lacks its
 * instruction set. EVERY_ISA_TEST also tests the scalar kernels. */
typedef void test_of_kernels(const struct tj_kernels *kernels);
void test_with(const char *isa, test_of_kernels *test);
extern const char *const test_isas[]; /* the names that the macros use, NULL-terminated */

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
	Test(suite, name##_neoni8mm) \
	{ \
		test_with("neoni8mm", suite##_##name); \
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
