/* SPDX-License-Identifier: MIT */
/* SIGUSR1 asks how far a job is. It never ends the program. */
#ifndef TJ_CLI_SHOW_QUESTION_H
#define TJ_CLI_SHOW_QUESTION_H

#include "src/cli/show/figures.h"

/* Appends the answer to an empty line. It runs in a signal handler, on any thread. */
struct tj_reply {
	void (*put)(struct tj_figures *line, const void *context);
	const void *context;
};

/* From now on SIGUSR1 is answered, or does nothing if there is no answer yet. A parent that has set
 * it to be ignored keeps its way. */
void tj_question_catch(void);

/* The answer until tj_question_answer_by gives a better one: a constant text; NULL: none. */
void tj_question_answer(const char *text);

/* The answer from now on; it belongs to the caller and must not move. NULL: none. */
void tj_question_answer_by(const struct tj_reply *answer);

#endif
