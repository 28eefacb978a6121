/* SPDX-License-Identifier: MIT */
/* The progress line of a translation, and a sink that keeps it up to date. */
#include "src/cli/show/progress.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/show/clock.h"
#include "src/cli/show/terminal.h"

/* All in nanoseconds. */
static const uint64_t second = UINT64_C(1000000000);
static const uint64_t terminal_interval = UINT64_C(500000000);
static const uint64_t plain_interval = 60 * UINT64_C(1000000000);
static const uint64_t mark_interval = 15 * UINT64_C(1000000000);

static void put_status(struct tj_figures *line, const void *progress)
{
	tj_progress_put(line, progress, tj_clock_now());
}

void tj_progress_open(struct tj_progress *p, const struct tj_talk *talk, uint64_t total_bytes,
                      size_t n_inputs)
{
	memset(p, 0, sizeof *p);
	p->total_bytes = total_bytes;
	p->n_inputs = n_inputs;
	tj_clock_open();
	p->opened = p->shown = tj_clock_now();
	p->verbose = talk->verbose;
	if (talk->quiet || talk->progress == TJ_PROGRESS_NEVER)
		p->show = TJ_SHOW_NOTHING;
	else if (tj_terminal_is_there())
		p->show = TJ_SHOW_ON_TERMINAL;
	else if (talk->progress == TJ_PROGRESS_ALWAYS)
		p->show = TJ_SHOW_PLAIN;
	p->is_open = 1;
	p->answer = (struct tj_reply){ put_status, p };
	tj_question_answer_by(&p->answer);
	tj_question_catch();
}

static void set_mark(struct tj_progress *p, int mark, uint64_t now)
{
	struct tj_progress_mark *m = &p->marks[mark];
	m->at = now;
	m->bytes = p->bytes;
	m->lines = p->lines;
	m->words = p->words;
}

/* The SIGUSR1 handler reads only the older mark, which does not change for mark_interval. */
static void move_marks(struct tj_progress *p, uint64_t now)
{
	if (!p->is_marked) {
		set_mark(p, 0, now);
		set_mark(p, 1, now);
		p->is_marked = 1;
	} else if (now - p->marks[!p->older].at >= mark_interval) {
		p->older = !p->older;
		set_mark(p, !p->older, now);
	}
}

static void show(struct tj_progress *p, uint64_t now)
{
	struct tj_figures line = { .n = 0 };
	uint64_t interval = p->show == TJ_SHOW_PLAIN ? plain_interval : terminal_interval;
	if (p->show == TJ_SHOW_NOTHING || now - p->shown < interval)
		return;
	p->shown = now;
	tj_progress_put(&line, p, now);
	if (p->show == TJ_SHOW_PLAIN)
		tj_terminal_tell(line.text);
	else
		tj_terminal_show(line.text);
}

void tj_progress_note(struct tj_progress *p, size_t input, uint64_t bytes, uint64_t lines,
                      uint64_t words)
{
	uint64_t now = tj_clock_now();
	p->input = input;
	p->bytes = bytes;
	p->lines += lines;
	p->words += words;
	move_marks(p, now);
	show(p, now);
}

/* Append nothing if `seconds` is too short to compute a speed from. */
static void put_speeds(struct tj_figures *line, uint64_t lines, uint64_t words, double seconds)
{
	if (!(seconds > 0.1))
		return;
	tj_put_speed(line, (double)lines, seconds, "line");
	tj_put_speed(line, (double)words, seconds, "word");
}

static void put_share(struct tj_figures *line, uint64_t n, uint64_t total)
{
	/* Round down: 100 % must not appear before the end. */
	uint64_t tenths = (uint64_t)((double)n / (double)total * 1000);
	tj_put_decimal(line, (double)tenths / 10);
	tj_put_text(line, " %, ");
}

static void put_time_left(struct tj_figures *line, const struct tj_progress *p, uint64_t done,
                          uint64_t total, double seconds)
{
	uint64_t since = p->marks[p->older].bytes;
	if (seconds > 0.1 && done > since && done < total)
		tj_put_time_left(line, (double)(total - done) * seconds / (double)(done - since));
}

void tj_progress_put(struct tj_figures *line, const struct tj_progress *p, uint64_t now)
{
	uint64_t bytes = p->bytes;
	/* If a file has grown, the total is no longer valid. */
	uint64_t total = bytes <= p->total_bytes ? p->total_bytes : 0;
	if (total > 0)
		put_share(line, bytes, total);
	tj_put_bytes(line, bytes, total);
	if (p->is_marked) {
		const struct tj_progress_mark *since = &p->marks[p->older];
		double seconds = (double)(now - since->at) / (double)second;
		put_speeds(line, p->lines - since->lines, p->words - since->words, seconds);
		put_time_left(line, p, bytes, total, seconds);
	}
	if (p->n_inputs > 1) {
		tj_put_text(line, ", file ");
		tj_put_number(line, p->input + 1);
		tj_put_text(line, " of ");
		tj_put_number(line, p->n_inputs);
	}
}

double tj_progress_seconds(const struct tj_progress *p)
{
	return (double)(tj_clock_now() - p->opened) / (double)second;
}

/* What a job rarely meets, as far as it did. */
static void put_unusual(struct tj_figures *line, const trujaman_report *r)
{
	const struct {
		uint64_t n;
		const char *before, *after;
	} kinds[] = {
		{ r->invalid, "line", " with invalid UTF-8" },
		{ r->short_rows, "line", " without the column" },
		{ r->over_long, "long sentence", " cut" },
		{ r->truncated, "translation", " ended by the length limit" },
	};
	const char *between = "; ";
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (kinds[i].n == 0)
			continue;
		tj_put_text(line, between);
		tj_put_count(line, kinds[i].n, kinds[i].before);
		tj_put_text(line, kinds[i].after);
		between = ", ";
	}
}

static void tell_sums(const struct tj_progress *p)
{
	struct tj_figures line = { .n = 0 };
	double seconds = tj_progress_seconds(p);
	tj_put_count(&line, p->lines, "line");
	tj_put_text(&line, ", ");
	tj_put_count(&line, p->words, "word");
	tj_put_text(&line, ", ");
	tj_put_bytes(&line, p->bytes, 0);
	tj_put_text(&line, " in ");
	if (seconds < 10) {
		tj_put_decimal(&line, seconds);
		tj_put_text(&line, " s");
	} else {
		tj_put_time(&line, seconds);
	}
	put_speeds(&line, p->lines, p->words, seconds);
	if (p->report != NULL)
		put_unusual(&line, p->report);
	tj_terminal_tell(line.text);
}

void tj_progress_done(struct tj_progress *p, const trujaman_report *report)
{
	p->report = report;
}

void tj_progress_close(struct tj_progress *p)
{
	struct tj_figures line = { .n = 0 };
	if (!p->is_open)
		return;
	p->is_open = 0;
	tj_question_answer_by(NULL);
	tj_terminal_clear();
	if (p->bytes == 0)
		return; /* the job ended before it wrote anything */
	if (p->verbose || (p->show == TJ_SHOW_ON_TERMINAL && p->report != NULL)) {
		tell_sums(p);
	} else if (p->show == TJ_SHOW_PLAIN) {
		put_status(&line, p);
		tj_terminal_tell(line.text);
	}
}

/* Add the bytes of an input to *n. Returns 0 if they cannot be known. */
static int count_bytes(const trujaman_input *input, uint64_t *n)
{
	struct stat st;
	int is_path = input->path != NULL && strcmp(input->path, "-") != 0;
	if ((is_path ? stat(input->path, &st) : fstat(input->fd, &st)) != 0 || !S_ISREG(st.st_mode))
		return 0;
	uint64_t to = (uint64_t)st.st_size;
	if (input->to > 0 && input->to < to)
		to = input->to;
	*n += to > input->from ? to - input->from : 0;
	return 1;
}

uint64_t tj_progress_total(size_t n_inputs, const trujaman_input *inputs)
{
	uint64_t total = 0;
	for (size_t i = 0; i < n_inputs; i++)
		if (!count_bytes(&inputs[i], &total))
			return 0;
	return total;
}

static int begin(void *context, size_t input)
{
	struct tj_progress *p = context;
	p->input = input;
	return p->sink->begin != NULL ? p->sink->begin(p->sink->context, input) : 0;
}

/* Bytes from the start of the requested part of the input to the end of the stretch. */
static uint64_t bytes_of_input(const struct tj_progress *p, const trujaman_stretch *s)
{
	uint64_t from = p->inputs[s->input].from;
	return s->offset > from ? s->offset - from : 0;
}

static int write_stretch(void *context, const trujaman_stretch *s)
{
	struct tj_progress *p = context;
	int failed = p->sink->write(p->sink->context, s);
	if (!failed)
		tj_progress_note(p, s->input, p->ended_bytes + bytes_of_input(p, s), s->lines,
		                 s->words);
	return failed;
}

static int end(void *context, size_t input)
{
	struct tj_progress *p = context;
	/* This also counts an input that was skipped, because it has been read. */
	if (!count_bytes(&p->inputs[input], &p->ended_bytes))
		p->ended_bytes = p->bytes;
	return p->sink->end != NULL ? p->sink->end(p->sink->context, input) : 0;
}

static int failed(void *context, size_t input, const char *message)
{
	struct tj_progress *p = context;
	if (!count_bytes(&p->inputs[input], &p->ended_bytes))
		p->ended_bytes = p->bytes;
	return p->sink->failed(p->sink->context, input, message);
}

trujaman_sink tj_progress_watch(struct tj_progress *p, const trujaman_sink *sink, size_t n_inputs,
                                const trujaman_input *inputs)
{
	p->total_bytes = tj_progress_total(n_inputs, inputs);
	p->n_inputs = n_inputs;
	p->sink = sink;
	p->inputs = inputs;
	return (trujaman_sink){ .size = sizeof(trujaman_sink),
		                .context = p,
		                .joined = sink->joined,
		                .skip = sink->skip,
		                .begin = begin,
		                .write = write_stretch,
		                .end = end,
		                .failed = sink->failed != NULL ? failed : NULL };
}
