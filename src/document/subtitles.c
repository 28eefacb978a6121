/* SPDX-License-Identifier: MIT */
/* Reads subtitles from line to line. */
#define _GNU_SOURCE /* memmem */
#include "src/document/subtitles.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/html_text.h"
#include "src/document/inline_run.h"
#include "src/document/lines.h"
#include "src/document/rows.h"
#include "src/document/sentence_end.h"
#include "src/document/subtitle_tags.h"

enum {
	MOST_ROWS = 8 /* in cues that are joined */
};

struct subtitles {
	struct tj_document *d;
	struct tj_run run;
	struct tj_document_range *lines; /* of the run */
	size_t n_lines, capacity;
	size_t before; /* end of the cue before that may go on: a segment and 1; 0: none */
	size_t first;  /* the first segment of this cue */
	int in_text, has_times;
};

/* --- Runs --------------------------------------------------------------------------- */

/* Notes the rows of a segment: what it has of the lines of the run. *line is the first of them that
 * may have some of it; segments come in their order, so that no line is looked at for each. */
static int add_rows(struct subtitles *x, size_t segment, size_t *line)
{
	struct tj_document *d = x->d;
	struct tj_document_range whole = d->segments[segment].range;
	d->segments[segment].first_row = d->n_rows;
	while (*line < x->n_lines && x->lines[*line].end <= whole.first)
		++*line;
	for (size_t i = *line; i < x->n_lines && x->lines[i].first < whole.end; i++) {
		struct tj_document_range r = x->lines[i];
		r.first = r.first > whole.first ? r.first : whole.first;
		r.end = r.end < whole.end ? r.end : whole.end;
		if (r.first >= r.end)
			continue;
		if (!tj_document_add_row(d, r))
			return 0;
		d->segments[segment].n_rows++;
	}
	return 1;
}

static int end_run(struct subtitles *x)
{
	size_t first = x->d->n_segments, line = 0;
	int good = tj_run_end(&x->run);
	for (size_t i = first; good && i < x->d->n_segments; i++)
		good = add_rows(x, i, &line);
	x->n_lines = 0;
	return good;
}

/* Joins the first segment of a cue to the last one of the cue before, if a sentence goes on. The
 * texts of both stand side by side, and so do their rows. */
static int join(struct subtitles *x)
{
	struct tj_document *d = x->d;
	if (x->before == 0 || d->n_segments != x->first + 1)
		return 1;
	struct tj_document_segment *a = &d->segments[x->before - 1], *b = &d->segments[x->first];
	const char *text = d->text.data;
	if (a->n_marks > 0 || b->n_marks > 0 || a->n_rows + b->n_rows > MOST_ROWS ||
	    a->text + a->n_text != b->text ||
	    !tj_goes_on(text + a->text, a->n_text, text + b->text, b->n_text))
		return 1;
	if (!tj_string_append(&d->text, " ", 1))
		return 0;
	memmove(d->text.data + b->text + 1, d->text.data + b->text, b->n_text);
	d->text.data[b->text] = ' ';
	a->n_text += 1 + b->n_text;
	a->range.end = b->range.end;
	a->n_rows += b->n_rows;
	d->n_segments--;
	return 1;
}

static int end_cue(struct subtitles *x)
{
	if (!end_run(x))
		return 0;
	int is_there = x->d->n_segments > x->first, good = !is_there || join(x);
	x->first = x->d->n_segments;
	x->before = is_there ? x->first : 0;
	return good;
}

/* --- Lines --------------------------------------------------------------------------- */

static int add_text(struct subtitles *x, size_t first, size_t end)
{
	struct tj_document *d = x->d;
	struct tj_item item = { .range = { first, end },
		                .kind = TJ_ITEM_TEXT,
		                .text = x->run.text.n };
	if (first == end)
		return 1;
	if (d->format == TJ_FORMAT_VTT) {
		if (!tj_html_unescape(d->bytes + first, end - first, &x->run.text))
			return 0;
	} else {
		for (size_t i = first; i < end; i++) {
			char c = tj_is_space(d->bytes[i]) ? ' ' : d->bytes[i];
			int is_more = c == ' ' && i > first && tj_is_space(d->bytes[i - 1]);
			if (!is_more && !tj_string_append(&x->run.text, &c, 1))
				return 0;
		}
	}
	item.n = x->run.text.n - item.text;
	return tj_run_add(&x->run, &item);
}

/* The bytes of a dash at the beginning of n bytes, with white space behind it. */
static size_t dash_at(const char *text, size_t n)
{
	size_t bytes = n > 0 && text[0] == '-' ? 1
	               : n > 3 && (memcmp(text, "\u2013", 3) == 0 || memcmp(text, "\u2014", 3) == 0)
	                   ? 3
	                   : 0;
	if (bytes == 0 || (n > bytes && text[bytes] == '-'))
		return 0;
	while (bytes < n && tj_is_space(text[bytes]))
		bytes++;
	return bytes;
}

/* What is before a line in a run: the end of the one before it. */
static int join_line(struct subtitles *x, struct tj_document_range line)
{
	if (x->n_lines > 0 && !add_text(x, x->lines[x->n_lines - 1].end, line.first))
		return 0;
	if (!tj_reserve(&x->lines, &x->capacity, x->n_lines + 1, sizeof line))
		return 0;
	x->lines[x->n_lines++] = line;
	return 1;
}

static int add_line(struct subtitles *x, struct tj_document_range line)
{
	const char *bytes = x->d->bytes;
	line = tj_document_trim(x->d, line);
	size_t from = line.first, at = from;
	int is_first = 1; /* no text yet: a dash means another speaker */
	if (!join_line(x, line))
		return 0;
	while (at < line.end) {
		struct tj_item item = { .kind = TJ_ITEM_TEXT };
		size_t tag = tj_subtitle_tag(bytes + at, line.end - at, x->d->format, &item);
		size_t dash = is_first && tag == 0 ? dash_at(bytes + at, line.end - at) : 0;
		if (tag == 0 && dash == 0) {
			is_first = is_first && tj_is_space(bytes[at]);
			at++;
			continue;
		}
		if (!add_text(x, from, at))
			return 0;
		item.range = (struct tj_document_range){ at, at + tag };
		at += tag + dash;
		from = at;
		if (tag > 0 && !tj_run_add(&x->run, &item))
			return 0;
		if (dash > 0) {
			line.first = at;
			if (!end_run(x) || !join_line(x, line))
				return 0;
			is_first = 0;
		}
	}
	return add_text(x, from, at);
}

/* --- Blocks -------------------------------------------------------------------------- */

static int is_times(const struct tj_document *d, struct tj_document_range line)
{
	line = tj_document_trim(d, line);
	return line.first < line.end && d->bytes[line.first] >= '0' &&
	       d->bytes[line.first] <= '9' &&
	       memmem(d->bytes + line.first, line.end - line.first, "-->", 3) != NULL;
}

/* Whether a line is the number of a cue: digits, and times in the next line. */
static int is_number(const struct tj_document *d, const struct tj_document_line *line)
{
	struct tj_document_range r = tj_document_trim(d, line->range);
	if (d->format != TJ_FORMAT_SRT || r.first == r.end || line->next >= d->n)
		return 0;
	for (size_t i = r.first; i < r.end; i++)
		if (d->bytes[i] < '0' || d->bytes[i] > '9')
			return 0;
	return is_times(d, tj_document_line(d, line->next).range);
}

static int read_line(struct subtitles *x, const struct tj_document_line *line)
{
	struct tj_document *d = x->d;
	size_t n = line->range.end - line->range.first;
	if (n == 0 || tj_is_blank(d->bytes + line->range.first, n)) {
		/* In an srt, text behind a blank line still belongs to the cue. */
		x->in_text = x->in_text && d->format == TJ_FORMAT_SRT;
		return end_run(x);
	}
	if (is_times(d, line->range)) {
		x->in_text = x->has_times = 1;
		return end_cue(x);
	}
	if (is_number(d, line))
		x->in_text = 0;
	return !x->in_text || add_line(x, line->range);
}

static trujaman_status check(const struct subtitles *x, size_t first, struct tj_error *err)
{
	const struct tj_document *d = x->d;
	size_t n = d->n - first;
	if (d->format == TJ_FORMAT_VTT && n > 0 &&
	    (n < 6 || memcmp(d->bytes + first, "WEBVTT", 6) != 0))
		return tj_document_fail(d, first, "not WebVTT: it begins with WEBVTT", err);
	if (d->format == TJ_FORMAT_SRT && !x->has_times && n > 0 &&
	    !tj_is_blank(d->bytes + first, n))
		return tj_document_fail(d, first,
		                        "no subtitles: no line has times such as 00:00:01,000 --> "
		                        "00:00:02,000",
		                        err);
	return TRUJAMAN_OK;
}

trujaman_status tj_subtitles_read(struct tj_document *d, struct tj_error *err)
{
	struct subtitles x = { .d = d, .run = { .d = d } };
	size_t first = tj_utf8_mark(d->bytes, d->n);
	int good = 1;
	d->named_space = d->n > 0 && memmem(d->bytes, d->n, "&nbsp;", 6) != NULL;
	for (size_t at = first; good && at < d->n;) {
		struct tj_document_line line = tj_document_line(d, at);
		good = read_line(&x, &line);
		at = line.next;
	}
	if (!good || !end_cue(&x))
		tj_fail_memory(err, "a document", d->n);
	else
		(void)check(&x, first, err);
	tj_run_release(&x.run);
	free(x.lines);
	return err->status;
}

/* --- Writing -------------------------------------------------------------------------- */

static int as_it_is(const struct tj_document *d, const char *text, size_t n, struct tj_string *out)
{
	(void)d;
	return n == 0 || tj_string_append(out, text, n);
}

static int as_html(const struct tj_document *d, const char *text, size_t n, struct tj_string *out)
{
	return tj_html_escape(d, text, n, 0, out);
}

int tj_subtitles_write(const struct tj_document *d, size_t segment, struct tj_string *out)
{
	return tj_rows_write(d, segment, d->format == TJ_FORMAT_VTT ? as_html : as_it_is, out);
}
