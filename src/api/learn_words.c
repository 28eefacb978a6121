/* SPDX-License-Identifier: MIT */
/* trujaman_learn_words: counts the words of a text, and stores a model with them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/api/find_model.h"
#include "src/base/float_mode.h"
#include "src/base/utf8.h"
#include "src/io/lines.h"
#include "src/model/config.h"
#include "src/model/config_tensors.h"
#include "src/model/set_words.h"
#include "src/text/normalize.h"
#include "src/text/word_list.h"

struct learner {
	struct tj_word_counter *counter;
	struct tj_word_list others; /* of the model */
	struct tj_mapped normal;
	struct tj_string list;
};

static trujaman_status learn_line(struct learner *x, const char *path, uint64_t number,
                                  const struct tj_line *line, struct tj_error *err)
{
	if (tj_utf8_valid_prefix(line->text, line->n) < line->n)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s:%llu: invalid UTF-8", path,
		               (unsigned long long)number);
	/* A model that does not say so gets normalised text mostly, too. */
	tj_mapped_clear(&x->normal);
	if (tj_normalize(TJ_NORMAL_1, line->text, line->n, NULL, 0, &x->normal, NULL, err) !=
	    TRUJAMAN_OK)
		return err->status;
	return tj_word_counter_add(x->counter, x->normal.text.n > 0 ? x->normal.text.data : "",
	                           x->normal.text.n)
	           ? TRUJAMAN_OK
	           : tj_fail_memory(err, "a list of words", line->n);
}

static trujaman_status learn_text(struct learner *x, const char *path, struct tj_error *err)
{
	trujaman_input input = { .size = sizeof input, .path = path };
	struct tj_reader *reader = tj_reader_open(1, &input, SIZE_MAX, err);
	struct tj_line line;
	for (uint64_t n = 1; reader != NULL && err->status == TRUJAMAN_OK; n++) {
		if (tj_reader_next(reader, 1, &line, err) != TJ_READ_LINE)
			break;
		tj_line_skip_mark(&line);
		(void)learn_line(x, path, n, &line, err);
	}
	tj_reader_close(reader);
	return err->status;
}

/* Checks the model, and reads its list if it has one; its words are copied later. */
static trujaman_status read_model(struct learner *x, const struct tj_safetensors *file,
                                  struct tj_error *err)
{
	struct tj_config config;
	const struct tj_tensor *words = tj_safetensors_find(file, "source.words");
	if (tj_config_read(file, &config, err) != TRUJAMAN_OK)
		return err->status;
	if (config.token_vocabulary)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "%s: a model of tokens has no list of words", file->path);
	return words != NULL ? tj_word_list_open(&x->others, (const char *)words->data,
	                                         words->n_bytes, "the model's list of words", err)
	                     : TRUJAMAN_OK;
}

static trujaman_status make_list(struct learner *x, const char *model, const char *text,
                                 struct tj_error *err)
{
	struct tj_safetensors *file = tj_safetensors_open(model, err);
	if (file == NULL)
		return err->status;
	x->counter = tj_word_counter_new(err);
	if (x->counter != NULL && read_model(x, file, err) == TRUJAMAN_OK &&
	    learn_text(x, text, err) == TRUJAMAN_OK &&
	    !tj_word_counter_list(x->counter, &x->others, &x->list))
		tj_fail_memory(err, "a list of words", x->list.n);
	tj_safetensors_close(file);
	if (err->status == TRUJAMAN_OK && x->list.n == 0)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%s: no word stands there three times, or capitals tell no names",
		               text);
	return err->status;
}

static trujaman_status learn(const char *in, const char *text, const char *out,
                             struct tj_error *err)
{
	struct learner x = { .counter = NULL };
	if (*out == '\0')
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "the name of the file to write is empty");
	char *path = tj_find_model(in, err);
	if (path != NULL && make_list(&x, path, text, err) == TRUJAMAN_OK)
		tj_model_set_words(path, out, x.list.data, x.list.n, err);
	free(path);
	tj_word_counter_free(x.counter);
	tj_word_list_close(&x.others);
	tj_mapped_release(&x.normal);
	free(x.list.data);
	return err->status;
}

trujaman_status trujaman_learn_words(const char *in, const char *text, const char *out, char *error,
                                     size_t n_error_bytes)
{
	struct tj_error err = { .status = TRUJAMAN_OK };
	struct tj_float_mode mode;
	tj_float_enter(&mode);
	learn(in, text, out, &err);
	tj_float_leave(&mode);
	return tj_error_tell(&err, error, n_error_bytes);
}
