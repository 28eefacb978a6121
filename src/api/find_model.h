/* SPDX-License-Identifier: MIT */
/* Where models are looked for. */
#ifndef TJ_API_FIND_MODEL_H
#define TJ_API_FIND_MODEL_H

#include "src/base/status.h"

/* The path of a model given by path or name: malloc's, the caller's. NULL on failure. */
char *tj_find_model(const char *model, struct tj_error *err);

#endif
