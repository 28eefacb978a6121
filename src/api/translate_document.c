/* SPDX-License-Identifier: MIT */
/* trujaman_translate_document: a stream of one input in memory, whose output is gathered there. So
 * it has the bytes that a file would get. */
#include <stdlib.h>

#include "src/api/result.h"
#include "src/api/translator.h"
#include "src/base/string.h"

struct gathering {
	trujaman_translator *t;
	size_t n_bytes;       /* of the document that is read */
	struct tj_string out; /* what it becomes */
	int ended;            /* all of it is there */
	struct tj_error error;
};

static int gather(void *context, const trujaman_stretch *stretch)
{
	struct gathering *x = context;
	const trujaman_translator *t = x->t;
	if (stretch->n_bytes > 0 && !tj_string_append(&x->out, stretch->bytes, stretch->n_bytes))
		tj_fail_memory(&x->error, "a document", x->out.n + stretch->n_bytes);
	else if (t->progress != NULL &&
	         t->progress(t->progress_context, (size_t)stretch->offset, x->n_bytes) != 0)
		tj_fail(&x->error, TRUJAMAN_ERROR_STOPPED, "stopped by its observer");
	return x->error.status != TRUJAMAN_OK;
}

static int end(void *context, size_t input)
{
	struct gathering *x = context;
	(void)input;
	x->ended = 1;
	return 0;
}

/* Makes a result of what was gathered, which it takes over. */
static trujaman_result *make_result(struct gathering *x)
{
	trujaman_result *result = tj_result_new(1, 1);
	if (result == NULL || !tj_string_append(&x->out, "", 1)) {
		tj_fail_memory(&x->error, "a document", x->out.n);
		trujaman_result_free(result);
		return NULL;
	}
	result->texts[0].text = x->out.data;
	result->texts[0].n = x->out.n - 1;
	x->out = (struct tj_string){ NULL, 0, 0 };
	return result;
}

trujaman_status trujaman_translate_document(trujaman_translator *t, const char *format,
                                            const void *bytes, size_t n_bytes,
                                            trujaman_result **result,
                                            struct trujaman_report *report, char *error,
                                            size_t n_error_bytes)
{
	struct gathering x = { .t = t, .n_bytes = n_bytes };
	const trujaman_input input = { .size = sizeof input,
		                       .fd = -1,
		                       .format = format,
		                       .bytes = n_bytes > 0 ? bytes : "",
		                       .n_bytes = n_bytes };
	const trujaman_sink sink = {
		.size = sizeof sink, .context = &x, .write = gather, .end = end
	};
	*result = NULL;
	trujaman_status status = trujaman_translate_to(t, 1, &input, &sink, TRUJAMAN_OUTPUT_PLAIN,
	                                               report, error, n_error_bytes);
	if (status == TRUJAMAN_OK && !x.ended)
		tj_fail(&x.error, TRUJAMAN_ERROR_STOPPED, "stopped");
	else if (status == TRUJAMAN_OK)
		*result = make_result(&x);
	free(x.out.data);
	return x.error.status == TRUJAMAN_OK ? status
	                                     : tj_error_tell(&x.error, error, n_error_bytes);
}
