/* SPDX-License-Identifier: MIT */
/* Writes the log of a training, and cuts it back when the training is resumed. */
#include "src/cli/show/train_log.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/hash.h"
#include "src/cli/show/json.h"
#include "src/io/write.h"

static int is_stdout(const struct tj_train_log *l)
{
	return strcmp(l->path, "-") == 0;
}

static int fail(const struct tj_train_log *l, const char *what)
{
	tj_cli_say("cannot %s %s: %s", what, is_stdout(l) ? "standard output" : l->path,
	           strerror(errno));
	return 1;
}

int tj_train_log_open(struct tj_train_log *l, const char *path)
{
	*l = (struct tj_train_log){ .path = path, .fd = -1, .hash = TJ_HASH_NO_BYTES };
	if (path == NULL)
		return TJ_EXIT_DONE;
	l->fd = is_stdout(l) ? STDOUT_FILENO : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	return l->fd >= 0 ? TJ_EXIT_DONE : (fail(l, "write"), TJ_EXIT_FAILED);
}

/* Hash the first n bytes of the log. Returns 0 and sets errno if they cannot be read; errno is
 * EINVAL if the file is shorter. */
static int hash_beginning(const struct tj_train_log *l, uint64_t n, uint64_t *h)
{
	char buffer[8192];
	*h = TJ_HASH_NO_BYTES;
	for (uint64_t at = 0; at < n;) {
		size_t want = n - at < sizeof buffer ? (size_t)(n - at) : sizeof buffer;
		ssize_t got = pread(l->fd, buffer, want, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			if (got == 0)
				errno = EINVAL;
			return 0;
		}
		*h = tj_hash_each(*h, buffer, (size_t)got);
		at += (uint64_t)got;
	}
	return 1;
}

/* Never truncate a file that is not the log of this training: its beginning must have the hash that
 * the checkpoint recorded. */
static int check_beginning(const struct tj_train_log *l, const uint64_t note[2])
{
	uint64_t h;
	if (!hash_beginning(l, note[0], &h) && errno != EINVAL)
		return fail(l, "read");
	if (h == note[1])
		return 0;
	tj_cli_say("%s is not the log that belongs to the checkpoint; name another --log", l->path);
	return TJ_EXIT_USAGE;
}

/* Writes a line, which is in one piece also if the run is killed then: an object, which is
 * released; NULL: memory was short. */
static int write_line(struct tj_train_log *l, json_t *object)
{
	const char *name = is_stdout(l) ? "standard output" : l->path;
	struct tj_string line = { .n = 0 };
	struct tj_error err = { 0 };
	if (tj_json_line(object, JSON_REAL_PRECISION(9), &line))
		tj_write_all(l->fd, name, line.data, line.n, &err);
	else
		tj_fail(&err, TRUJAMAN_ERROR_MEMORY, "out of memory for the log %s", name);
	if (err.status == TRUJAMAN_ERROR_CLOSED)
		l->is_closed = 1; /* no failure to report */
	else if (err.status != TRUJAMAN_OK)
		tj_cli_say("%s", err.text);
	if (err.status == TRUJAMAN_OK) {
		l->n_bytes += line.n;
		l->hash = tj_hash_each(l->hash, line.data, line.n);
	}
	free(line.data);
	return err.status == TRUJAMAN_OK ? 0 : TJ_EXIT_FAILED;
}

/* Whether a log can be what a training left that was killed before its first checkpoint: no
 * validation, and at most the choices and the updates up to that checkpoint, which is written after
 * UPDATES_TO_FIRST_MODEL (trainer.c) at the latest. A longer one belongs to another training. */
static int is_without_checkpoint(const struct tj_train_log *l)
{
	enum { MOST_LINES = 1 + 100, MOST_BYTES = 1 << 16 };
	char text[MOST_BYTES];
	ssize_t n = pread(l->fd, text, sizeof text - 1, 0);
	if (n < 0 || (size_t)n == sizeof text - 1)
		return 0;
	text[n] = '\0';
	size_t lines = 0;
	for (ssize_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines <= MOST_LINES && strstr(text, "\"dev_nll\"") == NULL &&
	       (strncmp(text, "{\"chosen\": ", 11) == 0 || strncmp(text, "{\"update\": ", 11) == 0);
}

/* A new training must not replace a file that somebody may want to keep. */
static int may_replace(const struct tj_train_log *l, const trujaman_train_options *o)
{
	return o->force || (o->resume && is_without_checkpoint(l));
}

static int refuse(const struct tj_train_log *l)
{
	return tj_cli_usage("train",
	                    "%s exists and is not empty; name another --log, or replace it, and "
	                    "the model, with --force",
	                    l->path);
}

int tj_train_log_check(const struct tj_train_log *l, const trujaman_train_options *o,
                       int has_checkpoint)
{
	struct stat s;
	if (l->path == NULL || is_stdout(l) || (o->resume && has_checkpoint) ||
	    fstat(l->fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_size == 0 || may_replace(l, o))
		return TJ_EXIT_DONE;
	return refuse(l);
}

/* Cuts a regular file to what belongs to this training. */
static int cut(struct tj_train_log *l, const trujaman_train_options *o,
               const trujaman_train_start *start, int is_empty)
{
	if (!is_empty && start->update > 0) {
		int status = check_beginning(l, start->note);
		if (status != TJ_EXIT_DONE)
			return status;
		l->n_bytes = start->note[0];
		l->hash = start->note[1];
	} else if (!is_empty && !may_replace(l, o)) {
		return refuse(l); /* it has grown since it was checked */
	}
	if (ftruncate(l->fd, (off_t)l->n_bytes) != 0 ||
	    lseek(l->fd, (off_t)l->n_bytes, SEEK_SET) < 0)
		return fail(l, "cut");
	return 0;
}

int tj_train_log_start(struct tj_train_log *l, const trujaman_train_options *o,
                       const trujaman_train_start *start)
{
	struct stat s;
	int status = TJ_EXIT_DONE;
	if (l->path == NULL)
		return 0;
	if (fstat(l->fd, &s) != 0)
		return fail(l, "read");
	/* A pipe or a device, and what stdout leads to, cannot be cut. */
	if (S_ISREG(s.st_mode) && !is_stdout(l))
		status = cut(l, o, start, s.st_size == 0);
	if (status != TJ_EXIT_DONE)
		return status;
	if (start->update > 0 || start->chosen[0] == '\0')
		return 0;
	return write_line(l, json_pack("{s:o}", "chosen",
	                               tj_json_text(start->chosen, strlen(start->chosen))));
}

/* What is made below is NULL if memory is short. */

static json_t *make_update(const trujaman_train_update *u)
{
	json_t *object = json_pack("{s:I, s:I, s:o, s:o, s:I, s:o, s:o}", "update",
	                           (json_int_t)u->update, "epoch", (json_int_t)u->epoch, "loss",
	                           tj_json_number(u->loss), "nll", tj_json_number(u->nll), "pieces",
	                           (json_int_t)u->pieces, "learning_rate",
	                           tj_json_number(u->learning_rate), "gradient_norm",
	                           tj_json_number(u->gradient_norm));
	int good = u->aligned_pieces == 0 ||
	           (json_object_set_new(object, "alignment_loss",
	                                tj_json_number(u->alignment_loss)) == 0 &&
	            json_object_set_new(object, "aligned",
	                                json_integer((json_int_t)u->aligned_pieces)) == 0);
	good = good && json_object_set_new(object, "seconds", tj_json_number(u->seconds)) == 0;
	return tj_json_built(object, good);
}

int tj_train_log_update(struct tj_train_log *l, const trujaman_train_update *u)
{
	return l->path == NULL ? 0 : write_line(l, make_update(u));
}

/* The scores of each dev set. */
static json_t *make_sets(const trujaman_train_validation *v)
{
	json_t *list = json_array();
	int good = 1;
	for (size_t i = 0; good && i < v->n_sets; i++)
		good = json_array_append_new(list,
		                             json_pack("{s:o, s:o, s:o}", "nll",
		                                       tj_json_number(v->sets[i].nll), "bleu",
		                                       tj_json_number(v->sets[i].bleu), "chrf",
		                                       tj_json_number(v->sets[i].chrf))) == 0;
	return tj_json_built(list, good);
}

static json_t *make_validation(const trujaman_train_validation *v)
{
	json_t *object = json_pack("{s:I, s:I, s:o, s:o, s:o}", "update", (json_int_t)v->update,
	                           "epoch", (json_int_t)v->epoch, "dev_nll",
	                           tj_json_number(v->dev_nll), "dev_bleu",
	                           tj_json_number(v->dev_bleu), "dev_chrf",
	                           tj_json_number(v->dev_chrf));
	int good = v->n_sets == 0 || json_object_set_new(object, "dev_sets", make_sets(v)) == 0;
	if (good && v->averaged > 0)
		good = json_object_set_new(object, "averaged", json_integer(v->averaged)) == 0;
	good = good && json_object_set_new(object, "best", json_boolean(v->best)) == 0 &&
	       json_object_set_new(object, "seconds", tj_json_number(v->seconds)) == 0;
	return tj_json_built(object, good);
}

int tj_train_log_validation(struct tj_train_log *l, const trujaman_train_validation *v)
{
	return l->path == NULL ? 0 : write_line(l, make_validation(v));
}

int tj_train_log_checkpoint(struct tj_train_log *l, trujaman_train_checkpoint *c)
{
	if (l->path == NULL)
		return 0;
	/* EINVAL: a pipe or a device, which cannot fsync. */
	if (fsync(l->fd) != 0 && errno != EINVAL)
		return fail(l, "write");
	c->note[0] = l->n_bytes;
	c->note[1] = l->hash;
	return 0;
}

int tj_train_log_close(struct tj_train_log *l)
{
	if (l->path == NULL || l->fd < 0)
		return 0;
	if (is_stdout(l))
		return tj_cli_close_stdout();
	int failed = close(l->fd) != 0 && errno != EINTR;
	l->fd = -1;
	return failed ? fail(l, "write") : 0;
}
