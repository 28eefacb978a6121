/* SPDX-License-Identifier: MIT */
/* How far a job is, on standard error: on a terminal one line that is written over and over;
 * else nothing, or (TJ_PROGRESS_ALWAYS) a line a minute. SIGUSR1 asks for a line at once.
 *
 * Thread rule: one call at a time; tj_progress_note from any thread.
 */
#ifndef TJ_CLI_SHOW_PROGRESS_H
#define TJ_CLI_SHOW_PROGRESS_H

#include <stdatomic.h>

#include "src/cli/show/figures.h"
#include "src/cli/show/message.h"

/* How much was done at a moment. Atomic for the handler of SIGUSR1. */
struct tj_progress_mark {
	_Atomic uint64_t at; /* nanoseconds of the monotonic clock */
	_Atomic uint64_t bytes, lines, words;
};

struct tj_progress {
	enum { TJ_SHOW_NOTHING, TJ_SHOW_ON_TERMINAL, TJ_SHOW_PLAIN } show;
	int verbose;
	uint64_t total_bytes, opened, shown; /* the last two are moments as above */
	size_t n_inputs;
	_Atomic size_t input;
	_Atomic uint64_t bytes, lines, words;
	/* Speeds are reckoned from the older of two marks, which take turns, once the first
	 * note has set them. */
	struct tj_progress_mark marks[2];
	atomic_int is_marked, older;
	/* The sink that is watched, its inputs, and the bytes of those that have ended. */
	const trujaman_sink *sink;
	const trujaman_input *inputs;
	uint64_t ended_bytes;
};

/* Begin, and answer SIGUSR1 from now on, unless the parent has ignored it. `total_bytes` of
 * all inputs is 0 where it is not known. Until tj_progress_close the struct stays where it is;
 * one is open at a time. */
void tj_progress_open(struct tj_progress *p, const struct tj_talk *talk, uint64_t total_bytes,
                      size_t n_inputs);

/* What has been written now: `lines` and `words` more than at the last note, all of it ending
 * in input number `input` (from 0). `bytes` is where that is in all inputs together, what
 * was passed over included; what came before the first note does not count as speed. */
void tj_progress_note(struct tj_progress *p, size_t input, uint64_t bytes, uint64_t lines,
                      uint64_t words);

/* A sink that hands all it gets on to `sink` and notes what was written. The inputs are
 * those of trujaman_translate_to; how many they are and their total is taken from here. All
 * stay where they are until tj_progress_close. */
trujaman_sink tj_progress_watch(struct tj_progress *p, const trujaman_sink *sink, size_t n_inputs,
                                const trujaman_input *inputs);

/* Remove the line; where anything was done tell the sums (--verbose) or the last status (a
 * plain line a minute). SIGUSR1 does nothing from now on. A second call does nothing. */
void tj_progress_close(struct tj_progress *p);

/* Seconds since tj_progress_open. */
double tj_progress_seconds(const struct tj_progress *p);

/* The bytes of all inputs (of the parts [from, to) that are asked for), for
 * tj_progress_open; 0 where one is no regular file. */
uint64_t tj_progress_total(size_t n_inputs, const trujaman_input *inputs);

/* The line as it is now. In a signal handler, too. */
void tj_progress_put(struct tj_figures *line, const struct tj_progress *p, uint64_t now);

#endif
