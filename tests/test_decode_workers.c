/* SPDX-License-Identifier: MIT */
/* Tests of the team of workers with jobs that succeed: order and bytes of the output, bounds. */
#include <omp.h>

#include "tests/workers_case.h"

TestSuite(workers, .init = open_model, .fini = close_model, .timeout = 300);

static void every_team(struct fake like)
{
	struct tj_string wanted = one_by_one(&like);
	for (size_t i = 0; i < TEAM_SIZES; i++) {
		open_team(team_sizes[i]);
		for (int again = 0; again < 2; again++) {
			struct fake f = like;
			run_well(&f);
			expect_same(&f.out, &wanted);
			free(f.out.data);
		}
	}
	free(wanted.data);
}

Test(workers, order_and_bytes_for_every_team)
{
	every_team(new_fake(60));
}

Test(workers, scores_for_every_team)
{
	struct fake f = new_fake(40);
	f.scoring = 1;
	every_team(f);
}

/* Such a line gets a score, and stops nothing. */
Test(workers, a_source_too_long_to_score)
{
	struct fake f = new_fake(20);
	f.scoring = 1;
	f.lines = 4;
	f.too_long = 41; /* counted from 0 */
	every_team(f);
}

Test(workers, input_that_runs_dry)
{
	struct fake f = new_fake(40);
	f.dry = 1;
	every_team(f);
}

Test(workers, nothing_to_do)
{
	every_team(new_fake(0));
}

Test(workers, nothing_but_blank_lines)
{
	struct fake f = new_fake(300);
	f.blank = 1;
	every_team(f);
}

/* If one worker is stuck, the others continue, but only up to a bound. */
Test(workers, chunks_in_flight_are_bounded)
{
	for (size_t i = 1; i < TEAM_SIZES; i++) {
		struct fake f = new_fake(400);
		f.lines = 1;
		f.hold = 4;
		open_team(team_sizes[i]);
		run_well(&f);
		cr_expect_geq(f.most_in_flight, 4);
		free(f.out.data);
	}
}

Test(workers, fewer_threads_than_asked_for)
{
	struct fake f = new_fake(30);
	struct tj_string wanted = one_by_one(&f);
	omp_set_dynamic(1);
	open_team(7);
	run_well(&f);
	expect_same(&f.out, &wanted);
	free(f.out.data);
	free(wanted.data);
}

Test(workers, number_of_threads)
{
	unsetenv("OMP_NUM_THREADS");
	cr_expect_eq(tj_team_threads(cores, 0), tj_cores_threads(cores, 0));
	cr_expect_eq(tj_team_threads(cores, 1), tj_cores_threads(cores, 1));
	cr_assert_eq(setenv("OMP_NUM_THREADS", "5", 1), 0);
	omp_set_num_threads(5); /* OpenMP itself read the variable long before */
	cr_expect_eq(tj_team_threads(cores, 0), 5);
}

/* Four nodes with one core each: a team of several threads has a copy of the weights for each
 * node, and writes the same as one worker with the model itself. */
Test(workers, a_copy_for_every_node)
{
	struct tj_error err = { 0 };
	tj_cores_close(cores);
	cr_assert_eq(setenv("HWLOC_SYNTHETIC", "node:4 core:1 pu:1", 1), 0);
	cores = tj_cores_open(&err);
	cr_assert_not_null(cores, "%s", err.text);
	struct fake f = new_fake(30);
	struct tj_string wanted = one_by_one(&f);
	open_team(7);
	cr_expect_eq(placement->n_copies, 4);
	run_well(&f);
	expect_same(&f.out, &wanted);
	free(f.out.data);
	free(wanted.data);
}
