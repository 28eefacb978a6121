/* SPDX-License-Identifier: MIT */
/* Status lines of a training on standard error. */
#include "src/cli/show/train_progress.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/latin.h"
#include "src/base/number.h"
#include "src/cli/show/figures.h"
#include "src/cli/show/terminal.h"

/* The interval between two lines: seconds on a terminal; otherwise seconds or updates, whichever
 * comes first. */
static const double terminal_seconds = 0.5, plain_seconds = 60;
enum { PLAIN_UPDATES = 500 };

/* With fewer pairs a model from scratch learns little. */
enum { FEW_PAIRS = 10000 };

static void put_answer(struct tj_figures *line, const void *progress)
{
	const struct tj_train_progress *p = progress;
	const char *phase = atomic_load(&p->phase);
	uint64_t update = atomic_load(&p->update);
	if (update > 0) {
		tj_put_text(line, "epoch ");
		tj_put_number(line, atomic_load(&p->epoch));
		tj_put_text(line, ", update ");
		tj_put_number(line, update);
		tj_put_text(line, ", perplexity ");
		tj_put_decimal(line, atomic_load(&p->perplexity));
		tj_put_text(line, ", ");
		tj_put_time(line, atomic_load(&p->seconds));
		tj_put_text(line, " of training");
	}
	if (phase != NULL && update > 0)
		tj_put_text(line, ", ");
	if (phase != NULL)
		tj_put_text(line, phase);
}

void tj_train_progress_open(struct tj_train_progress *p)
{
	memset(p, 0, sizeof *p);
	p->is_terminal = tj_terminal_is_there();
	p->phase = "beginning";
	p->answer = (struct tj_reply){ put_answer, p };
	tj_question_answer_by(&p->answer);
	tj_question_catch();
}

void tj_train_progress_close(struct tj_train_progress *p)
{
	(void)p;
	tj_question_answer_by(NULL);
	tj_terminal_clear();
}

/* On a terminal the next line replaces this one; otherwise it is an ordinary line. */
static void show(const struct tj_train_progress *p, const char *line)
{
	if (p->is_terminal)
		tj_terminal_show(line);
	else
		fprintf(stderr, "%s\n", line);
}

void tj_train_progress_phase(struct tj_train_progress *p, const char *what)
{
	char line[256];
	p->phase = what;
	/* Once training has begun, show phases only on a terminal, where they are replaced. */
	if (p->begun && !p->is_terminal)
		return;
	snprintf(line, sizeof line, "%s …", what);
	show(p, line);
}

static void show_time(double seconds)
{
	struct tj_figures time = { .n = 0 };
	tj_put_time(&time, seconds);
	fputs(time.text, stderr);
}

static void show_skipped(const trujaman_train_options *o, const trujaman_train_start *s)
{
	uint64_t n = s->empty + s->too_long + s->invalid;
	if (n == 0)
		return;
	fprintf(stderr,
	        "left out: %" PRIu64 " pair%s (%" PRIu64 " with an empty side, %" PRIu64
	        " longer than %d pieces, %" PRIu64 " not UTF-8%s)",
	        n, tj_plural(n), s->empty, s->too_long, o->max_pieces, s->invalid,
	        tj_latin_advice(s->invalid_latin, s->invalid));
	fputc('\n', stderr);
}

static void show_preparation(const trujaman_train_start *s)
{
	if (s->placeables + s->source_only + s->target_only > 0)
		fprintf(stderr,
		        "placeables: %" PRIu64 " spans; %" PRIu64 " of the source and %" PRIu64
		        " of the target have no counterpart and stay as they are\n",
		        s->placeables, s->source_only, s->target_only);
	if (s->linked_pairs > 0)
		fprintf(stderr, "word alignments: %" PRIu64 " of the pairs have some\n",
		        s->linked_pairs);
	if (s->cased + s->without_mark + s->copied_targets > 0)
		fprintf(stderr,
		        "augmentation, in each epoch anew: %" PRIu64
		        " pairs in another letter case, %" PRIu64
		        " without their final mark, %" PRIu64 " targets copied\n",
		        s->cased, s->without_mark, s->copied_targets);
}

static void show_texts(const trujaman_train_start *s)
{
	int n_dev = 0;
	for (size_t i = 0; i < s->n_texts; i++) {
		const trujaman_train_text *t = &s->texts[i];
		char weight[64];
		if (t->is_dev)
			fprintf(stderr, "dev set %d: ", ++n_dev);
		else
			fputs("text: ", stderr);
		tj_cli_escape(stderr, t->source);
		fputs(", ", stderr);
		tj_cli_escape(stderr, t->target);
		fprintf(stderr, ": %" PRIu64 " line%s", t->lines, tj_plural(t->lines));
		tj_number_print(weight, sizeof weight, ", weight %g", t->weight);
		if (t->weight != 1)
			fputs(weight, stderr);
		if (t->tag != NULL) {
			fputs(", tag ", stderr);
			tj_cli_escape(stderr, t->tag);
		}
		if (t->shared > 0)
			fprintf(stderr, ", %" PRIu64 " shared", t->shared);
		fputc('\n', stderr);
	}
}

static void show_dev(const trujaman_train_start *s)
{
	if (s->dev_lines == 0)
		fputs("dev set: none, too few pairs to hold some out; the last weights are kept\n",
		      stderr);
	else if (s->held_out)
		fprintf(stderr, "dev set: %" PRIu64 " pair%s of the training text, held out",
		        s->dev_lines, tj_plural(s->dev_lines));
	else
		fprintf(stderr, "dev set: %" PRIu64 " pair%s", s->dev_lines,
		        tj_plural(s->dev_lines));
	if (s->copies > 0)
		fprintf(stderr, "; %" PRIu64 " more with the same sources left out", s->copies);
	if (s->shared > 0)
		fprintf(stderr,
		        "; the source%s of %" PRIu64
		        " %s in the training text, too, and tell%s little",
		        tj_plural(s->shared), s->shared, s->shared == 1 ? "is" : "are",
		        s->shared == 1 ? "s" : "");
	if (s->dev_lines > 0)
		fputc('\n', stderr);
}

/* The figures are measured; see "Small texts" in trujaman-train(1). */
static void warn_of_few(const trujaman_train_options *o, const trujaman_train_start *s)
{
	if (o->init != NULL || s->pairs >= FEW_PAIRS || s->update > 0)
		return;
	tj_cli_say(
	    "warning: %" PRIu64 " pair%s too few to learn a language from: the translations "
	    "will be poor; tens of thousands are a beginning. If there is a model for these "
	    "languages, --init MODEL starts from what it knows, and this text is then enough "
	    "to adapt it",
	    s->pairs, s->pairs == 1 ? " is" : "s are");
}

/* The time of validations is not in it. */
static void show_estimate(const trujaman_train_options *o, const trujaman_train_start *s)
{
	double epoch = s->epoch_seconds, whole = epoch * o->epochs;
	if (epoch <= 0)
		return;
	fputs("an epoch takes about ", stderr);
	show_time(epoch);
	if (o->updates > 0 && (whole <= 0 || epoch / (double)s->batches * o->updates < whole))
		whole = epoch / (double)s->batches * o->updates;
	if (o->minutes > 0 && (whole <= 0 || 60 * o->minutes < whole))
		whole = 60 * o->minutes;
	if (whole > 0) {
		fputs(", all of the training at most ", stderr);
		show_time(whole);
	}
	fprintf(stderr, " (by %" PRIu64 " timed update%s; without validations)\n", s->timed_updates,
	        tj_plural(s->timed_updates));
}

void tj_train_progress_start(struct tj_train_progress *p, const trujaman_train_options *o,
                             const trujaman_train_start *s)
{
	char every[32] = "update";
	if (s->validate_every != 1)
		snprintf(every, sizeof every, "%d updates", s->validate_every);
	tj_terminal_clear();
	if (s->no_checkpoint)
		tj_cli_say("there is no checkpoint to resume from; starting from the beginning");
	fprintf(stderr, "training text: %" PRIu64 " pair%s, %" PRIu64 " and %" PRIu64 " pieces\n",
	        s->pairs, tj_plural(s->pairs), s->source_pieces, s->target_pieces);
	if (o->corpora != NULL)
		show_texts(s);
	show_skipped(o, s);
	show_preparation(s);
	show_dev(s);
	warn_of_few(o, s);
	if (s->chosen[0] != '\0')
		fprintf(stderr, "chosen from the text: %s\n", s->chosen);
	fprintf(stderr,
	        "model: vocabularies of %u and %u pieces, %.1f million parameters\n"
	        "an epoch: %" PRIu64 " update%s; a validation: every %s; %d thread%s, %s\n",
	        (unsigned)s->source_words, (unsigned)s->target_words, (double)s->parameters / 1e6,
	        s->batches, tj_plural(s->batches), every, s->threads,
	        tj_plural((uint64_t)s->threads), s->isa);
	show_estimate(o, s);
	if (s->update > 0) {
		fprintf(stderr, "resumed after update %" PRIu64 ", ", s->update);
		show_time(s->seconds);
		fputs(" of training\n", stderr);
	}
	p->begun = 1;
	p->phase = "the first update has begun";
	p->shown_at = p->since = s->seconds;
	p->shown_update = p->first_update = s->update;
}

static void show_update(struct tj_train_progress *p, const trujaman_train_update *u)
{
	char line[512], alignment[48] = "";
	struct tj_figures rest = { .n = 0 };
	double seconds = u->seconds - p->since;
	if (seconds > 0)
		tj_put_speed(&rest, p->pieces, seconds, "piece");
	if (u->progress > 0)
		tj_put_time_left(&rest, u->seconds / u->progress - u->seconds);
	if (p->aligned > 0)
		snprintf(alignment, sizeof alignment, ", alignment %.4f",
		         p->alignment / p->aligned);
	snprintf(line, sizeof line,
	         "epoch %" PRIu64 ", update %" PRIu64 ": loss %.4f, perplexity %.2f%s%s", u->epoch,
	         u->update, p->loss / p->pieces, exp(p->nll / p->pieces), alignment, rest.text);
	show(p, line);
}

static void forget(struct tj_train_progress *p, double seconds)
{
	p->loss = p->nll = p->pieces = p->alignment = p->aligned = 0;
	p->since = seconds;
}

void tj_train_progress_update(struct tj_train_progress *p, const trujaman_train_update *u)
{
	double n = (double)u->pieces, passed = u->seconds - p->shown_at;
	p->phase = NULL;
	p->epoch = u->epoch;
	p->update = u->update;
	p->perplexity = exp(u->nll);
	p->seconds = u->seconds;
	p->loss += u->loss * n;
	p->nll += u->nll * n;
	p->pieces += n;
	p->alignment += u->alignment_loss * (double)u->aligned_pieces;
	p->aligned += (double)u->aligned_pieces;
	if (p->is_terminal ? passed < terminal_seconds
	                   : passed < plain_seconds && u->update - p->shown_update < PLAIN_UPDATES)
		return;
	show_update(p, u);
	p->shown_at = u->seconds;
	p->shown_update = u->update;
	forget(p, u->seconds);
}

void tj_train_progress_validation(struct tj_train_progress *p, const trujaman_train_validation *v)
{
	tj_terminal_clear();
	p->phase = NULL;
	if (v->averaged > 0)
		fprintf(stderr, "mean of %d models", v->averaged);
	else
		fprintf(stderr, "validation at update %" PRIu64, v->update);
	fprintf(stderr, ": perplexity %.3f, BLEU %.2f, chrF %.2f%s\n", exp(v->dev_nll), v->dev_bleu,
	        v->dev_chrf, v->best ? ", the best so far" : "");
	for (size_t i = 0; i < v->n_sets; i++)
		fprintf(stderr, "  dev set %zu: perplexity %.3f, BLEU %.2f, chrF %.2f\n", i + 1,
		        exp(v->sets[i].nll), v->sets[i].bleu, v->sets[i].chrf);
	/* Leave the time of the validation out of the training speed. */
	forget(p, v->seconds);
}

/* Says what is kept beside the model, and what for. */
static void show_kept(const trujaman_train_options *o, const trujaman_train_done *d)
{
	static const char *const longer[] = { "--updates", "--epochs", "--minutes", "--patience" };
	char path[4096];
	struct stat s;
	int n = snprintf(path, sizeof path, "%s.checkpoint", o->model);
	if (n < 0 || (size_t)n >= sizeof path || stat(path, &s) != 0)
		return;
	tj_cli_escape(stderr, path);
	fprintf(stderr, " (%.1f MB) is kept: --resume with more %s goes on; delete it otherwise\n",
	        (double)s.st_size / 1e6, longer[d->end]);
}

void tj_train_progress_done(const struct tj_train_progress *p, const trujaman_train_options *o,
                            const trujaman_train_done *d)
{
	static const char *const ends[] = { "as many updates as asked for", "all epochs",
		                            "the time is up", "no better for too long" };
	tj_terminal_clear();
	if (d->end == TRUJAMAN_TRAIN_STOPPED)
		return;
	if (d->update > 0 && d->update == p->first_update)
		fprintf(stderr, "finished already (%s)", ends[d->end]);
	else
		fprintf(stderr, "done (%s)", ends[d->end]);
	fprintf(stderr, " after %" PRIu64 " update%s, %" PRIu64 " epoch%s, ", d->update,
	        tj_plural(d->update), d->epoch, tj_plural(d->epoch));
	show_time(d->seconds);
	fputc('\n', stderr);
	if (d->validated && d->averaged > 0)
		fprintf(stderr, "best, the mean of %d models", d->averaged);
	else if (d->validated)
		fprintf(stderr, "best at update %" PRIu64, d->best_update);
	if (d->validated)
		fprintf(stderr, ": perplexity %.3f, BLEU %.2f; it is in ", exp(d->best_nll),
		        d->best_bleu);
	else if (d->averaged > 0)
		fprintf(stderr, "the mean of %d models is in ", d->averaged);
	else
		fprintf(stderr, "update %" PRIu64 " is in ", d->best_update);
	tj_cli_escape(stderr, o->model);
	fputc('\n', stderr);
	show_kept(o, d);
}
