/* SPDX-License-Identifier: MIT */
/* Finds the input files that the arguments name, and names the output of each. */
#define _GNU_SOURCE /* asprintf */
#include "src/cli/delivery/inputs.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/memory.h"
#include "src/cli/show/message.h"

struct builder {
	struct tj_inputs *inputs;
	size_t inputs_capacity, bytes_capacity, names_capacity;
	int to_directory;
	const char *suffix;
	enum tj_packing packing;
};

int tj_is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

trujaman_input tj_input_of_argument(const char *argument)
{
	return (trujaman_input){ .path = argument, .fd = STDIN_FILENO };
}

const char *tj_input_label(const trujaman_input *input)
{
	return tj_is_stdin(input->path) ? "standard input" : input->path;
}

const char *tj_inputs_name(const struct tj_inputs *inputs, size_t input)
{
	return tj_input_label(&inputs->items[input]);
}

static int out_of_memory(void)
{
	return tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for the names of the inputs");
}

static int cannot_read(const char *path)
{
	tj_cli_say("cannot read %s: %s", path, strerror(errno));
	return TJ_EXIT_FAILED;
}

/* `name` is the path of the output below the output directory, before the compression suffix of the
 * input is cut off and `suffix` and that of the output are added. */
static int add(struct builder *b, const char *path, const struct stat *st, const char *name)
{
	struct tj_inputs *p = b->inputs;
	int n_name = (int)(strlen(name) - strlen(tj_packing_suffix(tj_packing_of_path(name))));
	char *copy = strdup(path), *output = NULL;
	if (copy == NULL ||
	    (b->to_directory && asprintf(&output, "%.*s%s%s", n_name, name, b->suffix,
	                                 tj_packing_suffix(b->packing)) < 0) ||
	    !tj_reserve(&p->items, &b->inputs_capacity, p->n + 1, sizeof *p->items) ||
	    !tj_reserve(&p->bytes, &b->bytes_capacity, p->n + 1, sizeof *p->bytes) ||
	    (b->to_directory &&
	     !tj_reserve(&p->names, &b->names_capacity, p->n + 1, sizeof *p->names))) {
		free(copy);
		free(output);
		return out_of_memory();
	}
	p->items[p->n] = tj_input_of_argument(copy);
	p->bytes[p->n] = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0;
	if (b->to_directory)
		p->names[p->n] = output;
	p->n++;
	return TJ_EXIT_DONE;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int visit(struct builder *b, FTS *tree, FTSENT *entry, size_t root_bytes)
{
	switch (entry->fts_info) {
	case FTS_D:
		if (entry->fts_level > 0 && entry->fts_name[0] == '.')
			fts_set(tree, entry, FTS_SKIP);
		return TJ_EXIT_DONE;
	case FTS_F:
		if (entry->fts_name[0] == '.')
			return TJ_EXIT_DONE;
		if (access(entry->fts_accpath, R_OK) != 0)
			return cannot_read(entry->fts_path);
		return add(b, entry->fts_path, entry->fts_statp, entry->fts_path + root_bytes);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
	case FTS_SLNONE:
		errno = entry->fts_errno != 0 ? entry->fts_errno : ENOENT;
		return cannot_read(entry->fts_path);
	case FTS_DC:
		errno = ELOOP;
		return cannot_read(entry->fts_path);
	default:
		return TJ_EXIT_DONE; /* leaving a directory; sockets and other special files */
	}
}

static int add_directory(struct builder *b, const char *path)
{
	char *root = strdup(path);
	if (root == NULL)
		return out_of_memory();
	size_t n = strlen(root);
	while (n > 1 && root[n - 1] == '/')
		root[--n] = '\0';
	char *roots[] = { root, NULL };
	FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	int status = tree != NULL ? TJ_EXIT_DONE : cannot_read(path);
	size_t root_bytes = strcmp(root, "/") == 0 ? 1 : n + 1;
	while (status == TJ_EXIT_DONE) {
		errno = 0;
		FTSENT *entry = fts_read(tree);
		if (entry == NULL) {
			if (errno != 0)
				status = cannot_read(path);
			break;
		}
		status = visit(b, tree, entry, root_bytes);
	}
	if (tree != NULL)
		fts_close(tree);
	free(root);
	return status;
}

static int add_argument(struct builder *b, const char *path)
{
	struct stat st;
	if (tj_is_stdin(path)) {
		if (fstat(STDIN_FILENO, &st) != 0)
			return cannot_read("standard input");
		return add(b, path, &st, "stdin");
	}
	if (stat(path, &st) != 0)
		return cannot_read(path);
	if (S_ISDIR(st.st_mode) && b->to_directory)
		return add_directory(b, path);
	if (S_ISDIR(st.st_mode)) {
		tj_cli_say(
		    "cannot read %s: it is a directory; --output-dir translates what is in it",
		    path);
		return TJ_EXIT_FAILED;
	}
	/* The library opens an input only when its turn comes. Check early, so that a wrong name
	 * does not fail the run after hours of work on the inputs before it. */
	if (access(path, R_OK) != 0)
		return cannot_read(path);
	const char *slash = strrchr(path, '/');
	return add(b, path, &st, slash != NULL ? slash + 1 : path);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(**(char *const *const *)a, **(char *const *const *)b);
}

static int check_names(const struct tj_inputs *p)
{
	char ***sorted = calloc(p->n, sizeof *sorted);
	if (sorted == NULL)
		return out_of_memory();
	for (size_t i = 0; i < p->n; i++)
		sorted[i] = &p->names[i];
	qsort(sorted, p->n, sizeof *sorted, compare_names);
	int status = TJ_EXIT_DONE;
	for (size_t i = 1; i < p->n && status == TJ_EXIT_DONE; i++)
		if (strcmp(*sorted[i - 1], *sorted[i]) == 0)
			status = tj_cli_usage("translate", "%s and %s would both be written to %s",
			                      tj_inputs_name(p, (size_t)(sorted[i - 1] - p->names)),
			                      tj_inputs_name(p, (size_t)(sorted[i] - p->names)),
			                      *sorted[i]);
	free(sorted);
	return status;
}

int tj_inputs_find(struct tj_inputs *inputs, int n_arguments, char **arguments, int to_directory,
                   const char *suffix, enum tj_packing packing)
{
	*inputs = (struct tj_inputs){ .n = 0 };
	struct builder b = {
		.inputs = inputs, .to_directory = to_directory, .suffix = suffix, .packing = packing
	};
	int status = n_arguments == 0 ? add_argument(&b, "-") : TJ_EXIT_DONE;
	for (int i = 0; i < n_arguments && status == TJ_EXIT_DONE; i++)
		status = add_argument(&b, arguments[i]);
	if (status == TJ_EXIT_DONE && to_directory && inputs->n > 0)
		status = check_names(inputs);
	return status;
}

static void release(struct tj_inputs *p, size_t i)
{
	free((char *)p->items[i].path);
	if (p->names != NULL)
		free(p->names[i]);
}

void tj_inputs_drop(struct tj_inputs *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		release(p, i);
	p->n -= n;
	memmove(p->items, p->items + n, p->n * sizeof *p->items);
	memmove(p->bytes, p->bytes + n, p->n * sizeof *p->bytes);
	if (p->names != NULL)
		memmove(p->names, p->names + n, p->n * sizeof *p->names);
}

void tj_inputs_close(struct tj_inputs *p)
{
	for (size_t i = 0; i < p->n; i++)
		release(p, i);
	free(p->items);
	free(p->bytes);
	free(p->names);
	*p = (struct tj_inputs){ .n = 0 };
}
