/* SPDX-License-Identifier: MIT */
/* One run of `trujaman score`, as its command line describes it. */
#ifndef TJ_CLI_SCORING_H
#define TJ_CLI_SCORING_H

#include "src/cli/models.h"
#include "src/cli/show/message.h"

struct tj_scoring {
	struct tj_models models, reverse; /* reverse.n 0: one direction only */
	const char *out, *attention;      /* NULL: stdout; none */
	int force_text;
	trujaman_options *options;
	struct tj_talk talk;
	enum trujaman_pairs_kind kind;
	int columns[2];       /* of TSV */
	const char *files[2]; /* source and target; of TSV, one file twice */
};

/* Returns an exit status; a failure has already been reported. */
int tj_scoring_run(struct tj_scoring *x);

#endif
