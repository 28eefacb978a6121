/* SPDX-License-Identifier: MIT */
/* trujaman_train and its options; lets the trainer translate the dev set with this library. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/api/find_model.h"
#include "src/api/handle.h"
#include "src/base/float_mode.h"
#include "src/base/stop.h"
#include "src/machine/leader.h"
#include "src/train/options.h"
#include "src/train/trainer.h"
#include "src/train/trainer_open.h"

/* The number of dev set texts that are translated between two checks of *stop. */
enum { TEXTS_AT_ONCE = 512 };

trujaman_train_options trujaman_train_options_default(void)
{
	return tj_train_options_default();
}

static trujaman_status tell(const struct tj_error *err, char *error, size_t n_error_bytes)
{
	if (n_error_bytes > 0)
		snprintf(error, n_error_bytes, "%s", err->text);
	return err->status;
}

const trujaman_option *trujaman_train_option_at(size_t i)
{
	return i < tj_n_train_options ? &tj_train_options[i].o.about : NULL;
}

trujaman_status trujaman_train_set(trujaman_train_options *options, const char *name,
                                   const char *value, char *error, size_t n_error_bytes)
{
	struct tj_error err = { TRUJAMAN_OK, "" };
	tj_train_options_set(options, name, value, &err);
	return tell(&err, error, n_error_bytes);
}

/* Translate n texts. If *stop is set, returns TRUJAMAN_OK with every text NULL. */
static trujaman_status translate_all(trujaman *t, const volatile int *stop, size_t n,
                                     const char *const *src, const size_t *len, trujaman_text *dst)
{
	for (size_t i = 0; i < n; i += TEXTS_AT_ONCE) {
		size_t some = n - i < TEXTS_AT_ONCE ? n - i : TEXTS_AT_ONCE;
		trujaman_status status = TRUJAMAN_OK;
		int stopped = tj_is_stopped(stop);
		if (!stopped)
			status = trujaman_translate(t, some, src + i, len + i, dst + i);
		if (stopped || status != TRUJAMAN_OK) {
			trujaman_text_free(i, dst);
			return status;
		}
	}
	return TRUJAMAN_OK;
}

/* Translate with a user's default options: beam 4, length penalty 1. */
static trujaman_status translate(void *context, const char *model, size_t n, const char *const *src,
                                 const size_t *len, trujaman_text *dst, struct tj_error *err)
{
	const trujaman_train_options *o = context;
	trujaman_options options = trujaman_options_default();
	trujaman *t;
	options.threads = o->threads;
	options.isa = o->isa;
	trujaman_status status = trujaman_open(model, &options, &t);
	memset(dst, 0, n * sizeof *dst);
	if (status == TRUJAMAN_OK)
		status = translate_all(t, o->stop, n, src, len, dst);
	if (status != TRUJAMAN_OK)
		tj_fail(err, status, "%s", trujaman_error(t));
	trujaman_close(t);
	return status;
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
	static const trujaman_train_observer nobody;
	struct tj_error err = { TRUJAMAN_OK, "" };
	struct training x = { options, observer != NULL ? observer : &nobody, &err };
	tj_lead_in_child(run, &x);
	return tell(&err, error, n_error_bytes);
}
