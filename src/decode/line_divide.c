/* SPDX-License-Identifier: MIT */
/* A sign counts if white space or the end of its sentence is on each side of it; a bullet may touch
 * what follows it. Marks of lists, which are no spans, count at the beginning of a line. */
#include "src/decode/line_divide.h"

#include <string.h>

#include "src/decode/line_speech.h"
#include "src/text/char_code.h"
#include "src/text/letters.h"

struct line_divider {
	const struct tj_plan *p;
	struct tj_span *to; /* the sentences so far */
	size_t n;
};

/* What a span is if it has no letter and no digit. */
enum sign { NO_SIGN, SIGN, DIVIDING_SIGN };

static enum sign sign_of(const struct tj_plan *p, const struct tj_fixed *f)
{
	static const uint32_t dividing[] = { '|',    '_',    0xA6,   0xB7,   0x2016, 0x2022,
		                             0x2023, 0x2043, 0x25A0, 0x25AA, 0x25B8, 0x25BA,
		                             0x25CF, 0x25C6, 0x2605, 0x2606 };
	enum { FIRST_ARROW = 0x2190, LAST_ARROW = 0x21FF };
	enum sign sign = DIVIDING_SIGN;
	if (f->kind != TJ_FIXED_UNKNOWN && f->kind != TJ_FIXED_EMOJI)
		return NO_SIGN;
	for (size_t at = f->first, end = f->first + f->n; at < end;) {
		uint32_t c = tj_char_next(p->normal.text.data, end, &at);
		enum sign is = SIGN;
		uint8_t code = tj_char_code(c);
		if (code == TJ_CHAR_LETTER || code == TJ_CHAR_UPPER || code >= TJ_CHAR_LOWER ||
		    (code >= TJ_CHAR_DIGIT && code < TJ_CHAR_DIGIT + 10))
			return NO_SIGN;
		if (c == '/' || c == '\\' || c == '>' || (c >= FIRST_ARROW && c <= LAST_ARROW))
			is = DIVIDING_SIGN;
		for (size_t i = 0; i < sizeof dividing / sizeof *dividing; i++)
			is = c == dividing[i] ? DIVIDING_SIGN : is;
		sign = is < sign ? is : sign;
	}
	return sign;
}

static int is_bullet(const struct tj_plan *p, const struct tj_fixed *f)
{
	size_t at = f->first;
	return tj_char_lone(tj_char_next(p->normal.text.data, f->first + f->n, &at)) ==
	       TJ_LONE_ON_A_SIDE;
}

/* Whether there is white space before byte `at`, or behind it. */
static int is_spaced_before(const struct tj_plan *p, size_t at)
{
	const char *text = p->normal.text.data;
	size_t from = at;
	while (from > 0 && ((unsigned char)text[--from] & 0xC0) == 0x80)
		;
	return at == 0 || tj_is_white_space(tj_char_next(text, at, &from));
}

static int is_spaced_behind(const struct tj_plan *p, size_t at)
{
	return at == p->normal.text.n ||
	       tj_is_white_space(tj_char_next(p->normal.text.data, p->normal.text.n, &at));
}

/* Leaves out white space at the ends of the bytes [*first, *end). */
static void trim(const struct tj_plan *p, size_t *first, size_t *end)
{
	const char *text = p->normal.text.data;
	for (size_t after = *first; *first < *end; *first = after)
		if (!tj_is_white_space(tj_char_next(text, *end, &after)))
			break;
	for (size_t before = *end; *end > *first; *end = before) {
		while (((unsigned char)text[--before] & 0xC0) == 0x80)
			;
		size_t at = before;
		if (!tj_is_white_space(tj_char_next(text, *end, &at)))
			break;
	}
}

/* Adds the bytes [first, end), unless only white space is in them. */
static void add(struct line_divider *x, size_t first, size_t end)
{
	trim(x->p, &first, &end);
	if (first < end)
		x->to[x->n++] = (struct tj_span){ first, end - first };
}

/* --- Marks of lists --------------------------------------------------------------- */

static int is_ascii_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_ascii_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* The bytes of a dash of one kind or another, "[ ]", "[x]", "a)", "12)", "(a)" or "(12)" in n
 * bytes; 0: none is there. */
static size_t list_mark(const char *text, size_t n)
{
	static const char *const marks[] = { "-", "\u2013", "\u2014", "[ ]", "[x]", "[X]" };
	size_t first = n > 0 && text[0] == '(', at = first;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (n >= strlen(marks[i]) && memcmp(text, marks[i], strlen(marks[i])) == 0)
			return strlen(marks[i]);
	while (at < n && at < first + 3 && is_ascii_digit(text[at]))
		at++;
	if (at == first && at < n && is_ascii_letter(text[at]))
		at++;
	return at > first && at < n && text[at] == ')' ? at + 1 : 0;
}

/* Where what follows the marks of a list begins, in a line that begins at `first`. */
static size_t behind_marks(const struct tj_plan *p, size_t first, size_t end)
{
	for (size_t n; first < end; first += n, trim(p, &first, &end)) {
		n = list_mark(p->normal.text.data + first, end - first);
		if (n == 0 || first + n == end || !is_spaced_behind(p, first + n))
			break;
	}
	return first;
}

/* Whether only white space is before the first sentence. */
static int begins_line(const struct tj_plan *p)
{
	size_t first = 0, end = p->normal.text.n;
	trim(p, &first, &end);
	return p->sentences[0].first == first;
}

/* --- Sentences -------------------------------------------------------------------- */

/* Whether a sentence that begins at `first` is divided at a span. */
static int divides(const struct tj_plan *p, const struct tj_fixed *f, size_t first)
{
	enum sign sign = sign_of(p, f);
	int is_apart = is_spaced_before(p, f->first) &&
	               (is_spaced_behind(p, f->first + f->n) || is_bullet(p, f));
	return is_apart && (sign == DIVIDING_SIGN || (sign == SIGN && f->first == first));
}

/* Leaves signs at the end of a sentence out of it, and out of its *n spans. */
static void leave_end(const struct tj_plan *p, size_t *first, size_t *end,
                      const struct tj_fixed *spans, size_t *n)
{
	for (; *n > 0; --*n) {
		const struct tj_fixed *f = &spans[*n - 1];
		if (f->first + f->n != *end || sign_of(p, f) == NO_SIGN ||
		    !is_spaced_before(p, f->first))
			return;
		*end = f->first;
		trim(p, first, end);
	}
}

/* Whether no span reaches out of the brackets. */
static int holds_spans(const struct tj_plan *p, size_t open, size_t close)
{
	size_t n, i = tj_plan_spans(p, open, close + 1, &n);
	return n == 0 || (p->spans[i].first > open &&
	                  p->spans[i + n - 1].first + p->spans[i + n - 1].n <= close);
}

/* Adds the parts of speech in a stretch, and what is around them. */
static void add_parts(struct line_divider *x, size_t first, size_t end)
{
	for (trim(x->p, &first, &end); first < end; trim(x->p, &first, &end)) {
		size_t part, part_end;
		first = tj_speech_next(x->p, first, end, &part, &part_end);
		add(x, part, part_end);
	}
}

/* Where a group begins from `first` on, "[optional]", which no word touches; *close gets the byte
 * of its "]". `end`: there is none. */
static size_t find_group(const struct tj_plan *p, size_t first, size_t end, size_t *close)
{
	const char *text = p->normal.text.data;
	for (size_t open = first; open < end; open++) {
		size_t at = open + 1;
		if (text[open] != '[' || !is_spaced_before(p, open))
			continue;
		while (at < end && text[at] != '[' && text[at] != ']')
			at++;
		if (at == end)
			return end;
		if (text[at] == ']' && holds_spans(p, open, at) &&
		    (is_spaced_behind(p, at + 1) || strchr(".,;:!?)", text[at + 1]) != NULL)) {
			*close = at;
			return open;
		}
	}
	return end;
}

/* Adds a stretch; of groups in it, what is in the brackets and what is around them. */
static void add_stretch(struct line_divider *x, size_t first, size_t end)
{
	size_t close = end;
	for (size_t open; (open = find_group(x->p, first, end, &close)) < end; first = close + 1) {
		add_parts(x, first, open);
		add_parts(x, open + 1, close);
	}
	add_parts(x, first, end);
}

/* Adds what signs divide; what is behind the last of them is left. */
static void divide_between(struct line_divider *x, size_t *first, size_t *end,
                           const struct tj_fixed *spans, size_t n, int begins)
{
	for (size_t i = 0; i <= n; i++) {
		if (begins) /* nothing but marks of lists so far */
			*first = behind_marks(x->p, *first, *end);
		if (i == n || spans[i].first < *first || !divides(x->p, &spans[i], *first))
			continue;
		begins &= spans[i].first == *first;
		add_stretch(x, *first, spans[i].first);
		*first = spans[i].first + spans[i].n;
		trim(x->p, first, end);
	}
}

/* Divides one sentence, whose spans are the n from `spans` on. */
static void divide(struct line_divider *x, const struct tj_span *s, const struct tj_fixed *spans,
                   size_t n, int begins)
{
	size_t first = s->first, end = s->first + s->n;
	leave_end(x->p, &first, &end, spans, &n);
	divide_between(x, &first, &end, spans, n, begins);
	add_stretch(x, first, end);
}

/* How many sentences there may be; no more than there are if nothing divides one. */
static size_t most_sentences(const struct tj_plan *p, int begins)
{
	size_t n = p->n_sentences, first = p->sentences[0].first, end = first + p->sentences[0].n;
	for (size_t i = 0; i < p->n_spans; i++)
		n += sign_of(p, &p->spans[i]) != NO_SIGN;
	n += begins && behind_marks(p, first, end) != first;
	for (size_t i = 0; i < p->n_sentences; i++) {
		const struct tj_span *s = &p->sentences[i];
		for (size_t k = 0; k < s->n; k++)
			n += p->normal.text.data[s->first + k] == '['
			         ? 2
			         : p->normal.text.data[s->first + k] == '"';
	}
	return n;
}

trujaman_status tj_plan_divide(struct tj_plan *p, struct tj_blocks *blocks, struct tj_error *err)
{
	if (p->n_sentences == 0)
		return TRUJAMAN_OK;
	int begins = begins_line(p);
	size_t most = most_sentences(p, begins), n_bytes = most * sizeof *p->sentences;
	if (most == p->n_sentences)
		return TRUJAMAN_OK;
	struct line_divider x = { .p = p, .to = tj_blocks_take(blocks, n_bytes) };
	if (x.to == NULL)
		return tj_fail_memory(err, "the sentences of a line", n_bytes);
	for (size_t i = 0; i < p->n_sentences; i++) {
		const struct tj_span *s = &p->sentences[i];
		size_t n_spans, from = tj_plan_spans(p, s->first, s->first + s->n, &n_spans);
		const struct tj_fixed *spans = n_spans > 0 ? &p->spans[from] : NULL;
		divide(&x, s, spans, n_spans, begins && i == 0);
	}
	p->sentences = x.to;
	p->n_sentences = x.n;
	return TRUJAMAN_OK;
}
