/* SPDX-License-Identifier: MIT */
/* Shows the progress of a job on standard error. On a terminal it is one line that is updated in
 * place, and the totals when the job is done. Elsewhere it is nothing or, with TJ_PROGRESS_ALWAYS,
 * one line per minute. SIGUSR1 prints a line at once.
 *
 * Thread rule: one call at a time; tj_progress_note may be called from any thread.
 */
#ifndef TJ_CLI_SHOW_PROGRESS_H
#define TJ_CLI_SHOW_PROGRESS_H

#include <stdatomic.h>

#include "src/cli/show/figures.h"
#include "src/cli/show/message.h"
#include "src/cli/show/question.h"

/* How much was done at one point in time. Atomic because the SIGUSR1 handler reads it. */
struct tj_progress_mark {
	_Atomic uint64_t at; /* tj_clock_now */
	_Atomic uint64_t bytes, lines, words;
};

struct tj_progress {
	enum { TJ_SHOW_NOTHING, TJ_SHOW_ON_TERMINAL, TJ_SHOW_PLAIN } show;
	int verbose, is_open;
	struct tj_reply answer;              /* to SIGUSR1 */
	const trujaman_report *report;       /* of a job that is done; NULL: it is not */
	uint64_t total_bytes, opened, shown; /* the last two are times of tj_clock_now */
	size_t n_inputs;
	_Atomic size_t input;
	_Atomic uint64_t bytes, lines, words;
	/* Speeds are computed from the older of two marks, which take turns. The first note sets
	 * both. */
	struct tj_progress_mark marks[2];
	atomic_int is_marked, older;
	/* The sink being watched, its inputs, and the total bytes of the inputs that have ended. */
	const trujaman_sink *sink;
	const trujaman_input *inputs;
	uint64_t ended_bytes;
};

/* Starts the clock and, from now on, answers SIGUSR1 unless the parent has set it to be ignored.
 * `total_bytes` of all inputs is 0 if it is not known. The struct must not move until
 * tj_progress_close. Only one may be open at a time. */
void tj_progress_open(struct tj_progress *p, const struct tj_talk *talk, uint64_t total_bytes,
                      size_t n_inputs);

/* Records that `lines` and `words` more than at the last note have been written, ending in input
 * number `input` (from 0). `bytes` is the position in all inputs taken together, including what
 * was skipped. Anything before the first note does not count towards the speed. */
void tj_progress_note(struct tj_progress *p, size_t input, uint64_t bytes, uint64_t lines,
                      uint64_t words);

/* Returns a sink that passes everything on to `sink` and notes what was written. The inputs are
 * those of trujaman_translate_to; their number and total size replace the values given to
 * tj_progress_open. `sink` and the inputs must not move until tj_progress_close. */
trujaman_sink tj_progress_watch(struct tj_progress *p, const trujaman_sink *sink, size_t n_inputs,
                                const trujaman_input *inputs);

/* The job is done, or has stopped in good order: the totals, with what was unusual in `report`, are
 * worth a line on a terminal. `report` must not move until tj_progress_close. */
void tj_progress_done(struct tj_progress *p, const trujaman_report *report);

/* Removes the status line. If anything was done, prints the totals (--verbose, or on a terminal
 * after tj_progress_done) or the last status (if it printed plain lines). SIGUSR1 does nothing from
 * now on. A second call does nothing. */
void tj_progress_close(struct tj_progress *p);

/* Seconds since tj_progress_open in which the process was not stopped. */
double tj_progress_seconds(const struct tj_progress *p);

/* Returns the bytes of all inputs (of their parts [from, to) if only those are requested), for
 * tj_progress_open; 0 if one of them is not a regular file. */
uint64_t tj_progress_total(size_t n_inputs, const trujaman_input *inputs);

/* Appends the current status to `line`. Safe in a signal handler. */
void tj_progress_put(struct tj_figures *line, const struct tj_progress *p, uint64_t now);

#endif
