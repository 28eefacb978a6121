/* SPDX-License-Identifier: MIT */
/* The algorithm of CommonMark's appendix: each sign that may close looks back for one that opens,
 * and never further than another of its kind has looked in vain. */
#include "src/document/markdown_emphasis.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/text/letters.h"

enum { NONE_SPACE, NONE_SIGN, NONE_OTHER };

struct tj_markdown_item *tj_markdown_add_mark(struct tj_markdown_scratch *s, size_t first,
                                              size_t end, enum tj_item_kind kind,
                                              enum tj_markdown_type type)
{
	if (!tj_reserve(&s->marks, &s->marks_capacity, s->n_marks + 1, sizeof *s->marks))
		return NULL;
	struct tj_markdown_item *mark = &s->marks[s->n_marks++];
	*mark = (struct tj_markdown_item){
		.first = first, .end = end, .kind = kind, .type = type, .name = ++s->n_names
	};
	return mark;
}

/* --- Runs --------------------------------------------------------------------------- */

static int class_of(uint32_t c)
{
	return tj_is_white_space(c) ? NONE_SPACE : tj_is_punctuation(c) ? NONE_SIGN : NONE_OTHER;
}

/* The class of the character that ends before `at`. Signs ~ do not count beside others. */
static int class_before(const char *text, size_t n, size_t at, char sign)
{
	while (sign != '~' && at > 0 && text[at - 1] == '~')
		at--;
	if (at == 0)
		return NONE_SPACE;
	size_t first = at - 1;
	while (first > 0 && at - first < 4 && ((unsigned char)text[first] & 0xC0) == 0x80)
		first--;
	uint32_t c = tj_utf8_next(text, n, &first);
	return first == at ? class_of(c) : NONE_OTHER;
}

static int class_behind(const char *text, size_t n, size_t at, char sign)
{
	while (sign != '~' && at < n && text[at] == '~')
		at++;
	return at < n ? class_of(tj_utf8_next(text, n, &at)) : NONE_SPACE;
}

int tj_markdown_add_run(struct tj_markdown_scratch *s, const char *text, size_t n)
{
	struct tj_markdown_sign_run run = {
		.first = s->at, .sign = text[s->at], .previous = s->last_run, .next = SIZE_MAX
	};
	while (s->at < n && text[s->at] == run.sign)
		s->at++;
	run.left = run.length = s->at - run.first;
	s->plain = s->at;
	int before = class_before(text, n, run.first, run.sign);
	int behind = class_behind(text, n, s->at, run.sign);
	int left = behind != NONE_SPACE && !(behind == NONE_SIGN && before == NONE_OTHER);
	int right = before != NONE_SPACE && !(before == NONE_SIGN && behind == NONE_OTHER);
	run.opens = (uint8_t)left;
	run.closes = (uint8_t)right;
	if (run.sign == '_') {
		run.opens = (uint8_t)(left && (!right || before == NONE_SIGN));
		run.closes = (uint8_t)(right && (!left || behind == NONE_SIGN));
	}
	if ((!run.opens && !run.closes) || (run.sign == '~' && run.length > 2))
		return 1;
	if (!tj_reserve(&s->runs, &s->runs_capacity, s->n_runs + 1, sizeof run))
		return 0;
	if (s->last_run != SIZE_MAX)
		s->runs[s->last_run].next = s->n_runs;
	s->last_run = s->n_runs;
	s->runs[s->n_runs++] = run;
	return 1;
}

/* --- Pairs -------------------------------------------------------------------------- */

static void drop_run(struct tj_markdown_scratch *s, size_t i)
{
	const struct tj_markdown_sign_run *run = &s->runs[i];
	if (run->previous != SIZE_MAX)
		s->runs[run->previous].next = run->next;
	if (run->next != SIZE_MAX)
		s->runs[run->next].previous = run->previous;
	else
		s->last_run = run->previous;
}

/* Makes the runs between two neighbours. */
static void join(struct tj_markdown_scratch *s, size_t opener, size_t closer)
{
	s->runs[opener].next = closer;
	s->runs[closer].previous = opener;
}

static int add_pair(struct tj_markdown_scratch *s, size_t open, size_t close, size_t n)
{
	struct tj_markdown_item *mark = tj_markdown_add_mark(s, open, open + n, TJ_ITEM_OPENS,
	                                                     TJ_MARKDOWN_EMPHASIS);
	uint64_t name = s->n_names;
	if (mark == NULL)
		return 0;
	mark = tj_markdown_add_mark(s, close, close + n, TJ_ITEM_CLOSES, TJ_MARKDOWN_EMPHASIS);
	if (mark == NULL)
		return 0;
	mark->name = name;
	return 1;
}

/* Takes signs from two runs that belong together. Sets *next to the run to go on with. Returns 0
 * if memory is short. */
static int use(struct tj_markdown_scratch *s, size_t opener, size_t closer, size_t *next)
{
	struct tj_markdown_sign_run *a = &s->runs[opener], *b = &s->runs[closer];
	size_t n = a->left >= 2 && b->left >= 2 ? 2 : 1; /* of ~, both have the same */
	join(s, opener, closer);
	*next = closer;
	int good = add_pair(s, a->first + a->left - n, b->first, n);
	a->left -= n;
	b->first += n;
	b->left -= n;
	if (a->left == 0)
		drop_run(s, opener);
	if (b->left == 0) {
		*next = b->next;
		drop_run(s, closer);
	}
	return good;
}

/* Whether two runs may belong together. */
static int fit(const struct tj_markdown_sign_run *a, const struct tj_markdown_sign_run *b)
{
	int is_odd = (b->opens || a->closes) && b->length % 3 != 0 &&
	             (a->length + b->length) % 3 == 0;
	return a->opens && a->sign == b->sign && !is_odd;
}

int tj_markdown_pair_runs(struct tj_markdown_scratch *s, size_t bottom)
{
	size_t least[3][2][3], closer = SIZE_MAX;
	size_t floor = bottom == SIZE_MAX ? 0 : bottom + 1;
	for (size_t i = 0; i < sizeof least / sizeof ***least; i++)
		(&least[0][0][0])[i] = floor;
	for (size_t i = s->last_run; i != SIZE_MAX && i >= floor; i = s->runs[i].previous)
		closer = i;
	while (closer != SIZE_MAX) {
		struct tj_markdown_sign_run *b = &s->runs[closer];
		size_t kind = b->sign == '*' ? 0 : b->sign == '_' ? 1 : 2;
		size_t *end = &least[kind][b->opens][b->length % 3];
		size_t opener = b->previous, next = b->next;
		if (!b->closes) {
			closer = next;
			continue;
		}
		while (opener != SIZE_MAX && opener >= *end && !fit(&s->runs[opener], b))
			opener = s->runs[opener].previous;
		if (opener != SIZE_MAX && opener >= *end) {
			/* Runs of ~ of other lengths do not fit, nor does one before them. */
			if ((b->sign != '~' || s->runs[opener].length == b->length) &&
			    !use(s, opener, closer, &next))
				return 0;
		} else {
			*end = closer;
			if (!b->opens)
				drop_run(s, closer);
		}
		closer = next;
	}
	s->last_run = bottom;
	if (bottom != SIZE_MAX)
		s->runs[bottom].next = SIZE_MAX;
	return 1;
}
