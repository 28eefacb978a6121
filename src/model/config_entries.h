/* SPDX-License-Identifier: MIT */
/* Turns a configuration into the metadata of a model file. */
#ifndef TJ_MODEL_CONFIG_ENTRIES_H
#define TJ_MODEL_CONFIG_ENTRIES_H

#include "src/model/config.h"
#include "src/model/safetensors_write.h"

enum { TJ_CONFIG_ENTRIES = 16 + TJ_MOST_FEATURES, TJ_CONFIG_DIGITS = 24 };

/* What the values of entries point to. */
struct tj_config_values {
	char numbers[TJ_CONFIG_ENTRIES][TJ_CONFIG_DIGITS];
	char features[TJ_LONGEST_FEATURES];
};

/* Fill `entries` with the metadata of a configuration (docs/MODEL.md), `format` first; returns
 * how many. `values` must outlive the entries. */
size_t tj_config_entries(const struct tj_config *c, struct tj_write_entry *entries,
                         struct tj_config_values *values);

/* Writes the names of the features that a configuration uses, with commas between them, into
 * `list`, of TJ_LONGEST_FEATURES bytes; returns it. */
const char *tj_config_list_features(const struct tj_config *c, char *list);

#endif
