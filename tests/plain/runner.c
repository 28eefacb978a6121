/* SPDX-License-Identifier: MIT */
/* Runs the registered tests in the order of their names, each in its own process. Exit status 0:
 * none failed; 77: all were skipped; 1: some failed. An argument selects one suite. */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PASSED = 0, FAILED = 1, SKIPPED = 77 };

static struct cr_test *tests;
static int has_failed;

static int compare(const struct cr_test *a, const struct cr_test *b)
{
	int c = strcmp(a->suite, b->suite);
	return c != 0 ? c : strcmp(a->name ? a->name : "", b->name ? b->name : "");
}

void cr_register(struct cr_test *test)
{
	struct cr_test **at = &tests;
	while (*at != NULL && compare(*at, test) < 0)
		at = &(*at)->next;
	test->next = *at;
	*at = test;
}

static void tell(const char *format, va_list args)
{
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void cr_report(int fatal, const char *file, int line, const char *condition, const char *format,
               ...)
{
	va_list args;
	va_start(args, format);
	fprintf(stderr, "%s:%d: not true: %s:", file, line, condition);
	tell(format, args);
	va_end(args);
	has_failed = 1;
	if (fatal)
		exit(FAILED);
}

void cr_skip_test(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("skipped: ", stderr);
	tell(format, args);
	va_end(args);
	exit(SKIPPED);
}

void cr_log_info(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	tell(format, args);
	va_end(args);
}

static struct cr_options suite_options(const struct cr_test *test)
{
	for (const struct cr_test *t = tests; t != NULL; t = t->next)
		if (t->name == NULL && strcmp(t->suite, test->suite) == 0)
			return t->options;
	return (struct cr_options){ 0 };
}

/* Runs one test in the child process, and exits. */
static void run(const struct cr_test *t, void *parameter)
{
	struct cr_options suite = suite_options(t);
	void (*init)(void) = t->options.init ? t->options.init : suite.init;
	void (*fini)(void) = t->options.fini ? t->options.fini : suite.fini;
	if (init)
		init();
	if (parameter != NULL)
		t->run_with(parameter);
	else
		t->run();
	if (fini)
		fini();
	exit(has_failed ? FAILED : PASSED);
}

static int run_apart(const struct cr_test *t, void *parameter)
{
	int status;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		run(t, parameter);
	if (child < 0 || waitpid(child, &status, 0) != child) {
		perror("a test's process");
		return FAILED;
	}
	int result = WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
	if (!WIFEXITED(status))
		fprintf(stderr, "%s::%s: ended by signal %d\n", t->suite, t->name,
		        WTERMSIG(status));
	else if (result != PASSED && result != SKIPPED)
		fprintf(stderr, "%s::%s: FAILED\n", t->suite, t->name);
	return result;
}

int main(int argc, char **argv)
{
	unsigned passed = 0, failed = 0, skipped = 0;
	for (const struct cr_test *t = tests; t != NULL; t = t->next) {
		if (t->name == NULL || (argc > 1 && strcmp(argv[1], t->suite) != 0))
			continue;
		struct criterion_test_params p = { 1, 1, NULL };
		if (t->parameters != NULL)
			p = t->parameters();
		for (size_t i = 0; i < p.length; i++) {
			char *parameter = p.params;
			int result = run_apart(t,
			                       parameter != NULL ? parameter + i * p.size : NULL);
			passed += result == PASSED;
			skipped += result == SKIPPED;
			failed += result != PASSED && result != SKIPPED;
		}
	}
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed > 0 ? FAILED : passed == 0 && skipped > 0 ? SKIPPED : PASSED;
}
