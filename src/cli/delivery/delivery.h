/* SPDX-License-Identifier: MIT */
/* The sink of `trujaman translate`: translations into the output, or into one for each input.
 *
 * A shard's output keeps its journal when it is done, with a note for each input, so that the
 * parts can be joined in the order of the inputs:
 *   input LINES BYTES ADDED   of it in this part; ADDED 1: the last byte is a newline that the
 *                             input did not have
 *   done */
#ifndef TJ_CLI_DELIVERY_DELIVERY_H
#define TJ_CLI_DELIVERY_DELIVERY_H

#include "src/cli/delivery/destination.h"
#include "src/cli/delivery/outlet.h"

struct tj_delivery {
	const struct tj_destination *to;
	const struct tj_inputs *inputs;
	const char *run; /* the run's identity */
	/* The output at hand: a partial file; or (path NULL) what takes bytes as they come. */
	struct tj_partial partial;
	int direct_fd; /* -1: a partial file */
	const char *name;
	struct tj_outlet outlet;
	struct tj_journal directory; /* what is done in the output directory; path NULL: none */
	uint64_t lines;              /* of input, in the output at hand */
	size_t input;                /* the one that is being written */
	uint64_t input_lines, input_bytes; /* in this output */
	size_t n_noted;                    /* inputs that the journal has a note of */
	int has_stretch;                   /* of the output at hand, one was written */
	int unended;                       /* the last byte of the output is no newline */
	trujaman_status failed;            /* what was wrong has been told unless it is CLOSED */
};

/* Open what can be opened before translation begins. In a directory, inputs that another run
 * has done are dropped from the inputs. *skip: lines of input that are done already; *done: all
 * is. Exit status, failure having been told and nothing left open. */
int tj_delivery_open(struct tj_delivery *d, const struct tj_destination *to,
                     struct tj_inputs *inputs, const char *run, uint64_t *skip, int *done);

trujaman_sink tj_delivery_sink(struct tj_delivery *d);

/* All is written: outputs get their names. Exit status. */
int tj_delivery_finish(struct tj_delivery *d);

/* It is not: leave what is there for another run, and say so. */
void tj_delivery_leave(struct tj_delivery *d);

#endif
