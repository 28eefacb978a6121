/* SPDX-License-Identifier: MIT */
/* The jobs that faults.c disturbs: inputs, a command, and the files that it must leave. */
#ifndef TJ_TESTS_FAULTS_SCENE_H
#define TJ_TESTS_FAULTS_SCENE_H

#include <stddef.h>

enum { MAX_OUTPUTS = 8, MAX_GIVEN = 4 };

struct scene_output {
	const char *path; /* in the folder "out" */
	char *bytes;      /* the expected content */
	size_t n;
	const char *old; /* content before the run; NULL: no such file */
};

struct scene {
	const char *name;
	const char **argv;  /* the command of the first run */
	const char **again; /* the command that resumes after a failed run */
	size_t n_outputs;
	struct scene_output outputs[MAX_OUTPUTS];
	size_t n_given; /* files that are in the folder before the run, and that the run consumes */
	struct scene_given {
		const char *path;
		char *bytes;
		size_t n;
	} given[MAX_GIVEN];
};

/* scenes_open makes the inputs and the expected outputs in the current folder. With `all` it also
 * makes scenes that take more than a second per run. */
void scenes_open(int all);
void scenes_close(void);

/* Small scenes are quick and are run very often. Both functions return NULL past the last scene. */
const struct scene *small_scene(size_t i);
const struct scene *large_scene(size_t i);

/* Restores the output folder to its state before the first run. */
void scene_reset(const struct scene *s);

enum left {
	LEFT_ALL,  /* all outputs are right and there is no other file */
	LEFT_SOME, /* some outputs are missing or still old; the rest are right */
	LEFT_WRONG /* a final name holds something else; its wrong lines are added to *lines_differ
	            */
};
enum left scene_left(const struct scene *s, size_t *lines_differ);

#endif
