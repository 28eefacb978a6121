/* SPDX-License-Identifier: MIT */
/* Reads and checks a model's configuration, and checks the tensors against it (docs/MODEL.md). */
#include "src/model/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Limit of every size in a model: products of two, and a few times that, fit in 64 bits. */
enum { MAX_SIZE = 1 << 24 };

/* The state of all checks. After the first fault every check is a no-op. */
struct check {
	const struct tj_safetensors *file;
	struct tj_config *c;
	struct tj_error *err;
	unsigned char *used; /* used[i]: the configuration needs file->tensors[i] */
};

static int failed(const struct check *k)
{
	return k->err->status != TRUJAMAN_OK;
}

size_t tj_config_fed_size(const struct tj_config *c)
{
	if (c->attention == TJ_ATTENTION_NONE)
		return 0;
	if (c->query_previous)
		return c->hidden_size;
	if (!c->input_feeding)
		return 0;
	return c->readout_size > 0 ? c->readout_size : c->hidden_size;
}

size_t tj_config_decoder_below(const struct tj_config *c, size_t layer)
{
	return layer == 0 ? c->embedding_size : c->hidden_size;
}

size_t tj_config_decoder_fed(const struct tj_config *c, size_t layer)
{
	return layer == 0 || c->context_to_all ? tj_config_fed_size(c) : 0;
}

/* Metadata */

static const char *value_of(struct check *k, const char *key, const char *wanted)
{
	const char *value = failed(k) ? NULL : tj_safetensors_metadata(k->file, key);
	if (value == NULL)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT, "%s: metadata key %s: found none, wanted %s",
		        k->file->path, key, wanted);
	return value;
}

static void value_fault(struct check *k, const char *key, const char *value, const char *wanted)
{
	tj_fail(k->err, TRUJAMAN_ERROR_FORMAT, "%s: metadata key %s: found \"%.100s\", wanted %s",
	        k->file->path, key, value, wanted);
}

/* The index of the key's value in `words`, which ends with NULL; 0 on a fault. */
static int read_choice(struct check *k, const char *key, const char *const *words)
{
	char wanted[128] = "";
	for (int i = 0, n = 0; words[i] != NULL; i++)
		n += snprintf(wanted + n, sizeof wanted - (size_t)n, "%s%s",
		              i == 0         ? ""
		              : words[i + 1] ? ", "
		                             : " or ",
		              words[i]);
	const char *value = value_of(k, key, wanted);
	if (value == NULL)
		return 0;
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(value, words[i]) == 0)
			return i;
	value_fault(k, key, value, wanted);
	return 0;
}

static int read_boolean(struct check *k, const char *key)
{
	return read_choice(k, key, (const char *const[]){ "false", "true", NULL });
}

/* The value must be decimal digits without sign, space or leading zero. */
static size_t read_size(struct check *k, const char *key, size_t least)
{
	char wanted[64];
	snprintf(wanted, sizeof wanted, "a whole number from %zu to %d", least, MAX_SIZE);
	const char *value = value_of(k, key, wanted);
	if (value == NULL)
		return 0;
	size_t size = 0, n = strspn(value, "0123456789");
	int plain = n > 0 && n <= 8 && value[n] == '\0' && (value[0] != '0' || n == 1);
	for (size_t i = 0; plain && i < n; i++)
		size = 10 * size + (size_t)(value[i] - '0');
	if (!plain || size < least || size > MAX_SIZE)
		value_fault(k, key, value, wanted);
	return size;
}

static void read_keys(struct check *k)
{
	struct tj_config *c = k->c;
	read_choice(k, "format", (const char *const[]){ "trujaman/1", NULL });
	c->cell = (enum tj_cell)read_choice(k, "cell",
	                                    (const char *const[]){ "lstm", "gru", NULL });
	c->embedding_size = read_size(k, "embedding_size", 1);
	c->hidden_size = read_size(k, "hidden_size", 1);
	c->encoder_layers = read_size(k, "encoder_layers", 1);
	c->decoder_layers = read_size(k, "decoder_layers", 1);
	c->bidirectional = read_boolean(k, "bidirectional");
	c->attention = (enum tj_attention)read_choice(k, "attention",
	                                              (const char *const[]){ "none", "dot",
	                                                                     "cosine", "general",
	                                                                     "additive", NULL });
	if (c->attention == TJ_ADDITIVE) {
		c->attention_size = read_size(k, "attention_size", 1);
		c->attention_activation = (enum tj_activation)
		    read_choice(k, "attention_activation",
		                (const char *const[]){ "tanh", "sigmoid", "relu", NULL });
	}
	if (c->attention != TJ_ATTENTION_NONE)
		c->query_previous = read_choice(k, "attention_query",
		                                (const char *const[]){ "current", "previous",
		                                                       NULL });
	c->input_feeding = read_boolean(k, "input_feeding");
	c->readout_size = read_size(k, "readout_size", 0);
	c->source_eos = read_boolean(k, "source_eos");
	c->start_with_eos = read_choice(k, "decoder_start",
	                                (const char *const[]){ "bos", "eos", NULL });
}

static void check_keys(struct check *k)
{
	const struct tj_config *c = k->c;
	const char *path = k->file->path;
	if (failed(k))
		return;
	if (c->decoder_layers > c->encoder_layers)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata keys decoder_layers and encoder_layers: found %zu and %zu, "
		        "wanted at most as many decoder layers as encoder layers",
		        path, c->decoder_layers, c->encoder_layers);
	if (c->bidirectional && c->hidden_size % 2 != 0)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata keys bidirectional and hidden_size: found true and %zu, "
		        "wanted an even hidden_size, half of it for each direction",
		        path, c->hidden_size);
	if (c->input_feeding && c->attention == TJ_ATTENTION_NONE)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata keys input_feeding and attention: found true and none, "
		        "wanted an attention, or input_feeding false",
		        path);
	if (c->input_feeding && c->query_previous)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata keys input_feeding and attention_query: found true and "
		        "previous, wanted attention_query current, or input_feeding false",
		        path);
}

/* Tensors */

enum tensor_kind { WEIGHT, VECTOR }; /* a matrix in F32, or in I8 with scales; a vector in F32 */

static void tensor_fault(struct check *k, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void tensor_fault(struct check *k, const char *name, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	tj_fail(k->err, TRUJAMAN_ERROR_FORMAT, "%s: tensor %.100s: %s", k->file->path, name, text);
}

struct shape_text {
	char text[TJ_MAX_RANK * 22 + 3];
};

static struct shape_text show_shape(size_t rank, const size_t *shape)
{
	struct shape_text s = { "[" };
	size_t n = 1;
	for (size_t i = 0; i < rank; i++)
		n += (size_t)snprintf(s.text + n, sizeof s.text - n, "%s%zu", i ? ", " : "",
		                      shape[i]);
	snprintf(s.text + n, sizeof s.text - n, "]");
	return s;
}

static const struct tj_tensor *take(struct check *k, const char *name)
{
	const struct tj_tensor *t = tj_safetensors_find(k->file, name);
	if (t != NULL)
		k->used[t - k->file->tensors] = 1;
	return t;
}

/* Check that the tensor with the formatted name exists and has this kind and shape ([rows,
 * columns], or [rows] for a vector). An I8 matrix needs its scales too. */
static void want(struct check *k, enum tensor_kind kind, size_t rows, size_t columns,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));
static void want(struct check *k, enum tensor_kind kind, size_t rows, size_t columns,
                 const char *format, ...)
{
	if (failed(k))
		return;
	char name[128];
	va_list args;
	va_start(args, format);
	vsnprintf(name, sizeof name, format, args);
	va_end(args);
	size_t shape[] = { rows, columns }, rank = kind == WEIGHT ? 2 : 1;
	const char *wanted_dtype = kind == WEIGHT ? "F32 or I8" : "F32";
	const struct tj_tensor *t = take(k, name);
	if (t == NULL)
		tensor_fault(k, name, "found none, wanted %s %s", wanted_dtype,
		             show_shape(rank, shape).text);
	else if (t->dtype != TJ_F32 && !(kind == WEIGHT && t->dtype == TJ_I8))
		tensor_fault(k, name, "found dtype %s, wanted %s", tj_dtype_name(t->dtype),
		             wanted_dtype);
	else if (t->rank != rank || memcmp(t->shape, shape, rank * sizeof *shape) != 0)
		tensor_fault(k, name, "found shape %s, wanted %s",
		             show_shape(t->rank, t->shape).text, show_shape(rank, shape).text);
	else if (t->dtype == TJ_I8)
		want(k, VECTOR, rows, 0, "%s_scale", name);
}

static void want_rnn_layer(struct check *k, const char *side, size_t layer, const char *suffix,
                           size_t in, size_t units)
{
	size_t rows = tj_config_gates(k->c) * units;
	want(k, WEIGHT, rows, in, "%s.rnn.weight_ih_l%zu%s", side, layer, suffix);
	want(k, WEIGHT, rows, units, "%s.rnn.weight_hh_l%zu%s", side, layer, suffix);
	want(k, VECTOR, rows, 0, "%s.rnn.bias_ih_l%zu%s", side, layer, suffix);
	want(k, VECTOR, rows, 0, "%s.rnn.bias_hh_l%zu%s", side, layer, suffix);
	if (k->c->layer_norm)
		want(k, VECTOR, 4 * units, 0, "%s.rnn.weight_ln_l%zu%s", side, layer, suffix);
}

static void want_rnns(struct check *k)
{
	const struct tj_config *c = k->c;
	size_t units = tj_config_encoder_units(c);
	for (size_t i = 0; i < c->encoder_layers && !failed(k); i++) {
		size_t in = i == 0 ? c->embedding_size : c->hidden_size;
		want_rnn_layer(k, "encoder", i, "", in, units);
		if (c->bidirectional)
			want_rnn_layer(k, "encoder", i, "_reverse", in, units);
	}
	for (size_t i = 0; i < c->decoder_layers && !failed(k); i++) {
		size_t in = tj_config_decoder_below(c, i) + tj_config_decoder_fed(c, i);
		want_rnn_layer(k, "decoder", i, "", in, c->hidden_size);
	}
}

/* Check an embedding; returns its rows, which are the size of the vocabulary. */
static size_t want_words(struct check *k, const char *name)
{
	size_t columns = k->c->embedding_size;
	const struct tj_tensor *t = take(k, name);
	if (t == NULL)
		tensor_fault(k, name, "found none, wanted F32 or I8 [words, %zu]", columns);
	else if (t->rank != 2 || t->shape[1] != columns)
		tensor_fault(k, name, "found shape %s, wanted [words, %zu]",
		             show_shape(t->rank, t->shape).text, columns);
	else if (t->shape[0] < 2 || t->shape[0] > MAX_SIZE)
		tensor_fault(k, name, "found shape %s, wanted 2 to %d words",
		             show_shape(t->rank, t->shape).text, MAX_SIZE);
	if (failed(k))
		return 0;
	want(k, WEIGHT, t->shape[0], columns, "%s", name);
	return t->shape[0];
}

static void want_embeddings(struct check *k)
{
	struct tj_config *c = k->c;
	c->target_words = want_words(k, "decoder.embedding.weight");
	c->tied_embeddings = tj_safetensors_find(k->file, "encoder.embedding.weight") == NULL;
	c->source_words = c->tied_embeddings ? c->target_words
	                                     : want_words(k, "encoder.embedding.weight");
}

static void want_attention(struct check *k)
{
	struct tj_config *c = k->c;
	size_t h = c->hidden_size, a = c->attention_size;
	if (c->attention == TJ_GENERAL)
		want(k, WEIGHT, h, h, "attention.weight");
	if (c->attention == TJ_ADDITIVE) {
		want(k, WEIGHT, a, h, "attention.query.weight");
		want(k, WEIGHT, a, h, "attention.key.weight");
		want(k, VECTOR, a, 0, "attention.bias");
		want(k, VECTOR, a, 0, "attention.v");
	}
	c->attention_scale = c->attention != TJ_ATTENTION_NONE &&
	                     tj_safetensors_find(k->file, "attention.scale") != NULL;
	if (c->attention_scale)
		want(k, VECTOR, 1, 0, "attention.scale");
}

static void want_output(struct check *k)
{
	struct tj_config *c = k->c;
	size_t z = tj_config_z_size(c), in = c->readout_size > 0 ? c->readout_size : z;
	if (c->readout_size > 0) {
		want(k, WEIGHT, c->readout_size, z, "readout.weight");
		want(k, VECTOR, c->readout_size, 0, "readout.bias");
	}
	c->tied_output = tj_safetensors_find(k->file, "output.weight") == NULL;
	if (c->tied_output && in != c->embedding_size)
		tensor_fault(k, "output.weight",
		             "found none, wanted F32 or I8 [%zu, %zu]; without it "
		             "decoder.embedding.weight serves, which needs %s to be "
		             "embedding_size, but they are %zu and %zu",
		             c->target_words, in,
		             c->readout_size > 0                 ? "readout_size"
		             : c->attention == TJ_ATTENTION_NONE ? "hidden_size"
		                                                 : "twice hidden_size",
		             in, c->embedding_size);
	if (!c->tied_output)
		want(k, WEIGHT, c->target_words, in, "output.weight");
	want(k, VECTOR, c->target_words, 0, "output.bias");
}

static const struct tj_tensor *want_pieces(struct check *k, const char *name)
{
	const struct tj_tensor *t = take(k, name);
	if (t == NULL)
		tensor_fault(k, name, "found none, wanted U8 [bytes], a SentencePiece model");
	else if (t->dtype != TJ_U8)
		tensor_fault(k, name, "found dtype %s, wanted U8", tj_dtype_name(t->dtype));
	else if (t->rank != 1 || t->n_bytes == 0)
		tensor_fault(k, name, "found shape %s, wanted [bytes], at least 1",
		             show_shape(t->rank, t->shape).text);
	return t;
}

static void want_vocabularies(struct check *k)
{
	const struct tj_tensor *source = want_pieces(k, "source.spm");
	const struct tj_tensor *target = want_pieces(k, "target.spm");
	if (failed(k) || !k->c->tied_embeddings)
		return;
	if (source->n_bytes != target->n_bytes ||
	    memcmp(source->data, target->data, source->n_bytes) != 0)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: tensors source.spm and target.spm: found different vocabularies, "
		        "wanted one, because there is no encoder.embedding.weight and "
		        "decoder.embedding.weight serves both sides",
		        k->file->path);
}

static void refuse_surplus(struct check *k)
{
	for (size_t i = 0; i < k->file->n_tensors && !failed(k); i++) {
		const char *name = k->file->tensors[i].name, *scale = "_scale";
		size_t n = strlen(name), tail = strlen(scale);
		if (k->used[i])
			continue;
		if (n > tail && strcmp(name + n - tail, scale) == 0)
			tensor_fault(k, name,
			             "found scales, wanted them only beside an I8 tensor %.*s",
			             (int)(n - tail < 100 ? n - tail : 100), name);
		else
			tensor_fault(k, name,
			             "found, wanted no such tensor in a model of this "
			             "configuration");
	}
}

static void check_tensors(struct check *k)
{
	want_embeddings(k);
	want_rnns(k);
	want_attention(k);
	want_output(k);
	want_vocabularies(k);
	refuse_surplus(k);
}

trujaman_status tj_config_read_keys(const struct tj_safetensors *file, struct tj_config *config,
                                    struct tj_error *err)
{
	struct check k = { .file = file, .c = config, .err = err };
	memset(config, 0, sizeof *config);
	read_keys(&k);
	check_keys(&k);
	return err->status;
}

trujaman_status tj_config_read(const struct tj_safetensors *file, struct tj_config *config,
                               struct tj_error *err)
{
	struct check k = { .file = file, .c = config, .err = err };
	if (tj_config_read_keys(file, config, err) != TRUJAMAN_OK)
		return err->status;
	k.used = calloc(file->n_tensors + 1, 1);
	if (k.used == NULL)
		return tj_fail_memory(err, "the list of tensors", file->n_tensors + 1);
	check_tensors(&k);
	free(k.used);
	return err->status;
}
