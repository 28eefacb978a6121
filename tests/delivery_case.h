/* SPDX-License-Identifier: MIT */
/* What the tests of src/delivery share: files in a scratch folder, a listener that remembers what
 * it hears, and runs of a delivery in which a line becomes the same line between angle brackets.
 * All paths are relative to the scratch folder, which is the current one. */
#ifndef TJ_TESTS_DELIVERY_CASE_H
#define TJ_TESTS_DELIVERY_CASE_H

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/delivery/delivery.h"

/* Make the scratch folder and enter it; leave and remove it. */
void enter_scratch(void);
void leave_scratch(void);

void put_file(const char *path, const char *text);
void put_bytes(const char *path, const void *bytes, size_t n);

/* Returns the content of a file, NUL-terminated, valid until the second call after this one; NULL:
 * it cannot be read. */
const char *content(const char *path);

/* Whether there is anything, also a link to nothing. */
int is_there(const char *path);

/* Counts the entries of the current folder whose names contain `part`. */
int count_named(const char *part);

/* Removes the entries of the current folder whose names begin so, and what is in them. */
void remove_named(const char *beginning);

/* A listener that remembers the beginning of all it hears: "failure: …\n", "warning: …\n",
 * "remark: …\n". */
struct heard {
	char text[4096];
	struct tj_listener listener;
};
void begin_to_hear(struct heard *h);

/* A run: where results go, and from which inputs. */
struct trial {
	struct tj_destination to;
	const char *inputs[8]; /* ends with NULL */
	const char *beam;      /* an option that the results depend on; NULL: "1" */
	size_t stop_after;     /* lines; the run is stopped then; 0: it is not */
};

/* What became of it. */
struct outcome {
	struct tj_error err;
	struct heard heard;
	struct tj_failures failures;
	uint64_t skipped; /* lines of the first input, or of all, that were done already */
	int done;         /* there was nothing to do */
};

/* Runs a trial as a command would. `o` needs no initialisation; release it with end_trial. */
trujaman_status run_trial(const struct trial *x, struct outcome *o);
void end_trial(struct outcome *o);

/* The same where nothing may fail and nothing is of interest. */
void must_run(const struct trial *x);

#endif
