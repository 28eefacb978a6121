/* SPDX-License-Identifier: MIT */
/* Writes, verifies and reads checkpoints. */
#include "src/train/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/number.h"
#include "src/model/safetensors_write.h"

static const char format[] = "trujaman-checkpoint/2";

/* --- Contents of a checkpoint ---------------------------------------------------- */

enum { COUNT, REAL };

static const struct position_number {
	const char *key;
	int kind;
	size_t field; /* offset in struct tj_position */
} numbers[] = {
	{ "updates", COUNT, offsetof(struct tj_position, optimizer.updates) },
	{ "plateau", REAL, offsetof(struct tj_position, optimizer.plateau) },
	{ "epoch", COUNT, offsetof(struct tj_position, epoch) },
	{ "batch", COUNT, offsetof(struct tj_position, batch) },
	{ "validate_every", COUNT, offsetof(struct tj_position, validate_every) },
	{ "validated_at", COUNT, offsetof(struct tj_position, validated_at) },
	{ "best_update", COUNT, offsetof(struct tj_position, best.update) },
	{ "best_nll", REAL, offsetof(struct tj_position, best.nll) },
	{ "best_bleu", REAL, offsetof(struct tj_position, best.bleu) },
	{ "since_best", COUNT, offsetof(struct tj_position, since_best) },
	{ "wild", COUNT, offsetof(struct tj_position, n_wild) },
	{ "seconds", REAL, offsetof(struct tj_position, seconds) },
	{ "note0", COUNT, offsetof(struct tj_position, note[0]) },
	{ "note1", COUNT, offsetof(struct tj_position, note[1]) },
};
enum { N_NUMBERS = sizeof numbers / sizeof *numbers, DIGITS = 40 };

static const struct array {
	const char *name;
	size_t field; /* offset in struct tj_arrays */
} arrays_of[] = {
	{ "values", offsetof(struct tj_arrays, values) },
	{ "first_moment", offsetof(struct tj_arrays, first) },
	{ "second_moment", offsetof(struct tj_arrays, second) },
	{ "average", offsetof(struct tj_arrays, average) },
	{ "best", offsetof(struct tj_arrays, best) },
};
enum { N_ARRAYS = sizeof arrays_of / sizeof *arrays_of };

static float *array_of(const struct tj_arrays *arrays, const struct array *a)
{
	float *p;
	memcpy(&p, (const char *)arrays + a->field, sizeof p);
	return p;
}

/* The metadata key of an identity entry is this and the entry's key. */
static const char identity_prefix[] = "identity ";
enum { IDENTITY_PREFIX = sizeof identity_prefix - 1 };

/* Returns the entry's key, or NULL if a metadata key belongs to no identity entry. */
static const char *identity_key(const char *metadata_key)
{
	return strncmp(metadata_key, identity_prefix, IDENTITY_PREFIX) == 0
	           ? metadata_key + IDENTITY_PREFIX
	           : NULL;
}

/* The checksum covers the entries in order of their keys, then the tensors in order of their
 * names. So writing and reading hash the same sequence. */
static uint64_t add_entry(uint64_t h, const char *key, const char *value)
{
	return tj_hash(tj_hash(h, key, strlen(key)), value, strlen(value));
}

static uint64_t add_tensor(uint64_t h, const char *name, const void *data, size_t n_bytes)
{
	return tj_hash(tj_hash(h, name, strlen(name)), data, n_bytes);
}

/* --- Writing ---------------------------------------------------------------------- */

struct writing {
	size_t n_entries, n_tensors;
	struct tj_write_entry *entries;
	struct tj_write_tensor tensors[N_ARRAYS + 1 + TJ_VOCABULARY_TENSORS];
	char digits[N_NUMBERS][DIGITS], chrf[DIGITS], checksum[DIGITS];
	char *snapshots; /* their scores */
	char *keys;      /* the metadata keys of the identity, each with its final NUL */
};

static void list_numbers(struct writing *w, const struct tj_position *position)
{
	for (size_t i = 0; i < N_NUMBERS; i++) {
		const char *at = (const char *)position + numbers[i].field;
		uint64_t count;
		double real;
		memcpy(&count, at, sizeof count);
		memcpy(&real, at, sizeof real);
		/* Hexadecimal notation represents a double exactly. */
		if (numbers[i].kind == COUNT)
			snprintf(w->digits[i], DIGITS, "%" PRIu64, count);
		else
			tj_number_print(w->digits[i], DIGITS, "%a", real);
		w->entries[w->n_entries++] = (struct tj_write_entry){ numbers[i].key,
			                                              w->digits[i] };
	}
}

static void list_tensors(struct writing *w, const struct tj_arrays *arrays,
                         const struct tj_vocabularies *v)
{
	for (size_t i = 0; i < N_ARRAYS; i++) {
		const float *data = array_of(arrays, &arrays_of[i]);
		if (data != NULL)
			w->tensors[w->n_tensors++] = (struct tj_write_tensor){
				arrays_of[i].name, TJ_F32, 1, { arrays->n_floats }, data
			};
	}
	const struct tj_snapshots *s = arrays->snapshots;
	if (s != NULL && s->n > 0)
		w->tensors[w->n_tensors++] = (struct tj_write_tensor){
			"snapshots", TJ_F32, 2, { s->n, arrays->n_floats }, s->values
		};
	w->n_tensors += tj_vocabularies_tensors(v, w->tensors + w->n_tensors);
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct tj_write_entry *)a)->key,
	              ((const struct tj_write_entry *)b)->key);
}

static int compare_tensors(const void *a, const void *b)
{
	return strcmp(((const struct tj_write_tensor *)a)->name,
	              ((const struct tj_write_tensor *)b)->name);
}

static void add_checksum(struct writing *w)
{
	uint64_t h = 0;
	qsort(w->entries, w->n_entries, sizeof *w->entries, compare_entries);
	qsort(w->tensors, w->n_tensors, sizeof *w->tensors, compare_tensors);
	for (size_t i = 0; i < w->n_entries; i++)
		h = add_entry(h, w->entries[i].key, w->entries[i].value);
	for (size_t i = 0; i < w->n_tensors; i++) {
		const struct tj_write_tensor *t = &w->tensors[i];
		size_t n_bytes = t->shape[0] * (t->rank > 1 ? t->shape[1] : 1) *
		                 (t->dtype == TJ_F32 ? sizeof(float) : 1);
		h = add_tensor(h, t->name, t->data, n_bytes);
	}
	snprintf(w->checksum, DIGITS, "%016" PRIx64, h);
	w->entries[w->n_entries++] = (struct tj_write_entry){ "checksum", w->checksum };
}

static size_t identity_bytes(const struct tj_identity *id)
{
	size_t n = 1;
	for (size_t i = 0; i < id->n; i++)
		n += IDENTITY_PREFIX + strlen(id->entries[i].key) + 1;
	return n;
}

static void list_identity(struct writing *w, const struct tj_identity *id)
{
	char *key = w->keys;
	for (size_t i = 0; i < id->n; i++) {
		size_t n = strlen(id->entries[i].key) + 1;
		memcpy(key, identity_prefix, IDENTITY_PREFIX);
		memcpy(key + IDENTITY_PREFIX, id->entries[i].key, n);
		w->entries[w->n_entries++] = (struct tj_write_entry){ key, id->entries[i].value };
		key += IDENTITY_PREFIX + n;
	}
}

trujaman_status tj_checkpoint_write(const char *path, const struct tj_identity *id,
                                    const struct tj_position *position,
                                    const struct tj_arrays *arrays, const struct tj_vocabularies *v,
                                    struct tj_error *err)
{
	struct writing w = { 0 };
	w.entries = calloc(id->n + N_NUMBERS + 5, sizeof *w.entries);
	w.keys = malloc(identity_bytes(id));
	w.snapshots = tj_snapshots_print(arrays->snapshots);
	if (w.entries == NULL || w.keys == NULL || w.snapshots == NULL) {
		tj_fail_memory(err, "a checkpoint", identity_bytes(id));
	} else {
		w.entries[w.n_entries++] = (struct tj_write_entry){ "format", format };
		tj_number_print(w.chrf, DIGITS, "%a", position->best.chrf);
		w.entries[w.n_entries++] = (struct tj_write_entry){ "best_chrf", w.chrf };
		w.entries[w.n_entries++] = (struct tj_write_entry){
			"best_validated", position->best.validated ? "true" : "false"
		};
		if (*w.snapshots != '\0')
			w.entries[w.n_entries++] = (struct tj_write_entry){ "snapshots",
				                                            w.snapshots };
		list_numbers(&w, position);
		list_identity(&w, id);
		list_tensors(&w, arrays, v);
		add_checksum(&w);
		tj_safetensors_write(path, w.n_tensors, w.tensors, w.n_entries, w.entries, err);
	}
	free(w.entries);
	free(w.keys);
	free(w.snapshots);
	return err->status;
}

/* --- Reading ---------------------------------------------------------------------- */

static trujaman_status damaged(const struct tj_safetensors *file, const char *what,
                               struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
	               "%s: %s: this is no checkpoint, or it is damaged; --force begins "
	               "anew",
	               file->path, what);
}

static trujaman_status check(const struct tj_safetensors *file, struct tj_error *err)
{
	const char *found = tj_safetensors_metadata(file, "format");
	const char *checksum = tj_safetensors_metadata(file, "checksum");
	size_t any = strcspn(format, "/") + 1;
	char wanted[DIGITS];
	uint64_t h = 0;
	if (found != NULL && strcmp(found, format) != 0 && strncmp(found, format, any) == 0)
		return tj_fail(
		    err, TRUJAMAN_ERROR_FORMAT,
		    "%s is a checkpoint of another version of trujaman (%.40s, not %s); go "
		    "on with that version, or begin anew with --force",
		    file->path, found, format);
	if (found == NULL || strcmp(found, format) != 0 || checksum == NULL)
		return tj_fail(
		    err, TRUJAMAN_ERROR_FORMAT,
		    "%s: metadata key format: found \"%.100s\", wanted %s, with a checksum",
		    file->path, found != NULL ? found : "", format);
	for (size_t i = 0; i < file->n_metadata; i++)
		if (strcmp(file->keys[i], "checksum") != 0)
			h = add_entry(h, file->keys[i], file->values[i]);
	for (size_t i = 0; i < file->n_tensors; i++) {
		const struct tj_tensor *t = &file->tensors[i];
		h = add_tensor(h, t->name, t->data, t->n_bytes);
	}
	snprintf(wanted, sizeof wanted, "%016" PRIx64, h);
	return strcmp(checksum, wanted) == 0 ? TRUJAMAN_OK : damaged(file, "checksum", err);
}

struct tj_safetensors *tj_checkpoint_open(const char *path, struct tj_error *err)
{
	struct tj_safetensors *file = tj_safetensors_open(path, err);
	if (file == NULL || check(file, err) == TRUJAMAN_OK)
		return file;
	tj_safetensors_close(file);
	return NULL;
}

static trujaman_status differs(const struct tj_safetensors *file, const char *key, const char *was,
                               const char *is, struct tj_error *err)
{
	return tj_fail(
	    err, TRUJAMAN_ERROR_USAGE,
	    "cannot resume from %s: %s was \"%.200s\" and is \"%.200s\" now; resume with "
	    "what it was begun with, or begin anew with --force",
	    file->path, key, was, is);
}

/* Returns the value that a checkpoint has for an identity key; NULL: none. */
static const char *identity_value(const struct tj_safetensors *file, const char *wanted)
{
	for (size_t i = 0; i < file->n_metadata; i++) {
		const char *key = identity_key(file->keys[i]);
		if (key != NULL && strcmp(key, wanted) == 0)
			return file->values[i];
	}
	return NULL;
}

trujaman_status tj_checkpoint_match(const struct tj_safetensors *file, const struct tj_identity *id,
                                    struct tj_error *err)
{
	for (size_t i = 0; i < id->n; i++) {
		const struct tj_identity_entry *e = &id->entries[i];
		const char *was = identity_value(file, e->key);
		if (was == NULL || strcmp(was, e->value) != 0)
			return differs(file, e->key, was != NULL ? was : "", e->value, err);
	}
	/* The checkpoint must not have entries that this identity lacks. */
	for (size_t i = 0; i < file->n_metadata; i++) {
		const char *name = identity_key(file->keys[i]);
		size_t k = 0;
		while (name != NULL && k < id->n && strcmp(id->entries[k].key, name) != 0)
			k++;
		if (name != NULL && k == id->n)
			return differs(file, name, file->values[i], "", err);
	}
	return TRUJAMAN_OK;
}

static int read_number(const struct tj_safetensors *file, const struct position_number *n,
                       struct tj_position *position)
{
	const char *text = tj_safetensors_metadata(file, n->key);
	char *end, *at = (char *)position + n->field;
	if (text == NULL || *text == '\0')
		return 0;
	errno = 0;
	if (n->kind == COUNT) {
		uint64_t count = strtoull(text, &end, 10);
		memcpy(at, &count, sizeof count);
	} else {
		double real;
		if (!tj_number_read_exact(text, &real))
			return 0;
		memcpy(at, &real, sizeof real);
		return 1;
	}
	return errno == 0 && *end == '\0';
}

static trujaman_status read_array(const struct tj_safetensors *file, const struct array *a,
                                  const struct tj_arrays *arrays, struct tj_error *err)
{
	float *to = array_of(arrays, a);
	const struct tj_tensor *t = tj_safetensors_find(file, a->name);
	if (to == NULL && t == NULL)
		return TRUJAMAN_OK;
	if (to == NULL || t == NULL || t->dtype != TJ_F32 || t->n_elements != arrays->n_floats)
		return damaged(file, a->name, err);
	memcpy(to, t->data, t->n_bytes);
	return TRUJAMAN_OK;
}

static trujaman_status read_snapshots(const struct tj_safetensors *file,
                                      const struct tj_arrays *arrays, struct tj_error *err)
{
	struct tj_snapshots *s = arrays->snapshots;
	const struct tj_tensor *t = tj_safetensors_find(file, "snapshots");
	const char *text = tj_safetensors_metadata(file, "snapshots");
	if (t == NULL && text == NULL)
		return TRUJAMAN_OK;
	if (s == NULL || t == NULL || text == NULL || t->dtype != TJ_F32 || t->rank != 2 ||
	    t->shape[1] != arrays->n_floats || t->shape[0] > s->capacity)
		return damaged(file, "snapshots", err);
	memcpy(s->values, t->data, t->n_bytes);
	return tj_snapshots_read(s, t->shape[0], text) ? TRUJAMAN_OK
	                                               : damaged(file, "snapshots", err);
}

trujaman_status tj_checkpoint_read(const struct tj_safetensors *file, struct tj_position *position,
                                   const struct tj_arrays *arrays, struct tj_error *err)
{
	memset(position, 0, sizeof *position);
	for (size_t i = 0; i < N_NUMBERS; i++)
		if (!read_number(file, &numbers[i], position))
			return damaged(file, numbers[i].key, err);
	const char *chrf = tj_safetensors_metadata(file, "best_chrf");
	position->best.chrf = -1; /* a checkpoint may be older than this key */
	if (chrf != NULL && !tj_number_read_exact(chrf, &position->best.chrf))
		return damaged(file, "best_chrf", err);
	const char *validated = tj_safetensors_metadata(file, "best_validated");
	position->best.validated = validated != NULL && strcmp(validated, "true") == 0;
	for (size_t i = 0; i < N_ARRAYS; i++)
		if (read_array(file, &arrays_of[i], arrays, err) != TRUJAMAN_OK)
			return err->status;
	return read_snapshots(file, arrays, err);
}
