/* SPDX-License-Identifier: MIT */
/* Finds files that a run would both read and write. */
#define _GNU_SOURCE /* asprintf */
#include "src/delivery/clash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/delivery/folder.h"
#include "src/delivery/output.h"
#include "src/io/link.h"
#include "src/io/names.h"

/* A file that the run reads. */
struct reads {
	struct stat st;
	size_t input; /* SIZE_MAX: the model */
};

/* A place for a file that need not exist: the file itself or, without one, its name in a folder. */
struct place {
	struct stat st;
	char *name; /* from malloc; NULL: st is the file; else st is its folder */
};

struct clash {
	const struct tj_destination *to;
	struct tj_inputs *inputs;
	const char *model, *option, *extra;
	struct reads *reads; /* [n_reads], ordered by identity */
	size_t n_reads;
	struct place extra_place;
	int has_extra;
	char *drop; /* [inputs->n] */
	struct tj_error *err;
};

static int compare_identities(const struct stat *a, const struct stat *b)
{
	if (a->st_dev != b->st_dev)
		return a->st_dev < b->st_dev ? -1 : 1;
	return a->st_ino < b->st_ino ? -1 : a->st_ino > b->st_ino;
}

static int compare_reads(const void *a, const void *b)
{
	const struct reads *x = a, *y = b;
	int order = compare_identities(&x->st, &y->st);
	if (order != 0)
		return order;
	return x->input < y->input ? -1 : x->input > y->input;
}

static trujaman_status out_of_memory(struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for the names of the files");
}

/* Finds where the file will be that is written to `path`. A link to nothing is followed, so that
 * the place is the one that it leads to. The caller frees p->name. Sets *there to 0 if neither the
 * file nor its folder exists, or if it is no place for a file (tj_link_follow). */
static trujaman_status find_place(const char *path, struct place *p, int *there,
                                  struct tj_error *err)
{
	p->name = NULL;
	*there = stat(path, &p->st) == 0;
	if (*there)
		return TRUJAMAN_OK;
	char *target = tj_link_follow(path);
	if (target == NULL)
		return errno == ENOMEM ? out_of_memory(err) : TRUJAMAN_OK;
	char *slash = strrchr(target, '/');
	p->name = strdup(slash != NULL ? slash + 1 : target);
	if (slash != NULL)
		slash[1] = '\0';
	*there = p->name != NULL && stat(slash != NULL ? target : ".", &p->st) == 0;
	free(target);
	return p->name != NULL ? TRUJAMAN_OK : out_of_memory(err);
}

static int is_same_place(const struct place *a, const struct place *b)
{
	if (compare_identities(&a->st, &b->st) != 0 || (a->name == NULL) != (b->name == NULL))
		return 0;
	return a->name != NULL ? strcmp(a->name, b->name) == 0 : tj_output_is(&a->st, &b->st);
}

/* Collect what the run reads. A file that has vanished since it was found has no identity. */
static trujaman_status collect(struct clash *c)
{
	size_t n = c->inputs->n;
	c->reads = calloc(n + 1, sizeof *c->reads);
	c->drop = calloc(n + 1, 1);
	if (c->reads == NULL || c->drop == NULL)
		return out_of_memory(c->err);
	for (size_t i = 0; i <= n; i++) {
		struct reads *r = &c->reads[c->n_reads];
		const char *path = i < n ? c->inputs->items[i].path : c->model;
		r->input = i < n ? i : SIZE_MAX;
		int is_stdin = i < n && tj_is_stdin(path);
		c->n_reads += (is_stdin ? fstat(STDIN_FILENO, &r->st) : stat(path, &r->st)) == 0;
	}
	qsort(c->reads, c->n_reads, sizeof *c->reads, compare_reads);
	return TRUJAMAN_OK;
}

/* Returns the first of the files read that `st` is; NULL: none. */
static const struct reads *find(const struct clash *c, const struct stat *st)
{
	size_t low = 0, high = c->n_reads;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_identities(&c->reads[middle].st, st) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < c->n_reads && tj_output_is(st, &c->reads[low].st) ? &c->reads[low] : NULL;
}

static trujaman_status refuse(const struct clash *c, const struct reads *r, const char *path,
                              size_t of)
{
	const char *advice = c->to->folder != NULL ? "name another folder or --suffix"
	                                           : "name another output";
	if (r->input == SIZE_MAX)
		return tj_fail(c->err, TRUJAMAN_ERROR_USAGE, "the output is the model %s; %s",
		               c->model, advice);
	const char *input = tj_inputs_name(c->inputs, r->input);
	if (c->to->folder == NULL || r->input == of)
		return tj_fail(c->err, TRUJAMAN_ERROR_USAGE, "%s is both input and output; %s",
		               input, advice);
	return tj_fail(c->err, TRUJAMAN_ERROR_USAGE,
	               "%s is both input and, as %s, the output of %s; %s", input, path,
	               tj_inputs_name(c->inputs, of), advice);
}

static trujaman_status extra_is_output(const struct clash *c)
{
	return tj_fail(c->err, TRUJAMAN_ERROR_USAGE, "%s %s is an output too; name another file",
	               c->option, c->extra);
}

static trujaman_status check_place(struct clash *c, const struct place *place, const char *path,
                                   size_t of, int is_final)
{
	if (c->has_extra && is_same_place(place, &c->extra_place))
		return extra_is_output(c);
	const struct reads *r = place->name == NULL ? find(c, &place->st) : NULL;
	for (; r != NULL && r < c->reads + c->n_reads && tj_output_is(&place->st, &r->st); r++) {
		if (c->to->folder == NULL || r->input == SIZE_MAX || r->input == of || !is_final ||
		    !c->inputs->walked[r->input] || c->to->start == TJ_START_AGAIN)
			return refuse(c, r, path, of);
		c->drop[r->input] = 1;
	}
	return TRUJAMAN_OK;
}

/* A folder, a FIFO or a device is not to be replaced by a file, nor a link to one. */
static trujaman_status check_kind(const char *path, struct tj_error *err)
{
	struct stat st;
	if (lstat(path, &st) != 0 || S_ISREG(st.st_mode))
		return TRUJAMAN_OK;
	int is_link = S_ISLNK(st.st_mode);
	char *target = is_link ? tj_link_follow(path) : NULL;
	int good = target != NULL && (stat(target, &st) != 0 || S_ISREG(st.st_mode));
	if (is_link && target == NULL && errno == ENOMEM)
		return out_of_memory(err);
	free(target);
	return good ? TRUJAMAN_OK
	            : tj_fail(err, TRUJAMAN_ERROR_USAGE, "%s exists and is no regular file", path);
}

/* Check a path that is written for input number `of`. `is_final`: it is the output itself. */
static trujaman_status check_path(struct clash *c, const char *path, size_t of, int is_final)
{
	struct place place;
	int there;
	trujaman_status status = find_place(path, &place, &there, c->err);
	if (status == TRUJAMAN_OK && there) /* else in a folder that is yet to be made */
		status = check_place(c, &place, path, of, is_final);
	free(place.name);
	return status == TRUJAMAN_OK ? check_kind(path, c->err) : status;
}

/* Check an output and what lies beside it until it is complete. Takes `final`, from malloc. */
static trujaman_status check_output(struct clash *c, char *final, size_t of)
{
	static const char *const beside[] = { "", TJ_NAME_PARTIAL, TJ_NAME_JOURNAL,
		                              TJ_NAME_JOURNAL TJ_NAME_NEW };
	trujaman_status status = final != NULL ? TRUJAMAN_OK : c->err->status;
	for (size_t i = 0; i < sizeof beside / sizeof *beside && status == TRUJAMAN_OK; i++) {
		char *path;
		if (asprintf(&path, "%s%s", final, beside[i]) < 0) {
			status = out_of_memory(c->err);
			break;
		}
		status = check_path(c, path, of, i == 0);
		free(path);
	}
	free(final);
	return status;
}

/* The files that one input has in the output folder. Of a shard the part, and the file that `merge`
 * will make of it. */
static trujaman_status check_own(struct clash *c, size_t input)
{
	struct tj_destination whole = *c->to;
	trujaman_status status = TRUJAMAN_OK;
	whole.shard.n = 0;
	if (c->to->shard.n > 0) {
		char *merged = tj_folder_output(&whole, c->inputs, input, c->err);
		status = merged != NULL ? check_path(c, merged, input, 1) : c->err->status;
		free(merged);
	}
	if (status == TRUJAMAN_OK)
		status = check_output(c, tj_folder_output(c->to, c->inputs, input, c->err), input);
	return status;
}

static trujaman_status check_joined(struct clash *c)
{
	struct stat old;
	char *final = NULL, *part = NULL;
	const char *out = c->to->out;
	if (out == NULL || strcmp(out, "-") == 0)
		return TRUJAMAN_OK;
	if (c->to->shard.n > 0 && check_path(c, out, SIZE_MAX, 1) != TRUJAMAN_OK)
		return c->err->status;
	if (c->to->shard.n > 0 && (out = part = tj_shard_path(out, &c->to->shard, c->err)) == NULL)
		return c->err->status;
	trujaman_status status = tj_output_find(out, &final, &old, c->err);
	if (status == TRUJAMAN_OK && final != NULL)
		status = check_output(c, final, SIZE_MAX);
	free(part);
	return status;
}

/* Whether the extra file would go where the results go on standard output: into the same file or
 * pipe, or by a name of the descriptor (/dev/stdout), which may be closed before that is written.
 */
static int is_open_stdout(const struct clash *c)
{
	struct stat out, extra;
	const char *to = c->to->out;
	if (c->to->folder != NULL || fstat(STDOUT_FILENO, &out) != 0 ||
	    stat(c->extra, &extra) != 0 || compare_identities(&out, &extra) != 0)
		return 0;
	if (to != NULL && strcmp(to, "-") != 0 &&
	    (stat(to, &extra) != 0 || compare_identities(&out, &extra) != 0))
		return 0; /* the results go elsewhere */
	char *target = tj_link_follow(c->extra);
	int is = tj_output_is(&out, &out) || (target == NULL && errno == EBADF);
	free(target);
	return is;
}

static trujaman_status check_extra(struct clash *c)
{
	if (c->extra == NULL || tj_is_stdin(c->extra))
		return TRUJAMAN_OK;
	if (is_open_stdout(c))
		return extra_is_output(c);
	trujaman_status status = find_place(c->extra, &c->extra_place, &c->has_extra, c->err);
	if (status != TRUJAMAN_OK)
		return status;
	const struct reads *r = c->has_extra && c->extra_place.name == NULL
	                            ? find(c, &c->extra_place.st)
	                            : NULL;
	if (r == NULL)
		return TRUJAMAN_OK;
	return tj_fail(c->err, TRUJAMAN_ERROR_USAGE, "%s %s is %s; name another file", c->option,
	               c->extra, r->input == SIZE_MAX ? "the model" : "an input");
}

trujaman_status tj_clash_check(const struct tj_destination *to, struct tj_inputs *inputs,
                               const char *model, const char *option, const char *extra,
                               struct tj_error *err)
{
	struct clash c = { .to = to,
		           .inputs = inputs,
		           .model = model,
		           .option = option,
		           .extra = extra,
		           .err = err };
	trujaman_status status = collect(&c);
	if (status == TRUJAMAN_OK)
		status = check_extra(&c);
	if (status == TRUJAMAN_OK && to->folder == NULL)
		status = check_joined(&c);
	for (size_t i = 0; to->folder != NULL && i < inputs->n && status == TRUJAMAN_OK; i++)
		status = check_own(&c, i);
	if (status == TRUJAMAN_OK)
		tj_inputs_drop(inputs, c.drop);
	free(c.extra_place.name);
	free(c.reads);
	free(c.drop);
	return status;
}
