/* SPDX-License-Identifier: MIT */
/* Names, checks and locks the files that a training writes. */
#include "src/train/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/io/names.h"
#include "src/io/replace.h"

static char *join(const char *a, const char *b, const char *c, struct tj_error *err)
{
	size_t n = strlen(a) + strlen(b) + strlen(c) + 1;
	char *joined = malloc(n);
	if (joined != NULL)
		snprintf(joined, n, "%s%s%s", a, b, c);
	else
		tj_fail_memory(err, "a path", n);
	return joined;
}

/* Returns the folder of `path`, ending in a slash; allocated with malloc. */
static char *folder_of(const char *path, struct tj_error *err)
{
	const char *slash = strrchr(path, '/');
	char *folder = join(slash != NULL ? path : "./", "", "", err);
	if (folder != NULL && slash != NULL)
		folder[slash - path + 1] = '\0';
	return folder;
}

static int is_file(const char *path, const struct stat *file)
{
	struct stat s;
	return path != NULL && stat(path, &s) == 0 && s.st_dev == file->st_dev &&
	       s.st_ino == file->st_ino;
}

static int is_text(const struct tj_corpus_files *texts, size_t n, const struct stat *file)
{
	for (size_t i = 0; i < n; i++)
		if (is_file(texts[i].source, file) || is_file(texts[i].target, file) ||
		    is_file(texts[i].alignment, file))
			return 1;
	return 0;
}

/* The texts that only the library knows; the caller knows the others. */
static trujaman_status check_log(const trujaman_train_options *o, const struct tj_corpora *c,
                                 struct tj_error *err)
{
	struct stat log;
	if (o->log == NULL || stat(o->log, &log) != 0 ||
	    (!is_text(c->train, c->n_train, &log) && !is_text(c->dev, c->n_dev, &log)))
		return TRUJAMAN_OK;
	return tj_fail(err, TRUJAMAN_ERROR_USAGE,
	               "%s is another file of this training; name another --log", o->log);
}

static trujaman_status check_inputs(const trujaman_train_options *o,
                                    const struct tj_corpora *corpora, const char *init,
                                    struct tj_error *err)
{
	const struct {
		const char *option, *path;
	} inputs[] = {
		{ "source", o->source },
		{ "target", o->target },
		{ "dev-source", o->dev_source },
		{ "dev-target", o->dev_target },
		{ "corpora", o->corpora },
		{ "guided-alignment", o->guided_alignment },
		{ "init", init },
		{ "source-vocab", o->source_vocab },
		{ "target-vocab", o->target_vocab },
	};
	struct stat model;
	if (check_log(o, corpora, err) != TRUJAMAN_OK || stat(o->model, &model) != 0)
		return err->status;
	if (!S_ISREG(model.st_mode))
		return tj_fail(err, TRUJAMAN_ERROR_IO, "cannot write %s: it is no regular file",
		               o->model);
	for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
		if (is_file(inputs[i].path, &model))
			return tj_fail(
			    err, TRUJAMAN_ERROR_USAGE,
			    "%s is both --%s and the model to write; name another --model",
			    o->model, inputs[i].option);
	if (is_text(corpora->train, corpora->n_train, &model) ||
	    is_text(corpora->dev, corpora->n_dev, &model))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "%s is both a text of %s and the model to write; name another "
		               "--model",
		               o->model, o->corpora);
	return TRUJAMAN_OK;
}

/* Decides by what is there and by --resume and --force whether the training goes on, begins, or
 * is refused (the table in trujaman-train(1)). */
static trujaman_status check_outputs(struct tj_train_paths *p, const trujaman_train_options *o,
                                     struct tj_error *err)
{
	struct stat s;
	int has_model = stat(o->model, &s) == 0, has_checkpoint = stat(p->checkpoint, &s) == 0;
	p->replaces_checkpoint = has_checkpoint && o->force;
	p->has_checkpoint = has_checkpoint && !o->force;
	if (o->force)
		return TRUJAMAN_OK;
	if (has_checkpoint && !o->resume)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "there is a checkpoint %s: --resume goes on from it, --force begins "
		               "anew and replaces it and %s",
		               p->checkpoint, o->model);
	if (has_model && !has_checkpoint && o->resume)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "%s exists, but there is no checkpoint %s to go on from; name "
		               "another --model, or begin anew and replace it with --force",
		               o->model, p->checkpoint);
	if (has_model && !has_checkpoint)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "%s exists; name another --model, or replace it with --force",
		               o->model);
	return TRUJAMAN_OK;
}

/* Two trainings of the same MODEL would delete each other's files. The lock is on a separate
 * file because all other files get replaced. The system releases the lock when the process
 * is killed. */
static trujaman_status take_lock(struct tj_train_paths *p, const char *model, struct tj_error *err)
{
	struct stat held;
	for (int i = 0; i < 10; i++) {
		int fd = open(p->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (fd < 0)
			return tj_fail_errno(err, errno, "create", p->lock);
		enum tj_lock lock = tj_lock(fd, p->lock);
		if (lock == TJ_LOCK_TAKEN) {
			close(fd);
			break;
		}
		/* It is removed at the end, so it must not be a file of somebody else. */
		if (fstat(fd, &held) == 0 && (!S_ISREG(held.st_mode) || held.st_size > 0)) {
			close(fd);
			return tj_fail(err, TRUJAMAN_ERROR_USAGE,
			               "%s exists and is no lock of trujaman; name another --model",
			               p->lock);
		}
		/* The previous holder removes the file before it releases the lock. */
		if (lock == TJ_LOCKED) {
			p->is_locked = 1;
			p->lock_fd = fd;
			return TRUJAMAN_OK;
		}
		close(fd);
	}
	return tj_fail(err, TRUJAMAN_ERROR_IO, "another training is writing %s", model);
}

/* What a killed training of this model has left. */
static void remove_left_overs(const char *model, const char *checkpoint)
{
	struct tj_error no_memory = { 0 };
	char *candidate = join(model, ".candidate", "", &no_memory);
	tj_replace_sweep(model, NULL);
	tj_replace_sweep(checkpoint, NULL);
	if (candidate != NULL)
		tj_replace_sweep(candidate, NULL);
	free(candidate);
}

trujaman_status tj_train_paths_open(struct tj_train_paths *p, const trujaman_train_options *o,
                                    const struct tj_corpora *corpora, const char *init,
                                    struct tj_error *err)
{
	/* Without a slash, the path could be taken for the name of a model. */
	const char *here = strchr(o->model, '/') == NULL ? "./" : "";
	char candidate[64];
	memset(p, 0, sizeof *p);
	p->checkpoint = join(here, o->model, ".checkpoint", err);
	snprintf(candidate, sizeof candidate, ".candidate" TJ_NAME_TEMPORARY "%ld", (long)getpid());
	p->candidate = join(here, o->model, candidate, err);
	p->lock = join(here, o->model, ".lock", err);
	char *folder = folder_of(o->model, err);
	if (p->checkpoint != NULL && p->candidate != NULL && p->lock != NULL && folder != NULL &&
	    check_inputs(o, corpora, init, err) == TRUJAMAN_OK) {
		if (access(folder, W_OK | X_OK) != 0)
			tj_fail_errno(err, errno, "write into the folder", folder);
		else if (take_lock(p, o->model, err) == TRUJAMAN_OK &&
		         check_outputs(p, o, err) == TRUJAMAN_OK)
			remove_left_overs(o->model, p->checkpoint);
	}
	free(folder);
	return err->status;
}

trujaman_status tj_train_paths_begin(struct tj_train_paths *p, struct tj_error *err)
{
	if (p->replaces_checkpoint && unlink(p->checkpoint) != 0 && errno != ENOENT)
		return tj_fail_errno(err, errno, "remove", p->checkpoint);
	p->replaces_checkpoint = 0;
	return TRUJAMAN_OK;
}

void tj_train_paths_free(struct tj_train_paths *p)
{
	if (p->is_locked) {
		(void)unlink(p->lock); /* only cleanup */
		close(p->lock_fd);
	}
	free(p->checkpoint);
	free(p->candidate);
	free(p->lock);
	memset(p, 0, sizeof *p);
}
