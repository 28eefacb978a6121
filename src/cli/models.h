/* SPDX-License-Identifier: MIT */
/* The models of a command line: one, or several that are an ensemble. */
#ifndef TJ_CLI_MODELS_H
#define TJ_CLI_MODELS_H

#include "trujaman.h"

struct tj_models { /* zero it */
	const char *names[TRUJAMAN_MOST_MODELS];
	size_t n;
	trujaman_model *opened[TRUJAMAN_MOST_MODELS];
	/* Of those that are open: */
	const trujaman_model_info *infos[TRUJAMAN_MOST_MODELS];
	const char *paths[TRUJAMAN_MOST_MODELS];
};

/* Take another name. Returns TJ_GO_ON, or an exit status after reporting a failure. */
int tj_models_take(struct tj_models *m, const char *command, const char *name);

/* Check the options that only go with several models, `most` in an ensemble, and take the default
 * model if there is none. Returns as tj_models_take does. */
int tj_models_complete(struct tj_models *m, size_t most, const char *command,
                       trujaman_options *options);

/* Open them, and make a translator of them. Close them after a failure, too. Returns an exit
 * status; a failure has already been reported. */
int tj_models_open(struct tj_models *m, trujaman_options *options, trujaman_translator **t);
void tj_models_close(struct tj_models *m);

/* The path of the one whose file is the newest: an output that is older than that is not theirs. */
const char *tj_models_newest(const struct tj_models *m);

#endif
