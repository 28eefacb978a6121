/* SPDX-License-Identifier: MIT */
/* Lines of JSON: the values that jansson has no function for, and an object as a line.
 *
 * Functions that make a value return NULL if memory is short, and nothing else makes them fail.
 * Values are the caller's; jansson's functions that take them ("_new", "o" in a format) take a NULL
 * as a failure of their own, so that what was built needs one check. */
#ifndef TJ_CLI_SHOW_JSON_H
#define TJ_CLI_SHOW_JSON_H

#include <stddef.h>

#include "src/base/string.h"

struct json_t;

/* A number; a whole one of up to nine digits is spelled without a point. JSON has neither infinity
 * nor NaN: these are null. */
struct json_t *tj_json_number(double x);

/* Text of n bytes, with U+FFFD for what is no UTF-8. */
struct json_t *tj_json_text(const char *text, size_t n);

/* The object or list that was built, if that went well; else releases it and returns NULL. */
struct json_t *tj_json_built(struct json_t *json, int went_well);

/* Sets *line to the object and a newline, in the C locale, and releases the object. `flags` are
 * those of json_dumps. Returns 0 if memory is short, or was: the object is NULL. */
int tj_json_line(struct json_t *object, size_t flags, struct tj_string *line);

#endif
