/* SPDX-License-Identifier: MIT */
/* Tests of reading whole files. */
#include <errno.h>
#include <fcntl.h>

#include "src/io/whole.h"
#include "tests/model_files.h"

TestSuite(whole, .init = make_scratch, .fini = remove_scratch);

static const char *put(size_t n)
{
	const char *path = in_scratch("file");
	FILE *f = fopen(path, "w");
	cr_assert_not_null(f);
	for (size_t i = 0; i < n; i++)
		putc((int)(i % 251), f);
	cr_assert_eq(fclose(f), 0);
	return path;
}

static void expect_bytes(const struct tj_string *all, size_t n)
{
	cr_assert_eq(all->n, n);
	for (size_t i = 0; i < n; i++)
		cr_assert_eq((unsigned char)all->data[i], i % 251);
	cr_expect_eq(all->data[n], '\0');
}

/* Around the blocks in which it is read, and around the limit. */
Test(whole, sizes)
{
	static const size_t sizes[] = { 0,     1,       65534,         65535,   65536,
		                        65537, 3 << 16, (1 << 20) - 1, 1 << 20, (1 << 20) + 1 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct tj_string all;
		struct tj_error err = { 0 };
		trujaman_status status = tj_whole_read(put(sizes[i]), 1, &all, &err);
		if (sizes[i] > 1 << 20) {
			cr_expect_eq(status, TRUJAMAN_ERROR_INPUT);
			cr_expect_not_null(strstr(err.text, "file: more than 1 MiB"), "%s",
			                   err.text);
			cr_expect_null(all.data);
			continue;
		}
		cr_expect_eq(status, TRUJAMAN_OK, "%s", err.text);
		expect_bytes(&all, sizes[i]);
		free(all.data);
	}
}

/* What has no size is read to its end. */
Test(whole, a_pipe)
{
	int ends[2];
	struct tj_string all;
	struct tj_error err = { 0 };
	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], "\0\1\2", 3), 3);
	close(ends[1]);
	cr_expect_eq(tj_whole_read_fd(ends[0], "a pipe", 1, &all, &err), TRUJAMAN_OK);
	close(ends[0]);
	expect_bytes(&all, 3);
	free(all.data);
}

Test(whole, failures_say_why)
{
	struct tj_string all;
	struct tj_error err = { 0 };
	cr_expect_eq(tj_whole_read(in_scratch("none"), 1, &all, &err), TRUJAMAN_ERROR_IO);
	cr_expect_eq(err.code, ENOENT);
	cr_expect_null(all.data);
	tj_error_clear(&err);
	cr_expect_eq(tj_whole_read(in_scratch("."), 1, &all, &err), TRUJAMAN_ERROR_IO);
	cr_expect_eq(err.code, EISDIR);
	cr_expect_null(all.data);
}
