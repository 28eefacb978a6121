/* SPDX-License-Identifier: MIT */
/* Which options go with the formats of the inputs. */
#ifndef TJ_CLI_FORMATS_CHECK_H
#define TJ_CLI_FORMATS_CHECK_H

#include "src/cli/translation_request.h"
#include "src/delivery/inputs.h"

/* Documents do not follow one another in one output; those that need more than a name are told
 * early. Warns of options that no input has a use for. Returns an exit status, TJ_EXIT_DONE if all
 * is well. */
int tj_check_formats(const struct tj_translation *x, const struct tj_inputs *inputs);

#endif
