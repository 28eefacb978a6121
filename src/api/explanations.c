/* SPDX-License-Identifier: MIT */
/* Explanations are made by all workers, and told in the order of the lines. */
#include "src/api/explanations.h"

#include "src/decode/explain.h"

trujaman_status tj_make_explanations(const trujaman_translator *t, struct tj_chunk *c,
                                     struct tj_error *err)
{
	struct tj_language l;
	if (t->options.explain == NULL || err->status != TRUJAMAN_OK)
		return err->status;
	l = tj_language_of(t, 0);
	for (size_t i = 0; i < c->n_lines; i++) {
		if (tj_explain_line(c, &c->lines[i], &l, &c->explained, err) != TRUJAMAN_OK)
			return err->status;
		c->lines[i].explained_end = c->explained.n;
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_tell_explanations(const trujaman_translator *t, const struct tj_chunk *c,
                                     struct tj_error *err)
{
	const trujaman_options *o = &t->options;
	size_t from = 0;
	for (size_t i = 0; o->explain != NULL && i < c->n_lines; i++) {
		const struct tj_chunk_line *line = &c->lines[i];
		const trujaman_explanation e = { .input = line->input,
			                         .line = line->number,
			                         .text = c->explained.data + from,
			                         .len = line->explained_end - from };
		if (o->explain(o->explain_context, &e) != 0)
			return tj_fail(err, TRUJAMAN_ERROR_IO, "the explanation was refused");
		from = line->explained_end;
	}
	return TRUJAMAN_OK;
}
