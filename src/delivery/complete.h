/* SPDX-License-Identifier: MIT */
/* Whether an output that nothing incomplete lies beside is what a finished run has left. No record
 * of that run exists any more, so this is told by the files themselves. */
#ifndef TJ_DELIVERY_COMPLETE_H
#define TJ_DELIVERY_COMPLETE_H

#include "src/delivery/destination.h"

enum tj_complete {
	TJ_COMPLETE,
	TJ_COMPLETE_OLDER,   /* older than an input or the model, which have changed since */
	TJ_COMPLETE_DIFFERS, /* other lines or another compression than it would have */
	TJ_COMPLETE_UNKNOWN  /* an input is no regular file, or a file cannot be read */
};

/* Judges `path`, the output of the inputs [from, from + n), whose shares are not cut yet. It is
 * complete if it is not older than all of them and the model, has the compression that is asked
 * for, and translates as many lines as they have together. Which model and options it was made with
 * cannot be told. *culprit becomes the path of what is newer or cannot be read. */
enum tj_complete tj_complete_judge(const char *path, const struct tj_destination *to,
                                   const struct tj_inputs *inputs, size_t from, size_t n,
                                   const char *model, const char **culprit);

/* Whether `path` is not older than the file `than`; 0 also if one of them cannot be examined. */
int tj_complete_is_newer(const char *path, const char *than);

#endif
