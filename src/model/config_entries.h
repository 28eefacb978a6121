/* SPDX-License-Identifier: MIT */
/* Turns a configuration into the metadata of a model file. */
#ifndef TJ_MODEL_CONFIG_ENTRIES_H
#define TJ_MODEL_CONFIG_ENTRIES_H

#include "src/model/config.h"
#include "src/model/safetensors_write.h"

/* Fill `entries` with the metadata of a configuration (docs/MODEL.md), `format` first; returns
 * how many. `numbers` receives digits that the values point to, so it must outlive the
 * entries. */
enum { TJ_CONFIG_ENTRIES = 16, TJ_CONFIG_DIGITS = 24 };
size_t tj_config_entries(const struct tj_config *c, struct tj_write_entry *entries,
                         char numbers[TJ_CONFIG_ENTRIES][TJ_CONFIG_DIGITS]);

#endif
