/* SPDX-License-Identifier: MIT */
/* What the command line of `trujaman translate` asks for. */
#ifndef TJ_CLI_TRANSLATION_REQUEST_H
#define TJ_CLI_TRANSLATION_REQUEST_H

#include "src/cli/models.h"
#include "src/cli/show/message.h"
#include "src/delivery/destination.h"

struct tj_translation {
	struct tj_models models;
	struct tj_destination to;
	const char *stats;     /* file of --stats; NULL: write none */
	const char *attention; /* file of --attention; NULL: write none */
	char *field;           /* options.field, from malloc */
	int force_text, explain;
	struct tj_talk talk;
	trujaman_options *options;
	int n_arguments;
	char **arguments;
};

#endif
