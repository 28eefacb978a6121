/* SPDX-License-Identifier: MIT */
/* Writing a model file while jansson, which makes its header, runs out of memory: either the new
 * file is whole, or the old one is still there. */
#include <jansson.h>

#include "src/model/safetensors.h"
#include "src/model/safetensors_write.h"
#include "tests/model_files.h"

TestSuite(write_memory, .init = make_scratch, .fini = remove_scratch);

static const float some_floats[12] = { 1.5f, -2, 3 };
static const struct tj_write_tensor some_tensors[] = {
	{ "matrix", TJ_F32, 2, { 2, 3 }, some_floats },
	{ "vector", TJ_F32, 1, { 5 }, some_floats },
	{ "one", TJ_F32, 0, { 0 }, some_floats },
};
static const struct tj_write_entry some_entries[] = { { "name", "a" }, { "other", "b" } };
enum { N_TENSORS = 3, N_ENTRIES = 2 };

/* Of the allocations that jansson asks for, number `failing` (from 0) and, with `forever`, all
 * after it fail. */
static size_t n_asked, failing;
static int forever;

static void *allocate(size_t n)
{
	size_t number = n_asked++;
	return number == failing || (forever && number > failing) ? NULL : malloc(n);
}

static trujaman_status write_some(const char *path, size_t fail_at, int and_after,
                                  struct tj_error *err)
{
	n_asked = 0;
	failing = fail_at;
	forever = and_after;
	json_set_alloc_funcs(allocate, free);
	trujaman_status status = tj_safetensors_write(path, N_TENSORS, some_tensors, N_ENTRIES,
	                                              some_entries, err);
	json_set_alloc_funcs(malloc, free);
	return status;
}

static const char old_text[] = "an old file";

static const char *write_old_file(void)
{
	const char *path = in_scratch("out");
	FILE *f = fopen(path, "w");
	cr_assert(f != NULL && fputs(old_text, f) >= 0 && fclose(f) == 0);
	return path;
}

static void expect_whole(const char *path, const char *good, size_t fail_at)
{
	size_t n, n_good;
	unsigned char *bytes = read_bytes(path, &n), *wanted = read_bytes(good, &n_good);
	cr_assert(n == n_good && memcmp(bytes, wanted, n) == 0,
	          "allocation %zu failed, the status was OK, and the file is wrong", fail_at);
	free(bytes);
	free(wanted);
}

static void fail_each_allocation(int and_after)
{
	struct tj_error err = { 0 };
	char *good = strdup(in_scratch("good"));
	cr_assert_not_null(good);
	cr_assert_eq(write_some(good, SIZE_MAX, 0, &err), TRUJAMAN_OK, "%s", err.text);
	size_t n_failed = 0, end = n_asked;
	cr_assert_gt(end, 20, "jansson asked for memory only %zu times", end);
	for (size_t i = 0; i < end; i++) {
		err = (struct tj_error){ 0 };
		const char *path = write_old_file();
		if (write_some(path, i, and_after, &err) == TRUJAMAN_OK) {
			expect_whole(path, good, i);
			continue;
		}
		size_t n;
		unsigned char *bytes = read_bytes(path, &n);
		cr_assert(n == sizeof old_text - 1 && memcmp(bytes, old_text, n) == 0,
		          "allocation %zu failed, and the old file has changed", i);
		free(bytes);
		n_failed++;
	}
	free(good);
	cr_expect_gt(n_failed, 10, "only %zu of %zu failures were noticed", n_failed, end);
}

Test(write_memory, each_single_allocation)
{
	fail_each_allocation(0);
}

Test(write_memory, every_allocation_from_one_on)
{
	fail_each_allocation(1);
}
