/* SPDX-License-Identifier: MIT */
/* Numbers in the form of another language. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/random.h"
#include "src/text/glossary_read.h"
#include "src/text/localize_spans.h"
#include "tests/same_bytes.h"

static struct tj_localizer *open_localizer(const char *from, const char *to)
{
	struct tj_error err = { 0 };
	struct tj_localizer *l = tj_localizer_open(from, to, &err);
	cr_assert(l != NULL, "%s to %s: %s", from, to, err.text);
	return l;
}

/* `wanted` NULL: the number stays as it is. */
static void expect(struct tj_localizer *l, const char *number, const char *wanted)
{
	struct tj_error err = { 0 };
	struct tj_string out = { NULL, 0, 0 };
	cr_assert(tj_string_append(&out, "=", 1)); /* it appends */
	int changed = tj_localize_number(l, number, strlen(number), &out, &err);
	cr_assert_eq(changed, wanted != NULL, "%s: %d, %s", number, changed, err.text);
	cr_expect(same_bytes(out.data + 1, out.n - 1, wanted != NULL ? wanted : "",
	                     wanted != NULL ? strlen(wanted) : 0),
	          "%s became %.*s, not %s", number, (int)out.n - 1, out.data + 1,
	          wanted != NULL ? wanted : "nothing");
	free(out.data);
}

static const char *const neither[] = { "1.2.3",
	                               "12:30",
	                               "12/31/2024",
	                               "31.12.2024",
	                               "2024-01-15",
	                               "10.30.45",
	                               "192.168.1.1",
	                               "192.168.100.200",
	                               "1,23,456.7",
	                               "1.5e-3",
	                               "2x4.5",
	                               "10^6.5",
	                               "1/2.5",
	                               ".5",
	                               "1.234,5.6",
	                               "1,234,56",
	                               "0x1.8",
	                               "007.5",
	                               "3.5/4",
	                               "v1.5.2",
	                               "",
	                               "%",
	                               "1..5",
	                               "1,,234",
	                               "1.5\xc2\xb2.5",
	                               NULL };

Test(localize, english_in_spanish)
{
	struct tj_localizer *l = open_localizer("en", "es");
	expect(l, "2.5 kg", "2,5 kg");
	expect(l, "1,234.50", "1234,50"); /* Spanish groups from five digits on */
	expect(l, "12,345.678", "12.345,678");
	expect(l, "2,200,112", "2.200.112");
	expect(l, "$1,234.50/kg", "$1234,50/kg");
	expect(l, "-0.5%", "-0,5%");
	expect(l, "USD 20.00", "USD 20,00");
	expect(l, "5 000.25", "5000,25");
	expect(l, "50 000 km", "50.000 km");
	expect(l, "10,000th", "10.000th");
	expect(l, "0.000000000000000000000000000000000001",
	       "0,000000000000000000000000000000000001");
	expect(l, "123,456,789,012,345,678,901,234,567,890.123456789012345678901234567890",
	       "123.456.789.012.345.678.901.234.567.890,123456789012345678901234567890");
	expect(l, "12345", "12345");
	expect(l, "1,2345", NULL);
	expect(l, "1234,5", NULL);
	expect(l, "1.234,5", NULL);
	for (int i = 0; neither[i] != NULL; i++)
		expect(l, neither[i], NULL);
	tj_localizer_close(l);
}

Test(localize, spanish_in_english)
{
	struct tj_localizer *l = open_localizer("es", "en");
	expect(l, "2,5 kg", "2.5 kg");
	expect(l, "1.234", "1,234"); /* as it is often written */
	expect(l, "12.345,678", "12,345.678");
	expect(l, "1234,50 €", "1234.50 €");
	expect(l, "1.234.567.890", "1,234,567,890");
	expect(l, "5 000,25", "5,000.25");
	expect(l, "1,234.5", NULL);
	expect(l, "2.5", NULL);
	for (int i = 0; neither[i] != NULL; i++)
		if (strcmp(neither[i], "1.234,5.6") != 0)
			expect(l, neither[i], NULL);
	tj_localizer_close(l);
}

Test(localize, other_languages)
{
	struct tj_localizer *l = open_localizer("en", "de");
	expect(l, "1,234.5", "1.234,5");
	tj_localizer_close(l);
	l = open_localizer("en", "fr");
	expect(l, "1,234.5",
	       "1\xe2\x80\xaf"
	       "234,5");
	tj_localizer_close(l);
	l = open_localizer("en", "ja");
	expect(l, "1,234.5", "1,234.5");
	tj_localizer_close(l);
	tj_localizer_close(open_localizer("xx-nothing", "no such language"));
}

static size_t digits_of(const char *text, size_t n, char *digits)
{
	size_t n_digits = 0;
	for (size_t i = 0; i < n; i++)
		if (text[i] >= '0' && text[i] <= '9')
			digits[n_digits++] = text[i];
	return n_digits;
}

/* No digit is lost, made or moved, whatever the text; and there and back again gives what was. */
Test(localize, random_numbers)
{
	static const char characters[] = "0123456789.,.,' -+%$/:xe";
	struct tj_localizer *there = open_localizer("en", "de"), *back = open_localizer("de", "en");
	uint64_t counter = 0;
	struct tj_error err = { 0 };
	size_t n_changed = 0;
	for (int i = 0; i < 20000; i++) {
		char text[40], digits[2][80];
		size_t n = 1 + (size_t)tj_random_below(7, counter++, 12);
		struct tj_string one = { NULL, 0, 0 }, two = { NULL, 0, 0 };
		/* Mostly digits and the signs of numbers. */
		for (size_t k = 0; k < n; k++) {
			uint64_t most = tj_random_below(7, counter++, 8) > 0
			                    ? 12
			                    : sizeof characters - 1;
			text[k] = characters[tj_random_below(7, counter++, most)];
		}
		int changed = tj_localize_number(there, text, n, &one, &err);
		cr_assert_geq(changed, 0);
		if (changed) {
			n_changed++;
			size_t n_digits = digits_of(text, n, digits[0]);
			cr_assert(same_bytes(digits[0], n_digits, digits[1],
			                     digits_of(one.data, one.n, digits[1])),
			          "%.*s became %.*s", (int)n, text, (int)one.n, one.data);
			cr_assert_eq(tj_localize_number(back, one.data, one.n, &two, &err), 1);
			if (memchr(text, ' ', n) == NULL)
				cr_assert(same_bytes(two.data, two.n, text, n),
				          "%.*s became %.*s and then %.*s", (int)n, text,
				          (int)one.n, one.data, (int)two.n, two.data);
		}
		free(one.data);
		free(two.data);
	}
	cr_assert_gt(n_changed, 1000);
	tj_localizer_close(there);
	tj_localizer_close(back);
}

Test(localize, only_numbers_of_a_text)
{
	static const char terms[] = "seat 1,500.5\tasiento 1,500.5\n";
	static const char source[] =
	    "At 12:30 see https://example.org/1,234.5 and file_1,234.5: 1,234.5 for seat 1,500.5, "
	    "12 of 3";
	static const char output[] =
	    "asiento 1,500.5: https://example.org/1,234.5 y file_1,234.5 12:30 1,234.5, 12 3";
	static const char wanted[] =
	    "asiento 1,500.5: https://example.org/1,234.5 y file_1,234.5 12:30 1234,5, 12 3";
	struct tj_error err = { 0 };
	struct tj_localizer *l = open_localizer("en", "es");
	struct tj_glossary *glossary = tj_glossary_open("terms", terms, sizeof terms - 1, &err);
	cr_assert(glossary != NULL, "%s", err.text);
	struct tj_finder *f = tj_finder_open(&(struct tj_finder_options){ .glossary = glossary },
	                                     &err);
	cr_assert(f != NULL);
	struct tj_string out = { NULL, 0, 0 };
	cr_assert_eq(tj_localize_spans(l, f, source, sizeof source - 1, output, sizeof output - 1,
	                               &out, &err),
	             TRUJAMAN_OK, "%s", err.text);
	cr_expect(same_bytes(out.data, out.n, wanted, sizeof wanted - 1), "%.*s", (int)out.n,
	          out.data);
	out.n = 0;
	cr_assert_eq(tj_localize_spans(l, f, "", 0, "", 0, &out, &err), TRUJAMAN_OK);
	cr_expect_eq(out.n, 0);
	free(out.data);
	tj_finder_close(f);
	tj_glossary_close(glossary);
	tj_localizer_close(l);
}
