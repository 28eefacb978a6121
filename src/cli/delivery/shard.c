/* SPDX-License-Identifier: MIT */
/* Parses --shard, and cuts the inputs down to one shard. */
#define _GNU_SOURCE /* asprintf */
#include "src/cli/delivery/shard.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/cli/delivery/formats.h"
#include "src/io/names.h"
#include "src/io/source.h"

/* Returns the whole number from 1 to TJ_MAX_SHARDS at the beginning of `text`, which `end` must
 * follow directly; otherwise 0. */
static unsigned number(const char *text, char end)
{
	size_t n = strspn(text, "0123456789");
	unsigned long value = n > 0 && n < 10 ? strtoul(text, NULL, 10) : 0;
	return n > 0 && text[n] == end && value <= TJ_MAX_SHARDS ? (unsigned)value : 0;
}

static int wrong_shard(unsigned i, unsigned n)
{
	return tj_cli_usage("translate",
	                    "--shard %u/%u: wanted I/N with I from 1 to N, N at most %d", i, n,
	                    TJ_MAX_SHARDS);
}

static int check(const struct tj_shard *s)
{
	return s->i >= 1 && s->i <= s->n && s->n <= TJ_MAX_SHARDS ? TJ_GO_ON
	                                                          : wrong_shard(s->i, s->n);
}

/* Read an environment variable of an array job. Returns 0 if it is not a whole number from 0. */
static int variable(const char *name, unsigned long *value)
{
	const char *text = getenv(name);
	size_t n = text != NULL ? strspn(text, "0123456789") : 0;
	if (n == 0 || n >= 10 || text[n])
		return 0;
	*value = strtoul(text, NULL, 10);
	return 1;
}

/* Derive the shard from the tasks FIRST, FIRST + STEP … LAST of an array job. */
static int from_array(const char *what, const char *task, const char *first, const char *last,
                      const char *step, struct tj_shard *s)
{
	unsigned long i, from, to, by = 1;
	if (!variable(task, &i) || !variable(first, &from) || !variable(last, &to))
		return tj_cli_usage("translate",
		                    "--shard %s: this is no array job: %s, %s and %s must "
		                    "be set",
		                    what, task, first, last);
	if ((getenv(step) != NULL && !variable(step, &by)) || by == 0 || i < from || i > to ||
	    (i - from) % by != 0)
		return tj_cli_usage("translate", "--shard %s: %s is not among its tasks", what,
		                    task);
	s->i = (unsigned)((i - from) / by + 1);
	s->n = (unsigned)((to - from) / by + 1);
	return check(s);
}

int tj_shard_parse(const char *text, struct tj_shard *s)
{
	if (strcmp(text, "slurm") == 0)
		return from_array(text, "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN",
		                  "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP", s);
	if (strcmp(text, "sge") == 0)
		return from_array(text, "SGE_TASK_ID", "SGE_TASK_FIRST", "SGE_TASK_LAST",
		                  "SGE_TASK_STEPSIZE", s);
	const char *slash = strchr(text, '/');
	s->i = slash != NULL ? number(text, '/') : 0;
	s->n = slash != NULL ? number(slash + 1, '\0') : 0;
	if (s->i == 0 || s->n == 0)
		return tj_cli_usage("translate", "--shard is I/N, slurm or sge, not '%s'", text);
	return check(s);
}

static uint64_t part(uint64_t bytes, unsigned i, unsigned n)
{
	return (uint64_t)((unsigned __int128)bytes * i / n);
}

/* Whether input number k, which is compressed or a document, the n_packed-th (from 0) of them,
 * belongs to another shard. For an output of its own this must depend on the input alone: a shard
 * that is resumed, or that some file has been added to, has another list of inputs. */
static int is_of_another(const struct tj_shard *s, const struct tj_inputs *inputs, size_t k,
                         size_t n_packed)
{
	const char *name = inputs->names != NULL ? inputs->names[k] : NULL;
	uint64_t turn = name != NULL ? tj_hash(0, name, strlen(name)) : n_packed;
	return turn % s->n != s->i - 1;
}

int tj_shard_cut(const struct tj_shard *s, struct tj_inputs *inputs)
{
	size_t n_packed = 0;
	for (size_t k = 0; k < inputs->n; k++) {
		trujaman_input *input = &inputs->items[k];
		if (tj_is_stdin(input->path))
			return tj_cli_usage("translate",
			                    "--shard needs files; standard input is none");
		struct tj_error err = { 0 };
		int packing = tj_source_packing(input->path, &err);
		if (packing < 0 && inputs->names == NULL)
			return tj_cli_fail(err.status, err.text);
		/* With an output for each input, this one fails alone when its turn comes. */
		if (packing > TJ_PACK_NONE || tj_is_document(input)) {
			if (is_of_another(s, inputs, k, n_packed++) &&
			    tj_inputs_empty(inputs, k) != TJ_EXIT_DONE)
				return TJ_EXIT_FAILED;
			continue;
		}
		input->from = part(inputs->bytes[k], s->i - 1, s->n);
		/* The last shard reaches to the end of the file, which `to` 0 means. So where
		 * another shard would get 0, give it the empty range [1, 1) instead. */
		input->to = s->i == s->n ? 0 : part(inputs->bytes[k], s->i, s->n);
		if (s->i < s->n && input->to == 0)
			input->from = input->to = 1;
		inputs->bytes[k] = part(inputs->bytes[k], s->i, s->n) -
		                   part(inputs->bytes[k], s->i - 1, s->n);
	}
	return TJ_EXIT_DONE;
}

char *tj_shard_path(const char *out, const struct tj_shard *s)
{
	char *path;
	if (asprintf(&path, "%s." TJ_NAME_PART, out, s->i, s->n) >= 0)
		return path;
	tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for a file name");
	return NULL;
}
