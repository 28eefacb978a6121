/* SPDX-License-Identifier: MIT */
/* A team of workers over a small model, and a made-up job that may fail on purpose. A callback may
 * run on any worker, where Criterion cannot assert, so callbacks note faults. */
#ifndef TJ_TESTS_WORKERS_CASE_H
#define TJ_TESTS_WORKERS_CASE_H

#include <pthread.h>
#include <stdarg.h>

#include "src/decode/workers.h"
#include "src/model/config_tensors.h"
#include "tests/model_files.h"

enum { NEVER = 1 << 20, TEAM_SIZES = 4, MAX_PIECES = 24, MAX_SCORED = 40, A_FEW = 16 };

static const size_t team_sizes[TEAM_SIZES] = { 1, 2, 3, 7 };

/* --- A model and its team ------------------------------------------------------ */

static struct tj_safetensors *file;
static struct tj_config config;
static struct tj_model *model;
static struct tj_pieces *source, *target;
static struct tj_cores *cores;
static struct tj_placement *placement;
static struct tj_copies *copies;
static struct tj_team team;

static struct tj_pieces *open_pieces(const char *tensor)
{
	struct tj_error err = { 0 };
	const struct tj_tensor *t = tj_safetensors_find(file, tensor);
	struct tj_pieces *p = tj_pieces_open(t->data, t->n_bytes, tensor, &err);
	cr_assert_not_null(p, "%s", err.text);
	return p;
}

static void open_model(void)
{
	struct tj_error err = { 0 };
	file = tj_safetensors_open(in_source("tests/fixtures/plain-seq2seq.safetensors"), &err);
	cr_assert_not_null(file, "%s", err.text);
	cr_assert_eq(tj_config_read(file, &config, &err), TRUJAMAN_OK, "%s", err.text);
	const struct tj_kernels *kernels = tj_kernels_select(NULL, &err);
	cr_assert_not_null(kernels, "%s", err.text);
	model = tj_model_bind(file, &config, kernels, 0, 0, &err);
	cr_assert_not_null(model, "%s", err.text);
	source = open_pieces("source.spm");
	target = open_pieces("target.spm");
	cores = tj_cores_open(&err);
	cr_assert_not_null(cores, "%s", err.text);
	make_scratch();
}

static void close_team(void)
{
	tj_team_close(&team);
	tj_copies_free(copies);
	free(placement);
	copies = NULL;
	placement = NULL;
}

static void close_model(void)
{
	close_team();
	tj_cores_close(cores);
	tj_pieces_close(source);
	tj_pieces_close(target);
	tj_model_free(model);
	tj_safetensors_close(file);
	remove_scratch();
}

static void open_team(size_t n_threads)
{
	struct tj_error err = { 0 };
	struct tj_engine_options o = {
		.search = { .beam = 2,
		            .n_best = 1,
		            .length_penalty = 1,
		            .need_scores = 1,
		            .eos = tj_pieces_eos(target),
		            .unk = tj_pieces_unk(target) },
		.max_rows = 12,
		.max_source = MAX_SCORED + 1,
		.bos = tj_pieces_bos(target),
		.source_eos = tj_pieces_eos(source),
	};
	close_team();
	placement = tj_placement_new(cores, n_threads, 0, TJ_HOME_OF_WORKER_0, &err);
	cr_assert_not_null(placement, "%s", err.text);
	copies = tj_copies_new(model, cores->n_nodes, &err);
	cr_assert_not_null(copies, "%s", err.text);
	cr_assert_eq(tj_team_open(&team, copies, placement, &o, &err), TRUJAMAN_OK, "%s", err.text);
}

/* --- A job --------------------------------------------------------------------- */

struct fake {
	/* what the job does */
	size_t n_chunks;
	size_t lines;                              /* per chunk; 0: a varying number */
	size_t fail_read, fail_finish, fail_write; /* chunk at which the job fails */
	size_t hold;     /* chunk 0 finishes only after so many others are read */
	size_t too_long; /* scoring: the line that is too long, counted from 0 */
	int blank, dry, scoring;
	/* what happened */
	int reading, writing, ended; /* not atomic: the team's locking is tested */
	size_t n_read, n_dry, n_written, n_lines, most_in_flight;
	struct tj_string out;
	pthread_mutex_t lock; /* guards the fields below, and most_in_flight */
	pthread_cond_t more;
	size_t n_in_flight, n_finished, n_open_reads;
	char fault[200];
};

static void note(struct fake *f, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	pthread_mutex_lock(&f->lock);
	if (f->fault[0] == '\0')
		vsnprintf(f->fault, sizeof f->fault, format, args);
	pthread_mutex_unlock(&f->lock);
	va_end(args);
}

/* Writes line i of every job and returns its length: 1 to 19 words, sometimes white space or
 * nothing. */
static size_t make_line(const struct fake *f, size_t i, char *text)
{
	static const char *const words[] = {
		"the", "river", "mill", "go", "seven", "Tomorrow", "is"
	};
	static const char *const blanks[] = { "", " ", "\t \t" };
	size_t n = 1 + i * i % 19, at = 0;
	if (f->blank || (i % 11 == 5 && !f->scoring))
		return strlen(strcpy(text, blanks[i % 3]));
	if (f->scoring)
		n = i == f->too_long ? 3 * MAX_SCORED : 1 + i % 3;
	for (size_t w = 0; w < n; w++)
		at += (size_t)sprintf(text + at, "%s ", words[(i + w * w) % 7]);
	return at - 1;
}

static size_t lines_of(const struct fake *f, size_t chunk)
{
	return f->lines > 0 ? f->lines : 1 + chunk * 7 % 13;
}

static void count_read(struct fake *f)
{
	pthread_mutex_lock(&f->lock);
	f->n_open_reads++;
	if (++f->n_in_flight > f->most_in_flight)
		f->most_in_flight = f->n_in_flight;
	pthread_cond_broadcast(&f->more);
	pthread_mutex_unlock(&f->lock);
}

static enum tj_supply fake_read(void *context, int may_block, struct tj_chunk *c,
                                struct tj_error *err)
{
	struct fake *f = context;
	enum tj_supply supply = TJ_SUPPLY_LINES;
	if (f->reading++ || c->n_lines != 0)
		note(f, "two read at once, or the chunk is not empty");
	if (f->ended)
		note(f, "read after the end");
	if (f->dry && !may_block && f->n_dry++ % 3 != 0) {
		supply = TJ_SUPPLY_DRY;
	} else if (f->n_read == f->n_chunks || f->n_read == f->fail_read) {
		f->ended = 1;
		supply = TJ_SUPPLY_END;
		if (f->n_read == f->fail_read)
			tj_fail(err, TRUJAMAN_ERROR_IO, "read of chunk %zu fails", f->n_read);
	}
	size_t n = supply == TJ_SUPPLY_LINES ? lines_of(f, f->n_read) : 0;
	for (size_t i = 0; i < n; i++) {
		char text[3 * MAX_SCORED * 10];
		size_t invalid, bytes = make_line(f, f->n_lines, text);
		struct tj_chunk_line *line = tj_chunk_add(c, text, bytes,
		                                          f->scoring ? "Bien" : NULL,
		                                          f->scoring ? 4 : 0, &invalid, NULL);
		if (line == NULL)
			note(f, "no memory");
		else
			line->number = ++f->n_lines;
	}
	if (n > 0) {
		c->user[0] = f->n_read++;
		count_read(f);
	}
	f->reading--;
	return supply;
}

static trujaman_status fake_finish(void *context, struct tj_chunk *c, struct tj_error *err)
{
	struct fake *f = context;
	if (c->n_open != 0 || c->n_lines == 0)
		note(f, "chunk %llu is finished too early", (unsigned long long)c->user[0]);
	pthread_mutex_lock(&f->lock);
	f->n_finished++;
	while (c->user[0] == 0 && f->n_open_reads < 1 + f->hold)
		pthread_cond_wait(&f->more, &f->lock);
	pthread_mutex_unlock(&f->lock);
	if (c->user[0] == f->fail_finish)
		return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "finish of chunk %zu fails",
		               f->fail_finish);
	for (size_t i = 0; i < c->n_lines; i++) {
		char score[64];
		double value = 0;
		if (f->scoring)
			value = c->lines[i].first_part->hypotheses->score;
		else if (!tj_chunk_join(c, &c->lines[i], NULL, &c->out, &value))
			note(f, "no memory");
		int n = snprintf(score, sizeof score, " %a\n", value);
		if (!tj_string_append(&c->out, score, (size_t)n))
			note(f, "no memory");
	}
	return TRUJAMAN_OK;
}

static trujaman_status fake_write(void *context, struct tj_chunk *c, struct tj_error *err)
{
	struct fake *f = context;
	trujaman_status status = TRUJAMAN_OK;
	if (f->writing++)
		note(f, "two write at once");
	if (c->user[0] != f->n_written || c->sequence != f->n_written)
		note(f, "chunk %llu is written in place %zu", (unsigned long long)c->user[0],
		     f->n_written);
	if (c->user[0] == f->fail_write)
		status = tj_fail(err, TRUJAMAN_ERROR_CLOSED, "write of chunk %zu fails",
		                 f->fail_write);
	else if (!tj_string_append(&f->out, c->out.data, c->out.n))
		note(f, "no memory");
	f->n_written++;
	pthread_mutex_lock(&f->lock);
	f->n_in_flight--;
	pthread_mutex_unlock(&f->lock);
	f->writing--;
	return status;
}

static struct fake new_fake(size_t n_chunks)
{
	return (struct fake){ .n_chunks = n_chunks,
		              .fail_read = NEVER,
		              .fail_finish = NEVER,
		              .fail_write = NEVER,
		              .too_long = NEVER };
}

static trujaman_status run(struct fake *f, struct tj_error *err)
{
	struct tj_job job = {
		.context = f,
		.read = fake_read,
		.finish = fake_finish,
		.write = fake_write,
		.language = { .source = source,
		              .target = target,
		              .max_pieces = MAX_PIECES,
		              .n_best = 1,
		              .scoring = f->scoring,
		              .empty_source = -1,
		              .max_scored = MAX_SCORED,
		              },
	};
	tj_error_clear(err);
	cr_assert_eq(pthread_mutex_init(&f->lock, NULL), 0);
	cr_assert_eq(pthread_cond_init(&f->more, NULL), 0);
	trujaman_status status = tj_team_run(&team, &job, err);
	pthread_cond_destroy(&f->more);
	pthread_mutex_destroy(&f->lock);
	cr_assert_eq(status, err->status);
	cr_assert_str_eq(f->fault, "");
	cr_expect_leq(f->most_in_flight, A_FEW * team.n_threads,
	              "%zu chunks in flight, %zu threads", f->most_in_flight, team.n_threads);
	return status;
}

static void run_well(struct fake *f)
{
	struct tj_error err = { 0 };
	cr_assert_eq(run(f, &err), TRUJAMAN_OK, "%s", err.text);
	cr_expect_eq(f->n_written, f->n_chunks);
	cr_expect_eq(f->n_finished, f->n_chunks);
	cr_expect_eq(f->n_in_flight, 0);
}

static void expect_same(const struct tj_string *found, const struct tj_string *wanted)
{
	cr_assert_eq(found->n, wanted->n, "%zu bytes, wanted %zu", found->n, wanted->n);
	cr_assert(wanted->n == 0 || memcmp(found->data, wanted->data, wanted->n) == 0);
}

/* Runs the same lines, one per chunk, with one worker. Returns the output; the caller frees its
 * data. */
static struct tj_string one_by_one(const struct fake *like)
{
	struct fake f = new_fake(0);
	for (size_t i = 0; i < like->n_chunks; i++)
		f.n_chunks += lines_of(like, i);
	f.lines = 1;
	f.blank = like->blank;
	f.scoring = like->scoring;
	f.too_long = like->too_long;
	open_team(1);
	run_well(&f);
	return f.out;
}

#endif
