/* SPDX-License-Identifier: MIT */
/* Tests of the team of workers with jobs that fail: what is reported, and what was written. */
#include "tests/workers_case.h"

TestSuite(workers, .init = open_model, .fini = close_model, .timeout = 300);

/* Runs a job that fails as `like` says. It must write the beginning of what a good job writes,
 * `least` to `most` chunks of it, and the team must still work afterwards. */
static void expect_failure(const struct fake *like, trujaman_status status, const char *message,
                           size_t least, size_t most)
{
	struct fake good = new_fake(like->n_chunks);
	good.lines = like->lines;
	good.blank = like->blank;
	good.scoring = like->scoring;
	struct tj_string wanted = one_by_one(&good);
	for (size_t i = 0; i < TEAM_SIZES; i++) {
		struct tj_error err = { 0 };
		struct fake f = *like, after = good;
		open_team(team_sizes[i]);
		cr_expect_eq(run(&f, &err), status);
		cr_expect_not_null(strstr(err.text, message), "%s", err.text);
		cr_expect(f.n_written >= least && f.n_written <= most,
		          "%zu threads: %zu chunks written, wanted %zu to %zu", team_sizes[i],
		          f.n_written, least, most);
		cr_assert_leq(f.out.n, wanted.n);
		cr_expect(f.out.n == 0 || memcmp(f.out.data, wanted.data, f.out.n) == 0);
		run_well(&after);
		expect_same(&after.out, &wanted);
		free(f.out.data);
		free(after.out.data);
	}
	free(wanted.data);
}

Test(workers, a_failing_read)
{
	static const size_t at[] = { 0, 1, 17, 40 };
	for (size_t i = 0; i < 4; i++) {
		struct fake f = new_fake(40);
		char message[64];
		f.fail_read = at[i];
		snprintf(message, sizeof message, "read of chunk %zu fails", at[i]);
		expect_failure(&f, TRUJAMAN_ERROR_IO, message, at[i], at[i]);
	}
}

Test(workers, a_failing_finish)
{
	static const size_t at[] = { 0, 13, 39 };
	for (size_t i = 0; i < 3; i++) {
		struct fake f = new_fake(40);
		f.fail_finish = at[i];
		expect_failure(&f, TRUJAMAN_ERROR_MEMORY, "finish of chunk ", 0, at[i]);
	}
}

Test(workers, a_failing_write)
{
	static const size_t at[] = { 0, 21, 39 };
	for (size_t i = 0; i < 3; i++) {
		struct fake f = new_fake(40);
		f.fail_write = at[i];
		expect_failure(&f, TRUJAMAN_ERROR_CLOSED, "write of chunk ", at[i] + 1, at[i] + 1);
	}
}

/* A write after a failed one would leave a hole in the output. Runs many short jobs, because the
 * error needs two workers at the wrong moment. */
Test(workers, nothing_is_written_after_a_failed_write)
{
	open_team(7);
	for (size_t i = 0; i < 300; i++) {
		struct tj_error err = { 0 };
		struct fake f = new_fake(200);
		f.lines = 1;
		f.blank = 1;
		f.fail_write = i % 150;
		cr_expect_eq(run(&f, &err), TRUJAMAN_ERROR_CLOSED);
		cr_assert_eq(f.n_written, f.fail_write + 1, "%zu written after chunk %zu failed",
		             f.n_written - f.fail_write - 1, f.fail_write);
		free(f.out.data);
	}
}

/* If reading fails and a chunk that was read earlier fails too, the team reports the chunk. */
Test(workers, a_failing_write_before_a_failing_read)
{
	struct fake f = new_fake(40);
	f.fail_write = 3;
	f.fail_read = 4;
	expect_failure(&f, TRUJAMAN_ERROR_CLOSED, "write of chunk 3 fails", 4, 4);
}
