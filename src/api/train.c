/* SPDX-License-Identifier: MIT */
/* trujaman_train and its options; lets the trainer translate the dev set with this library. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/api/find_model.h"
#include "src/api/options.h"
#include "src/api/sized.h"
#include "src/base/float_mode.h"
#include "src/base/stop.h"
#include "src/machine/leader.h"
#include "src/train/options.h"
#include "src/train/trainer.h"
#include "src/train/trainer_open.h"

/* The number of dev set texts that are translated between two checks of *stop. */
enum { TEXTS_AT_ONCE = 512 };

void trujaman_train_options_default(trujaman_train_options *options)
{
	const trujaman_train_options defaults = tj_train_options_default();
	if (options->size > sizeof options->size)
		tj_sized_give(options, &defaults, sizeof defaults);
}

/* Completes the options of a program that may know fewer of them. */
static trujaman_status take_options(trujaman_train_options *own,
                                    const trujaman_train_options *options, struct tj_error *err)
{
	size_t n = options->size;
	if (n < sizeof n)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "the options: their size is not set");
	*own = tj_train_options_default();
	memcpy(own, options, n < sizeof *own ? n : sizeof *own);
	own->size = sizeof *own;
	return TRUJAMAN_OK;
}

const trujaman_option *trujaman_train_option_at(size_t i)
{
	return i < tj_n_train_options ? &tj_train_options[i].o.about : NULL;
}

trujaman_status trujaman_train_set(trujaman_train_options *options, const char *name,
                                   const char *value, char *error, size_t n_error_bytes)
{
	struct tj_error err = { 0 };
	trujaman_train_options own, before;
	if (take_options(&own, options, &err) == TRUJAMAN_OK) {
		size_t n = options->size < sizeof own ? options->size : sizeof own;
		memcpy(&before, &own, sizeof own);
		tj_train_options_set(&own, name, value, &err);
		if (memcmp((char *)&own + n, (char *)&before + n, sizeof own - n) != 0)
			tj_fail(&err, TRUJAMAN_ERROR_USAGE,
			        "--%s: the program was compiled for a library without it", name);
	}
	if (err.status == TRUJAMAN_OK)
		tj_sized_give(options, &own, sizeof own);
	return tj_error_tell(&err, error, n_error_bytes);
}

/* Moves the texts of a result. Returns 0 if memory is short. */
static int take_texts(const trujaman_result *r, struct tj_dev_text *dst)
{
	for (size_t i = 0; i < trujaman_result_lines(r); i++) {
		size_t n;
		const char *text = trujaman_result_text(r, i, 0, &n);
		dst[i].text = malloc(n + 1);
		if (dst[i].text == NULL)
			return 0;
		memcpy(dst[i].text, text, n + 1);
		dst[i].len = n;
	}
	return 1;
}

/* Translate n texts. If *stop is set, returns TRUJAMAN_OK with every text NULL. */
static trujaman_status translate_all(trujaman_translator *t, const volatile int *stop, size_t n,
                                     const char *const *src, const size_t *len,
                                     struct tj_dev_text *dst, struct tj_error *err)
{
	char text[1024];
	for (size_t i = 0; i < n && !tj_is_stopped(stop); i += TEXTS_AT_ONCE) {
		size_t some = n - i < TEXTS_AT_ONCE ? n - i : TEXTS_AT_ONCE;
		trujaman_result *r;
		trujaman_status status = trujaman_translate(t, some, src + i, len + i, &r, text,
		                                            sizeof text);
		if (status != TRUJAMAN_OK)
			return tj_fail(err, status, "%s", text);
		int good = take_texts(r, dst + i);
		trujaman_result_free(r);
		if (!good)
			return tj_fail_memory(err, "translations", some);
	}
	return TRUJAMAN_OK;
}

/* Translate with a user's default options: beam 4, length penalty 1. */
static trujaman_status translate(void *context, const char *model, size_t n, const char *const *src,
                                 const size_t *len, struct tj_dev_text *dst, struct tj_error *err)
{
	const trujaman_train_options *o = context;
	trujaman_options options = tj_options_default();
	trujaman_model *m;
	trujaman_translator *t = NULL;
	char text[1024];
	options.threads = o->threads;
	options.isa = o->isa;
	memset(dst, 0, n * sizeof *dst);
	trujaman_status status = trujaman_model_open(model, &options, &m, text, sizeof text);
	if (status == TRUJAMAN_OK)
		status = trujaman_translator_new(m, &options, &t, text, sizeof text);
	if (status != TRUJAMAN_OK)
		tj_fail(err, status, "%s", text);
	else
		translate_all(t, o->stop, n, src, len, dst, err);
	if (err->status != TRUJAMAN_OK || tj_is_stopped(o->stop))
		for (size_t i = 0; i < n; i++) {
			free(dst[i].text);
			dst[i].text = NULL;
		}
	trujaman_translator_free(t);
	trujaman_model_close(m);
	return err->status;
}

/* The arguments of a training. */
struct training {
	const trujaman_train_options *options;
	const trujaman_train_observer *observer;
	struct tj_error *err;
};

static trujaman_status train(const trujaman_train_options *o,
                             const trujaman_train_observer *observer, struct tj_error *err)
{
	const struct tj_translator translator = { (void *)(uintptr_t)o, translate };
	struct tj_trainer t;
	char *init = o->init != NULL ? tj_find_model(o->init, err) : NULL;
	if (o->init != NULL && init == NULL)
		return err->status;
	if (tj_trainer_open(&t, o, init, observer, &translator, err) == TRUJAMAN_OK)
		tj_trainer_run(&t, err);
	tj_trainer_close(&t);
	free(init);
	return err->status;
}

static void run(void *context)
{
	const struct training *x = context;
	struct tj_float_mode mode;
	tj_float_enter(&mode);
	train(x->options, x->observer, x->err);
	tj_float_leave(&mode);
}

trujaman_status trujaman_train(const trujaman_train_options *options,
                               const trujaman_train_observer *observer, char *error,
                               size_t n_error_bytes)
{
	trujaman_train_observer own = { .size = sizeof own };
	trujaman_train_options complete;
	struct tj_error err = { 0 };
	struct training x = { &complete, &own, &err };
	take_options(&complete, options, &err);
	if (observer != NULL)
		tj_sized_take(&own, sizeof own, observer, "the observer", &err);
	if (err.status == TRUJAMAN_OK)
		tj_lead_in_child(run, &x);
	return tj_error_tell(&err, error, n_error_bytes);
}
