/* SPDX-License-Identifier: MIT */
/* Tests of the figures in the status line: times, bytes, speeds, and lines cut to a width. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "src/cli/show/figures.h"

TestSuite(figures, .timeout = 60);

Test(figures, times)
{
	static const struct {
		double seconds;
		const char *text;
	} cases[] = {
		{ 0, "0 s" },        { -5, "0 s" },         { 0.4, "0 s" },
		{ 1.5, "2 s" },      { 99.4, "99 s" },      { 99.5, "2 min" },
		{ 600, "10 min" },   { 5969, "99 min" },    { 5970, "1.7 h" },
		{ 36000, "10.0 h" }, { 3.6e6, "1000.0 h" }, { 1e300, "100000000000000000.0 h" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tj_figures f = { .n = 0 };
		tj_put_time(&f, cases[i].seconds);
		cr_expect_str_eq(f.text, cases[i].text, "%g: %s", cases[i].seconds, f.text);
	}
}

Test(figures, bytes)
{
	static const struct {
		uint64_t n, total;
		const char *text;
	} cases[] = {
		{ 0, 0, "0 bytes" },
		{ 999, 0, "999 bytes" },
		{ 1000, 0, "1.0 kB" },
		{ 0, 7, "0 of 7 bytes" },
		{ 5, 1000, "0.0 of 1.0 kB" },
		{ 1999999, 2000000, "1.9 of 2.0 MB" },
		{ 2000000, 2000000, "2.0 of 2.0 MB" },
		{ 12345678901, 0, "12.3 GB" },
		{ 1, UINT64_C(5000000000000), "0.0 of 5.0 TB" },
		{ UINT64_MAX, 0, "18446.7 PB" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tj_figures f = { .n = 0 };
		tj_put_bytes(&f, cases[i].n, cases[i].total);
		cr_expect_str_eq(f.text, cases[i].text, "found %s", f.text);
	}
}

Test(figures, speeds)
{
	struct tj_figures f = { .n = 0 };
	tj_put_speed(&f, 1000, 3, "line");
	tj_put_speed(&f, 4, 3, "word");
	tj_put_time_left(&f, 61);
	cr_expect_str_eq(f.text, ", 333 lines/s, 1 word/s, 61 s left");
}

Test(figures, a_line_takes_no_more_than_it_holds)
{
	struct tj_figures f = { .n = 0 };
	for (int i = 0; i < 100; i++)
		tj_put_number(&f, UINT64_MAX);
	cr_expect_eq(f.n, sizeof f.text - 1);
	cr_expect_eq(strlen(f.text), sizeof f.text - 1);
}

Test(figures, cut_to_width)
{
	static const struct {
		const char *line;
		size_t columns, n;
	} cases[] = {
		{ "one, two, three", 15, 15 },
		{ "one, two, three", 100, 15 },
		{ "one, two, three", 14, 8 },
		{ "one, two, three", 8, 8 },
		{ "one, two, three", 7, 3 },
		{ "one, two, three", 3, 3 },
		{ "one, two, three", 2, 2 },
		{ "one, two", 0, 0 },
		{ "ab\xc3\xa9\xe2\x80\xa6z", 5, 8 },
		{ "ab\xc3\xa9\xe2\x80\xa6z", 4, 7 },
		{ "ab\xc3\xa9\xe2\x80\xa6z", 3, 4 },
		{ "", 0, 0 },
		{ "", 9, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = tj_cut_to_columns(cases[i].line, cases[i].columns);
		cr_expect_eq(n, cases[i].n, "%s to %zu: %zu bytes", cases[i].line, cases[i].columns,
		             n);
	}
}
