/* SPDX-License-Identifier: MIT */
/* The vocabulary and the second opinion. */
#include "tests/constraint_case.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/tiny_pieces.h"

enum { TINY_BYTE = 6, LONGEST_TEXT = 8 * CASE_LONGEST };

#define WORD_START "\xe2\x96\x81"
#define ELLIPSIS "\xe2\x80\xa6"

static const char *const texts[CASE_BYTES] = {
	"<unk>",
	"<s>",
	"</s>",
	WORD_START "o",
	"b",
	"B",
	WORD_START "x",
	WORD_START,
	"1",
	"23",
	WORD_START "4",
	".",
	",",
	"-",
	WORD_START "(",
	")",
	":",
	"&",
	ELLIPSIS,
	"\xf3\xb0\x80\x80",
	"\xf3\xb0\x80\x81",
};

/* In the texts that these are matched with, "@" is a placeable and a quote is an ellipsis. */
static const char forbidden[] =
    "[0-9]{3}"
    "|[A-Za-z][0-9]|[0-9][A-Za-z]"
    "|[.,:&)-][0-9]|[0-9]\"[0-9]"
    "|@[-A-Za-z0-9(&]|@[.,:)\"]+[-A-Za-z0-9(&:]"
    "|(^|[^A-Za-z])[a-z]([A-Za-z]*[a-z])?B"
    "|::|:[A-Za-z]|\\(\\)"
    "|(^|[-\" (,:)&])\\.[A-Za-z]|[0-9]\\.[A-Za-z]"
    "|[A-Za-z]{2}\\.[a-z]|([a-z][A-Za-z]+|[A-Za-z]+[a-z])\\.[A-Z]|[A-Z]{4}\\.[A-Z]"
    "|(^|[^A-Za-z])[A-Za-z]\\.[a-z][A-Za-z]"
    "|(^|[\" (,:)&])--+[a-z]"
    "|(^|[\" (,:)&])-[bx][ ,@]"
    "|[-0-9A-Za-z:@&]&";
static const char forbidden_bare[] = "@[A-Za-z0-9]";

void constraint_case_open(struct constraint_case *k)
{
	static struct tiny_piece pieces[CASE_PIECES];
	static char names[256][8];
	static unsigned char bytes[CASE_PIECES * 24];
	/* The specification of the training says that there are pieces of bytes. */
	static const unsigned char fallback[] = { 0x12, 0x03, 0x98, 0x02, 0x01 };
	struct tj_error err = { 0 };
	for (int i = 0; i < CASE_BYTES; i++)
		pieces[i] = (struct tiny_piece){ texts[i], i == CASE_UNK    ? TINY_UNKNOWN
			                                   : i < CASE_FIRST ? TINY_CONTROL
			                                                    : TINY_NORMAL };
	for (int i = 0; i < 256; i++) {
		snprintf(names[i], sizeof names[i], "<0x%02X>", (unsigned)i);
		pieces[CASE_BYTES + i] = (struct tiny_piece){ names[i], TINY_BYTE };
	}
	size_t n = tiny_pieces(pieces, CASE_PIECES, bytes, sizeof bytes - sizeof fallback);
	memcpy(bytes + n, fallback, sizeof fallback);
	struct tj_pieces *p = tj_pieces_open(bytes, n + sizeof fallback, "tiny", &err);
	cr_assert_not_null(p, "%s", err.text);
	k->model = tj_constraint_model_new(p, NULL, &err);
	cr_assert_not_null(k->model, "%s", err.text);
	tj_pieces_close(p);
	cr_assert_eq(k->model->n_placeables, 2);
	cr_assert_eq(regcomp(&k->forbidden, forbidden, REG_EXTENDED | REG_NOSUB), 0);
	cr_assert_eq(regcomp(&k->forbidden_bare, forbidden_bare, REG_EXTENDED | REG_NOSUB), 0);
}

void constraint_case_close(struct constraint_case *k)
{
	tj_constraint_model_free(k->model);
	regfree(&k->forbidden);
	regfree(&k->forbidden_bare);
}

/* Writes the text of the pieces. Returns how many bytes of an ellipsis are missing at its end, or
 * -1 if it is no valid text. */
static int write_text(const int32_t *ids, size_t n, char *text)
{
	char raw[LONGEST_TEXT];
	size_t length = 0, used = 0;
	for (size_t i = 0; i < n; i++) {
		if (ids[i] >= CASE_BYTES) {
			raw[length++] = (char)(ids[i] - CASE_BYTES);
			continue;
		}
		size_t bytes = strlen(texts[ids[i]]);
		memcpy(raw + length, texts[ids[i]], bytes);
		length += bytes;
	}
	for (size_t i = 0; i < length;) {
		size_t left = length - i, most = left < 3 ? left : 3;
		if (left >= 4 && memcmp(raw + i, "\xf3\xb0\x80", 3) == 0) {
			text[used++] = '@';
			i += 4;
		} else if (left >= 3 && memcmp(raw + i, WORD_START, 3) == 0) {
			text[used++] = ' ';
			i += 3;
		} else if (memcmp(raw + i, ELLIPSIS, most) == 0) {
			text[used++] = '"';
			i += most;
			if (most < 3) {
				text[used] = '\0';
				return (int)(3 - most);
			}
		} else if ((unsigned char)raw[i] < 0x80 && strchr("obBx 1234.,-():&", raw[i]))
			text[used++] = raw[i++];
		else
			return -1;
	}
	text[used] = '\0';
	return 0;
}

/* Whether the numbers of the text are those of the source; the last one, which may go on unless
 * `ends`, may be the beginning of one. *begun: it is not one yet. */
static int allows_numbers(const struct tj_constraint *c, const char *text, int ends, int *begun)
{
	char used[TJ_MOST_SMALL] = { 0 };
	*begun = 0;
	for (const char *at = text; *at != '\0';) {
		size_t n = strspn(at, "0123456789");
		if (n == 0) {
			at++;
			continue;
		}
		unsigned value = (unsigned)(n == 1 ? *at - '0' : (at[0] - '0') * 10 + at[1] - '0');
		int found = 0, may_begin = 0, is_last = !ends && at[n] == '\0';
		for (int i = 0; i < c->n_small; i++) {
			unsigned small = c->small[i] & 0xFFu, digits = c->small[i] >> 8;
			may_begin |= !used[i] && n == 1 && digits == 2 && small / 10 == value;
			if (!found && !used[i] && small == value && digits == n) {
				found = 1;
				used[i] = !is_last;
			}
		}
		if (!found && !(is_last && may_begin))
			return 0;
		*begun = !found;
		at += n;
	}
	return 1;
}

int constraint_case_left(const struct tj_constraint *c, const int32_t *ids, size_t n)
{
	int left[2] = { c->count[0], c->count[1] };
	for (size_t i = 0; i < n; i++)
		if (ids[i] == CASE_PLACEABLE_0 || ids[i] == CASE_PLACEABLE_1)
			left[ids[i] - CASE_PLACEABLE_0]--;
	return left[0] < 0 || left[1] < 0 ? -1 : left[0] + left[1];
}

/* Whether the last piece makes four in a row too frequent. */
static int repeats(const struct tj_constraint *c, const int32_t *ids, size_t n)
{
	int32_t bare[CASE_LONGEST + 1];
	size_t n_bare = 0;
	int count = 0;
	if (c->repeat == 0 || ids[n - 1] == CASE_PLACEABLE_0 || ids[n - 1] == CASE_PLACEABLE_1)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (ids[i] != CASE_PLACEABLE_0 && ids[i] != CASE_PLACEABLE_1)
			bare[n_bare++] = ids[i];
	for (size_t i = 0; i + 4 <= n_bare; i++)
		count += memcmp(bare + i, bare + n_bare - 4, 4 * sizeof *bare) == 0;
	return count > c->repeat;
}

int constraint_case_allows(const struct constraint_case *k, const struct tj_constraint *c,
                           const int32_t *ids, size_t n, size_t limit, int ends)
{
	char text[LONGEST_TEXT], before[LONGEST_TEXT];
	int begun = 0, was_begun = 0;
	if (ends && c->min_length > 0 && n < (size_t)c->min_length)
		return 0;
	int missing = write_text(ids, n, text);
	if (!c->guard) {
		/* Bytes are no text here: the one behind a placeable might be a letter's. */
		if (n > 1 && !ends && ids[n - 1] >= CASE_BYTES &&
		    (ids[n - 2] == CASE_PLACEABLE_0 || ids[n - 2] == CASE_PLACEABLE_1))
			return 0;
		if (missing >= 0 && regexec(&k->forbidden_bare, text, 0, NULL, 0) == 0)
			return 0;
		return ends || !repeats(c, ids, n);
	}
	if (missing < 0 || (ends && missing > 0) || n + (size_t)missing > limit)
		return 0;
	if (ends)
		strcat(text, " ");
	if (regexec(&k->forbidden, text, 0, NULL, 0) == 0)
		return 0;
	if (strchr(text, '&') != NULL && c->symbols == 0)
		return 0;
	if (c->small_only && !allows_numbers(c, text, ends, &begun))
		return 0;
	if (ends || n == 0)
		return 1;
	int was_missing = write_text(ids, n - 1, before);
	if (c->small_only)
		allows_numbers(c, before, 0, &was_begun);
	return was_missing > 0 || was_begun || !repeats(c, ids, n);
}

static size_t list_placeables(const struct tj_constraint *c, int32_t *ids, size_t n,
                              const float *logits, char *allowed)
{
	size_t found = 0;
	for (int32_t p = CASE_PLACEABLE_0; p <= CASE_PLACEABLE_1; p++) {
		ids[n] = p;
		allowed[p] = logits[p] > -INFINITY && constraint_case_left(c, ids, n + 1) >= 0;
		found += (size_t)allowed[p];
	}
	return found;
}

int constraint_case_next(const struct constraint_case *k, const struct tj_constraint *c,
                         const int32_t *prefix, size_t n, size_t limit, const float *logits,
                         char *allowed)
{
	int32_t ids[CASE_LONGEST + 1], best = -1;
	char text[LONGEST_TEXT];
	size_t found = 0;
	memcpy(ids, prefix, n * sizeof *ids);
	memset(allowed, 0, CASE_PIECES);
	for (int32_t p = CASE_FIRST; p < CASE_PIECES; p++) {
		ids[n] = p;
		allowed[p] = logits[p] > -INFINITY && constraint_case_left(c, ids, n + 1) >= 0 &&
		             constraint_case_allows(k, c, ids, n + 1, limit, 0);
		found += (size_t)allowed[p];
		if (allowed[p] && (best < 0 || logits[p] > logits[best]))
			best = p;
	}
	int left = constraint_case_left(c, ids, n),
	    may_end = logits[CASE_EOS] > -INFINITY &&
	              constraint_case_allows(k, c, ids, n, limit, 1);
	if (left == 0) {
		allowed[CASE_EOS] = (char)(may_end ||
		                           (found == 0 && logits[CASE_EOS] > -INFINITY &&
		                            (!c->guard || write_text(ids, n, text) == 0)));
		return 1;
	}
	if ((found > 0 && !(may_end && (best < 0 || logits[CASE_EOS] >= logits[best]))) ||
	    (c->guard && write_text(ids, n, text) != 0))
		return 1;
	memset(allowed, 0, CASE_PIECES);
	list_placeables(c, ids, n, logits, allowed);
	for (int32_t p = CASE_PLACEABLE_0; p <= CASE_PLACEABLE_1; p++) {
		ids[n] = p;
		if (allowed[p] && !constraint_case_allows(k, c, ids, n + 1, limit, 0))
			return 0;
	}
	return 1;
}
