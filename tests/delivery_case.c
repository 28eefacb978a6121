/* SPDX-License-Identifier: MIT */
/* Runs deliveries with a reader and a translator that fit into a page. */
#define _GNU_SOURCE /* asprintf, nftw */
#include "tests/delivery_case.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/delivery/formats.h"
#include "tests/sanitized.h"

#if SANITIZED && defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

/* --- Files ---------------------------------------------------------------------------- */

static char scratch[PATH_MAX];

void enter_scratch(void)
{
	const char *tmp = getenv("TMPDIR");
	snprintf(scratch, sizeof scratch, "%s/trujaman-test.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	cr_assert_not_null(mkdtemp(scratch), "cannot make %s", scratch);
	cr_assert_eq(chdir(scratch), 0);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

/* Criterion ignores an assertion that fails here, but it counts a crash. */
void leave_scratch(void)
{
	if (chdir("/") != 0 || nftw(scratch, remove_entry, 8, FTW_DEPTH | FTW_PHYS) != 0)
		abort();
#if SANITIZED && defined(__SANITIZE_ADDRESS__)
	if (__lsan_do_recoverable_leak_check())
		abort();
#endif
}

void put_bytes(const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "w");
	cr_assert_not_null(f, "%s", path);
	cr_assert_eq(fwrite(bytes, 1, n, f), n);
	cr_assert_eq(fclose(f), 0);
}

void put_file(const char *path, const char *text)
{
	put_bytes(path, text, strlen(text));
}

const char *content(const char *path)
{
	static char texts[2][1 << 16];
	static unsigned turn;
	char *text = texts[turn++ % 2];
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return NULL;
	text[fread(text, 1, sizeof texts[0] - 1, f)] = '\0';
	fclose(f);
	return text;
}

int is_there(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

int count_named(const char *part)
{
	int n = 0;
	DIR *dir = opendir(".");
	cr_assert_not_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		n += strstr(e->d_name, part) != NULL;
	closedir(dir);
	return n;
}

void remove_named(const char *beginning)
{
	DIR *dir = opendir(".");
	cr_assert_not_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		if (strncmp(e->d_name, beginning, strlen(beginning)) == 0)
			cr_assert_eq(nftw(e->d_name, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
	closedir(dir);
}

/* --- Listening ------------------------------------------------------------------------ */

static void hear(void *context, enum tj_news kind, const char *text)
{
	static const char *const kinds[] = { "failure", "warning", "remark" };
	struct heard *h = context;
	size_t n = strlen(h->text);
	snprintf(h->text + n, sizeof h->text - n, "%s: %s\n", kinds[kind], text);
}

void begin_to_hear(struct heard *h)
{
	*h = (struct heard){ .listener = { hear, h } };
}

/* --- Runs ----------------------------------------------------------------------------- */

struct course {
	const struct trial *trial;
	const trujaman_sink *sink;
	struct tj_delivery *d;
	uint64_t skip; /* lines of all inputs that are still to be skipped */
	size_t n_written;
	int stopped;
};

/* Passes on one line; at the end of an input perhaps without a newline. */
static int give(struct course *c, size_t input, const char *line, size_t n, int has_newline)
{
	char text[512];
	int len = snprintf(text, sizeof text, "<%.*s>%s", (int)n, line, has_newline ? "\n" : "");
	const trujaman_stretch stretch = {
		.input = input, .bytes = text, .n_bytes = (size_t)len, .lines = 1
	};
	if (c->sink->write(c->sink->context, &stretch) != 0)
		return 0;
	c->n_written++;
	c->stopped = c->n_written == c->trial->stop_after;
	return !c->stopped;
}

/* Gives out the lines that begin in the input's range and are not to be skipped. Where all inputs
 * form one output, a newline that is missing is added before the next input. */
static int read_lines(struct course *c, size_t i, const trujaman_input *input, const char *text)
{
	uint64_t skip = input->skip;
	size_t n = strlen(text), at = 0, to = input->to != 0 && input->to < n ? input->to : n;
	while (at < n && at < input->from) { /* to the first line that begins in the range */
		const char *newline = memchr(text + at, '\n', n - at);
		at = newline != NULL ? (size_t)(newline - text) + 1 : n;
	}
	while (at < to) {
		const char *newline = memchr(text + at, '\n', n - at);
		size_t end = newline != NULL ? (size_t)(newline - text) : n;
		int is_last = i + 1 == c->d->inputs->n;
		uint64_t *left = skip > 0 ? &skip : &c->skip;
		if (*left > 0)
			--*left;
		else if (!give(c, i, text + at, end - at,
		               newline != NULL || (c->sink->joined && !is_last)))
			return 0;
		at = end + 1;
	}
	return 1;
}

/* Stands for trujaman_translate_to. Returns 1 if everything was written. */
static int translate(struct course *c)
{
	for (size_t i = 0; i < c->d->inputs->n; i++) {
		const trujaman_input *input = &c->d->inputs->items[i];
		const char *text = content(input->path);
		if (c->sink->begin(c->sink->context, i) != 0)
			return 0;
		if (text == NULL) {
			if (c->sink->failed == NULL ||
			    c->sink->failed(c->sink->context, i, "cannot read it") != 0)
				return 0;
			continue;
		}
		if (!read_lines(c, i, input, text) || c->sink->end(c->sink->context, i) != 0)
			return 0;
	}
	return 1;
}

static void deliver(const struct trial *x, struct tj_delivery *d, uint64_t skip, struct outcome *o)
{
	const trujaman_sink sink = tj_delivery_sink(d);
	struct course c = { .trial = x, .sink = &sink, .d = d, .skip = skip };
	int all = o->done || translate(&c);
	if (!all)
		o->err = d->failed;
	if (all && tj_delivery_finish(d, &o->err) == TRUJAMAN_OK)
		return;
	tj_delivery_leave(d);
}

static trujaman_status find(const struct trial *x, struct tj_inputs *inputs, struct outcome *o)
{
	size_t n = 0;
	while (x->inputs[n] != NULL)
		n++;
	tj_inputs_find(inputs, n, x->inputs, x->to.folder, "", (enum tj_packing)x->to.packing,
	               &o->failures, &o->err);
	if (o->err.status == TRUJAMAN_OK)
		tj_inputs_take_formats(inputs, x->to.format, &o->err);
	return o->err.status;
}

trujaman_status run_trial(const struct trial *x, struct outcome *o)
{
	const struct tj_fact facts[] = { { "program", "test", 0 },
		                         { "beam", x->beam != NULL ? x->beam : "1", 0 },
		                         { "model", "model", 1 } };
	struct tj_destination to = x->to;
	struct tj_inputs inputs;
	*o = (struct outcome){ .done = 0 };
	begin_to_hear(&o->heard);
	to.listener = &o->heard.listener;
	struct tj_delivery d = { .to = &to,
		                 .n_facts = sizeof facts / sizeof *facts,
		                 .facts = facts,
		                 .model = "model",
		                 .failures = &o->failures };
	uint64_t skip = 0;
	if (find(x, &inputs, o) == TRUJAMAN_OK &&
	    tj_delivery_open(&d, &inputs, &skip, &o->done, &o->err) == TRUJAMAN_OK) {
		o->skipped = to.folder != NULL && inputs.n > 0 ? inputs.items[0].skip : skip;
		if (!o->done && to.shard.n > 0)
			cr_assert_eq(tj_shard_cut(&to.shard, &inputs, &o->err), TRUJAMAN_OK);
		deliver(x, &d, skip, o);
	}
	free(d.run);
	tj_inputs_close(&inputs);
	return o->err.status;
}

void end_trial(struct outcome *o)
{
	tj_failures_free(&o->failures);
}

void must_run(const struct trial *x)
{
	struct outcome o;
	cr_assert_eq(run_trial(x, &o), TRUJAMAN_OK, "%s", o.err.text);
	cr_assert_eq(o.failures.n, 0);
	end_trial(&o);
}
