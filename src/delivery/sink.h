/* SPDX-License-Identifier: MIT */
/* The sink of `trujaman translate`: it writes translations into one output, or into one output for
 * each input.
 *
 * The output of a shard keeps its journal when it is complete. The journal has one note for each
 * input and a last one, so that the parts can be joined in the order of the inputs:
 *   input LINES BYTES ADDED   what this part holds of the input; ADDED is 1 if the last byte is a
 *                             newline that the input did not have
 *   done */
#ifndef TJ_DELIVERY_SINK_H
#define TJ_DELIVERY_SINK_H

#include "src/delivery/destination.h"
#include "src/delivery/outlet.h"
#include "src/delivery/run_identity.h"

struct tj_delivery {
	const struct tj_destination *to;
	size_t n_facts;
	const struct tj_fact *facts; /* [n_facts] */
	const char *model; /* the path of the newest one: no result can be older than that */
	struct tj_failures *failures; /* of inputs, where the others can do without them */
	/* The caller sets the members above to what is its own, and the others to 0. */
	const struct tj_inputs *inputs;
	char *run; /* the run's identity, from malloc; NULL: no output has a journal */
	/* The current output: a partial file; stdout, a device or a pipe if its path is NULL. */
	struct tj_partial partial;
	int direct_fd; /* -1: the output is a partial file */
	const char *name;
	struct tj_outlet outlet;
	struct tj_journal directory; /* lists the complete outputs in a folder; path NULL: none */
	char *unsynced; /* a complete output whose folder is yet to be flushed; NULL: none */
	uint64_t lines; /* lines of input in the current output */
	uint64_t noted, noted_at; /* of a document: segments that a run can go on after, and bytes
	                             of the output up to there */
	uint64_t output_bytes;    /* of the current output, not compressed */
	size_t input;             /* the input being written */
	uint64_t input_lines, input_bytes; /* of the current input in this output */
	size_t n_noted;                    /* inputs that have a note in the journal */
	int has_stretch;                   /* a stretch of the current output was written */
	int discards; /* the current input has vanished, or its output cannot be opened: nothing is
	                 written, and it has failed */
	int no_journal; /* the same, but after the output was begun: it is just not resumable */
	int unended;    /* the last byte of the output is not a newline */
	struct tj_error failed; /* why a function of the sink has ended the run */
};

trujaman_sink tj_delivery_sink(struct tj_delivery *d);

/* Opens the partial file of `final`, which is taken over in any case, and resumes or begins it. */
trujaman_status tj_sink_open_partial(struct tj_delivery *d, char *final, const char *identity,
                                     enum tj_start start, struct tj_error *err);

/* Gives the partial file of the current input a journal, unless the input has vanished. */
trujaman_status tj_sink_begin_journal(struct tj_delivery *d, struct tj_error *err);

/* Flushes the folder of the outputs that were completed last, unless `next` lies in it, too: so
 * each folder is flushed about once. NULL: there is no next one. */
trujaman_status tj_sink_sync_folder(struct tj_delivery *d, const char *next, struct tj_error *err);

/* Returns how many lines of the current output a run could go on after. */
uint64_t tj_sink_lines_kept(const struct tj_delivery *d);

#endif
