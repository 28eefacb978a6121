/* SPDX-License-Identifier: MIT */
/* Tests of src/base: allocation, growing arrays and error reports. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/status.h"

/* --- Memory ------------------------------------------------------------------ */

static int is_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return 0;
	return 1;
}

/* Each round leaves dirty memory behind, so that the allocator can return it to the next. */
static void check_alloc(void *(*alloc)(size_t, size_t), size_t n, size_t size)
{
	size_t bytes = n * size;
	for (int round = 0; round < 3; round++) {
		unsigned char *p = alloc(n, size);
		cr_assert_not_null(p, "%zu x %zu", n, size);
		cr_expect_eq((uintptr_t)p % 64, 0, "%zu bytes: at %p", bytes, (void *)p);
		if (alloc == tj_alloc_table && bytes >= (size_t)2 << 20)
			cr_expect_eq((uintptr_t)p % ((size_t)2 << 20), 0, "%zu bytes: at %p", bytes,
			             (void *)p);
		cr_expect(is_zero(p, bytes), "%zu bytes are not zeros", bytes);
		memset(p, 0xa5, bytes);
		tj_free(p);
	}
}

Test(memory, aligned_and_zeroed)
{
	static const size_t sizes[] = {
		0, 1, 3, 63, 64, 65, 4096, 100003, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 5 << 20
	};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		check_alloc(tj_alloc, sizes[i], 1);
		check_alloc(tj_alloc, 1, sizes[i]);
		check_alloc(tj_alloc_table, sizes[i], 1);
	}
	check_alloc(tj_alloc, 1000, sizeof(double));
	tj_free(NULL);
}

Test(memory, blocks_are_apart)
{
	unsigned char *p[50];
	for (size_t i = 0; i < 50; i++) {
		p[i] = tj_alloc(i + 1, 7);
		cr_assert_not_null(p[i]);
		memset(p[i], (int)i, 7 * (i + 1));
	}
	for (size_t i = 0; i < 50; i++) {
		for (size_t j = 0; j < 7 * (i + 1); j++)
			cr_assert_eq(p[i][j], i);
		tj_free(p[i]);
	}
}

/* Sizes below, at and above a huge page. */
Test(memory, pages_are_zeroed_and_aligned)
{
	static const size_t sizes[] = { 1, 4096, 4097, (2 << 20) - 1, 2 << 20, (6 << 20) + 12345 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		unsigned char *p = tj_alloc_pages(sizes[i]);
		cr_assert_not_null(p);
		cr_expect_eq((uintptr_t)p % (2 << 20), 0);
		cr_expect(is_zero(p, sizes[i]));
		memset(p, 0xa5, sizes[i]);
		tj_free_pages(p, sizes[i]);
	}
	cr_expect_null(tj_alloc_pages(SIZE_MAX));
	cr_expect_null(tj_alloc_pages(SIZE_MAX / 2));
	tj_free_pages(NULL, 1);
}

Test(memory, overflow_is_refused)
{
	cr_expect_null(tj_alloc(SIZE_MAX, 2));
	cr_expect_null(tj_alloc(2, SIZE_MAX));
	cr_expect_null(tj_alloc(SIZE_MAX / 8 + 1, 8));
	cr_expect_null(tj_alloc(SIZE_MAX, SIZE_MAX));
	cr_expect_null(tj_alloc(SIZE_MAX, 1));
	cr_expect_null(tj_alloc(SIZE_MAX - 64, 1));
	cr_expect_null(tj_alloc(SIZE_MAX / 2 + 2, 1));
	cr_expect_null(tj_alloc_table(SIZE_MAX, 2));
	cr_expect_null(tj_alloc_table(SIZE_MAX - 64, 1));
}

Test(memory, reserve_grows_and_keeps)
{
	int *array = NULL;
	size_t capacity = 0, moves = 0;
	cr_assert(tj_reserve(&array, &capacity, 0, sizeof *array));
	cr_expect_null(array);
	for (size_t i = 0; i < 100000; i++) {
		size_t before = capacity;
		cr_assert(tj_reserve(&array, &capacity, i + 1, sizeof *array));
		cr_assert_geq(capacity, i + 1);
		if (capacity != before) {
			moves++;
			cr_assert_geq(capacity, before + before / 2);
		}
		array[i] = (int)(i * 7);
	}
	for (size_t i = 0; i < 100000; i++)
		cr_assert_eq(array[i], (int)(i * 7));
	cr_expect_lt(moves, 40, "%zu moves for 100000 elements", moves);
	free(array);
}

Test(memory, reserve_refuses_overflow)
{
	double *array = NULL;
	size_t capacity = 0;
	cr_assert(tj_reserve(&array, &capacity, 10, sizeof *array));
	double *before = array;
	size_t before_capacity = capacity;
	array[9] = 3;
	cr_expect_not(tj_reserve(&array, &capacity, SIZE_MAX, sizeof *array));
	cr_expect_not(tj_reserve(&array, &capacity, SIZE_MAX / sizeof *array + 1, sizeof *array));
	cr_expect_eq(array, before);
	cr_expect_eq(capacity, before_capacity);
	cr_expect_eq(array[9], 3);
	free(array);
}

Test(memory, round_up)
{
	cr_expect_eq(tj_round_up(0, 16), 0);
	cr_expect_eq(tj_round_up(1, 16), 16);
	cr_expect_eq(tj_round_up(16, 16), 16);
	cr_expect_eq(tj_round_up(17, 16), 32);
	cr_expect_eq(tj_round_up(5, 1), 5);
}

/* --- Failures ---------------------------------------------------------------- */

Test(status, the_first_failure_wins)
{
	struct tj_error err = { 0 };
	cr_expect_eq(tj_fail(&err, TRUJAMAN_ERROR_FORMAT, "%s: found %d", "file", 3),
	             TRUJAMAN_ERROR_FORMAT);
	cr_expect_str_eq(err.text, "file: found 3");
	cr_expect_eq(tj_fail(&err, TRUJAMAN_ERROR_IO, "later"), TRUJAMAN_ERROR_FORMAT);
	cr_expect_eq(tj_fail_errno(&err, ENOENT, "open", "x"), TRUJAMAN_ERROR_FORMAT);
	cr_expect_eq(tj_fail_memory(&err, "x", 1), TRUJAMAN_ERROR_FORMAT);
	cr_expect_eq(err.status, TRUJAMAN_ERROR_FORMAT);
	cr_expect_str_eq(err.text, "file: found 3");
	tj_error_clear(&err);
	cr_expect_eq(err.status, TRUJAMAN_OK);
	cr_expect_str_eq(err.text, "");
	cr_expect_eq(tj_fail(&err, TRUJAMAN_ERROR_IO, "later"), TRUJAMAN_ERROR_IO);
	cr_expect_str_eq(err.text, "later");
}

Test(status, one_line)
{
	struct tj_error err = { 0 };
	char text[64];
	tj_fail(&err, TRUJAMAN_ERROR_USAGE, "no model %s", "a\nb\r\nc\n");
	cr_expect_str_eq(err.text, "no model a\nb\r\nc\n");
	cr_expect_eq(tj_error_tell(&err, text, sizeof text), TRUJAMAN_ERROR_USAGE);
	cr_expect_str_eq(text, "no model a?b??c?");
	char *copy = tj_error_copy(&err);
	cr_assert_not_null(copy);
	cr_expect_str_eq(copy, text);
	free(copy);
}

Test(status, a_long_text_is_cut)
{
	struct tj_error err = { 0 };
	char name[5000];
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	cr_expect_eq(tj_fail_errno(&err, EACCES, "open", name), TRUJAMAN_ERROR_IO);
	cr_expect_eq(strlen(err.text), sizeof err.text - 1);
	cr_expect_eq(strncmp(err.text, "cannot open nnnn", 16), 0);
	cr_expect_not_null(strstr(err.text, "nnn … nnn"));
	const char *end = err.text + strlen(err.text);
	cr_expect_str_eq(end - strlen("nnn: Permission denied"), "nnn: Permission denied");
	cr_expect_eq(err.code, EACCES);
}

Test(status, of_the_system)
{
	struct tj_error err = { 0 };
	cr_expect_eq(tj_fail_errno(&err, ENOENT, "open", "some.file"), TRUJAMAN_ERROR_IO);
	cr_expect_str_eq(err.text, "cannot open some.file: No such file or directory");
	tj_error_clear(&err);
	cr_expect_eq(tj_fail_errno(&err, ENOMEM, "map", "some.file"), TRUJAMAN_ERROR_MEMORY);
	tj_error_clear(&err);
	cr_expect_eq(tj_fail_errno(&err, 99999, "map", "f"), TRUJAMAN_ERROR_IO);
	cr_expect_eq(strncmp(err.text, "cannot map f: ", 14), 0, "%s", err.text);
	cr_expect_not_null(strstr(err.text, "99999"), "%s", err.text);
	tj_error_clear(&err);
	cr_expect_eq(tj_fail_memory(&err, "weights", 4096), TRUJAMAN_ERROR_MEMORY);
	cr_expect_str_eq(err.text, "out of memory for weights (4096 bytes)");
}
