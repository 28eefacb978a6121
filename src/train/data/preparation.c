/* SPDX-License-Identifier: MIT */
/* Draws what is done to each pair. */
#include "src/train/data/preparation.h"

#include "src/base/random.h"

/* What a line's numbers are for: eight numbers of the stream for each line. */
enum purpose { RAW_SPANS, LETTER_CASE, WHICH_CASE, NO_MARK, COPY, N_PURPOSES = 8 };

static uint64_t counter(size_t line, enum purpose purpose)
{
	return N_PURPOSES * (uint64_t)line + purpose;
}

static int draw(const struct tj_preparation *p, double share, size_t line, enum purpose purpose)
{
	return (double)tj_random_unit(p->seed, counter(line, purpose)) < share;
}

int tj_preparation_is_needed(const struct tj_preparation *p)
{
	return p->rules.normalize || p->rules.max_placeables > 0 || p->letter_cases > 0 ||
	       p->no_marks > 0 || p->copies > 0;
}

int tj_preparation_varies(const struct tj_preparation *p)
{
	return (p->rules.max_placeables > 0 && p->raw_spans > 0) || p->letter_cases > 0 ||
	       p->no_marks > 0 || p->copies > 0;
}

struct tj_preparation tj_preparation_without_variation(const struct tj_preparation *p)
{
	return (struct tj_preparation){ .rules = p->rules,
		                        .source_language = p->source_language,
		                        .target_language = p->target_language };
}

struct tj_pair_variation tj_draw_variation(const struct tj_preparation *p, size_t line)
{
	struct tj_pair_variation v = { .keep_spans = draw(p, p->raw_spans, line, RAW_SPANS),
		                       .drop_marks = draw(p, p->no_marks, line, NO_MARK) };
	if (draw(p, p->letter_cases, line, LETTER_CASE))
		v.letter_case = (enum tj_vary_case)(
		    TJ_VARY_UPPER + tj_random_below(p->seed, counter(line, WHICH_CASE),
		                                    TJ_N_VARY_CASES - TJ_VARY_UPPER));
	return v;
}

int tj_draw_copy(const struct tj_preparation *p, size_t line)
{
	return draw(p, p->copies, line, COPY);
}
