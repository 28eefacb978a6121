/* SPDX-License-Identifier: MIT */
/* One run of `trujaman translate`. */
#ifndef TJ_CLI_TRANSLATION_H
#define TJ_CLI_TRANSLATION_H

#include "src/cli/translation_request.h"

/* Returns an exit status; a failure has already been reported. */
int tj_translation_run(struct tj_translation *x);

#endif
