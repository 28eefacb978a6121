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

/* Returns the formatted text, allocated with malloc; NULL if out of memory. */
static char *format_text(const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	char *text = n >= 0 ? malloc((size_t)n + 1) : NULL;
	if (text != NULL)
		vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	return text;
}

trujaman_status tj_identity_add(struct tj_identity *id, struct tj_error *err, const char *key,
                                const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct tj_identity_entry e = { strdup(key), format_text(format, args) };
	va_end(args);
	if (e.key == NULL || e.value == NULL ||
	    !tj_reserve(&id->entries, &id->capacity, id->n + 1, sizeof *id->entries)) {
		free(e.key);
		free(e.value);
		return tj_fail_memory(err, "the options", sizeof *id->entries);
	}
	id->entries[id->n++] = e;
	return TRUJAMAN_OK;
}

void tj_identity_free(struct tj_identity *id)
{
	for (size_t i = 0; i < id->n; i++) {
		free(id->entries[i].key);
		free(id->entries[i].value);
	}
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

static int is_plain(const struct tj_pair_text *text)
{
	const struct tj_corpus_files *f = tj_pair_text_file(text, 0);
	return tj_pair_text_files(text) == 1 && (f == NULL || (f->weight == 1 && f->tag == NULL));
}

/* Adds how the lines of the training text are divided into texts with weights and tags. Of a text
 * of one file there is nothing to add. */
static trujaman_status add_parts(struct tj_identity *id, const struct tj_pair_text *text,
                                 struct tj_error *err)
{
	uint64_t h = 0;
	size_t n = tj_pair_text_files(text);
	if (is_plain(text))
		return TRUJAMAN_OK;
	for (size_t k = 0; k < n; k++) {
		const struct tj_corpus_files *f = tj_pair_text_file(text, k);
		const char *tag = f->tag != NULL ? f->tag : "";
		uint64_t end = tj_pair_text_end(text, k);
		h = tj_hash(h, &end, sizeof end);
		h = tj_hash(h, &f->weight, sizeof f->weight);
		h = tj_hash(h, tag, strlen(tag));
	}
	return tj_identity_add(id, err, "--corpora",
	                       "%zu, lines, weights and tags hash %016" PRIx64, n, h);
}

/* Word links by what they are, not by how their file spells them. */
static trujaman_status add_links(struct tj_identity *id, const struct tj_word_links *l,
                                 struct tj_error *err)
{
	uint64_t h = 0;
	if (l->n_lines == 0)
		return TRUJAMAN_OK;
	for (size_t i = 0; i < l->n_lines; i++) {
		size_t n = l->first[i + 1] - l->first[i];
		h = tj_hash(h, n > 0 ? (const void *)(l->links + l->first[i]) : "",
		            n * sizeof *l->links);
	}
	return tj_identity_add(id, err, "--guided-alignment", "%zu links, hash %016" PRIx64,
	                       l->first[l->n_lines], h);
}

static trujaman_status add_dev_set(struct tj_identity *id, const struct tj_pair_text *text,
                                   size_t i, struct tj_error *err)
{
	char keys[2][48] = { "--dev-source", "--dev-target" };
	for (int side = 0; side < 2; side++) {
		size_t n = strlen(keys[side]);
		if (i > 0)
			snprintf(keys[side] + n, sizeof keys[side] - n, " %zu", i + 1);
		if (add_text(id, keys[side], text, side, err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

static trujaman_status add_texts(struct tj_identity *id, const struct tj_dataset *data,
                                 struct tj_error *err)
{
	if (add_text(id, "--source", data->text, 0, err) != TRUJAMAN_OK ||
	    add_text(id, "--target", data->text, 1, err) != TRUJAMAN_OK ||
	    add_parts(id, data->text, err) != TRUJAMAN_OK ||
	    add_links(id, &data->links, err) != TRUJAMAN_OK)
		return err->status;
	if (data->n_sets == 0 || data->sets[0].text == data->text)
		return tj_identity_add(id, err, "--dev-source", "none");
	for (size_t i = 0; i < data->n_sets; i++)
		if (add_dev_set(id, data->sets[i].text, i, err) != TRUJAMAN_OK)
			return err->status;
	return TRUJAMAN_OK;
}

/* The name of an entry is the option that sets it, or "metadata KEY". */
static trujaman_status add_metadata(struct tj_identity *id, const trujaman_train_options *o,
                                    struct tj_error *err)
{
	for (size_t i = 0; i < o->n_metadata; i++) {
		const trujaman_entry *e = &o->metadata[i];
		const char *option = tj_train_option_of_key(e->key);
		const char *prefix = option != NULL ? "--" : "metadata ";
		const char *word = option != NULL ? option : e->key;
		size_t n = strlen(prefix) + strlen(word) + 1;
		char *name = malloc(n);
		if (name == NULL)
			return tj_fail_memory(err, "the options", n);
		snprintf(name, n, "%s%s", prefix, word);
		tj_identity_add(id, err, name, "%s", e->value);
		free(name);
		if (err->status != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

/* Adds the sizes of the network that were chosen from the text, as if they had been set. */
static trujaman_status add_sizes(struct tj_identity *id, const trujaman_train_options *o,
                                 const struct tj_config *c, struct tj_error *err)
{
	const struct {
		const char *key;
		size_t value;
	} sizes[] = {
		{ "embedding_size", c->embedding_size },
		{ "hidden_size", c->hidden_size },
		{ "encoder_layers", c->encoder_layers },
		{ "decoder_layers", c->decoder_layers },
	};
	char digits[24];
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		size_t k = 0;
		while (k < o->n_metadata && strcmp(o->metadata[k].key, sizes[i].key) != 0)
			k++;
		snprintf(digits, sizeof digits, "%zu", sizes[i].value);
		if (k == o->n_metadata && add_option(id, tj_train_option_of_key(sizes[i].key),
		                                     digits, err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_identity_make(struct tj_identity *id, const trujaman_train_options *o,
                                 const struct tj_config *config, const struct tj_dataset *data,
                                 const struct tj_safetensors *init, struct tj_error *err)
{
	if (add_sizes(id, o, config, err) != TRUJAMAN_OK ||
	    tj_train_options_each(o, add_option, id, err) != TRUJAMAN_OK ||
	    add_texts(id, data, err) != TRUJAMAN_OK ||
	    add_file(id, "--source-vocab", o->source_vocab, err) != TRUJAMAN_OK ||
	    add_file(id, "--target-vocab", o->target_vocab, err) != TRUJAMAN_OK)
		return err->status;
	if (init == NULL ? tj_identity_add(id, err, "--init", "none") != TRUJAMAN_OK
	                 : add_bytes(id, "--init", init->map, init->file_bytes, err) != TRUJAMAN_OK)
		return err->status;
	return add_metadata(id, o, err);
}
