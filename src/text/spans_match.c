/* SPDX-License-Identifier: MIT */
/* Asks the matchers that a character may concern. */
#include "src/text/spans_match.h"

#include "src/text/spans_address.h"
#include "src/text/spans_code.h"
#include "src/text/spans_format.h"
#include "src/text/spans_hex.h"
#include "src/text/spans_joined.h"
#include "src/text/spans_markup.h"
#include "src/text/spans_number.h"
#include "src/text/spans_path.h"

struct best {
	size_t n;
	enum tj_fixed_kind kind;
};

static void offer(struct best *b, size_t n, enum tj_fixed_kind kind)
{
	if (n > b->n)
		*b = (struct best){ n, kind };
}

static void of_word(struct best *b, const struct tj_scan *s, size_t at)
{
	offer(b, tj_match_url(s, at), TJ_FIXED_URL);
	offer(b, tj_match_email(s, at), TJ_FIXED_EMAIL);
	offer(b, tj_match_path(s, at), TJ_FIXED_PATH);
	offer(b, tj_match_number(s, at), TJ_FIXED_NUMBER);
	offer(b, tj_match_code(s, at), TJ_FIXED_CODE);
}

static void of_mark(struct best *b, const struct tj_scan *s, size_t at)
{
	switch (s->text[at]) {
	case '/':
	case '~':
	case '.':
		offer(b, tj_match_path(s, at), TJ_FIXED_PATH);
		break;
	case '\\':
		offer(b, tj_match_path(s, at), TJ_FIXED_PATH);
		offer(b, tj_match_format(s, at), TJ_FIXED_FORMAT);
		break;
	case '%':
	case '{':
	case '$':
		offer(b, tj_match_format(s, at), TJ_FIXED_FORMAT);
		break;
	case '#':
		offer(b, tj_match_format(s, at), TJ_FIXED_FORMAT);
		offer(b, tj_match_name(s, at), TJ_FIXED_NAME);
		break;
	case '@':
		offer(b, tj_match_name(s, at), TJ_FIXED_NAME);
		break;
	case '<':
	case '[':
		offer(b, tj_match_tag(s, at), TJ_FIXED_TAG);
		break;
	case '&':
		offer(b, tj_match_tag(s, at), TJ_FIXED_TAG);
		offer(b, tj_match_entity(s, at), TJ_FIXED_ENTITY);
		break;
	case ':':
		offer(b, tj_match_hex(s, at), TJ_FIXED_CODE);
		break;
	case '"':
		offer(b, tj_match_email(s, at), TJ_FIXED_EMAIL);
		break;
	case '-':
	case '`':
		offer(b, tj_match_code(s, at), TJ_FIXED_CODE);
		break;
	default:
		break;
	}
	offer(b, tj_match_number(s, at), TJ_FIXED_NUMBER);
}

static struct best match_known(const struct tj_known *k, const struct tj_scan *s, size_t at)
{
	enum tj_fixed_kind kind;
	struct best b = { .n = 0 };
	if (tj_is_word(tj_scan_at(s, at)))
		of_word(&b, s, at);
	else
		of_mark(&b, s, at);
	offer(&b, tj_match_emoji(s, at), TJ_FIXED_EMOJI);
	size_t n = tj_match_joined(k, s, at, &kind);
	offer(&b, n, kind);
	return b;
}

/* The bytes of the characters without a piece from `at` on, up to where a span of another kind
 * begins: "(&nbsp;" is a bracket and an entity. */
static size_t match_unknown(const struct tj_known *k, const struct tj_scan *s, size_t at)
{
	size_t end = at + tj_match_unknown(k, s, at), i = at;
	while (i < end) {
		int word = tj_is_word(tj_scan_next(s, &i));
		if (i < end && !(word && tj_is_word(tj_scan_at(s, i))) &&
		    match_known(k, s, i).n > 0)
			return i - at;
	}
	return end - at;
}

size_t tj_match_longest(const struct tj_known *k, const struct tj_scan *s, size_t at,
                        enum tj_fixed_kind *kind)
{
	struct best b = match_known(k, s, at);
	offer(&b, match_unknown(k, s, at), TJ_FIXED_UNKNOWN);
	*kind = b.kind;
	return b.n;
}
