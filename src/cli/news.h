/* SPDX-License-Identifier: MIT */
/* Prints what the delivery of results has to say: its errors, its news and what failed on the way.
 */
#ifndef TJ_CLI_NEWS_H
#define TJ_CLI_NEWS_H

#include "src/base/status.h"
#include "src/cli/show/message.h"
#include "src/delivery/failures.h"
#include "src/delivery/listener.h"

/* Returns a listener that prints what `talk`, which must outlive it, lets through. */
struct tj_listener tj_news_listener(struct tj_talk *talk);

/* Prints an error, of wrong usage with a hint at the --help of `command`. Returns the exit status
 * for it, TJ_EXIT_DONE for none. */
int tj_news_failed(const char *command, const struct tj_error *err);

/* Prints each failure that nobody has been told of, but not more than are kept, and then how many
 * of `n_inputs` inputs failed, with the `advice` (NULL: none). Prints nothing if nothing failed. */
void tj_news_failures(const struct tj_failures *f, size_t n_inputs, const char *advice);

#endif
