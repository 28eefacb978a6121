/* SPDX-License-Identifier: MIT */
/* Helpers for the unit tests of the kernels: random numbers, guarded memory, instruction sets. */
#include "support.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t seed, state;

void test_start(void)
{
	const char *text = getenv("TRUJAMAN_TEST_SEED");
	seed = text != NULL ? strtoull(text, NULL, 10) : 20177;
	state = seed;
	unsetenv("TRUJAMAN_ISA");
}

/* Passes a counter through a mixing function. Each state gives one of 2^64 numbers. */
uint64_t test_random(void)
{
	uint64_t x = state += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
	x = (x ^ x >> 32) * 0xd6e8feb86659fd93u;
	return x ^ x >> 32;
}

size_t test_between(size_t low, size_t high)
{
	return low + (size_t)(test_random() % (high - low + 1));
}

int test_left_out(void)
{
	static unsigned long n_cases;
	const char *text = getenv("TRUJAMAN_TEST_PART");
	unsigned long part = text != NULL ? strtoul(text, NULL, 10) : 1;
	return part > 1 && n_cases++ % part != 0;
}

void test_failed(const char *file, int line, const char *condition, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	cr_assert_fail("%s:%d: not true: %s: %s (TRUJAMAN_TEST_SEED=%" PRIu64 ")", file, line,
	               condition, text, seed);
	abort();
}

/* --- Memory ---------------------------------------------------------------- */

struct memory {
	unsigned char *inner; /* between the two guard pages */
	size_t inner_bytes;
	unsigned char *start;
	size_t bytes;
};

/* The first n_memories are in use. The others keep their pages for reuse, because the many small
 * cases would otherwise spend most of their time in mmap. */
enum { MAX_MEMORIES = 1024 };
static struct memory memories[MAX_MEMORIES];
static size_t n_memories, n_mapped;

static unsigned char *map(size_t inner_bytes, size_t page)
{
	unsigned char *p = mmap(NULL, inner_bytes + 2 * page, PROT_NONE,
	                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(p != MAP_FAILED, "mmap of %zu bytes", inner_bytes + 2 * page);
	CHECK(mprotect(p + page, inner_bytes, PROT_READ | PROT_WRITE) == 0, "mprotect");
	return p + page;
}

/* Takes an unused block with room for inner_bytes, and moves it to the first place behind those
 * in use. The block is at most twice as large as requested. */
static struct memory *take(size_t inner_bytes, size_t page)
{
	CHECK(n_memories < MAX_MEMORIES, "too many blocks without test_release");
	struct memory *m = &memories[n_memories];
	for (size_t i = n_memories; i < n_mapped; i++)
		if (memories[i].inner_bytes / 2 <= inner_bytes &&
		    inner_bytes <= memories[i].inner_bytes) {
			struct memory found = memories[i];
			memories[i] = *m;
			*m = found;
			n_memories++;
			return m;
		}
	if (n_mapped == MAX_MEMORIES) { /* all are mapped and none fits: unmap one */
		CHECK(munmap(m->inner - page, m->inner_bytes + 2 * page) == 0, "munmap");
		*m = memories[--n_mapped];
	}
	memories[n_mapped++] = *m;
	*m = (struct memory){ .inner = map(inner_bytes, page), .inner_bytes = inner_bytes };
	n_memories++;
	return m;
}

void *test_memory(size_t bytes, size_t alignment)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct memory *m = take((bytes + alignment + page - 1) / page * page, page);
	m->bytes = bytes;
	m->start = m->inner;
	memset(m->inner, TEST_CANARY, m->inner_bytes);
	if (test_random() % 4 != 0) {
		size_t offset = m->inner_bytes - bytes;
		m->start += offset - offset % alignment;
	}
	return m->start;
}

float *test_floats(size_t n)
{
	return test_memory(n * sizeof(float), sizeof(float));
}

float *test_vector(size_t n)
{
	return test_memory(n * sizeof(float), 64);
}

static int all_canary(const unsigned char *p, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if (p[i] != TEST_CANARY)
			return 0;
	return 1;
}

void test_release(void)
{
	while (n_memories > 0) {
		struct memory *m = &memories[--n_memories];
		size_t before = (size_t)(m->start - m->inner);
		CHECK(all_canary(m->inner, before), "written before a block of %zu bytes",
		      m->bytes);
		CHECK(all_canary(m->start + m->bytes, m->inner_bytes - before - m->bytes),
		      "written behind a block of %zu bytes", m->bytes);
	}
}

int test_is_canary(const float *x, size_t n)
{
	return all_canary((const unsigned char *)x, n * sizeof *x);
}

/* --- Numbers --------------------------------------------------------------- */

const float test_specials[] = { 0.0f,          -0.0f,       1.0f,     -1.0f,     FLT_TRUE_MIN,
	                        -FLT_TRUE_MIN, 0x1.8p-140f, FLT_MIN,  -FLT_MIN,  0x1.fffffcp-127f,
	                        FLT_MAX,       -FLT_MAX,    INFINITY, -INFINITY, NAN,
	                        -NAN,          0x1p-60f,    0x1p60f,  -0x1p126f, 88.7f,
	                        88.8f,         -87.4f,      -103.9f,  -104.1f,   0x1.fffffep-1f,
	                        0x1.000002p0f };
const size_t test_n_specials = sizeof test_specials / sizeof test_specials[0];

uint32_t test_bits(float x)
{
	uint32_t bits;
	memcpy(&bits, &x, sizeof bits);
	return bits;
}

float test_of_bits(uint32_t bits)
{
	float x;
	memcpy(&x, &bits, sizeof x);
	return x;
}

static float plain(void)
{
	return (float)((int64_t)(test_random() >> 40) - (1 << 23)) * 0x1p-23f;
}

static float any_special(void)
{
	if (test_random() % 2)
		return test_of_bits((uint32_t)test_random());
	return test_specials[test_between(0, test_n_specials - 1)];
}

void test_fill(float *x, size_t n, enum test_data data)
{
	for (size_t i = 0; i < n; i++) {
		if (data == TEST_INTEGERS)
			x[i] = (float)test_between(0, 16) - 8.0f;
		else if (data == TEST_WIDE)
			x[i] = ldexpf(plain(), (int)test_between(0, 60) - 30);
		else if (data == TEST_SPECIAL && test_random() % 16 == 0)
			x[i] = any_special();
		else
			x[i] = plain();
	}
}

size_t test_difference(const float *a, const float *b, size_t n)
{
	if (memcmp(a, b, n * sizeof *a) == 0)
		return n;
	for (size_t i = 0; i < n; i++)
		if (test_bits(a[i]) != test_bits(b[i]) && !(isnan(a[i]) && isnan(b[i])))
			return i;
	return n;
}

/* --- Instruction sets ------------------------------------------------------ */

#if TJ_HAVE_NEON
const char *const test_isas[] = { "scalar", "neon", "neondot", "neoni8mm", NULL };
#else
const char *const test_isas[] = { "scalar", "avx2", "avxvnni", "avx512", "avx512vnni", NULL };
#endif

static const struct tj_kernels *find(const char *isa)
{
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k != NULL; k++)
		if (strcmp((*k)->name, isa) == 0)
			return *k;
	return NULL;
}

void test_with(const char *isa, test_of_kernels *test)
{
	const struct tj_kernels *kernels = find(isa);
	if (kernels == NULL)
		cr_skip_test("%s is not in this build, or not usable on this machine", isa);
	test(kernels);
}

const struct tj_kernels *test_reference(void)
{
	const struct tj_kernels *kernels = find("scalar");
	if (kernels == NULL)
		cr_skip_test("this machine has no fused multiply-add");
	return kernels;
}
