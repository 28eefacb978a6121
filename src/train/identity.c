/* SPDX-License-Identifier: MIT */
/* Collects the entries of the identity of a training. */
#include "src/train/identity.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/train/data/vocabulary.h"
#include "src/train/options.h"

trujaman_status tj_identity_add(struct tj_identity *id, struct tj_error *err, const char *key,
                                const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *value = n >= 0 ? malloc((size_t)n + 1) : NULL;
	if (value != NULL)
		vsnprintf(value, (size_t)n + 1, format, again);
	va_end(again);
	if (value == NULL ||
	    !tj_reserve(&id->entries, &id->capacity, id->n + 1, sizeof *id->entries)) {
		free(value);
		return tj_fail_memory(err, "the options", sizeof *id->entries);
	}
	struct tj_identity_entry *e = &id->entries[id->n++];
	snprintf(e->key, sizeof e->key, "%s", key);
	e->value = value;
	return TRUJAMAN_OK;
}

void tj_identity_free(struct tj_identity *id)
{
	for (size_t i = 0; i < id->n; i++)
		free(id->entries[i].value);
	free(id->entries);
	memset(id, 0, sizeof *id);
}

static trujaman_status add_option(void *context, const char *name, const char *value,
                                  struct tj_error *err)
{
	char key[64];
	snprintf(key, sizeof key, "--%s", name);
	return tj_identity_add(context, err, key, "%s", value);
}

static trujaman_status add_text(struct tj_identity *id, const char *key,
                                const struct tj_pair_text *text, int side, struct tj_error *err)
{
	uint64_t h = 0;
	size_t n_lines = tj_pair_text_lines(text);
	for (size_t i = 0; i < n_lines; i++) {
		size_t n;
		const char *line = tj_pair_text_line(text, side, i, &n);
		h = tj_hash(h, line, n);
	}
	return tj_identity_add(id, err, key, "%zu lines, hash %016" PRIx64, n_lines, h);
}

static trujaman_status add_bytes(struct tj_identity *id, const char *key, const void *bytes,
                                 size_t n, struct tj_error *err)
{
	return tj_identity_add(id, err, key, "%zu bytes, hash %016" PRIx64, n,
	                       tj_hash(0, bytes, n));
}

static trujaman_status add_file(struct tj_identity *id, const char *key, const char *path,
                                struct tj_error *err)
{
	struct tj_bytes bytes;
	if (path == NULL)
		return tj_identity_add(id, err, key, "none");
	if (tj_bytes_read(&bytes, path, err) == TRUJAMAN_OK)
		add_bytes(id, key, bytes.data, bytes.n, err);
	free(bytes.data);
	return err->status;
}

static trujaman_status add_texts(struct tj_identity *id, const struct tj_dataset *data,
                                 struct tj_error *err)
{
	if (add_text(id, "--source", data->text, 0, err) != TRUJAMAN_OK ||
	    add_text(id, "--target", data->text, 1, err) != TRUJAMAN_OK)
		return err->status;
	if (data->dev_text == NULL || data->dev_text == data->text)
		return tj_identity_add(id, err, "--dev-source", "none");
	if (add_text(id, "--dev-source", data->dev_text, 0, err) != TRUJAMAN_OK)
		return err->status;
	return add_text(id, "--dev-target", data->dev_text, 1, err);
}

trujaman_status tj_identity_make(struct tj_identity *id, const trujaman_train_options *o,
                                 const struct tj_dataset *data, const struct tj_safetensors *init,
                                 struct tj_error *err)
{
	if (tj_train_options_each(o, add_option, id, err) != TRUJAMAN_OK ||
	    add_texts(id, data, err) != TRUJAMAN_OK ||
	    add_file(id, "--source-vocab", o->source_vocab, err) != TRUJAMAN_OK ||
	    add_file(id, "--target-vocab", o->target_vocab, err) != TRUJAMAN_OK)
		return err->status;
	if (init == NULL ? tj_identity_add(id, err, "--init", "none") != TRUJAMAN_OK
	                 : add_bytes(id, "--init", init->map, init->file_bytes, err) != TRUJAMAN_OK)
		return err->status;
	for (size_t i = 0; i < o->n_metadata; i++) {
		char key[64];
		snprintf(key, sizeof key, "metadata %s", o->metadata[i].key);
		if (tj_identity_add(id, err, key, "%s", o->metadata[i].value) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}
