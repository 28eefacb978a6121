/* SPDX-License-Identifier: MIT */
/* Tests of numbers as text, and of the floating-point environment: neither the calling program's
 * rounding mode nor its treatment of subnormal numbers matters. */
#include <float.h>
#include <math.h>

#include "src/base/number.h"
#include "src/base/string.h"
#include "tests/support.h"

static const int roundings[] = { FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };
enum { N_ROUNDINGS = sizeof roundings / sizeof *roundings };

Test(number, what_is_one)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{ "0", 0 },           { "0.3", 0.3 }, { "-1", -1 }, { "1e-3", 0.001 },
		{ "1E+2", 100 },      { ".5", 0.5 },  { "5.", 5 },  { "1e308", 1e308 },
		{ "4e-320", 4e-320 }, { "+2", 2 },
	};
	static const char *const bad[] = {
		"",   " 1",  "1 ",  "1,5", "0x10", "inf",    "nan", "e5",
		"1e", "1e+", "--1", "1-",  "1.5.", "1e9999", ".",   "-"
	};
	double value;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		cr_assert_eq(tj_number_read(good[i].text, &value), 1, "%s", good[i].text);
		cr_assert_eq(value, good[i].value, "%s: %g", good[i].text, value);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		cr_assert_eq(tj_number_read(bad[i], &value), 0, "%s", bad[i]);
	cr_assert_eq(tj_number_read_exact("0x1.8p+1", &value), 1);
	cr_assert_eq(value, 3);
	cr_assert_eq(tj_number_read_exact("0x1,8p+1", &value), 0);
	cr_assert_eq(tj_number_read_exact("nan", &value), 0);
}

Test(number, every_bit_comes_back_in_every_rounding_mode)
{
	uint64_t x = 1;
	for (int mode = 0; mode < N_ROUNDINGS; mode++) {
		cr_assert_eq(fesetround(roundings[mode]), 0);
		for (int i = 0; i < 2000; i++) {
			char text[TJ_NUMBER_TEXT];
			double value, decimal, exact;
			x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
			memcpy(&value, &x, sizeof value);
			if (!isfinite(value))
				continue;
			cr_assert_lt(tj_number_print(text, sizeof text, "%.17g", value),
			             TJ_NUMBER_TEXT);
			cr_assert(tj_number_read(text, &decimal) && decimal == value, "%s", text);
			cr_assert_lt(tj_number_print(text, sizeof text, "%a", value),
			             TJ_NUMBER_TEXT);
			cr_assert(tj_number_read_exact(text, &exact) && exact == value, "%s", text);
		}
		cr_assert_eq(fegetround(), roundings[mode], "it is restored");
	}
}

Test(number, printed_to_nearest)
{
	for (int mode = 0; mode < N_ROUNDINGS; mode++) {
		char text[TJ_NUMBER_TEXT];
		cr_assert_eq(fesetround(roundings[mode]), 0);
		tj_number_print(text, sizeof text, "%.2f", 0.126);
		cr_expect_str_eq(text, "0.13");
		tj_number_print(text, sizeof text, "%.2f", 0.124);
		cr_expect_str_eq(text, "0.12");
	}
}

Test(float_mode, is_entered_and_left)
{
	for (int mode = 0; mode < N_ROUNDINGS; mode++) {
		struct tj_float_mode before;
		volatile double one = 1, three = 3, third;
		cr_assert_eq(fesetround(roundings[mode]), 0);
		tj_float_enter(&before);
		cr_expect_eq(fegetround(), FE_TONEAREST);
		third = one / three;
		cr_expect_eq(third, 0x1.5555555555555p-2);
		tj_float_leave(&before);
		cr_expect_eq(fegetround(), roundings[mode]);
	}
}

/* Libraries that are linked with -ffast-math set this when they are loaded. */
Test(float_mode, subnormal_numbers_are_kept)
{
#if defined(__x86_64__)
	volatile float least = FLT_MIN, half;
	struct tj_float_mode before;
	unsigned flush = __builtin_ia32_stmxcsr() | 0x8040;
	__builtin_ia32_ldmxcsr(flush);
	half = least / 2;
	cr_assert_eq(half, 0, "the machine does it");
	tj_float_enter(&before);
	half = least / 2;
	cr_expect_gt(half, 0);
	tj_float_leave(&before);
	half = least / 2;
	cr_expect_eq(half, 0);
#else
	cr_skip_test("there is no portable way to have them flushed");
#endif
}

Test(same_letters, only_letters_of_ascii)
{
	for (int a = 0; a < 256; a++)
		for (int b = 0; b < 256; b++) {
			int letter = (a | 0x20) >= 'a' && (a | 0x20) <= 'z' && (a ^ b) == 0x20;
			cr_assert_eq(tj_same_letter((char)a, (char)b), a == b || letter, "%d %d", a,
			             b);
		}
	cr_expect(tj_same_letters("INIT", "init", SIZE_MAX));
	cr_expect(tj_same_letters("INITIAL", "init", 4));
	cr_expect_not(tj_same_letters("INITIAL", "init", SIZE_MAX));
	cr_expect_not(tj_same_letters("init", "initial", 5));
}
