/* SPDX-License-Identifier: MIT */
/* A replacement for the parts of Criterion that the tests use, for environments where Criterion
 * itself cannot start: an emulator of another processor, ThreadSanitizer. `configure
 * --enable-plain-tests` builds with it. The tests run one after the other, each in its own
 * process; runner.c has main. Names and meanings are Criterion's. */
#ifndef TJ_TESTS_PLAIN_CRITERION_H
#define TJ_TESTS_PLAIN_CRITERION_H

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct criterion_test_params {
	size_t size, length;
	void *params;
};

struct cr_options {
	void (*init)(void), (*fini)(void);
	double timeout; /* ignored: the caller of the program sets a limit */
	int disabled;
};

struct cr_test {
	const char *suite, *name; /* name NULL: only the options of a suite */
	void (*run)(void);
	void (*run_with)(void *parameter);
	struct criterion_test_params (*parameters)(void);
	struct cr_options options;
	struct cr_test *next;
};

void cr_register(struct cr_test *test);

/* Reports a failure. With `fatal`, also ends the test. */
void cr_report(int fatal, const char *file, int line, const char *condition, const char *format,
               ...) __attribute__((format(printf, 5, 6)));
_Noreturn void cr_skip_test(const char *format, ...) __attribute__((format(printf, 1, 2)));
void cr_log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define CR_REGISTER(id) \
	__attribute__((constructor)) static void cr_constructor_##id(void) \
	{ \
		cr_register(&cr_test_##id); \
	}

#define TestSuite(suite_, ...) \
	static struct cr_test cr_test_##suite_ = { .suite = #suite_, .options = { __VA_ARGS__ } }; \
	CR_REGISTER(suite_) \
	struct cr_test

#define Test(suite_, name_, ...) \
	static void cr_run_##suite_##_##name_(void); \
	static struct cr_test cr_test_##suite_##_##name_ = { .suite = #suite_, \
		                                             .name = #name_, \
		                                             .run = cr_run_##suite_##_##name_, \
		                                             .options = { __VA_ARGS__ } }; \
	CR_REGISTER(suite_##_##name_) \
	static void cr_run_##suite_##_##name_(void)

#define ParameterizedTestParameters(suite_, name_) \
	static struct criterion_test_params cr_parameters_##suite_##_##name_(void)

#define ParameterizedTest(parameter_, suite_, name_, ...) \
	static void cr_run_##suite_##_##name_(parameter_); \
	static struct cr_test cr_test_##suite_##_##name_ = { \
		.suite = #suite_, \
		.name = #name_, \
		.run_with = (void (*)(void *))cr_run_##suite_##_##name_, \
		.parameters = cr_parameters_##suite_##_##name_, \
		.options = { __VA_ARGS__ } \
	}; \
	CR_REGISTER(suite_##_##name_) \
	static void cr_run_##suite_##_##name_(parameter_)

#define cr_make_param_array(type_, array_, length_) \
	(struct criterion_test_params) \
	{ \
		sizeof(type_), (length_), (void *)(array_) \
	}

#define CR_CHECK(fatal_, condition_, ...) \
	do { \
		if (!(condition_)) \
			cr_report(fatal_, __FILE__, __LINE__, #condition_, " " __VA_ARGS__); \
	} while (0)

#define cr_assert(c, ...) CR_CHECK(1, c, __VA_ARGS__)
#define cr_assert_not(c, ...) CR_CHECK(1, !(c), __VA_ARGS__)
#define cr_assert_eq(a, b, ...) CR_CHECK(1, (a) == (b), __VA_ARGS__)
#define cr_assert_neq(a, b, ...) CR_CHECK(1, (a) != (b), __VA_ARGS__)
#define cr_assert_lt(a, b, ...) CR_CHECK(1, (a) < (b), __VA_ARGS__)
#define cr_assert_leq(a, b, ...) CR_CHECK(1, (a) <= (b), __VA_ARGS__)
#define cr_assert_gt(a, b, ...) CR_CHECK(1, (a) > (b), __VA_ARGS__)
#define cr_assert_geq(a, b, ...) CR_CHECK(1, (a) >= (b), __VA_ARGS__)
#define cr_assert_null(p, ...) CR_CHECK(1, (p) == NULL, __VA_ARGS__)
#define cr_assert_not_null(p, ...) CR_CHECK(1, (p) != NULL, __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) CR_CHECK(1, strcmp(a, b) == 0, __VA_ARGS__)
#define cr_assert_fail(...) CR_CHECK(1, 0, __VA_ARGS__)
#define cr_expect(c, ...) CR_CHECK(0, c, __VA_ARGS__)
#define cr_expect_not(c, ...) CR_CHECK(0, !(c), __VA_ARGS__)
#define cr_expect_eq(a, b, ...) CR_CHECK(0, (a) == (b), __VA_ARGS__)
#define cr_expect_neq(a, b, ...) CR_CHECK(0, (a) != (b), __VA_ARGS__)
#define cr_expect_lt(a, b, ...) CR_CHECK(0, (a) < (b), __VA_ARGS__)
#define cr_expect_leq(a, b, ...) CR_CHECK(0, (a) <= (b), __VA_ARGS__)
#define cr_expect_gt(a, b, ...) CR_CHECK(0, (a) > (b), __VA_ARGS__)
#define cr_expect_geq(a, b, ...) CR_CHECK(0, (a) >= (b), __VA_ARGS__)
#define cr_expect_null(p, ...) CR_CHECK(0, (p) == NULL, __VA_ARGS__)
#define cr_expect_not_null(p, ...) CR_CHECK(0, (p) != NULL, __VA_ARGS__)
#define cr_expect_str_eq(a, b, ...) CR_CHECK(0, strcmp(a, b) == 0, __VA_ARGS__)
#define cr_expect_str_neq(a, b, ...) CR_CHECK(0, strcmp(a, b) != 0, __VA_ARGS__)

#endif
