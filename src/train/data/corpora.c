/* SPDX-License-Identifier: MIT */
/* Reads the file of --corpora: rows of fields that tabs separate, because names of files may have
 * commas and spaces. */
#include "src/train/data/corpora.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/memory.h"
#include "src/base/number.h"
#include "src/base/utf8.h"
#include "src/io/lines.h"

/* A row that is being read. */
struct row {
	const char *path; /* of the file */
	uint64_t number;
	char *rest; /* the fields that are not read yet; NULL: none is left */
	int has_weight;
};

static trujaman_status fail(const struct row *r, struct tj_error *err, const char *what)
{
	return tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s:%" PRIu64 ": %s", r->path, r->number, what);
}

/* Returns the next field, or NULL at the end. */
static char *next_field(struct row *r)
{
	char *field = r->rest;
	if (field == NULL)
		return NULL;
	char *tab = strchr(field, '\t');
	r->rest = tab != NULL ? tab + 1 : NULL;
	if (tab != NULL)
		*tab = '\0';
	return field;
}

/* A relative name is relative to the folder of the file, so that the file can lie beside the texts
 * and be moved with them. */
static char *path_of(const struct row *r, const char *name)
{
	const char *slash = strrchr(r->path, '/');
	size_t folder = slash != NULL && *name != '/' ? (size_t)(slash - r->path) + 1 : 0;
	size_t n = strlen(name) + 1;
	char *path = malloc(folder + n);
	if (path == NULL)
		return NULL;
	memcpy(path, r->path, folder);
	memcpy(path + folder, name, n);
	return path;
}

/* Returns the file's new entry, of which the names are missing; NULL if out of memory. */
static struct tj_corpus_files *add(struct tj_corpora *c, int is_dev)
{
	struct tj_corpus_files **list = is_dev ? &c->dev : &c->train;
	size_t *n = is_dev ? &c->n_dev : &c->n_train;
	size_t *capacity = is_dev ? &c->dev_capacity : &c->train_capacity;
	if (!tj_reserve(list, capacity, *n + 1, sizeof **list))
		return NULL;
	struct tj_corpus_files *f = &(*list)[(*n)++];
	*f = (struct tj_corpus_files){ .weight = 1 };
	return f;
}

static int is_tag(const char *text)
{
	size_t n = strlen(text);
	return n > 0 && n <= TJ_MOST_TAG_BYTES && !tj_is_blank(text, n) &&
	       tj_utf8_valid_prefix(text, n) == n;
}

static trujaman_status read_alignment(const struct row *r, struct tj_corpus_files *f,
                                      const char *name, struct tj_error *err)
{
	if (f->alignment != NULL)
		return fail(r, err, "a second alignment");
	if (*name == '\0' || strcmp(name, "-") == 0)
		return fail(r, err, "the alignment must be a file");
	f->alignment = path_of(r, name);
	return f->alignment != NULL ? TRUJAMAN_OK : tj_fail_memory(err, r->path, strlen(name));
}

static trujaman_status read_setting(struct row *r, struct tj_corpus_files *f, int is_dev,
                                    const char *field, struct tj_error *err)
{
	double weight;
	int is_weight = strncmp(field, "weight=", 7) == 0,
	    is_a_tag = strncmp(field, "tag=", 4) == 0,
	    is_alignment = strncmp(field, "alignment=", 10) == 0;
	if (!is_weight && !is_a_tag && !is_alignment)
		return fail(r, err,
		            "after the two files there may be weight=X, tag=TEXT and "
		            "alignment=FILE; a tab stands between two fields");
	if (is_dev)
		return fail(r, err, "a dev set has no weight, tag or alignment");
	if (is_alignment)
		return read_alignment(r, f, field + 10, err);
	if (is_weight ? r->has_weight : f->tag != NULL)
		return fail(r, err, is_weight ? "a second weight" : "a second tag");
	if (is_weight) {
		if (!tj_number_read(field + 7, &weight) || weight < TJ_LEAST_WEIGHT ||
		    weight > TJ_MOST_WEIGHT)
			return fail(r, err, "the weight must be a number from 0.001 to 1000");
		r->has_weight = 1;
		f->weight = weight;
		return TRUJAMAN_OK;
	}
	if (!is_tag(field + 4))
		return fail(r, err, "the tag must be 1 to 100 bytes of UTF-8, and not blank");
	f->tag = strdup(field + 4);
	return f->tag != NULL ? TRUJAMAN_OK : tj_fail_memory(err, r->path, strlen(field));
}

static trujaman_status read_names(struct row *r, struct tj_corpus_files *f, struct tj_error *err)
{
	for (int side = 0; side < 2; side++) {
		char **to = side == 0 ? &f->source : &f->target;
		const char *name = next_field(r);
		if (name == NULL || *name == '\0')
			return fail(r, err,
			            "found no two files after 'train' or 'dev'; a tab stands "
			            "between two fields");
		if (strcmp(name, "-") == 0)
			return fail(r, err, "standard input, '-', is no file");
		*to = path_of(r, name);
		if (*to == NULL)
			return tj_fail_memory(err, r->path, strlen(r->path) + strlen(name));
	}
	return TRUJAMAN_OK;
}

static trujaman_status read_row(struct tj_corpora *c, struct row *r, struct tj_error *err)
{
	const char *use = next_field(r), *field;
	int is_dev = strcmp(use, "dev") == 0;
	if (!is_dev && strcmp(use, "train") != 0)
		return fail(r, err,
		            "a row begins with 'train' or 'dev' and a tab, a comment with '#'");
	if (is_dev ? c->n_dev >= TJ_MOST_DEV_SETS : c->n_train >= TJ_MOST_CORPORA)
		return fail(r, err, is_dev ? "more than 16 dev sets" : "more than 1000 corpora");
	struct tj_corpus_files *f = add(c, is_dev);
	if (f == NULL)
		return tj_fail_memory(err, r->path, sizeof *f);
	if (read_names(r, f, err) != TRUJAMAN_OK)
		return err->status;
	while ((field = next_field(r)) != NULL)
		if (read_setting(r, f, is_dev, field, err) != TRUJAMAN_OK)
			return err->status;
	return TRUJAMAN_OK;
}

static trujaman_status take_line(struct tj_corpora *c, const char *path, const struct tj_line *line,
                                 struct tj_error *err)
{
	struct row r = { .path = path, .number = line->number };
	if (tj_is_blank(line->text, line->n) || line->text[0] == '#')
		return TRUJAMAN_OK;
	if (memchr(line->text, '\0', line->n) != NULL)
		return fail(&r, err, "found a NUL byte");
	char *copy = strndup(line->text, line->n);
	if (copy == NULL)
		return tj_fail_memory(err, path, line->n);
	r.rest = copy;
	read_row(c, &r, err);
	free(copy);
	return err->status;
}

static trujaman_status read_lines(struct tj_corpora *c, const char *path, struct tj_reader *r,
                                  struct tj_error *err)
{
	struct tj_line line;
	for (;;) {
		enum tj_read state = tj_reader_next(r, 1, &line, err);
		if (state == TJ_READ_END || state == TJ_READ_ERROR)
			return err->status;
		if (state != TJ_READ_LINE)
			continue;
		tj_line_skip_mark(&line);
		if (take_line(c, path, &line, err) != TRUJAMAN_OK)
			return err->status;
	}
}

/* The file is read more than once, so it cannot be a pipe. */
static trujaman_status read_file(struct tj_corpora *c, const char *path, struct tj_error *err)
{
	const trujaman_input input = { .path = path };
	struct stat s;
	if (stat(path, &s) != 0)
		return tj_fail_errno(err, errno, "read", path);
	if (!S_ISREG(s.st_mode))
		return tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s is no regular file", path);
	struct tj_reader *r = tj_reader_open(1, &input, SIZE_MAX, err);
	if (r == NULL)
		return err->status;
	read_lines(c, path, r, err);
	tj_reader_close(r);
	return err->status;
}

static trujaman_status add_pair(struct tj_corpora *c, int is_dev, const char *source,
                                const char *target, struct tj_error *err)
{
	if (source == NULL || target == NULL)
		return TRUJAMAN_OK;
	struct tj_corpus_files *f = add(c, is_dev);
	if (f == NULL)
		return tj_fail_memory(err, source, sizeof *f);
	f->source = strdup(source);
	f->target = strdup(target);
	return f->source != NULL && f->target != NULL
	           ? TRUJAMAN_OK
	           : tj_fail_memory(err, source, strlen(source) + strlen(target));
}

trujaman_status tj_corpora_open(struct tj_corpora *c, const trujaman_train_options *o,
                                struct tj_error *err)
{
	memset(c, 0, sizeof *c);
	if (add_pair(c, 0, o->source, o->target, err) != TRUJAMAN_OK ||
	    add_pair(c, 1, o->dev_source, o->dev_target, err) != TRUJAMAN_OK)
		return err->status;
	if (o->guided_alignment != NULL && c->n_train > 0) {
		c->train[0].alignment = strdup(o->guided_alignment);
		if (c->train[0].alignment == NULL)
			return tj_fail_memory(err, o->guided_alignment,
			                      strlen(o->guided_alignment));
	}
	return o->corpora != NULL ? read_file(c, o->corpora, err) : TRUJAMAN_OK;
}

static void free_list(struct tj_corpus_files *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(list[i].source);
		free(list[i].target);
		free(list[i].tag);
		free(list[i].alignment);
	}
	free(list);
}

void tj_corpora_close(struct tj_corpora *c)
{
	free_list(c->train, c->n_train);
	free_list(c->dev, c->n_dev);
	memset(c, 0, sizeof *c);
}

int tj_corpora_are_aligned(const struct tj_corpora *c)
{
	for (size_t i = 0; i < c->n_train; i++)
		if (c->train[i].alignment != NULL)
			return 1;
	return 0;
}
