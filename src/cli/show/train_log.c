/* SPDX-License-Identifier: MIT */
/* Writes the log of a training, and cuts it back when the training is resumed. */
#include "src/cli/show/train_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/hash.h"
#include "src/base/number.h"
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

static int print(struct tj_train_log *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static int print(struct tj_train_log *l, const char *format, ...)
{
	char line[4096];
	va_list args;
	va_start(args, format);
	size_t n = (size_t)tj_number_vprint(line, sizeof line, format, args);
	va_end(args);
	struct tj_error err = { 0 };
	tj_write_all(l->fd, is_stdout(l) ? "standard output" : l->path, line, n, &err);
	if (err.status == TRUJAMAN_ERROR_CLOSED)
		l->is_closed = 1; /* no failure to report */
	else if (err.status != TRUJAMAN_OK)
		tj_cli_say("%s", err.text);
	if (err.status != TRUJAMAN_OK)
		return TJ_EXIT_FAILED;
	l->n_bytes += n;
	l->hash = tj_hash_each(l->hash, line, n);
	return 0;
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
	return print(l, "{\"chosen\": \"%s\"}\n", start->chosen);
}

int tj_train_log_update(struct tj_train_log *l, const trujaman_train_update *u)
{
	char alignment[64] = "";
	if (l->path == NULL)
		return 0;
	if (u->aligned_pieces > 0)
		tj_number_print(alignment, sizeof alignment,
		                ", \"alignment_loss\": %.9g, \"aligned\": %" PRIu64,
		                u->alignment_loss, u->aligned_pieces);
	return print(l,
	             "{\"update\": %" PRIu64 ", \"epoch\": %" PRIu64
	             ", \"loss\": %.9g, \"nll\": %.9g, "
	             "\"pieces\": %" PRIu64 ", \"learning_rate\": %.9g, \"gradient_norm\": %.9g%s, "
	             "\"seconds\": %.9g}\n",
	             u->update, u->epoch, u->loss, u->nll, u->pieces, u->learning_rate,
	             u->gradient_norm, alignment, u->seconds);
}

/* The scores of each dev set, if there are several: ", \"dev_sets\": [{…}, …]". */
static void print_sets(char *text, size_t n_bytes, const trujaman_train_validation *v)
{
	size_t at = 0;
	*text = '\0';
	for (size_t i = 0; i < v->n_sets && at < n_bytes; i++)
		at += (size_t)tj_number_print(text + at, n_bytes - at,
		                              "%s{\"nll\": %.9g, \"bleu\": %.9g, \"chrf\": %.9g}%s",
		                              i == 0 ? ", \"dev_sets\": [" : ", ", v->sets[i].nll,
		                              v->sets[i].bleu, v->sets[i].chrf,
		                              i + 1 == v->n_sets ? "]" : "");
}

int tj_train_log_validation(struct tj_train_log *l, const trujaman_train_validation *v)
{
	char sets[2048], averaged[32] = "";
	if (l->path == NULL)
		return 0;
	print_sets(sets, sizeof sets, v);
	if (v->averaged > 0)
		snprintf(averaged, sizeof averaged, ", \"averaged\": %d", v->averaged);
	return print(l,
	             "{\"update\": %" PRIu64 ", \"epoch\": %" PRIu64 ", \"dev_nll\": %.9g, "
	             "\"dev_bleu\": %.9g, \"dev_chrf\": %.9g%s%s, \"best\": %s, "
	             "\"seconds\": %.9g}\n",
	             v->update, v->epoch, v->dev_nll, v->dev_bleu, v->dev_chrf, sets, averaged,
	             v->best ? "true" : "false", v->seconds);
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
