/* SPDX-License-Identifier: MIT */
/* The jobs that faults.c disturbs: inputs, a command, the files that it must leave. */
#ifndef TJ_TESTS_FAULTS_SCENE_H
#define TJ_TESTS_FAULTS_SCENE_H

#include <stddef.h>

enum { MAX_OUTPUTS = 8, MAX_GIVEN = 4 };

struct scene_output {
	const char *path; /* in the folder "out" */
	char *bytes;      /* what must stand in it, */
	size_t n;
	const char *old; /* and what stood in it before; NULL: it was not there */
};

struct scene {
	const char *name;
	const char **argv;  /* the run, */
	const char **again; /* and the one that goes on with what it left */
	size_t n_outputs;
	struct scene_output outputs[MAX_OUTPUTS];
	size_t n_given; /* files that lie in the folder before, and are used up */
	struct scene_given {
		const char *path;
		char *bytes;
		size_t n;
	} given[MAX_GIVEN];
};

/* Make, in the current folder, the inputs and what must come out of them; with `all` also
 * scenes that take more than a second a run. */
void scenes_open(int all);
void scenes_close(void);

/* Quick ones, to be run very often; and longer ones. NULL: there are no more. */
const struct scene *small_scene(size_t i);
const struct scene *large_scene(size_t i);

/* As before the first run. */
void scene_reset(const struct scene *s);

enum left {
	LEFT_ALL,  /* all outputs, right, and nothing beside them */
	LEFT_SOME, /* some outputs are not there, or still the old ones; the rest are right */
	LEFT_WRONG /* a final name holds something else; its lines are added to *lines_differ */
};
enum left scene_left(const struct scene *s, size_t *lines_differ);

#endif
