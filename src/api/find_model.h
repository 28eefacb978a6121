/* SPDX-License-Identifier: MIT */
/* Finds the file of a model that is given by path or by name. */
#ifndef TJ_API_FIND_MODEL_H
#define TJ_API_FIND_MODEL_H

#include "src/base/status.h"

/* The path of the model file, allocated with malloc; the caller frees it. NULL on failure. */
char *tj_find_model(const char *model, struct tj_error *err);

#endif
