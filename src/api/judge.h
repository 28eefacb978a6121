/* SPDX-License-Identifier: MIT */
/* Notices inputs that are not in the language that the model expects. */
#ifndef TJ_API_JUDGE_H
#define TJ_API_JUDGE_H

#include "src/decode/chunk.h"
#include "src/text/foreign.h"

struct tj_judge { /* zero it; one thread at a time */
	int scoring;
	struct tj_foreign *texts[2]; /* the input being written; when scoring: source, target */
	int is_judged[2];            /* that text has been judged already */
	size_t input;                /* when translating: the index of the input being written */
};

/* Expects the model's source_language and, when scoring, also its target_language; NULL: unknown.
 * Close it after a failure, too. */
trujaman_status tj_judge_open(struct tj_judge *j, int scoring, const char *source_language,
                              const char *target_language, struct tj_error *err);
void tj_judge_close(struct tj_judge *j);

/* Add the lines of a chunk. Inputs found to be in another language go into the report and to
 * sink->foreign; `sink` may be NULL. */
void tj_judge_chunk(struct tj_judge *j, const struct tj_chunk *chunk, trujaman_report *report,
                    const trujaman_sink *sink);

/* After the last chunk: judge what has not been judged. */
void tj_judge_rest(struct tj_judge *j, trujaman_report *report, const trujaman_sink *sink);

#endif
