/* SPDX-License-Identifier: MIT */
/* The library as most tests want it: a model and one translator as one handle, which keeps the last
 * message; translations in an array; inputs and reports whose sizes need not be set. */
#ifndef TJ_TESTS_HANDLE_H
#define TJ_TESTS_HANDLE_H

#include <stdlib.h>
#include <string.h>

#include "src/api/options.h"
#include "trujaman.h"

struct handle {
	trujaman_model *model;
	trujaman_translator *translator;
	char error[1024];
};

struct translated {
	char *text; /* from malloc; NULL: there is none */
	size_t len;
	double score;
};

#define TOLD(h) (h)->error, sizeof(h)->error

static inline trujaman_status handle_open(const char *name, const trujaman_options *o,
                                          struct handle **h)
{
	struct handle *x = *h = calloc(1, sizeof *x);
	trujaman_status status = trujaman_model_open(name, o, &x->model, TOLD(x));
	if (status == TRUJAMAN_OK)
		status = trujaman_translator_new(x->model, o, &x->translator, TOLD(x));
	return status;
}

static inline void handle_close(struct handle *h)
{
	if (h == NULL)
		return;
	trujaman_model_close(h->model); /* first: a translator goes on without it */
	trujaman_translator_free(h->translator);
	free(h);
}

static inline const char *handle_error(const struct handle *h)
{
	return h->error;
}

static inline const trujaman_model_info *handle_info(const struct handle *h)
{
	return trujaman_model_describe(h->model);
}

static inline const char *handle_metadata(const struct handle *h, const char *key)
{
	return trujaman_model_metadata(h->model, key);
}

static inline size_t handle_threads(const struct handle *h)
{
	return trujaman_translator_threads(h->translator);
}

static inline void translated_free(size_t n, struct translated *texts)
{
	for (size_t i = 0; i < n; i++) {
		free(texts[i].text);
		texts[i] = (struct translated){ NULL, 0, 0 };
	}
}

static inline void take_text(const trujaman_result *r, size_t line, size_t rank,
                             struct translated *to)
{
	size_t n;
	const char *text = trujaman_result_text(r, line, rank, &n);
	*to = (struct translated){ NULL, 0, 0 };
	if (text == NULL)
		return;
	to->text = malloc(n + 1);
	if (to->text == NULL)
		abort();
	memcpy(to->text, text, n + 1);
	to->len = n;
	to->score = trujaman_result_score(r, line, rank);
}

/* dst has room for n * n_best texts. */
static inline trujaman_status handle_translate(struct handle *h, size_t n, const char *const *src,
                                               const size_t *len, struct translated *dst)
{
	trujaman_result *r;
	size_t n_best = trujaman_translator_n_best(h->translator);
	trujaman_status status = trujaman_translate(h->translator, n, src, len, &r, TOLD(h));
	for (size_t i = 0; i < n * n_best; i++)
		if (r != NULL)
			take_text(r, i / n_best, i % n_best, &dst[i]);
		else
			dst[i] = (struct translated){ NULL, 0, 0 };
	trujaman_result_free(r);
	return status;
}

static inline trujaman_status handle_score(struct handle *h, size_t n, const char *const *src,
                                           const size_t *src_len, const char *const *tgt,
                                           const size_t *tgt_len, double *scores)
{
	trujaman_result *r;
	trujaman_status status = trujaman_score(h->translator, n, src, src_len, tgt, tgt_len, &r,
	                                        TOLD(h));
	for (size_t i = 0; i < n; i++)
		scores[i] = r != NULL ? trujaman_result_score(r, i, 0) : 0;
	trujaman_result_free(r);
	return status;
}

/* Copies of inputs with their sizes set, to be freed. */
static inline trujaman_input *sized_inputs(size_t n, const trujaman_input *inputs)
{
	trujaman_input *own = calloc(n + 1, sizeof *own);
	if (own == NULL)
		abort();
	for (size_t i = 0; i < n; i++) {
		own[i] = inputs[i];
		own[i].size = sizeof *own;
	}
	return own;
}

static inline trujaman_report *sized_report(trujaman_report *report)
{
	if (report != NULL)
		report->size = sizeof *report;
	return report;
}

static inline trujaman_sink sized_sink(const trujaman_sink *sink)
{
	trujaman_sink own = *sink;
	own.size = sizeof own;
	return own;
}

static inline trujaman_status handle_translate_stream(struct handle *h, size_t n,
                                                      const trujaman_input *inputs, int fd,
                                                      const char *name, enum trujaman_output output,
                                                      trujaman_report *report)
{
	trujaman_input *own = sized_inputs(n, inputs);
	trujaman_status status = trujaman_translate_stream(h->translator, n, own, fd, name, output,
	                                                   sized_report(report), TOLD(h));
	free(own);
	return status;
}

static inline trujaman_status handle_translate_to(struct handle *h, size_t n,
                                                  const trujaman_input *inputs,
                                                  const trujaman_sink *sink,
                                                  enum trujaman_output output,
                                                  trujaman_report *report)
{
	trujaman_input *own = sized_inputs(n, inputs);
	trujaman_sink to = sized_sink(sink);
	trujaman_status status = trujaman_translate_to(h->translator, n, own, &to, output,
	                                               sized_report(report), TOLD(h));
	free(own);
	return status;
}

static inline trujaman_status handle_score_stream(struct handle *h, const trujaman_input *source,
                                                  const trujaman_input *target, int fd,
                                                  const char *name, trujaman_report *report)
{
	const trujaman_input both[] = { *source, *target };
	trujaman_input *own = sized_inputs(2, both);
	trujaman_status status = trujaman_score_stream(h->translator, &own[0], &own[1], fd, name,
	                                               sized_report(report), TOLD(h));
	free(own);
	return status;
}

static inline trujaman_status handle_score_to(struct handle *h, const trujaman_input *source,
                                              const trujaman_input *target,
                                              const trujaman_sink *sink, trujaman_report *report)
{
	const trujaman_input both[] = { *source, *target };
	trujaman_input *own = sized_inputs(2, both);
	trujaman_sink to = sized_sink(sink);
	trujaman_status status = trujaman_score_to(h->translator, &own[0], &own[1], &to,
	                                           sized_report(report), TOLD(h));
	free(own);
	return status;
}

#endif
