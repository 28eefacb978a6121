/* SPDX-License-Identifier: MIT */
/* Exchanges source and target of a chunk of pairs, and scores that chunk from beginning to end. */
#include "src/decode/reverse.h"

#include "src/decode/chunk_prepare.h"
#include "src/decode/chunk_result.h"

enum { MAX_SUBMIT = 128 };

struct reverse {
	const struct tj_language *language;
	struct tj_tools *tools;
};

static struct tj_chunk *exchanged(const struct tj_chunk *c, struct tj_error *err)
{
	struct tj_chunk *r = tj_chunk_new(err);
	for (size_t i = 0; r != NULL && i < c->n_lines; i++) {
		const struct tj_chunk_line *line = &c->lines[i];
		const char *source = c->text.data != NULL
		                         ? c->text.data + line->first_byte + line->field
		                         : "";
		const char *target = c->target_text.data != NULL
		                         ? c->target_text.data + line->first_target
		                         : "";
		if (tj_chunk_add(r, target, line->n_target, source, line->n_field, NULL, NULL) !=
		    NULL)
			continue;
		tj_fail_memory(err, "lines", line->n_target);
		tj_chunk_free(r);
		return NULL;
	}
	return r;
}

static trujaman_status part_done(void *context, const struct tj_result *result,
                                 struct tj_error *err)
{
	const struct reverse *x = context;
	return tj_chunk_result(result, x->language, x->tools, err);
}

trujaman_status tj_chunk_reverse(struct tj_chunk *c, const struct tj_language *l,
                                 struct tj_tools *tools, struct tj_engine *engine,
                                 struct tj_error *err)
{
	struct reverse x = { l, tools };
	struct tj_request requests[MAX_SUBMIT];
	struct tj_chunk *r = c->reverse = exchanged(c, err);
	if (r == NULL || tj_chunk_prepare(r, l, tools, err) != TRUJAMAN_OK)
		return err->status;
	while (r->n_open > 0 && err->status == TRUJAMAN_OK) {
		size_t n = 0, room = tj_engine_room(engine);
		for (; n < room && n < MAX_SUBMIT && r->n_submitted < r->n_parts; n++)
			requests[n] = tj_chunk_request(r, l, r->n_submitted++);
		if (n > 0 && tj_engine_submit(engine, n, requests, err) != TRUJAMAN_OK)
			return err->status;
		(void)tj_engine_step(engine, part_done, &x, err);
	}
	return err->status;
}
