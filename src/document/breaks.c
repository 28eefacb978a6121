/* SPDX-License-Identifier: MIT */
/* Finds the places where a text may be broken, and chooses among them. */
#include "src/document/breaks.h"

#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/sentence_end.h"

/* Characters of scripts without spaces, where a line may begin. */
static int is_ideograph(uint32_t c)
{
	static const char small[] = "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶー";
	int is_kana = c >= 0x3041 && c <= 0x30FF && c != 0x30FB && c != 0x30FC;
	if ((c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
	    (c >= 0x20000 && c <= 0x3FFFF))
		return 1;
	for (size_t at = 0; is_kana && at < sizeof small - 1;)
		is_kana = tj_utf8_next(small, sizeof small - 1, &at) != c;
	return is_kana;
}

/* Whether a line may end behind a character, if an ideograph follows. */
static int may_end(uint32_t c)
{
	return (c >= 0x3041 && c <= 0x30FF) || is_ideograph(c) || c == 0x3001 || c == 0x3002 ||
	       c == 0xFF01 || c == 0xFF0C || c == 0xFF1F || c == 0x300D || c == 0x300F;
}

static int add(struct tj_breaks *b, size_t at, size_t n)
{
	if (!tj_reserve(&b->items, &b->capacity, b->n + 1, sizeof *b->items))
		return 0;
	b->items[b->n++] = (struct tj_break){ at, n, b->width };
	return 1;
}

int tj_breaks_add(struct tj_breaks *b, const char *text, size_t at, size_t n)
{
	uint32_t before = 0;
	int good = 1;
	for (size_t i = at; good && i < at + n;) {
		size_t from = i;
		uint32_t c = tj_utf8_next(text, at + n, &i);
		/* None before the first word, or behind another place. */
		int is_first = b->width == 0 || (b->n > 0 && b->items[b->n - 1].width == b->width);
		if (c == ' ' && !is_first)
			good = add(b, from, 1);
		else if (!is_first && may_end(before) && is_ideograph(c))
			good = add(b, from, 0);
		b->width++;
		before = c;
	}
	return good;
}

size_t tj_text_width(const char *text, size_t n)
{
	size_t width = 0;
	for (size_t at = 0; at < n; width++)
		(void)tj_utf8_next(text, n, &at);
	return width;
}

static size_t distance(size_t a, size_t b)
{
	return a > b ? a - b : b - a;
}

void tj_breaks_choose(const struct tj_breaks *b, const char *text, const size_t *widths,
                      const unsigned char *stops, size_t n_rows, size_t *ends)
{
	size_t total = 0, before = 0, next = 0;
	for (size_t i = 0; i < n_rows; i++)
		total += widths[i] + 1;
	for (size_t i = 0; i + 1 < n_rows; i++) {
		before += widths[i] + 1;
		size_t wanted = (size_t)((double)b->width * (double)before / (double)total);
		size_t best = next, least = SIZE_MAX, last = b->n - (n_rows - 1 - i);
		for (size_t k = next; k <= last; k++) {
			size_t away = distance(b->items[k].width, wanted);
			int is_past = b->items[k].width > wanted && away > least;
			if (stops[i] && !tj_ends_sentence(text, b->items[k].at))
				away += b->width / (2 * n_rows);
			if (away < least) {
				least = away;
				best = k;
			}
			if (is_past)
				break;
		}
		ends[i] = best;
		next = best + 1;
	}
}
