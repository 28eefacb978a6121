/* SPDX-License-Identifier: MIT */
/* Makes, reads, copies and opens the two vocabularies of a model in training. */
#include "src/train/data/vocabulary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/utf8.h"
#include "src/io/whole.h"
#include "src/text/characters.h"
#include "src/text/normalize.h"
#include "src/text/pieces_extend.h"
#include "src/text/pieces_train.h"
#include "src/text/token_counter.h"
#include "src/text/word_list.h"

static int wants_tokens(const trujaman_train_options *o)
{
	return o->vocab_type != NULL && strcmp(o->vocab_type, "tokens") == 0;
}

enum { DEFAULT_VOCAB_SIZE = 8000, MOST_MIB = 1 << 10 };

static trujaman_status read_open_file(int fd, struct tj_bytes *b, const char *path,
                                      struct tj_error *err)
{
	const off_t most = (off_t)MOST_MIB << 20;
	struct stat s;
	if (fstat(fd, &s) != 0)
		return tj_fail_errno(err, errno, "read", path);
	if (!S_ISREG(s.st_mode) || s.st_size > most)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: found no regular file of at most 1 GiB, wanted a vocabulary",
		               path);
	struct tj_string all;
	if (tj_whole_read_fd(fd, path, MOST_MIB, &all, err) == TRUJAMAN_OK)
		*b = (struct tj_bytes){ all.data, all.n };
	return err->status;
}

trujaman_status tj_bytes_read(struct tj_bytes *b, const char *path, struct tj_error *err)
{
	*b = (struct tj_bytes){ NULL, 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return tj_fail_errno(err, errno, "read", path);
	read_open_file(fd, b, path, err);
	close(fd);
	return err->status;
}

static trujaman_status copy(struct tj_bytes *to, const void *data, size_t n, struct tj_error *err)
{
	to->data = malloc(n + 1);
	if (to->data == NULL)
		return tj_fail_memory(err, "a vocabulary", n);
	memcpy(to->data, data, n);
	to->n = n;
	return TRUJAMAN_OK;
}

trujaman_status tj_vocabularies_copy(struct tj_vocabularies *v, const struct tj_safetensors *file,
                                     struct tj_error *err)
{
	const struct tj_tensor *source = tj_safetensors_find(file, "source.tokens");
	const struct tj_tensor *target = tj_safetensors_find(file, "target.tokens");
	v->tokens = source != NULL;
	if (!v->tokens) {
		source = tj_safetensors_find(file, "source.spm");
		target = tj_safetensors_find(file, "target.spm");
	}
	if (source == NULL || target == NULL || source->dtype != TJ_U8 || target->dtype != TJ_U8)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT, "%s: found no two vocabularies of bytes",
		               file->path);
	if (copy(&v->source_spm, source->data, source->n_bytes, err) != TRUJAMAN_OK)
		return err->status;
	if (copy(&v->target_spm, target->data, target->n_bytes, err) != TRUJAMAN_OK)
		return err->status;
	const struct tj_tensor *words = tj_safetensors_find(file, "source.words");
	return words != NULL && words->dtype == TJ_U8
	           ? copy(&v->words, words->data, words->n_bytes, err)
	           : TRUJAMAN_OK;
}

size_t tj_vocabularies_tensors(const struct tj_vocabularies *v, struct tj_write_tensor *tensors)
{
	const struct tj_config c = { .token_vocabulary = v->tokens };
	size_t n = 0;
	tensors[n++] = (struct tj_write_tensor){
		tj_config_vocabulary(&c, 0), TJ_U8, 1, { v->source_spm.n }, v->source_spm.data
	};
	if (v->words.n > 0)
		tensors[n++] = (struct tj_write_tensor){
			"source.words", TJ_U8, 1, { v->words.n }, v->words.data
		};
	tensors[n++] = (struct tj_write_tensor){
		tj_config_vocabulary(&c, 1), TJ_U8, 1, { v->target_spm.n }, v->target_spm.data
	};
	return n;
}

/* --- From the training text ------------------------------------------------------- */

struct text_cursor {
	const struct tj_dataset *data;
	struct tj_preparation preparation;
	struct tj_pair_maker *maker; /* NULL: texts stay as they are */
	struct tj_string *tagged;    /* a source behind its tag */
	int side, last_side;
	size_t line;
	struct tj_error *err; /* of the maker; ends the text */
};

/* Puts the tag of a line before its source. */
static const char *put_tag(struct text_cursor *r, const char *tag, const char *text, size_t *n)
{
	struct tj_string *s = r->tagged;
	s->n = 0;
	if (!tj_string_append(s, tag, strlen(tag)) || !tj_string_append(s, " ", 1) ||
	    !tj_string_append(s, text, *n)) {
		tj_fail_memory(r->err, "a tagged source", *n);
		return NULL;
	}
	*n = s->n;
	return s->data;
}

/* A line as the first epoch has it, on the cursor's side; NULL after a failure. */
static const char *make_text(struct text_cursor *r, size_t line, size_t *n)
{
	struct tj_stretch pair[2];
	struct tj_pair_record record = { 0 };
	struct tj_pair_variation v = tj_draw_variation(&r->preparation, line);
	for (int side = 0; side < 2; side++)
		pair[side].text = tj_pair_text_line(r->data->text, side, line, &pair[side].n);
	if (r->maker != NULL && tj_pair_make(r->maker, &v, pair, &record, r->err) != TRUJAMAN_OK)
		return NULL;
	*n = pair[r->side].n;
	const char *tag = r->side == 0 ? tj_pair_text_tag(r->data->text, line) : NULL;
	return tag != NULL ? put_tag(r, tag, pair[0].text, n) : pair[r->side].text;
}

/* Whether a line can be read. A maker needs both sides. */
static int is_usable(const struct tj_pair_text *text, int side, size_t line, int both)
{
	size_t n;
	const char *own = tj_pair_text_line(text, side, line, &n);
	if (both)
		return tj_is_usable_pair(text, line);
	return !tj_is_blank(own, n) && tj_utf8_valid_prefix(own, n) == n;
}

/* Returns the next usable line, one side after the other; NULL at the end. */
static const char *next_text(void *context, size_t *n)
{
	struct text_cursor *r = context;
	const struct tj_held_out *h = &r->data->held_out;
	for (; r->side <= r->last_side; r->side++, r->line = 0) {
		size_t n_lines = tj_pair_text_lines(r->data->text);
		while (r->line < n_lines) {
			size_t i = r->line++;
			if ((h->n > 0 && h->lines[i] != TJ_LINE_TRAINS) ||
			    !is_usable(r->data->text, r->side, i, r->maker != NULL))
				continue;
			const char *text = make_text(r, i, n);
			if (text == NULL || !tj_is_blank(text, *n))
				return text;
		}
	}
	return NULL;
}

/* Lists the commonest words of a text that is cut at spaces. */
static trujaman_status list_tokens(struct tj_bytes *b, size_t most, struct text_cursor r,
                                   struct tj_error *err)
{
	struct tj_string list = { NULL, 0, 0 };
	struct tj_token_counter *counter = tj_token_counter_new(err);
	const char *text;
	size_t n;
	int good = counter != NULL;
	while (good && (text = next_text(&r, &n)) != NULL)
		good = tj_token_counter_add(counter, text, n);
	if (!good || !tj_token_counter_list(counter, most, &list))
		tj_fail_memory(err, "a list of tokens", list.n);
	tj_token_counter_free(counter);
	*b = (struct tj_bytes){ list.data, list.n };
	return err->status;
}

/* All pieces but the special ones. */
static size_t ordinary_pieces(const struct tj_vocabulary_options *o)
{
	size_t special = 3 + o->n_placeables + (o->byte_fallback ? 256 : 0);
	return o->size > special ? o->size - special : 0;
}

/* Reads the text once for its characters, if all are to be covered, and once for its pieces.
 * Without byte pieces all are always covered, but no others required. */
static trujaman_status read_and_train(struct tj_bytes *b, const trujaman_train_options *o,
                                      const struct text_cursor *r, struct tj_error *err)
{
	struct tj_vocabulary_options options = {
		.size = o->vocab_size > 0 ? (size_t)o->vocab_size : DEFAULT_VOCAB_SIZE,
		.bpe = o->vocab_type != NULL && strcmp(o->vocab_type, "bpe") == 0,
		.byte_fallback = o->byte_fallback != 0,
		.n_placeables = r->preparation.rules.max_placeables,
	};
	if (wants_tokens(o))
		return list_tokens(b, options.size, *r, err);
	struct text_cursor counting = *r, training = *r;
	struct tj_characters characters = { .coverage = o->character_coverage };
	if (o->character_coverage == 1 &&
	    tj_characters_choose(&characters, next_text, &counting, ordinary_pieces(&options),
	                         err) == TRUJAMAN_OK)
		options.required = characters.required.data;
	options.coverage = options.byte_fallback ? characters.coverage : 1;
	if (err->status == TRUJAMAN_OK)
		tj_vocabulary_train(&options, next_text, &training, &b->data, &b->n, err);
	free(characters.required.data);
	return err->status;
}

static trujaman_status make(struct tj_bytes *b, const trujaman_train_options *o,
                            const struct tj_dataset *data, int side, int last_side,
                            struct tj_error *err)
{
	struct tj_error fault = { 0 };
	struct tj_string tagged = { NULL, 0, 0 };
	struct text_cursor r = { .data = data,
		                 .preparation = tj_dataset_preparation(data, 0),
		                 .tagged = &tagged,
		                 .side = side,
		                 .last_side = last_side,
		                 .err = err };
	const struct tj_preparation *p = &r.preparation;
	if (tj_preparation_is_needed(p)) {
		r.maker = tj_pair_maker_open(&p->rules, p->source_language, p->target_language,
		                             err);
		if (r.maker == NULL)
			return err->status;
	}
	read_and_train(b, o, &r, &fault);
	tj_pair_maker_close(r.maker);
	free(tagged.data);
	if (err->status != TRUJAMAN_OK || fault.status == TRUJAMAN_OK)
		return err->status;
	return tj_fail(err, fault.status, "%s%s%s%s: %s", tj_pair_text_name(data->text, side),
	               side < last_side ? " and " : "",
	               side < last_side ? tj_pair_text_name(data->text, last_side) : "",
	               tj_pair_text_others(data->text), fault.text);
}

trujaman_status tj_vocabularies_make(struct tj_vocabularies *v, const trujaman_train_options *o,
                                     const struct tj_dataset *data, struct tj_error *err)
{
	v->tokens = wants_tokens(o);
	if (o->shared_vocab > 0) {
		const char *file = o->source_vocab != NULL ? o->source_vocab : o->target_vocab;
		if (file != NULL)
			tj_bytes_read(&v->source_spm, file, err);
		else
			make(&v->source_spm, o, data, 0, 1, err);
		if (err->status != TRUJAMAN_OK)
			return err->status;
		return copy(&v->target_spm, v->source_spm.data, v->source_spm.n, err);
	}
	for (int side = 0; side < 2; side++) {
		const char *file = side == 0 ? o->source_vocab : o->target_vocab;
		struct tj_bytes *b = side == 0 ? &v->source_spm : &v->target_spm;
		if (file != NULL)
			tj_bytes_read(b, file, err);
		else
			make(b, o, data, side, side, err);
		if (err->status != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

/* --- Words ------------------------------------------------------------------------ */

/* Counts the words of the usable lines that are trained on. */
static trujaman_status count_words(struct tj_word_counter *counter, const struct tj_dataset *data,
                                   struct tj_error *err)
{
	const struct tj_held_out *h = &data->held_out;
	enum tj_normal rules = data->preparation.rules.normalize ? TJ_NORMAL_1 : TJ_NORMAL_NONE;
	struct tj_mapped m = { .from = NULL };
	for (size_t i = 0, n; i < tj_pair_text_lines(data->text); i++) {
		if ((h->n > 0 && h->lines[i] != TJ_LINE_TRAINS) ||
		    !tj_is_usable_pair(data->text, i))
			continue;
		const char *text = tj_pair_text_line(data->text, 0, i, &n);
		tj_mapped_clear(&m);
		if (tj_normalize(rules, text, n, NULL, 0, &m, NULL, err) != TRUJAMAN_OK)
			break;
		if (!tj_word_counter_add(counter, m.text.n > 0 ? m.text.data : "", m.text.n)) {
			tj_fail_memory(err, "a list of words", n);
			break;
		}
	}
	tj_mapped_release(&m);
	return err->status;
}

trujaman_status tj_vocabularies_learn_words(struct tj_vocabularies *v,
                                            const struct tj_dataset *data, struct tj_error *err)
{
	struct tj_word_list others = { .n = 0 };
	struct tj_string list = { NULL, 0, 0 };
	struct tj_word_counter *counter = tj_word_counter_new(err);
	if (counter != NULL && v->words.n > 0)
		tj_word_list_open(&others, v->words.data, v->words.n, "the model's list of words",
		                  err);
	if (err->status == TRUJAMAN_OK && count_words(counter, data, err) == TRUJAMAN_OK &&
	    !tj_word_counter_list(counter, &others, &list))
		tj_fail_memory(err, "a list of words", list.n);
	tj_word_list_close(&others);
	tj_word_counter_free(counter);
	free(v->words.data);
	v->words = (struct tj_bytes){ list.data, list.n };
	return err->status;
}

/* --- From those of another model -------------------------------------------------- */

static trujaman_status extend(struct tj_bytes *b, const char *name, size_t n_placeables,
                              const struct tj_string *characters, struct tj_error *err)
{
	struct tj_bytes longer;
	if (tj_pieces_extend(b->data, b->n, name, characters->data, characters->n, n_placeables,
	                     &longer.data, &longer.n, err) != TRUJAMAN_OK)
		return err->status;
	free(b->data);
	*b = longer;
	return TRUJAMAN_OK;
}

trujaman_status tj_vocabularies_extend(struct tj_vocabularies *v, size_t n_placeables,
                                       struct tj_error *err)
{
	struct tj_string characters = { NULL, 0, 0 };
	if (tj_characters_list(&characters, err) == TRUJAMAN_OK &&
	    extend(&v->source_spm, "the source vocabulary", n_placeables, &characters, err) ==
	        TRUJAMAN_OK)
		extend(&v->target_spm, "the target vocabulary", n_placeables, &characters, err);
	free(characters.data);
	return err->status;
}

/* --- Opening ---------------------------------------------------------------------- */

static trujaman_status need(const char *side, const char *piece, int32_t id, struct tj_error *err)
{
	return id >= 0 ? TRUJAMAN_OK
	               : tj_fail(err, TRUJAMAN_ERROR_FORMAT,
	                         "the %s vocabulary: found no piece %s, which training needs", side,
	                         piece);
}

trujaman_status tj_vocabularies_open(struct tj_vocabularies *v, const struct tj_config *c,
                                     struct tj_error *err)
{
	const struct tj_bytes *s = &v->source_spm, *t = &v->target_spm;
	struct tj_pieces *(*open)(const void *, size_t, const char *,
	                          struct tj_error *) = v->tokens ? tj_pieces_open_tokens
	                                                         : tj_pieces_open;
	v->source = open(s->data, s->n, "the source vocabulary", err);
	if (v->source == NULL)
		return err->status;
	if (s->n == t->n && memcmp(s->data, t->data, s->n) == 0)
		v->target = v->source;
	else
		v->target = open(t->data, t->n, "the target vocabulary", err);
	if (v->target == NULL ||
	    (c->source_eos &&
	     need("source", "</s>", tj_pieces_eos(v->source), err) != TRUJAMAN_OK) ||
	    need("target", "</s>", tj_pieces_eos(v->target), err) != TRUJAMAN_OK)
		return err->status;
	return c->start_with_eos ? TRUJAMAN_OK
	                         : need("target", "<s>", tj_pieces_bos(v->target), err);
}

void tj_vocabularies_free(struct tj_vocabularies *v)
{
	if (v->target != v->source && v->target != NULL)
		tj_pieces_close(v->target);
	if (v->source != NULL)
		tj_pieces_close(v->source);
	free(v->source_spm.data);
	free(v->target_spm.data);
	free(v->words.data);
	memset(v, 0, sizeof *v);
}
