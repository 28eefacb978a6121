/* SPDX-License-Identifier: MIT */
/* --attention FILE: what the network looked at, one JSON object a line for each translation or
 * scored pair. The keys are the members of trujaman_attention and of its parts; spans count
 * characters. Like other files it appears when it is complete. It is no output that could be
 * continued: a run that ends early leaves none. */
#ifndef TJ_CLI_ATTENTION_H
#define TJ_CLI_ATTENTION_H

#include <stdint.h>

#include "src/base/status.h"
#include "src/base/string.h"
#include "src/delivery/output.h"
#include "trujaman.h"

enum { TJ_SHARE_STEPS = 10000 }; /* shares have four decimals */

struct tj_attention_file { /* zero it */
	const char *path;  /* NULL: none is written, and all calls do nothing; "-": stdout */
	struct tj_output output;
	int is_open;
	struct tj_error failed; /* to write */
	struct tj_string line;
	uint32_t *characters[2]; /* of source and target: how many begin before each byte */
	size_t capacity[2];
	struct json_t *shares[TJ_SHARE_STEPS + 1]; /* each of them, once it has occurred */
};

/* Has the file `path` (NULL: none) written by what is made with the options. `f` must outlive that.
 */
void tj_attention_ask(struct tj_attention_file *f, const char *path, trujaman_options *options);

/* Opens the file, once all checks are made. Returns an exit status; a failure has already been
 * reported. */
int tj_attention_open(struct tj_attention_file *f);

/* Ends the file of a run with this exit status: gives it its name after success, else removes it.
 * Returns an exit status, `status` or that of a failure, which has been reported. */
int tj_attention_end(struct tj_attention_file *f, int status);

#endif
