/* SPDX-License-Identifier: MIT */
/* Tests of the table that numbers strings. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "src/base/hash.h"
#include "src/base/string_table.h"
#include "tests/failing_alloc.h"

static uint32_t add(struct tj_string_table *t, const char *string)
{
	return tj_string_table_add(t, string, strlen(string));
}

static uint32_t find(const struct tj_string_table *t, const char *string)
{
	return tj_string_table_find(t, string, strlen(string));
}

static void expect_text(const struct tj_string_table *t, uint32_t number, const char *wanted,
                        size_t n_wanted)
{
	size_t n;
	const char *text = tj_string_table_text(t, number, &n);
	cr_expect(n == n_wanted && memcmp(text, wanted, n) == 0, "%u: %.*s", (unsigned)number,
	          (int)n, text);
}

Test(string_table, numbers_are_those_of_the_first_time)
{
	struct tj_string_table t = { .n = 0 };
	cr_expect_eq(find(&t, "a"), TJ_NO_STRING);
	cr_expect_eq(add(&t, "a"), 0);
	cr_expect_eq(add(&t, "b"), 1);
	cr_expect_eq(add(&t, "a"), 0);
	cr_expect_eq(add(&t, "ab"), 2);
	cr_expect_eq(find(&t, "b"), 1);
	cr_expect_eq(find(&t, "ba"), TJ_NO_STRING);
	cr_expect_eq(t.n, 3);
	expect_text(&t, 2, "ab", 2);
	tj_string_table_release(&t);
	cr_expect(t.n == 0 && find(&t, "a") == TJ_NO_STRING);
	cr_expect_eq(add(&t, "b"), 0);
	tj_string_table_release(&t);
}

Test(string_table, any_bytes_and_none)
{
	struct tj_string_table t = { .n = 0 };
	cr_expect_eq(find(&t, ""), TJ_NO_STRING);
	cr_expect_eq(add(&t, ""), 0);
	cr_expect_eq(add(&t, ""), 0);
	expect_text(&t, 0, "", 0);
	cr_expect_eq(tj_string_table_add(&t, "\0", 1), 1);
	cr_expect_eq(tj_string_table_add(&t, "\0\0", 2), 2);
	cr_expect_eq(tj_string_table_add(&t, "\xff\0x", 3), 3);
	cr_expect_eq(find(&t, ""), 0);
	cr_expect_eq(tj_string_table_find(&t, "\0\0", 2), 2);
	cr_expect_eq(tj_string_table_find(&t, "\0\0\0", 3), TJ_NO_STRING);
	expect_text(&t, 1, "\0", 1);
	expect_text(&t, 3, "\xff\0x", 3);
	tj_string_table_release(&t);
}

Test(string_table, what_stands_before)
{
	struct tj_string_table t = { .before = "__", .n_before = 2 };
	size_t n;
	cr_expect(add(&t, "") == 0 && add(&t, "a") == 1 && add(&t, "__a") == 2);
	for (uint32_t i = 0; i < t.n; i++)
		cr_expect_eq(memcmp(tj_string_table_text(&t, i, &n) - 2, "__", 2), 0);
	expect_text(&t, 0, "", 0);
	expect_text(&t, 2, "__a", 3);
	cr_expect_eq(find(&t, "a"), 1);
	cr_expect_eq(find(&t, "__"), TJ_NO_STRING);
	tj_string_table_release(&t);
}

enum { MANY = 100000 };

static size_t nth(uint32_t i, char word[16])
{
	return (size_t)snprintf(word, 16, "w%u", (unsigned)i);
}

Test(string_table, growth_keeps_every_number)
{
	struct tj_string_table t = { .n = 0 };
	char word[16];
	for (int turn = 0; turn < 2; turn++)
		for (uint32_t i = 0; i < MANY; i++)
			cr_assert_eq(tj_string_table_add(&t, word, nth(i, word)), i);
	cr_expect_eq(t.n, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		size_t n = nth(i, word);
		cr_assert_eq(tj_string_table_find(&t, word, n), i);
		expect_text(&t, i, word, n);
		*word = 'x';
		cr_assert_eq(tj_string_table_find(&t, word, n), TJ_NO_STRING);
	}
	cr_expect_leq(t.n, t.n_buckets / 4 * 3);
	tj_string_table_release(&t);
}

/* The table keeps 32 bits of each hash. Two strings that have them in common are sought, and lie in
 * one bucket of a table of any size. */
Test(string_table, equal_hashes)
{
	enum { SOUGHT = 1 << 18 };
	struct tj_string_table t = { .n = 0 };
	struct seen {
		uint32_t hash;
		uint32_t number;
	} *seen = calloc(2 * SOUGHT, sizeof *seen);
	char word[16], other[16];
	size_t pairs = 0, n, n_other;
	cr_assert_not_null(seen);
	for (uint32_t i = 1; i < SOUGHT; i++) {
		n = nth(i, word);
		uint32_t hash = (uint32_t)tj_hash(0, word, n);
		size_t at = hash & (2 * SOUGHT - 1);
		while (seen[at].number > 0 && seen[at].hash != hash)
			at = (at + 1) & (2 * SOUGHT - 1);
		if (seen[at].number > 0) {
			n_other = nth(seen[at].number, other);
			uint32_t first = tj_string_table_add(&t, word, n);
			cr_expect_eq(tj_string_table_find(&t, other, n_other), TJ_NO_STRING);
			uint32_t second = tj_string_table_add(&t, other, n_other);
			cr_expect_neq(first, second);
			cr_expect_eq(tj_string_table_find(&t, word, n), first);
			cr_expect_eq(tj_string_table_find(&t, other, n_other), second);
			pairs++;
		}
		seen[at] = (struct seen){ hash, i };
	}
	cr_expect_gt(pairs, 0);
	free(seen);
	tj_string_table_release(&t);
}

/* After a failure the table is as it was, and can go on. */
Test(string_table, no_memory)
{
	struct tj_string_table t = { .n = 0 };
	char word[16];
	size_t failed = 0;
	if (!CAN_FAIL)
		cr_skip_test("the allocation functions cannot be replaced here");
	for (uint32_t i = 0; i < 5000; i++)
		for (size_t at = 0;; at++) {
			uint32_t n = t.n;
			begin_to_fail(at, 0);
			uint32_t number = tj_string_table_add(&t, word, nth(i, word));
			size_t asked = end_to_fail();
			if (number == i)
				break;
			cr_assert(number == TJ_NO_STRING && asked > at && t.n == n);
			cr_assert_eq(tj_string_table_find(&t, word, nth(i, word)), TJ_NO_STRING);
			failed++;
		}
	cr_expect_gt(failed, 30, "%zu", failed);
	for (uint32_t i = 0; i < 5000; i++)
		cr_expect_eq(tj_string_table_find(&t, word, nth(i, word)), i);
	tj_string_table_release(&t);
}

/* What was made room for is added without a further allocation. */
Test(string_table, room)
{
	struct tj_string_table t = { .before = "-", .n_before = 1 };
	char word[16];
	size_t n_bytes = 0;
	for (uint32_t i = 0; i < 1000; i++)
		n_bytes += nth(i, word);
	cr_expect(!tj_string_table_reserve(&t, SIZE_MAX, 0));
	cr_expect(!tj_string_table_reserve(&t, TJ_NO_STRING, 0));
	cr_expect(!tj_string_table_reserve(&t, 2, SIZE_MAX));
	if (CAN_FAIL)
		for (size_t at = 0; at < 3; at++) {
			begin_to_fail(at, 0);
			cr_expect(!tj_string_table_reserve(&t, 1000, n_bytes), "%zu", at);
			end_to_fail();
			tj_string_table_release(&t);
			t.before = "-";
			t.n_before = 1;
		}
	cr_assert(tj_string_table_reserve(&t, 1000, n_bytes));
	const uint32_t *first = t.words;
	begin_to_fail(0, 1);
	for (uint32_t i = 0; i < 1000; i++)
		cr_assert_eq(tj_string_table_add(&t, word, nth(i, word)), i);
	cr_expect(!CAN_FAIL || end_to_fail() == 0);
	cr_expect_eq(t.words, first);
	tj_string_table_release(&t);
}
