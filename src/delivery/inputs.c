/* SPDX-License-Identifier: MIT */
/* Finds the input files, and names the output of each. */
#define _GNU_SOURCE /* asprintf */
#include "src/delivery/inputs.h"

#include <errno.h>
#include <fts.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/memory.h"
#include "src/delivery/partial.h"
#include "src/io/names.h"

struct builder {
	struct tj_inputs *inputs;
	size_t inputs_capacity, bytes_capacity, names_capacity, emptied_capacity, walked_capacity,
	    roots_capacity;
	int to_directory, is_walking;
	struct stat folder; /* the output directory; st_nlink 0: it does not exist yet */
	void *entered;      /* the folders that this walk has entered: a tree (tsearch) */
	struct tj_failures *failures;
	struct tj_error *err;
	const char *suffix;
	enum tj_packing packing;
};

int tj_is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

trujaman_input tj_input_named(const char *name)
{
	return (trujaman_input){ .size = sizeof(trujaman_input), .path = name, .fd = STDIN_FILENO };
}

const char *tj_input_label(const trujaman_input *input)
{
	return tj_is_stdin(input->path) ? "standard input" : input->path;
}

const char *tj_inputs_path(const struct tj_inputs *inputs, size_t input)
{
	return inputs->emptied[input] != NULL ? inputs->emptied[input] : inputs->items[input].path;
}

const char *tj_inputs_name(const struct tj_inputs *inputs, size_t input)
{
	return tj_input_label(&(trujaman_input){ .path = tj_inputs_path(inputs, input) });
}

static trujaman_status out_of_memory(struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for the names of the inputs");
}

/* One output needs all inputs; of many outputs the others can still be made. */
static trujaman_status cannot_read(struct builder *b, const char *path)
{
	if (!b->to_directory)
		return tj_fail_errno(b->err, errno, "read", path);
	tj_failures_add(b->failures, "cannot read %s: %s", path, strerror(errno));
	return TRUJAMAN_OK;
}

/* `name` is the path of the output below the output directory, before the compression suffix of the
 * input is cut off and `suffix` and that of the output are added. */
static trujaman_status add(struct builder *b, const char *path, const struct stat *st,
                           const char *name)
{
	struct tj_inputs *p = b->inputs;
	int n_name = (int)(strlen(name) - strlen(tj_packing_suffix(tj_packing_of_path(name))));
	char *copy = strdup(path), *output = NULL;
	if (copy == NULL ||
	    (b->to_directory && asprintf(&output, "%.*s%s%s", n_name, name, b->suffix,
	                                 tj_packing_suffix(b->packing)) < 0) ||
	    !tj_reserve(&p->items, &b->inputs_capacity, p->n + 1, sizeof *p->items) ||
	    !tj_reserve(&p->bytes, &b->bytes_capacity, p->n + 1, sizeof *p->bytes) ||
	    !tj_reserve(&p->emptied, &b->emptied_capacity, p->n + 1, sizeof *p->emptied) ||
	    !tj_reserve(&p->roots, &b->roots_capacity, p->n + 1, sizeof *p->roots) ||
	    !tj_reserve(&p->walked, &b->walked_capacity, p->n + 1, 1) ||
	    (b->to_directory &&
	     !tj_reserve(&p->names, &b->names_capacity, p->n + 1, sizeof *p->names))) {
		free(copy);
		free(output);
		return out_of_memory(b->err);
	}
	p->items[p->n] = tj_input_named(copy);
	p->bytes[p->n] = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0;
	p->emptied[p->n] = NULL;
	p->walked[p->n] = (char)b->is_walking;
	p->roots[p->n] = b->is_walking ? strlen(path) - strlen(name) : 0;
	if (b->to_directory)
		p->names[p->n] = output;
	p->n++;
	return TRUJAMAN_OK;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Whether a journal has the name of one that has not replaced the old one yet: it may be torn. */
static int is_new(const char *name)
{
	size_t n = strlen(name), tail = strlen(TJ_NAME_NEW);
	return n > tail && strcmp(name + n - tail, TJ_NAME_NEW) == 0;
}

/* Whether this program has made the file. */
static int is_own(const struct builder *b, const FTSENT *entry)
{
	char *journal;
	switch (tj_name_kind(entry->fts_name)) {
	case TJ_NAME_IS_UNFINISHED:
		return 1;
	case TJ_NAME_IS_JOURNAL:
		return tj_journal_is(entry->fts_accpath) ||
		       (is_new(entry->fts_name) && tj_journal_begins(entry->fts_accpath));
	case TJ_NAME_IS_PART:
		journal = tj_journal_path(entry->fts_accpath, b->err);
		int is = journal != NULL && tj_journal_is(journal);
		free(journal);
		return is;
	default:
		return 0;
	}
}

/* Whether the entry is left out: it is hidden, or it is the output directory, whatever leads there.
 * As the root of the walk it was asked for. */
static int is_left_out(const struct builder *b, const FTSENT *entry)
{
	if (entry->fts_level == 0)
		return 0;
	return entry->fts_name[0] == '.' || (entry->fts_info == FTS_D && b->folder.st_nlink > 0 &&
	                                     entry->fts_statp->st_dev == b->folder.st_dev &&
	                                     entry->fts_statp->st_ino == b->folder.st_ino);
}

struct identity {
	dev_t dev;
	ino_t ino;
};

static int compare_identities(const void *a, const void *b)
{
	const struct identity *x = a, *y = b;
	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

/* Enter a folder only once: n folders with links to each other have about n! paths. */
static trujaman_status enter(struct builder *b, FTS *tree, FTSENT *entry)
{
	struct identity *id = malloc(sizeof *id), **kept;
	if (id == NULL)
		return out_of_memory(b->err);
	*id = (struct identity){ entry->fts_statp->st_dev, entry->fts_statp->st_ino };
	kept = tsearch(id, &b->entered, compare_identities);
	int is_new = kept != NULL && *kept == id;
	if (!is_new)
		free(id);
	if (kept != NULL && !is_new)
		fts_set(tree, entry, FTS_SKIP);
	return kept != NULL ? TRUJAMAN_OK : out_of_memory(b->err);
}

static trujaman_status visit(struct builder *b, FTS *tree, FTSENT *entry, size_t root_bytes)
{
	struct stat st;
	if (is_left_out(b, entry)) {
		if (entry->fts_info == FTS_D)
			fts_set(tree, entry, FTS_SKIP);
		return TRUJAMAN_OK;
	}
	switch (entry->fts_info) {
	case FTS_D:
		return enter(b, tree, entry);
	case FTS_F:
		if (is_own(b, entry)) {
			b->inputs->n_own++;
			return TRUJAMAN_OK;
		}
		if (b->err->status != TRUJAMAN_OK)
			return b->err->status;
		if (access(entry->fts_accpath, R_OK) != 0)
			return cannot_read(b, entry->fts_path);
		return add(b, entry->fts_path, entry->fts_statp, entry->fts_path + root_bytes);
	case FTS_SLNONE: /* fts does not tell a link to nothing from one to itself */
		if (stat(entry->fts_accpath, &st) == 0)
			errno = EIO;
		return cannot_read(b, entry->fts_path);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		errno = entry->fts_errno != 0 ? entry->fts_errno : ENOENT;
		return cannot_read(b, entry->fts_path);
	case FTS_DC:
		errno = ELOOP;
		return cannot_read(b, entry->fts_path);
	default:
		return TRUJAMAN_OK; /* leaving a directory; sockets and other special files */
	}
}

static trujaman_status add_directory(struct builder *b, const char *path)
{
	char *root = strdup(path);
	if (root == NULL)
		return out_of_memory(b->err);
	size_t n = strlen(root);
	while (n > 1 && root[n - 1] == '/')
		root[--n] = '\0';
	char *roots[] = { root, NULL };
	FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	trujaman_status status = tree != NULL ? TRUJAMAN_OK : cannot_read(b, path);
	size_t root_bytes = strcmp(root, "/") == 0 ? 1 : n + 1;
	b->is_walking = 1;
	while (tree != NULL && status == TRUJAMAN_OK) {
		errno = 0;
		FTSENT *entry = fts_read(tree);
		if (entry == NULL) {
			if (errno != 0)
				status = cannot_read(b, path);
			break;
		}
		status = visit(b, tree, entry, root_bytes);
	}
	b->is_walking = 0;
	tdestroy(b->entered, free);
	b->entered = NULL;
	if (tree != NULL)
		fts_close(tree);
	free(root);
	return status;
}

static trujaman_status add_named(struct builder *b, const char *path)
{
	struct stat st;
	if (tj_is_stdin(path)) {
		if (fstat(STDIN_FILENO, &st) != 0)
			return cannot_read(b, "standard input");
		return add(b, path, &st, "stdin");
	}
	if (stat(path, &st) != 0)
		return cannot_read(b, path);
	if (S_ISDIR(st.st_mode) && b->to_directory)
		return add_directory(b, path);
	if (S_ISDIR(st.st_mode))
		return tj_fail(
		    b->err, TRUJAMAN_ERROR_INPUT,
		    "cannot read %s: it is a directory; --output-dir translates what is in it",
		    path);
	/* The library opens an input only when its turn comes. Check early, so that a wrong name
	 * does not fail the run after hours of work on the inputs before it. */
	if (access(path, R_OK) != 0)
		return cannot_read(b, path);
	const char *slash = strrchr(path, '/');
	return add(b, path, &st, slash != NULL ? slash + 1 : path);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(**(char *const *const *)a, **(char *const *const *)b);
}

static trujaman_status check_names(const struct tj_inputs *p, struct tj_error *err)
{
	char ***sorted = calloc(p->n, sizeof *sorted);
	if (sorted == NULL)
		return out_of_memory(err);
	for (size_t i = 0; i < p->n; i++)
		sorted[i] = &p->names[i];
	qsort(sorted, p->n, sizeof *sorted, compare_names);
	trujaman_status status = TRUJAMAN_OK;
	for (size_t i = 1; i < p->n && status == TRUJAMAN_OK; i++)
		if (strcmp(*sorted[i - 1], *sorted[i]) == 0)
			status = tj_fail(err, TRUJAMAN_ERROR_USAGE,
			                 "%s and %s would both be written to %s",
			                 tj_inputs_name(p, (size_t)(sorted[i - 1] - p->names)),
			                 tj_inputs_name(p, (size_t)(sorted[i] - p->names)),
			                 *sorted[i]);
	free(sorted);
	return status;
}

/* Checks the folders before each ".." in the path of the output directory. One that is yet to be
 * made hides which folder the path will lead to, and so which inputs the outputs would replace. */
static trujaman_status check_folder(const char *folder, struct tj_error *err)
{
	struct stat st;
	trujaman_status status = TRUJAMAN_OK;
	for (const char *up = folder; status == TRUJAMAN_OK && (up = strstr(up, "/..")) != NULL;
	     up += 3) {
		if ((up[3] != '/' && up[3] != '\0') || up == folder)
			continue;
		char *before = strndup(folder, (size_t)(up - folder));
		if (before == NULL)
			return out_of_memory(err);
		if (stat(before, &st) != 0 && errno == ENOENT)
			status = tj_fail(err, TRUJAMAN_ERROR_USAGE,
			                 "--output-dir %s: the folder %s does not exist", folder,
			                 before);
		free(before);
	}
	return status;
}

trujaman_status tj_inputs_find(struct tj_inputs *inputs, size_t n, const char *const *names,
                               const char *folder, const char *suffix, enum tj_packing packing,
                               struct tj_failures *failures, struct tj_error *err)
{
	*inputs = (struct tj_inputs){ .n = 0 };
	struct builder b = { .inputs = inputs,
		             .to_directory = folder != NULL,
		             .failures = failures,
		             .err = err,
		             .suffix = suffix,
		             .packing = packing };
	if (folder != NULL && stat(folder, &b.folder) != 0)
		b.folder.st_nlink = 0;
	trujaman_status status = folder != NULL ? check_folder(folder, err) : TRUJAMAN_OK;
	if (status == TRUJAMAN_OK && n == 0)
		status = add_named(&b, "-");
	for (size_t i = 0; i < n && status == TRUJAMAN_OK; i++)
		status = add_named(&b, names[i]);
	if (status == TRUJAMAN_OK && folder != NULL && inputs->n > 0)
		status = check_names(inputs, err);
	return status;
}

static void release(struct tj_inputs *p, size_t i)
{
	free((char *)p->items[i].path);
	free(p->emptied[i]);
	if (p->names != NULL)
		free(p->names[i]);
}

trujaman_status tj_inputs_empty(struct tj_inputs *p, size_t input, struct tj_error *err)
{
	char *nothing = strdup("/dev/null");
	if (nothing == NULL)
		return out_of_memory(err);
	p->emptied[input] = (char *)p->items[input].path;
	p->items[input].path = nothing;
	p->bytes[input] = 0;
	return TRUJAMAN_OK;
}

void tj_inputs_drop(struct tj_inputs *p, const char *drop)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++) {
		if (drop[i]) {
			release(p, i);
			continue;
		}
		p->items[n] = p->items[i];
		p->bytes[n] = p->bytes[i];
		p->emptied[n] = p->emptied[i];
		p->walked[n] = p->walked[i];
		p->roots[n] = p->roots[i];
		if (p->names != NULL)
			p->names[n] = p->names[i];
		n++;
	}
	p->n = n;
}

void tj_inputs_close(struct tj_inputs *p)
{
	for (size_t i = 0; i < p->n; i++)
		release(p, i);
	free(p->items);
	free(p->bytes);
	free(p->names);
	free(p->emptied);
	free(p->walked);
	free(p->roots);
	for (size_t i = 0; i < p->n_others; i++) {
		free(p->others[i]);
		free(p->other_names[i]);
	}
	free(p->others);
	free(p->other_names);
	*p = (struct tj_inputs){ .n = 0 };
}
