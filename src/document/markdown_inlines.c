/* SPDX-License-Identifier: MIT */
/* Scans inline parts, as the appendix of CommonMark says. */
#include "src/document/markdown_inlines.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/html_names.h"
#include "src/document/markdown_emphasis.h"
#include "src/document/markdown_items.h"
#include "src/document/markdown_links.h"

typedef struct tj_markdown_inlines inlines;

enum { LONGEST_CODE = 80 }; /* signs ` around code */

static int add(inlines *x, size_t first, size_t end, enum tj_item_kind kind,
               enum tj_markdown_type type)
{
	x->scratch->at = x->scratch->plain = end;
	return tj_markdown_add_mark(x->scratch, first, end, kind, type) != NULL;
}

/* --- Lines, code, HTML -------------------------------------------------------------- */

static int read_newline(inlines *x)
{
	struct tj_markdown_scratch *s = x->scratch;
	size_t first = s->at;
	while (first > s->plain && (x->text[first - 1] == ' ' || x->text[first - 1] == '\t'))
		first--;
	/* Two spaces before it make it hard; tabs do not. */
	int is_hard = s->at - first >= 2 && x->text[s->at - 1] == ' ' && x->text[s->at - 2] == ' ';
	return is_hard ? add(x, first, s->at + 1, TJ_ITEM_OPENS, TJ_MARKDOWN_BREAK)
	               : add(x, first, s->at + 1, TJ_ITEM_TEXT, TJ_MARKDOWN_SOFT);
}

static int read_escape(inlines *x)
{
	struct tj_markdown_scratch *s = x->scratch;
	size_t at = s->at;
	if (at + 1 < x->n && x->text[at + 1] == '\n')
		return add(x, at, at + 2, TJ_ITEM_OPENS, TJ_MARKDOWN_BREAK);
	s->at += at + 1 < x->n && tj_markdown_is_sign(x->text[at + 1]) ? 2 : 1;
	s->plain = s->at;
	return 1;
}

static size_t run_of(const inlines *x, size_t at, char sign)
{
	size_t end = at;
	while (end < x->n && x->text[end] == sign)
		end++;
	return end - at;
}

static int read_code(inlines *x)
{
	struct tj_markdown_scratch *s = x->scratch;
	size_t first = s->at, length = run_of(x, first, '`');
	s->at = s->plain = first + length;
	if (length > LONGEST_CODE || (s->code_is_scanned && s->code_ends[length] <= first))
		return 1;
	for (size_t at = s->at; at < x->n;) {
		const char *sign = memchr(x->text + at, '`', x->n - at);
		if (sign == NULL)
			break;
		at = (size_t)(sign - x->text);
		size_t other = run_of(x, at, '`');
		if (other <= LONGEST_CODE)
			s->code_ends[other] = at;
		at += other;
		if (other == length)
			return add(x, first, at, TJ_ITEM_ALONE, TJ_MARKDOWN_KEPT);
	}
	s->code_is_scanned = 1;
	return 1;
}

/* Sets what a tag is, and its name. */
static void look_at_tag(const inlines *x, struct tj_markdown_item *tag)
{
	int closes = x->text[tag->first + 1] == '/';
	char small[32];
	size_t n = 0, at = tag->first + 1 + (size_t)closes;
	for (; n < sizeof small && (x->text[at] == '-' || !tj_markdown_is_sign(x->text[at])) &&
	       !tj_is_space(x->text[at]);
	     n++, at++)
		small[n] = (char)(x->text[at] >= 'A' && x->text[at] <= 'Z' ? x->text[at] | 0x20
		                                                           : x->text[at]);
	enum tj_element element = tj_element_of(small, n);
	int is_sentence = element == TJ_ELEMENT_INLINE || element == TJ_ELEMENT_KEPT ||
	                  element == TJ_ELEMENT_RAW;
	tag->kind = closes ? TJ_ITEM_CLOSES : TJ_ITEM_OPENS;
	if (element == TJ_ELEMENT_VOID || (is_sentence && x->text[tag->end - 2] == '/'))
		tag->kind = TJ_ITEM_ALONE;
	else if (is_sentence)
		tag->name = tj_hash(element != TJ_ELEMENT_INLINE, small, n) | UINT64_C(1) << 63;
	tag->quote = (char)(element == TJ_ELEMENT_KEPT || element == TJ_ELEMENT_RAW);
}

static int read_angle(inlines *x)
{
	struct tj_markdown_scratch *s = x->scratch;
	const char *text = x->text + s->at;
	size_t n = tj_markdown_autolink(text, x->n - s->at);
	if (n > 0)
		return add(x, s->at, s->at + n, TJ_ITEM_ALONE, TJ_MARKDOWN_KEPT);
	n = tj_markdown_markup(text, x->n - s->at, &s->missing);
	if (n == 0) {
		s->plain = ++s->at;
		return 1;
	}
	if (!add(x, s->at, s->at + n, TJ_ITEM_ALONE, TJ_MARKDOWN_HTML))
		return 0;
	if (text[1] != '!' && text[1] != '?')
		look_at_tag(x, &s->marks[s->n_marks - 1]);
	return 1;
}

/* --- Links -------------------------------------------------------------------------- */

static int open_bracket(inlines *x, int is_image)
{
	struct tj_markdown_scratch *s = x->scratch;
	struct tj_markdown_bracket b = { .at = s->at,
		                         .last_run = s->last_run,
		                         .n_marks = s->n_marks,
		                         .is_image = (uint8_t)is_image,
		                         .is_active = 1 };
	if (!tj_reserve(&s->brackets, &s->brackets_capacity, s->n_brackets + 1, sizeof b))
		return 0;
	if (s->n_brackets > 0)
		s->brackets[s->n_brackets - 1].is_before_other = 1;
	s->brackets[s->n_brackets++] = b;
	s->at = s->plain = s->at + 1 + (size_t)is_image;
	return 1;
}

/* Finds the end of the link whose text ends before the "]" at `at`. Returns 1; 0: it is none; -1:
 * memory is short. */
static int find_target(const inlines *x, const struct tj_markdown_bracket *b, size_t at,
                       struct tj_markdown_target *target)
{
	const char *text = x->text;
	size_t next = at + 1, first = b->at + 1 + b->is_image;
	if (next < x->n && text[next] == '(' && tj_markdown_target(text, x->n, next, target))
		return 1;
	size_t label = next < x->n && text[next] == '[' ? tj_markdown_label(text, x->n, next) : 0;
	*target = (struct tj_markdown_target){ .end = label > 0 ? label : next };
	if (label > next + 2)
		return tj_markdown_labels_has(x->scratch->labels, text + next + 1,
		                              label - next - 2);
	return b->is_before_other
	           ? 0
	           : tj_markdown_labels_has(x->scratch->labels, text + first, at - first);
}

static int add_link(inlines *x, const struct tj_markdown_bracket *b, size_t at,
                    const struct tj_markdown_target *target)
{
	struct tj_markdown_scratch *s = x->scratch;
	enum tj_markdown_type type = b->is_image ? TJ_MARKDOWN_IMAGE : TJ_MARKDOWN_LINK;
	if (!add(x, b->at, b->at + 1 + b->is_image, TJ_ITEM_OPENS, type))
		return 0;
	uint64_t name = s->n_names;
	if (!add(x, at, target->end, TJ_ITEM_CLOSES, type))
		return 0;
	struct tj_markdown_item *close = &s->marks[s->n_marks - 1];
	close->name = name;
	close->tail = at;
	close->title = target->title;
	close->quote = target->quote;
	return tj_markdown_pair_runs(s, b->last_run);
}

static int close_bracket(inlines *x)
{
	struct tj_markdown_scratch *s = x->scratch;
	struct tj_markdown_target target;
	size_t at = s->at++;
	s->plain = s->at;
	if (s->n_brackets == 0)
		return 1;
	struct tj_markdown_bracket b = s->brackets[--s->n_brackets];
	if (!b.is_image && !b.is_active)
		return 1;
	int found = find_target(x, &b, at, &target);
	if (found < 0)
		return 0;
	if (found > 0) {
		/* No link stands in another one. */
		for (size_t i = s->n_brackets; !b.is_image && i-- > 0;) {
			if (!s->brackets[i].is_image && !s->brackets[i].is_active)
				break;
			s->brackets[i].is_active &= s->brackets[i].is_image;
		}
		return add_link(x, &b, at, &target);
	}
	/* "[^1]" is the mark of a note, whatever is in it. */
	size_t first = b.at + 1 + b.is_image;
	if (at < first + 2 || x->text[first] != '^')
		return 1;
	s->n_marks = b.n_marks;
	s->last_run = b.last_run;
	if (b.last_run != SIZE_MAX)
		s->runs[b.last_run].next = SIZE_MAX;
	return add(x, b.at + b.is_image, at + 1, TJ_ITEM_ALONE, TJ_MARKDOWN_KEPT);
}

/* --- All of it ---------------------------------------------------------------------- */

static int read_address(inlines *x)
{
	struct tj_markdown_scratch *s = x->scratch;
	size_t first, end = s->n_brackets > 0
	                        ? 0
	                        : tj_markdown_address(x->text, x->n, s->plain, s->at, &first);
	if (end > 0)
		return add(x, first, end, TJ_ITEM_ALONE, TJ_MARKDOWN_KEPT);
	s->at++;
	return 1;
}

static int read_sign(inlines *x)
{
	struct tj_markdown_scratch *s = x->scratch;
	switch (x->text[s->at]) {
	case '\n':
		return read_newline(x);
	case '\\':
		return read_escape(x);
	case '`':
		return read_code(x);
	case '<':
		return read_angle(x);
	case '[':
		return open_bracket(x, 0);
	case ']':
		return close_bracket(x);
	case '!':
		if (s->at + 1 < x->n && x->text[s->at + 1] == '[' &&
		    !(s->at + 2 < x->n && x->text[s->at + 2] == '^'))
			return open_bracket(x, 1);
		s->at++;
		return 1;
	case '*':
	case '_':
	case '~':
		return tj_markdown_add_run(s, x->text, x->n);
	case ':':
	case 'w':
		return read_address(x);
	default:
		s->at++;
		return 1;
	}
}

int tj_markdown_inlines_read(inlines *x, const char *text, size_t n,
                             const struct tj_markdown_labels *labels)
{
	if (x->scratch == NULL && (x->scratch = calloc(1, sizeof *x->scratch)) == NULL)
		return 0;
	struct tj_markdown_scratch *s = x->scratch;
	s->n_marks = s->n_runs = s->n_brackets = s->n_names = 0;
	s->last_run = SIZE_MAX;
	s->at = s->plain = 0;
	s->labels = labels;
	memset(&s->missing, 0, sizeof s->missing);
	memset(s->code_ends, 0, sizeof s->code_ends);
	s->code_is_scanned = 0;
	x->text = text;
	x->n = n;
	x->n_items = 0;
	x->said.n = 0;
	int good = 1;
	while (good && s->at < n)
		good = read_sign(x);
	return good && tj_markdown_pair_runs(s, SIZE_MAX) && tj_markdown_order_items(x);
}

void tj_markdown_inlines_release(inlines *x)
{
	if (x->scratch != NULL) {
		free(x->scratch->marks);
		free(x->scratch->runs);
		free(x->scratch->brackets);
		free(x->scratch->openers);
		free(x->scratch);
	}
	free(x->items);
	free(x->said.data);
}
