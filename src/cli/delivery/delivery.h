/* SPDX-License-Identifier: MIT */
/* The sink of `trujaman translate`: it writes translations into one output, or into one output for
 * each input.
 *
 * The output of a shard keeps its journal when it is complete. The journal has one note for each
 * input and a last one, so that the parts can be joined in the order of the inputs:
 *   input LINES BYTES ADDED   what this part holds of the input; ADDED is 1 if the last byte is a
 *                             newline that the input did not have
 *   done */
#ifndef TJ_CLI_DELIVERY_DELIVERY_H
#define TJ_CLI_DELIVERY_DELIVERY_H

#include "src/cli/delivery/destination.h"
#include "src/cli/delivery/outlet.h"

struct tj_delivery {
	const struct tj_destination *to;
	const struct tj_inputs *inputs;
	const char *run; /* the run's identity; the caller's */
	/* The current output: a partial file; stdout, a device or a pipe if its path is NULL. */
	struct tj_partial partial;
	int direct_fd; /* -1: the output is a partial file */
	const char *name;
	struct tj_outlet outlet;
	struct tj_journal directory; /* lists the complete outputs in a folder; path NULL: none */
	uint64_t lines;              /* lines of input in the current output */
	size_t input;                /* the input being written */
	uint64_t input_lines, input_bytes; /* of the current input in this output */
	size_t n_noted;                    /* inputs that have a note in the journal */
	int has_stretch;                   /* a stretch of the current output was written */
	int unended;                       /* the last byte of the output is not a newline */
	trujaman_status failed; /* already reported, unless it is TRUJAMAN_ERROR_CLOSED */
};

/* Opens what can be opened before translation begins. If the output is a directory, inputs that an
 * earlier run has completed are dropped from `inputs`. *skip is the number of input lines that are
 * already translated; *done is set if everything is. Returns an exit status; a failure has already
 * been reported and leaves nothing open. */
int tj_delivery_open(struct tj_delivery *d, const struct tj_destination *to,
                     struct tj_inputs *inputs, const char *run, uint64_t *skip, int *done);

trujaman_sink tj_delivery_sink(struct tj_delivery *d);

/* Call when everything is written: gives the outputs their final names. Returns an exit status; a
 * failure has already been reported. */
int tj_delivery_finish(struct tj_delivery *d);

/* Call if the run ends early: leaves the partial output for another run, and prints a message that
 * says so. */
void tj_delivery_leave(struct tj_delivery *d);

#endif
