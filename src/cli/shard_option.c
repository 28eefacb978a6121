/* SPDX-License-Identifier: MIT */
/* Parses --shard. */
#include "src/cli/shard_option.h"

#include <stdlib.h>
#include <string.h>

#include "src/cli/show/message.h"

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
