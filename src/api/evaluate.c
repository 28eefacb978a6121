/* SPDX-License-Identifier: MIT */
/* trujaman_evaluate: reads two texts line by line and computes BLEU and chrF2. */
#include <stdint.h>
#include <string.h>

#include "src/api/sized.h"
#include "src/base/float_mode.h"
#include "src/base/latin.h"
#include "src/base/utf8.h"
#include "src/io/lines.h"
#include "src/io/not_text.h"
#include "src/metric/bleu.h"
#include "src/metric/chrf.h"

/* One of the two texts. name points into name_buffer or at the input's path. */
struct evaluated_text {
	struct tj_reader *reader;
	const char *path, *name; /* path NULL: it is a descriptor */
	char name_buffer[64];
	struct tj_line line;
	uint64_t n_lines;
};

static int open_text(struct evaluated_text *t, const trujaman_input *input, struct tj_error *err)
{
	t->path = input->path;
	t->name = tj_input_name(input, t->name_buffer, sizeof t->name_buffer);
	t->reader = tj_reader_open(1, input, SIZE_MAX, err);
	return t->reader != NULL;
}

/* Read the next line. Returns 0 at the end of the text or after a failure (err). */
static int next_line(struct evaluated_text *t, struct tj_error *err)
{
	char advice[512];
	if (tj_reader_next(t->reader, 1, &t->line, err) != TJ_READ_LINE)
		return 0;
	t->n_lines++;
	tj_line_skip_mark(&t->line);
	size_t good = tj_utf8_valid_prefix(t->line.text, t->line.n);
	if (good < t->line.n)
		tj_fail(err, TRUJAMAN_ERROR_INPUT,
		        "%s:%llu: invalid UTF-8 at byte %llu of the line%s", t->name,
		        (unsigned long long)t->n_lines,
		        (unsigned long long)t->line.column + good + 1,
		        tj_not_text_latin((uint64_t)tj_is_latin(t->line.text, t->line.n), 1,
		                          t->path, advice, sizeof advice));
	return err->status == TRUJAMAN_OK;
}

/* Read both texts to their ends, so that the message can name both line counts. */
static trujaman_status check_lengths(struct evaluated_text *a, struct evaluated_text *b,
                                     struct tj_error *err)
{
	while (next_line(a, err)) {
	}
	while (next_line(b, err)) {
	}
	if (err->status == TRUJAMAN_OK && a->n_lines != b->n_lines)
		tj_fail(err, TRUJAMAN_ERROR_INPUT,
		        "%s has %llu lines and %s has %llu: each line needs its reference", a->name,
		        (unsigned long long)a->n_lines, b->name, (unsigned long long)b->n_lines);
	else if (err->status == TRUJAMAN_OK && a->n_lines == 0)
		tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s and %s have no lines", a->name, b->name);
	return err->status;
}

static trujaman_status count(struct evaluated_text *a, struct evaluated_text *b,
                             struct tj_bleu *bleu, struct tj_chrf *chrf, struct tj_error *err)
{
	while (next_line(a, err) && next_line(b, err)) {
		const struct tj_line *x = &a->line, *y = &b->line;
		if (tj_bleu_add(bleu, x->text, x->n, y->text, y->n, err) != TRUJAMAN_OK ||
		    tj_chrf_add(chrf, x->text, x->n, y->text, y->n, err) != TRUJAMAN_OK)
			break;
	}
	return err->status == TRUJAMAN_OK ? check_lengths(a, b, err) : err->status;
}

static trujaman_evaluation sum_up(struct tj_bleu *bleu, struct tj_chrf *chrf, uint64_t n_lines)
{
	tj_bleu_finish(bleu);
	tj_chrf_finish(chrf);
	trujaman_evaluation e = {
		.lines = n_lines,
		.bleu = bleu->score,
		.chrf = chrf->score,
		.brevity_penalty = bleu->brevity_penalty,
		.hypothesis_words = bleu->hypothesis_words,
		.reference_words = bleu->reference_words,
	};
	memcpy(e.precisions, bleu->precisions, sizeof e.precisions);
	memcpy(e.correct, bleu->correct, sizeof e.correct);
	memcpy(e.total, bleu->total, sizeof e.total);
	return e;
}

trujaman_status trujaman_evaluate(const trujaman_input *hypotheses,
                                  const trujaman_input *references, trujaman_evaluation *evaluation,
                                  char *error, size_t n_error_bytes)
{
	struct tj_error err = { 0 };
	struct tj_bleu bleu = { 0 };
	struct tj_chrf chrf = { 0 };
	struct evaluated_text a = { 0 }, b = { 0 };
	struct tj_float_mode mode;
	tj_float_enter(&mode);
	trujaman_input both[2];
	trujaman_evaluation e;
	if (tj_sized_take(&e, sizeof e, evaluation, "the evaluation", &err) == TRUJAMAN_OK &&
	    tj_sized_take(&both[0], sizeof *both, hypotheses, "an input", &err) == TRUJAMAN_OK &&
	    tj_sized_take(&both[1], sizeof *both, references, "an input", &err) == TRUJAMAN_OK &&
	    open_text(&a, &both[0], &err) && open_text(&b, &both[1], &err) &&
	    count(&a, &b, &bleu, &chrf, &err) == TRUJAMAN_OK) {
		e = sum_up(&bleu, &chrf, a.n_lines);
		tj_sized_give(evaluation, &e, sizeof e);
	}
	tj_float_leave(&mode);
	tj_reader_close(a.reader);
	tj_reader_close(b.reader);
	return tj_error_tell(&err, error, n_error_bytes);
}
