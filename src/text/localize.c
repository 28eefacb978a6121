/* SPDX-License-Identifier: MIT */
/* Reads and writes decimal numbers by ICU, as strings of digits: no number is rounded. */
#include "src/text/localize.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

#include "src/text/spans_scan.h"

/* Longer numbers, in bytes, stay as they are. */
enum { LONGEST = 120, ROOM = 4 * LONGEST };

struct tj_localizer {
	UNumberFormat *from, *to;
};

static UNumberFormat *open_format(const char *language, UErrorCode *code)
{
	UNumberFormat *f = unum_open(UNUM_DECIMAL, NULL, 0, language, NULL, code);
	if (U_SUCCESS(*code)) {
		unum_setAttribute(f, UNUM_LENIENT_PARSE, 0);
		unum_setAttribute(f, UNUM_MAX_INTEGER_DIGITS, LONGEST);
	}
	return f;
}

static void fail(UErrorCode code, struct tj_error *err)
{
	if (code == U_MEMORY_ALLOCATION_ERROR)
		tj_fail_memory(err, "the form of a number", ROOM);
	else
		tj_fail(err, TRUJAMAN_ERROR_INPUT, "cannot write numbers: ICU says %s",
		        u_errorName(code));
}

struct tj_localizer *tj_localizer_open(const char *from, const char *to, struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	struct tj_localizer *l = calloc(1, sizeof *l);
	if (l == NULL) {
		tj_fail_memory(err, "the form of numbers", sizeof *l);
		return NULL;
	}
	l->from = open_format(from, &code);
	l->to = open_format(to, &code);
	if (U_SUCCESS(code)) {
		/* People write 1.234 where the rules of a language want 1234. */
		unum_setAttribute(l->from, UNUM_MINIMUM_GROUPING_DIGITS, 1);
		unum_setAttribute(l->to, UNUM_MINIMUM_GROUPING_DIGITS,
		                  UNUM_MINIMUM_GROUPING_DIGITS_AUTO);
		return l;
	}
	fail(code, err);
	tj_localizer_close(l);
	return NULL;
}

void tj_localizer_close(struct tj_localizer *l)
{
	if (l == NULL)
		return;
	unum_close(l->from);
	unum_close(l->to);
	free(l);
}

/* --- Where the number stands in its span -------------------------------------------- */

struct core {
	size_t first, end;
	int spaces; /* groups of its digits are parted by white space */
};

static int is_part(const struct tj_scan *s, size_t at, int32_t c)
{
	size_t next = at;
	if (tj_is_ascii_digit(c))
		return 1;
	int joins = c == '.' || c == ',' || c == '\'' || c == 0x2019 || tj_is_number_space(c);
	tj_scan_next(s, &next);
	return joins && tj_is_ascii_digit(tj_scan_at(s, next));
}

/* Whether it is four numbers below 256 with dots between them: a network address. */
static int is_address(const uint8_t *text, size_t n)
{
	int value = 0, dots = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] != '.' && !tj_is_ascii_digit(text[i]))
			return 0;
		dots += text[i] == '.';
		value = text[i] == '.' ? 0 : 10 * value + (text[i] - '0');
		if (value > 255)
			return 0;
	}
	return dots == 3;
}

/* Finds the digits and what parts them. Returns 0 if the span has digits elsewhere, too: then it is
 * a date, a time, a telephone number or the like. */
static int find_core(const struct tj_scan *s, struct core *core)
{
	size_t at = 0;
	*core = (struct core){ .first = s->n };
	while (at < s->n && !tj_is_digit(tj_scan_at(s, at)))
		tj_scan_next(s, &at);
	core->first = at;
	while (at < s->n && is_part(s, at, tj_scan_at(s, at)))
		core->spaces |= tj_is_number_space(tj_scan_next(s, &at));
	core->end = at;
	int32_t before = tj_scan_before(s, core->first); /* ".5" */
	if (core->first == s->n || before == '.' || before == ',' ||
	    is_address(s->text + core->first, at - core->first))
		return 0;
	while (at < s->n)
		if (tj_is_digit(tj_scan_next(s, &at)))
			return 0;
	return 1;
}

/* --- Reading and writing ------------------------------------------------------------ */

struct units { /* UTF-16 */
	UChar text[ROOM];
	int32_t n;
};

/* Writes decimal digits ("-1234.50") with so many behind the decimal sign. */
static void write(UNumberFormat *f, const char *digits, int32_t n, int grouped, int decimals,
                  struct units *out, UErrorCode *code)
{
	unum_setAttribute(f, UNUM_GROUPING_USED, grouped);
	unum_setAttribute(f, UNUM_MAX_FRACTION_DIGITS, decimals);
	unum_setAttribute(f, UNUM_MIN_FRACTION_DIGITS, decimals);
	out->n = unum_formatDecimal(f, digits, n, out->text, ROOM, NULL, code);
}

/* Puts the language's own sign in the place of the white space between groups. */
static void regroup(const UNumberFormat *f, struct units *u, UErrorCode *code)
{
	UChar sign[8];
	int32_t n = unum_getSymbol(f, UNUM_GROUPING_SEPARATOR_SYMBOL, sign, 8, code);
	for (int32_t i = 0; U_SUCCESS(*code) && n == 1 && i < u->n; i++)
		if (tj_is_number_space(u->text[i]))
			u->text[i] = sign[0];
}

/* Reads a number in the first language, of which nothing may be left over, and writes it in the
 * other. Returns 0 if the first language would write it in another way. */
static int convert(struct tj_localizer *l, struct units *u, int spaces, UErrorCode *code)
{
	char digits[ROOM];
	struct units again;
	UChar sign[8];
	int32_t parsed = 0;
	if (spaces)
		regroup(l->from, u, code);
	unum_setAttribute(l->from, UNUM_GROUPING_USED, 1);
	int32_t n = unum_parseDecimal(l->from, u->text, u->n, &parsed, digits, ROOM, code);
	if (*code == U_PARSE_ERROR || (U_SUCCESS(*code) && parsed != u->n)) {
		*code = U_ZERO_ERROR;
		return 0;
	}
	int32_t n_sign = unum_getSymbol(l->from, UNUM_DECIMAL_SEPARATOR_SYMBOL, sign, 8, code);
	if (U_FAILURE(*code) || n_sign != 1)
		return 0;
	const UChar *point = u_memchr(u->text, sign[0], u->n);
	int decimals = point != NULL ? (int)(u->text + u->n - point - 1) : 0;
	int whole = point != NULL ? (int)(point - u->text) : u->n, grouped = 0;
	for (int i = 0; i < whole; i++)
		grouped |= u->text[i] < '0' || u->text[i] > '9';
	write(l->from, digits, n, grouped, decimals, &again, code);
	if (U_FAILURE(*code) || again.n != u->n || u_memcmp(again.text, u->text, u->n) != 0)
		return 0;
	write(l->to, digits, n, grouped, decimals, u, code);
	return U_SUCCESS(*code);
}

int tj_localize_number(struct tj_localizer *l, const char *number, size_t n, struct tj_string *out,
                       struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	const struct tj_scan s = { (const uint8_t *)number, n };
	struct core core;
	struct units u;
	char text[ROOM];
	int32_t n_text = 0;
	if (!find_core(&s, &core) || core.end - core.first > LONGEST)
		return 0;
	u_strFromUTF8(u.text, ROOM, &u.n, number + core.first, (int32_t)(core.end - core.first),
	              &code);
	int good = U_SUCCESS(code) && convert(l, &u, core.spaces, &code);
	if (good)
		u_strToUTF8(text, ROOM, &n_text, u.text, u.n, &code);
	if (U_FAILURE(code)) {
		fail(code, err);
		return -1;
	}
	if (!good)
		return 0;
	if (!tj_string_append(out, number, core.first) ||
	    !tj_string_append(out, text, (size_t)n_text) ||
	    !tj_string_append(out, number + core.end, n - core.end)) {
		tj_fail_memory(err, "a number", n);
		return -1;
	}
	return 1;
}
