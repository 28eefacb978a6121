/* SPDX-License-Identifier: MIT */
/* A configuration as the metadata of a model file. */
#ifndef TJ_MODEL_CONFIG_ENTRIES_H
#define TJ_MODEL_CONFIG_ENTRIES_H

#include "src/model/config.h"
#include "src/model/safetensors_write.h"

/* The metadata entries that say what a configuration is (docs/MODEL.md), `format`
 * first. Values may point into `numbers`, which holds the digits. Returns how many. */
enum { TJ_CONFIG_ENTRIES = 16, TJ_CONFIG_DIGITS = 24 };
size_t tj_config_entries(const struct tj_config *c, struct tj_write_entry *entries,
                         char numbers[TJ_CONFIG_ENTRIES][TJ_CONFIG_DIGITS]);

#endif
