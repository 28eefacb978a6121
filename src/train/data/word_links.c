/* SPDX-License-Identifier: MIT */
/* Reads word alignments and checks each link against the words of its pair. */
#include "src/train/data/word_links.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/io/lines.h"

/* A line of alignments and the pair that it belongs to. */
struct alignment_line {
	const char *path; /* of the file, for messages */
	uint64_t number;
	size_t n_words[2];
};

/* What is no link is shown up to here. */
enum { MOST_SHOWN = 40 };

static trujaman_status no_link(const struct alignment_line *a, const char *text, size_t n,
                               struct tj_error *err)
{
	size_t shown = n < MOST_SHOWN ? n : tj_utf8_valid_prefix(text, MOST_SHOWN);
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "%s:%" PRIu64
	               ": '%.*s%s' is no link; wanted i-j, numbers of words from 0, white space "
	               "between two links",
	               a->path, a->number, (int)shown, text, shown < n ? "…" : "");
}

/* Reads digits up to *end. A number too large for any word becomes UINT32_MAX. Returns 0 if there
 * is no digit. */
static int read_number(const char **text, const char *end, uint32_t *number)
{
	const char *p = *text;
	uint64_t value = 0;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		value = value < UINT32_MAX ? 10 * value + (uint64_t)(*p - '0') : value;
	int is_number = p > *text;
	*number = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
	*text = p;
	return is_number;
}

static trujaman_status read_link(struct tj_word_links *l, const struct alignment_line *a,
                                 const char *text, size_t n, struct tj_error *err)
{
	static const char *const names[2] = { "source", "target" };
	const char *p = text, *end = text + n;
	uint32_t word[2];
	if (!read_number(&p, end, &word[0]) || p == end || *p++ != '-' ||
	    !read_number(&p, end, &word[1]) || p < end)
		return no_link(a, text, n, err);
	for (int side = 0; side < 2; side++)
		if (word[side] >= a->n_words[side])
			return tj_fail(err, TRUJAMAN_ERROR_INPUT,
			               "%s:%" PRIu64
			               ": link %.*s: there is no such word, the %s has %zu (the "
			               "first is 0)",
			               a->path, a->number, n < MOST_SHOWN ? (int)n : MOST_SHOWN,
			               text, names[side], a->n_words[side]);
	if (!tj_reserve(&l->links, &l->capacity, l->first[l->n_lines] + 1, sizeof *l->links))
		return tj_fail_memory(err, a->path, l->capacity * sizeof *l->links);
	l->links[l->first[l->n_lines]++] = (struct tj_word_link){ word[0], word[1] };
	return TRUJAMAN_OK;
}

static int by_target(const void *one, const void *other)
{
	const struct tj_word_link *x = one, *y = other;
	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	return x->source < y->source ? -1 : x->source > y->source;
}

/* Sorts the links of the last line, and leaves each there once. */
static void tidy(struct tj_word_links *l)
{
	size_t first = l->first[l->n_lines - 1], end = l->first[l->n_lines], n = first;
	if (end - first < 2)
		return;
	qsort(l->links + first, end - first, sizeof *l->links, by_target);
	for (size_t i = first; i < end; i++)
		if (n == first || by_target(&l->links[n - 1], &l->links[i]) != 0)
			l->links[n++] = l->links[i];
	l->first[l->n_lines] = n;
}

/* Begins a line, which has no links yet. */
static trujaman_status add_line(struct tj_word_links *l, struct tj_error *err)
{
	if (!tj_reserve(&l->first, &l->first_capacity, l->n_lines + 2, sizeof *l->first))
		return tj_fail_memory(err, "alignments", l->n_lines * sizeof *l->first);
	if (l->n_lines == 0)
		l->first[0] = 0;
	l->first[l->n_lines + 1] = l->first[l->n_lines];
	l->n_lines++;
	return TRUJAMAN_OK;
}

static trujaman_status read_line(struct tj_word_links *l, const struct alignment_line *a,
                                 const char *text, size_t n, struct tj_error *err)
{
	if (add_line(l, err) != TRUJAMAN_OK)
		return err->status;
	for (size_t i = 0; i < n;) {
		size_t first = i;
		while (i < n && !tj_is_space(text[i]))
			i++;
		if (i > first && read_link(l, a, text + first, i - first, err) != TRUJAMAN_OK)
			return err->status;
		i += i < n;
	}
	tidy(l);
	return TRUJAMAN_OK;
}

/* The pair of the next line of alignments. */
static struct alignment_line line_of(const struct tj_pair_text *t, size_t line, const char *path,
                                     uint64_t number)
{
	struct alignment_line a = { .path = path, .number = number };
	for (int side = 0; side < 2; side++) {
		size_t n;
		const char *text = tj_pair_text_line(t, side, line, &n);
		a.n_words[side] = tj_count_words(text, n);
	}
	return a;
}

/* Reads a file for the lines [l->n_lines, end) of the text. Where a file of other texts was named,
 * its number of lines says more than a link that its lines do not have, so that is told first. */
static trujaman_status read_lines(struct tj_word_links *l, const struct tj_pair_text *t, size_t end,
                                  const char *name, struct tj_reader *r, struct tj_error *err)
{
	struct tj_error fault = { 0 };
	struct tj_line line;
	size_t first = l->n_lines;
	uint64_t n = 0;
	for (;;) {
		enum tj_read state = tj_reader_next(r, 1, &line, err);
		if (state == TJ_READ_ERROR)
			return err->status;
		if (state == TJ_READ_END)
			break;
		if (state != TJ_READ_LINE || ++n > end - first || fault.status != TRUJAMAN_OK)
			continue;
		tj_line_skip_mark(&line);
		const struct alignment_line a = line_of(t, l->n_lines, name, line.number);
		read_line(l, &a, line.text, line.n, &fault);
	}
	if (n == end - first)
		return fault.status == TRUJAMAN_OK ? TRUJAMAN_OK
		                                   : tj_fail(err, fault.status, "%s", fault.text);
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "%s has %" PRIu64
	               " lines and the texts that it aligns have %zu; each pair needs a line, "
	               "which may be blank",
	               name, n, end - first);
}

static trujaman_status read_file(struct tj_word_links *l, const struct tj_pair_text *t, size_t end,
                                 const char *path, struct tj_error *err)
{
	const trujaman_input input = { .path = path, .fd = STDIN_FILENO, .force_text = 1 };
	char unused[1];
	struct tj_reader *r = tj_reader_open(1, &input, SIZE_MAX, err);
	if (r == NULL)
		return err->status;
	read_lines(l, t, end, tj_input_name(&input, unused, sizeof unused), r, err);
	tj_reader_close(r);
	return err->status;
}

trujaman_status tj_word_links_read(struct tj_word_links *l, const struct tj_pair_text *t,
                                   struct tj_error *err)
{
	size_t n = tj_pair_text_files(t), n_aligned = 0;
	memset(l, 0, sizeof *l);
	for (size_t k = 0; k < n; k++) {
		const struct tj_corpus_files *f = tj_pair_text_file(t, k);
		n_aligned += f != NULL && f->alignment != NULL;
	}
	for (size_t k = 0; n_aligned > 0 && k < n; k++) {
		const struct tj_corpus_files *f = tj_pair_text_file(t, k);
		size_t end = tj_pair_text_end(t, k);
		if (f != NULL && f->alignment != NULL &&
		    read_file(l, t, end, f->alignment, err) != TRUJAMAN_OK)
			return err->status;
		while (l->n_lines < end)
			if (add_line(l, err) != TRUJAMAN_OK)
				return err->status;
	}
	return TRUJAMAN_OK;
}

void tj_word_links_free(struct tj_word_links *l)
{
	free(l->first);
	free(l->links);
	memset(l, 0, sizeof *l);
}
