/* SPDX-License-Identifier: MIT */
/* Runs the steps that make a pair: normalisation, placeables, letter case, final marks. */
#include "src/text/pair_maker.h"

#include <stdlib.h>
#include <string.h>

#include "src/text/mapped.h"
#include "src/text/normalize.h"
#include "src/text/spans.h"

struct tj_pair_maker {
	struct tj_pair_rules rules;
	struct tj_finder *finder;
	struct tj_case_writer *cases[2];
	struct tj_mapped normalized[2];
	struct tj_string with_placeables[2], cased[2];
};

struct tj_pair_maker *tj_pair_maker_open(const struct tj_pair_rules *rules,
                                         const char *source_language, const char *target_language,
                                         struct tj_error *err)
{
	struct tj_pair_maker *m = calloc(1, sizeof *m);
	const struct tj_finder_options finding = { .has = rules->has, .context = rules->context };
	if (m == NULL) {
		tj_fail_memory(err, "preparing pairs", sizeof *m);
		return NULL;
	}
	m->rules = *rules;
	m->finder = tj_finder_open(&finding, err);
	m->cases[0] = m->finder != NULL ? tj_case_writer_open(source_language, err) : NULL;
	m->cases[1] = m->cases[0] != NULL ? tj_case_writer_open(target_language, err) : NULL;
	if (m->cases[1] == NULL) {
		tj_pair_maker_close(m);
		return NULL;
	}
	return m;
}

void tj_pair_maker_close(struct tj_pair_maker *m)
{
	if (m == NULL)
		return;
	if (m->finder != NULL)
		tj_finder_close(m->finder);
	for (int side = 0; side < 2; side++) {
		tj_case_writer_close(m->cases[side]);
		tj_mapped_release(&m->normalized[side]);
		free(m->with_placeables[side].data);
		free(m->cased[side].data);
	}
	free(m);
}

static struct tj_stretch text_of(const struct tj_string *s)
{
	return (struct tj_stretch){ s->n > 0 ? s->data : "", s->n };
}

/* Spans stay as they are, here and in all that follows, as they do when a user's text is
 * translated. */
static trujaman_status normalize(struct tj_pair_maker *m, struct tj_stretch pair[2],
                                 struct tj_error *err)
{
	for (int side = 0; side < 2; side++) {
		struct tj_mapped *out = &m->normalized[side];
		const struct tj_fixed *spans;
		size_t n_spans;
		if (!tj_needs_normalizing(TJ_NORMAL_1, pair[side].text, pair[side].n))
			continue;
		tj_mapped_clear(out);
		if (tj_finder_find(m->finder, pair[side].text, pair[side].n, &spans, &n_spans,
		                   err) != TRUJAMAN_OK ||
		    tj_normalize(TJ_NORMAL_1, pair[side].text, pair[side].n, spans, n_spans, out,
		                 NULL, err) != TRUJAMAN_OK)
			return err->status;
		pair[side] = text_of(&out->text);
	}
	return TRUJAMAN_OK;
}

static trujaman_status put_placeables(struct tj_pair_maker *m, struct tj_stretch pair[2],
                                      struct tj_pair_record *record, struct tj_error *err)
{
	struct tj_string *out = m->with_placeables;
	out[0].n = out[1].n = 0;
	if (tj_placeables_pair(m->finder, pair[0].text, pair[0].n, pair[1].text, pair[1].n,
	                       m->rules.max_placeables, &out[0], &out[1], &record->spans,
	                       err) != TRUJAMAN_OK)
		return err->status;
	for (int side = 0; side < 2; side++)
		pair[side] = text_of(&out[side]);
	return TRUJAMAN_OK;
}

static trujaman_status write_cases(struct tj_pair_maker *m, enum tj_vary_case letter_case,
                                   struct tj_stretch pair[2], struct tj_error *err)
{
	for (int side = 0; side < 2; side++) {
		const struct tj_fixed *spans;
		size_t n_spans;
		struct tj_string *out = &m->cased[side];
		out->n = 0;
		if (tj_finder_find(m->finder, pair[side].text, pair[side].n, &spans, &n_spans,
		                   err) != TRUJAMAN_OK ||
		    tj_case_write(m->cases[side], letter_case, pair[side].text, pair[side].n, spans,
		                  n_spans, out, err) != TRUJAMAN_OK)
			return err->status;
		pair[side] = text_of(out);
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_pair_make(struct tj_pair_maker *m, const struct tj_pair_variation *v,
                             struct tj_stretch pair[2], struct tj_pair_record *record,
                             struct tj_error *err)
{
	const struct tj_pair_variation nothing = { 0 };
	v = v != NULL ? v : &nothing;
	if (m->rules.normalize && normalize(m, pair, err) != TRUJAMAN_OK)
		return err->status;
	if (m->rules.max_placeables > 0 && !v->keep_spans &&
	    put_placeables(m, pair, record, err) != TRUJAMAN_OK)
		return err->status;
	if (v->letter_case != TJ_VARY_NOTHING) {
		if (write_cases(m, v->letter_case, pair, err) != TRUJAMAN_OK)
			return err->status;
		record->cased++;
	}
	if (v->drop_marks)
		record->without_mark += (uint64_t)tj_drop_final_marks(&pair[0], &pair[1]);
	return TRUJAMAN_OK;
}
