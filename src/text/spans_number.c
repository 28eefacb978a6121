/* SPDX-License-Identifier: MIT */
/* Finds numbers and what belongs to them. */
#include "src/text/spans_number.h"

#include <string.h>

#include "src/text/spans_phone.h"

enum { FEWEST_DIGITS = 3, SHORTEST_HASH = 7 };

/* ISO 4217, without codes that are words in capitals ("TRY", "ALL", "TOP"). */
static const char currencies[] =
    " USD EUR GBP JPY CNY CHF CAD AUD NZD MXN ARS COP CLP PEN UYU BOB PYG VES BRL INR RUB KRW SEK"
    " NOK DKK PLN CZK HUF ZAR SGD HKD BTC ";
/* Units that a white space may part from the number; those that are words are not here. */
static const char units[] =
    " mm cm dm m km yd ft kg g mg t lb lbs oz l ml cl L mL dL W kW MW GW kWh MWh Wh V kV mV mA mAh"
    " Hz kHz MHz GHz kB KB MB GB TB PB KiB MiB GiB TiB kbps Mbps Gbps Mbit Gbit s ms ns h min hr"
    " hPa kPa MPa psi dB px dpi fps rpm ppm mph kph kcal kJ Nm bpm m² m³ km² cm² cm³ mm² ft² m2 m3"
    " km2 cm2 cm3 kn µg µm µs μg μm μs Ω kΩ lm lx mol mmol IU ";
/* Units that touch the number. */
static const char close_units[] =
    " A B K M J N C F k b x X ha cal bar pt em rem in am pm AM PM bn mn tn st nd rd th D G P p i ";

struct number {
	size_t end;
	int digits, joints; /* joints: separators, signs, units: what makes it a span */
};

static int is_joint(int32_t c)
{
	if (c < 0x80)
		return c > 0 && strchr(".,:/-'xX+=*^_", c) != NULL;
	return c == 0x2019 || c == 0xB7 || c == 0xD7 || c == 0x2010 || c == 0x2011 || c == 0x2012 ||
	       c == 0x2013 || c == 0x2212 || c == 0x2044 || c == 0xB0 || c == 0x2032 ||
	       c == 0x2033 || c == 0x66B || c == 0x66C;
}

/* Reads digits. Returns how many. */
static int digits(const struct tj_scan *s, size_t *at)
{
	int n = 0;
	for (size_t after = *at; tj_is_digit(tj_scan_next(s, &after)); n++)
		*at = after;
	return n;
}

/* Reads " 000" groups after a first group of one to three digits. */
static void groups(const struct tj_scan *s, struct number *v)
{
	for (;;) {
		size_t at = v->end;
		if (!tj_is_number_space(tj_scan_next(s, &at)))
			return;
		size_t end = at;
		if (digits(s, &end) != 3 || tj_is_word(tj_scan_at(s, end)))
			return;
		v->end = end;
		v->digits += 3;
		v->joints++;
	}
}

/* Whether a time such as "08:15" follows the date that ends at `at`, in the order of ISO 8601. */
static int time_follows(const struct tj_scan *s, size_t first, size_t at)
{
	return at - first == 10 && s->text[first + 4] == '-' && s->text[first + 7] == '-' &&
	       tj_scan_at(s, at) == ' ' && tj_is_ascii_digit(tj_scan_at(s, at + 1)) &&
	       tj_is_ascii_digit(tj_scan_at(s, at + 2)) && tj_scan_at(s, at + 3) == ':';
}

/* Reads the digits and what joins them, from a digit on. */
static void core(const struct tj_scan *s, struct number *v)
{
	size_t first = v->end;
	int n = digits(s, &v->end);
	v->digits += n;
	if (n <= 3)
		groups(s, v);
	for (;;) {
		size_t at = v->end;
		int32_t c = tj_scan_next(s, &at);
		int32_t next = tj_scan_at(s, at);
		/* "1.5e-3", "2024-01-15T10:30", "12h30" */
		int joins = is_joint(c) || ((c == 'T' || c == 't') && v->joints >= 2) || c == 'h' ||
		            time_follows(s, first, v->end);
		if ((c == 'e' || c == 'E') && (next == '-' || next == '+')) {
			at++;
			joins = 1;
		} else if (c == 'e' || c == 'E')
			joins = 1;
		if (!joins || !tj_is_digit(tj_scan_at(s, at)))
			return;
		v->end = at;
		v->digits += digits(s, &v->end);
		v->joints++;
	}
}

static int is_currency(int32_t c)
{
	return c == '$' || (c >= 0xA2 && u_charType(c) == U_CURRENCY_SYMBOL);
}

static size_t skip_number_space(const struct tj_scan *s, size_t at)
{
	size_t after = at;
	return tj_is_number_space(tj_scan_next(s, &after)) ? after : at;
}

/* Whether a number (perhaps signed) begins at `at`. */
static int number_follows(const struct tj_scan *s, size_t at)
{
	int32_t c = tj_scan_next(s, &at);
	if (c == '-' || c == '+' || c == 0x2212 || c == '.')
		c = tj_scan_next(s, &at);
	return tj_is_digit(c);
}

/* "$", "US$", "USD": returns their end, and white space after them; `at` if no number follows. */
static size_t prefix(const struct tj_scan *s, size_t at)
{
	size_t i = at;
	while (i - at < 3 && tj_is_ascii_upper(tj_scan_at(s, i)))
		i++;
	size_t letters = i;
	if (is_currency(tj_scan_next(s, &i)))
		i = skip_number_space(s, i);
	else if (letters - at == 3 && tj_is_listed(currencies, s->text + at, 3))
		i = skip_number_space(s, letters);
	else
		return at;
	return number_follows(s, i) ? i : at;
}

size_t tj_number_start(const struct tj_scan *s, size_t at)
{
	size_t i = at;
	if (!tj_is_number_space(tj_scan_back(s, &i)) || i < 3 ||
	    !tj_is_listed(currencies, s->text + i - 3, 3) || tj_is_word(tj_scan_before(s, i - 3)))
		return at;
	return i - 3;
}

/* Returns the end of a word at `at` with "²" and the like. */
static size_t unit_word(const struct tj_scan *s, size_t at)
{
	size_t end = tj_scan_word(s, at);
	for (size_t after = end; u_charType(tj_scan_next(s, &after)) == U_OTHER_NUMBER;)
		end = after;
	return end;
}

/* "/h", "/kg" behind a unit or a currency. */
static size_t rate(const struct tj_scan *s, size_t at)
{
	if (tj_scan_at(s, at) != '/')
		return at;
	size_t end = unit_word(s, at + 1);
	return tj_is_listed(units, s->text + at + 1, end - at - 1) ? end : at;
}

/* Returns the end of a unit, percent sign, degree or currency that begins at `at`, or `at`. */
static size_t unit(const struct tj_scan *s, size_t at, int close)
{
	size_t end = at;
	int32_t c = tj_scan_next(s, &end);
	if (c == '%' || c == 0x2030) /* not "%s" */
		return tj_is_word(tj_scan_at(s, end)) ? at : end;
	if (c == 0xB0 || c == 0x2032 || c == 0x2033) {
		size_t word = unit_word(s, end);
		return word - end == 1 ? word : word == end ? end : at;
	}
	if (is_currency(c))
		return tj_is_word(tj_scan_at(s, end)) ? at : rate(s, end);
	if (c == 0x2103 || c == 0x2109)
		return end;
	end = unit_word(s, at);
	if (tj_is_listed(units, s->text + at, end - at))
		return rate(s, end);
	if (tj_is_listed(currencies, s->text + at, end - at) ||
	    (close && tj_is_listed(close_units, s->text + at, end - at)))
		return end;
	return at;
}

/* Whether letters and digits that touch a number make it a span: "4K", "3D", "2x4y", a hash. */
static int makes_code(const struct tj_scan *s, size_t first, size_t at, size_t end)
{
	int upper = 1, digit = 0, hex = 1;
	for (size_t i = first; i < end;) {
		int32_t c = tj_scan_next(s, &i);
		hex &= tj_is_hex(c);
		if (i <= at)
			continue;
		upper &= tj_is_ascii_upper(c);
		digit |= tj_is_digit(c);
	}
	return upper || digit || (hex && end - first >= SHORTEST_HASH) ||
	       tj_scan_is(s, first, "0x") || tj_scan_is(s, first, "0b");
}

/* Ordinal signs, fractions, letters that touch it, percent signs, units, currencies. */
static void suffix(const struct tj_scan *s, size_t first, struct number *v)
{
	size_t at = v->end;
	int32_t c = tj_scan_next(s, &at);
	if (u_charType(c) == U_OTHER_NUMBER) { /* "1½" */
		v->end = at;
		v->joints++;
	}
	if (tj_is_word(tj_scan_at(s, v->end))) {
		size_t word = tj_scan_word(s, v->end), end = unit(s, v->end, 1);
		int small = v->digits < FEWEST_DIGITS && v->joints == 0;
		int32_t ordinal = tj_scan_at(s, v->end);
		if (end >= word && !(small && (tj_is_listed(" st nd rd th am pm ", s->text + v->end,
		                                            word - v->end))))
			v->joints++;
		else if (ordinal != 0xBA && ordinal != 0xAA)
			v->joints += makes_code(s, first, v->end, word);
		v->end = end > word ? end : word;
		return;
	}
	size_t close = unit(s, v->end, 1);
	if (close == v->end) {
		size_t spaced = skip_number_space(s, v->end);
		if (spaced > v->end) {
			size_t end = unit(s, spaced, 0);
			close = end > spaced ? end : close;
		}
	}
	v->joints += close > v->end;
	v->end = close;
}

/* "-rc1", "-beta.2", "+build5" behind a version. */
static void version(const struct tj_scan *s, struct number *v)
{
	int32_t c = tj_scan_at(s, v->end);
	if (v->joints < 2 || (c != '-' && c != '+') ||
	    !tj_is_ascii_lower(tj_scan_at(s, v->end + 1)))
		return;
	size_t end = tj_scan_word(s, v->end + 1);
	if (tj_scan_at(s, end) == '.' && tj_is_digit(tj_scan_at(s, end + 1)))
		end = tj_scan_word(s, end + 1);
	if (tj_is_digit(tj_scan_before(s, end)))
		v->end = end;
}

static int is_sign(const struct tj_scan *s, size_t at, int32_t c)
{
	int32_t before = tj_scan_before(s, at);
	return (c == '-' || c == '+' || c == 0x2212 || c == 0xB1) && !tj_is_word(before) &&
	       before != c && before != ')' && before != '.';
}

size_t tj_match_number(const struct tj_scan *s, size_t at)
{
	struct number v = { .end = at };
	size_t phone = tj_match_phone(s, at), start = prefix(s, at), after = at;
	if (start > at) {
		v.end = start;
		v.joints++;
	}
	after = v.end;
	int32_t c = tj_scan_next(s, &after);
	if (is_sign(s, v.end, c)) {
		size_t money = prefix(s, after);
		v.end = money > after ? money : after;
		v.joints++;
		after = v.end;
		c = tj_scan_next(s, &after);
	}
	if (c == '.' && !tj_is_word(tj_scan_before(s, v.end)) && tj_scan_opens(s, at)) { /* ".5" */
		v.end = after;
		v.joints++;
	}
	if (!tj_is_digit(tj_scan_at(s, v.end)))
		return phone;
	size_t first = v.end;
	core(s, &v);
	version(s, &v);
	suffix(s, first, &v);
	size_t n = v.digits >= FEWEST_DIGITS || v.joints > 0 ? v.end - at : 0;
	return phone > n ? phone : n;
}
