/* SPDX-License-Identifier: MIT */
/* Paths to values in JSON: keys with a dot between, [] for every element of an array, [3] for one
 * of them (from 0): "text", "messages[].content". A backslash takes the special meaning from the
 * character behind it: "a\.b" is one key. Several paths have commas between. */
#ifndef TJ_DOCUMENT_FIELDS_H
#define TJ_DOCUMENT_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

enum { TJ_MAX_FIELDS = 64 };

struct tj_fields; /* any thread, once it is read */

/* Reads paths with commas between. Returns NULL on failure: USAGE says what is wrong. */
struct tj_fields *tj_fields_read(const char *paths, struct tj_error *err);
void tj_fields_free(struct tj_fields *f);

/* Sets of fields, a bit for each. All of them: where a line begins. */
uint64_t tj_fields_all(const struct tj_fields *f);

/* The fields of `set` that go on, as their step `depth` (from 0), with this key, or with this
 * element of an array. */
uint64_t tj_fields_key(const struct tj_fields *f, uint64_t set, size_t depth, const char *key,
                       size_t n);
uint64_t tj_fields_element(const struct tj_fields *f, uint64_t set, size_t depth, uint64_t index);

/* Whether one of `set` has this number of steps. */
int tj_fields_end(const struct tj_fields *f, uint64_t set, size_t n_steps);

#endif
