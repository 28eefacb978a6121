/* SPDX-License-Identifier: MIT */
/* Reads paths into steps, and follows them. */
#include "src/document/fields.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/string.h"

enum step_kind { STEP_KEY, STEP_EVERY, STEP_ELEMENT };

struct field_step {
	enum step_kind kind;
	size_t key, n_key; /* in the keys */
	uint64_t index;
};

struct field_path {
	struct field_step *steps;
	size_t n, capacity;
};

struct tj_fields {
	struct field_path fields[TJ_MAX_FIELDS];
	size_t n;
	struct tj_string keys;
};

static trujaman_status wrong(struct tj_error *err, const char *path, const char *why)
{
	return tj_fail(err, TRUJAMAN_ERROR_USAGE, "field '%s': %s", path, why);
}

static trujaman_status add_step(struct field_path *f, struct field_step step, struct tj_error *err)
{
	if (!tj_reserve(&f->steps, &f->capacity, f->n + 1, sizeof step))
		return tj_fail_memory(err, "a field", f->n * sizeof step);
	f->steps[f->n++] = step;
	return TRUJAMAN_OK;
}

/* Reads "[]" or "[3]" at *at and moves behind it. */
static trujaman_status read_element(struct field_path *f, const char *path, const char **at,
                                    struct tj_error *err)
{
	enum { MOST_DIGITS = 18 };
	struct field_step step = { .kind = STEP_EVERY };
	const char *digits = *at + 1;
	size_t n = strspn(digits, "0123456789");
	if (digits[n] != ']' || n > MOST_DIGITS)
		return wrong(err, path, "a bracket has nothing or a number in it: [] or [3]");
	if (n > 0) {
		step.kind = STEP_ELEMENT;
		step.index = strtoull(digits, NULL, 10);
	}
	*at = digits + n + 1;
	return add_step(f, step, err);
}

/* Reads a key at *at and moves behind it. */
static trujaman_status read_key(struct tj_fields *all, struct field_path *f, const char *path,
                                const char **at, struct tj_error *err)
{
	struct field_step step = { .kind = STEP_KEY, .key = all->keys.n };
	const char *c = *at;
	for (; *c != '\0' && strchr(".[,", *c) == NULL; c++) {
		if (*c == '\\' && *++c == '\0')
			return wrong(err, path, "nothing follows the backslash");
		if (!tj_string_append(&all->keys, c, 1))
			return tj_fail_memory(err, "a field", all->keys.n);
	}
	step.n_key = all->keys.n - step.key;
	if (step.n_key == 0)
		return wrong(err, path, "a key is missing");
	*at = c;
	return add_step(f, step, err);
}

/* Reads a path at *at and moves to the comma behind it, or the end. */
static trujaman_status read_field(struct tj_fields *all, struct field_path *f, const char *paths,
                                  const char **at, struct tj_error *err)
{
	const char *first = *at;
	do {
		if (**at == '.' && *at > first)
			++*at;
		trujaman_status status = **at == '[' ? read_element(f, paths, at, err)
		                                     : read_key(all, f, paths, at, err);
		if (status != TRUJAMAN_OK)
			return status;
		if (**at != '\0' && strchr(".[,", **at) == NULL)
			return wrong(err, paths, "a dot is missing behind a bracket");
	} while (**at != '\0' && **at != ',');
	return TRUJAMAN_OK;
}

struct tj_fields *tj_fields_read(const char *paths, struct tj_error *err)
{
	struct tj_fields *f = calloc(1, sizeof *f);
	const char *at = paths;
	if (f == NULL) {
		tj_fail_memory(err, "fields", sizeof *f);
		return NULL;
	}
	do {
		at += f->n > 0;
		if (f->n == TJ_MAX_FIELDS)
			tj_fail(err, TRUJAMAN_ERROR_USAGE, "at most %d fields can be given",
			        TJ_MAX_FIELDS);
		else
			(void)read_field(f, &f->fields[f->n++], paths, &at, err);
	} while (err->status == TRUJAMAN_OK && *at != '\0');
	if (err->status == TRUJAMAN_OK)
		return f;
	tj_fields_free(f);
	return NULL;
}

void tj_fields_free(struct tj_fields *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++)
		free(f->fields[i].steps);
	free(f->keys.data);
	free(f);
}

uint64_t tj_fields_all(const struct tj_fields *f)
{
	return f->n == TJ_MAX_FIELDS ? UINT64_MAX : ((uint64_t)1 << f->n) - 1;
}

/* The step `depth` of field i, if the field is in the set and so long. */
static const struct field_step *step_of(const struct tj_fields *f, uint64_t set, size_t i,
                                        size_t depth)
{
	return (set >> i & 1) != 0 && depth < f->fields[i].n ? &f->fields[i].steps[depth] : NULL;
}

uint64_t tj_fields_key(const struct tj_fields *f, uint64_t set, size_t depth, const char *key,
                       size_t n)
{
	uint64_t found = 0;
	for (size_t i = 0; set != 0 && i < f->n; i++) {
		const struct field_step *s = step_of(f, set, i, depth);
		if (s != NULL && s->kind == STEP_KEY && s->n_key == n && n > 0 &&
		    memcmp(f->keys.data + s->key, key, n) == 0)
			found |= (uint64_t)1 << i;
	}
	return found;
}

uint64_t tj_fields_element(const struct tj_fields *f, uint64_t set, size_t depth, uint64_t index)
{
	uint64_t found = 0;
	for (size_t i = 0; set != 0 && i < f->n; i++) {
		const struct field_step *s = step_of(f, set, i, depth);
		if (s != NULL &&
		    (s->kind == STEP_EVERY || (s->kind == STEP_ELEMENT && s->index == index)))
			found |= (uint64_t)1 << i;
	}
	return found;
}

int tj_fields_end(const struct tj_fields *f, uint64_t set, size_t n_steps)
{
	for (size_t i = 0; set != 0 && i < f->n; i++)
		if ((set >> i & 1) != 0 && f->fields[i].n == n_steps)
			return 1;
	return 0;
}
