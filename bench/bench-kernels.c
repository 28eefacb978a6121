/* SPDX-License-Identifier: MIT */
/* bench-kernels: measures how fast each kernel is on one core, by instruction set and shape, and
 * compares it with the peak that the same core reaches in the same process.
 *
 *   bench-kernels [OPTIONS]        (--help lists them)
 *
 * bench_cases.h lists the shapes and the layers of the translator that they stand for. The peaks
 * are measured first: fused multiply-adds and int8 sums on registers for each instruction set,
 * the caches as its vectors read them, and memory that is read, updated in place and copied. Clock
 * rates vary on shared machines, so the peak of a case is measured again right before and right
 * after it, and the share is relative to the higher of the two. Figures are medians over batches of
 * calls, in this thread's CPU time. Data that fit into a cache stay there. */
#define _GNU_SOURCE /* sched_setaffinity */
#include <errno.h>
#include <getopt.h>
#include <regex.h>
#include <sched.h>
#include <string.h>

#include "bench/bench_cases.h"
#include "bench/bench_fail.h"
#include "bench/bench_peaks.h"
#include "bench/bench_report.h"

const char bench_program[] = "bench-kernels";

enum { MAX_ISAS = 16 };

struct kernel_settings {
	const struct tj_kernels *isas[MAX_ISAS];
	size_t n_isas;
	regex_t filter;
	int has_filter, list;
	double seconds;
	enum bench_format format;
};

static void usage(FILE *to)
{
	fputs("usage: bench-kernels [OPTIONS]\n"
	      "  --isa NAME[,NAME...]  instruction sets; default all that this machine has\n"
	      "  --filter REGEX        only cases with such a name, kernel/precision/isa/shape\n"
	      "  --seconds S           time for a case; default 0.2\n"
	      "  --format F            table, csv or json; default table\n"
	      "  --list                print the names of the cases and measure nothing\n"
	      "  --help                print this\n",
	      to);
}

static _Noreturn void misuse(const char *what, const char *value)
{
	fprintf(stderr, "%s: %s: %s\n", bench_program, what, value);
	usage(stderr);
	exit(2);
}

/* --- Options ----------------------------------------------------------------- */

static void add_isa(struct kernel_settings *s, const struct tj_kernels *kernels)
{
	for (size_t i = 0; i < s->n_isas; i++)
		if (s->isas[i] == kernels)
			return;
	if (s->n_isas < MAX_ISAS)
		s->isas[s->n_isas++] = kernels;
}

static void read_isas(struct kernel_settings *s, char *names)
{
	struct tj_error err = { 0 };
	for (char *name; (name = strsep(&names, ",")) != NULL;) {
		if (*name == '\0')
			misuse("--isa", "an empty name");
		const struct tj_kernels *kernels = tj_kernels_select(name, &err);
		if (kernels == NULL)
			misuse("--isa", err.text);
		add_isa(s, kernels);
	}
}

static void read_filter(struct kernel_settings *s, const char *pattern)
{
	char text[256];
	if (s->has_filter)
		regfree(&s->filter);
	int status = regcomp(&s->filter, pattern, REG_EXTENDED | REG_NOSUB);
	if (status != 0) {
		regerror(status, &s->filter, text, sizeof text);
		misuse("--filter", text);
	}
	s->has_filter = 1;
}

static void read_seconds(struct kernel_settings *s, const char *text)
{
	char *end;
	s->seconds = strtod(text, &end);
	if (end == text || *end != '\0' || !(s->seconds > 0 && s->seconds <= 3600))
		misuse("--seconds must be above 0 and at most 3600", text);
}

static void read_format(struct kernel_settings *s, const char *name)
{
	int format = bench_format_named(name);
	if (format < 0)
		misuse("--format is table, csv or json", name);
	s->format = (enum bench_format)format;
}

static void settings_read(struct kernel_settings *s, int argc, char **argv)
{
	static const struct option options[] = { { "isa", required_argument, NULL, 'i' },
		                                 { "filter", required_argument, NULL, 'f' },
		                                 { "seconds", required_argument, NULL, 's' },
		                                 { "format", required_argument, NULL, 'o' },
		                                 { "list", no_argument, NULL, 'l' },
		                                 { "help", no_argument, NULL, 'h' },
		                                 { NULL, 0, NULL, 0 } };
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;)
		switch (c) {
		case 'i':
			read_isas(s, optarg);
			break;
		case 'f':
			read_filter(s, optarg);
			break;
		case 's':
			read_seconds(s, optarg);
			break;
		case 'o':
			read_format(s, optarg);
			break;
		case 'l':
			s->list = 1;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
	if (optind < argc)
		misuse("there is nothing to do with", argv[optind]);
	if (s->n_isas == 0)
		for (const struct tj_kernels *const *k = tj_kernels_usable(); *k != NULL; k++)
			add_isa(s, *k);
	if (s->n_isas == 0)
		bench_die("this CPU can run none of the instruction sets");
}

/* --- Work -------------------------------------------------------------------- */

/* Pin this thread to its CPU: a migration in the middle of a case would distort the figures.
 * Returns the CPU, or -1. */
static int pin(void)
{
	int cpu = sched_getcpu();
	cpu_set_t set;
	CPU_ZERO(&set);
	if (cpu >= 0 && cpu < CPU_SETSIZE)
		CPU_SET(cpu, &set);
	if (cpu < 0 || sched_setaffinity(0, sizeof set, &set) != 0) {
		fprintf(stderr, "%s: cannot stay on one CPU: %s\n", bench_program, strerror(errno));
		return -1;
	}
	return cpu;
}

static int is_wanted(const struct kernel_settings *s, const struct bench_case *c,
                     const struct tj_kernels *isa)
{
	char name[BENCH_NAME];
	bench_name(c, isa->name, name);
	return !s->has_filter || regexec(&s->filter, name, 0, NULL, 0) == 0;
}

static const struct bound {
	const char *name, *precision;
	int is_memory; /* 1: a block of memory, whatever the kernels; 2: caches */
} bounds[BENCH_N_BOUNDS] = {
	[BENCH_UNBOUND] = { "", "", 0 },
	[BENCH_FMA] = { "fma", "float32", 0 },
	[BENCH_INT8] = { "int8", "int8", 0 },
	[BENCH_READ] = { "read", "memory", 1 },
	[BENCH_UPDATE] = { "update", "memory", 1 },
	[BENCH_COPY] = { "copy", "memory", 1 },
	[BENCH_L1] = { "L1", "memory", 2 },
	[BENCH_L2] = { "L2", "memory", 2 },
	[BENCH_L3] = { "L3", "memory", 2 },
};

static void run_peak(struct bench_work *w, enum bench_bound bound, const struct kernel_settings *s,
                     struct bench_report *report)
{
	const struct bound *b = &bounds[bound];
	double peak = bench_peak(w, bound, s->seconds);
	if (peak <= 0)
		return;
	bench_report_add(report, &(struct bench_result){
				     .kernel = "peak",
				     .precision = b->precision,
				     .shape = b->name,
				     .bound = "",
				     .isa = b->is_memory == 1 ? "any" : w->kernels->name,
				     .gop_s = b->is_memory ? 0 : peak,
				     .gb_s = b->is_memory ? peak : 0 });
}

static void run_case(struct bench_work *w, const struct kernel_settings *s,
                     struct bench_report *report)
{
	const struct bench_case *c = w->c;
	char shape[BENCH_NAME];
	double peak = 0;
	c->open(w);
	if (c->bound != BENCH_UNBOUND)
		peak = bench_peak(w, c->bound, s->seconds / 4);
	double ns = 1e9 * bench_time(c->call, w, s->seconds);
	if (c->bound != BENCH_UNBOUND) {
		double after = bench_peak(w, c->bound, s->seconds / 4);
		peak = after > peak ? after : peak;
	}
	c->close(w);
	bench_shape(c, shape);
	double rate = (bounds[c->bound].is_memory ? c->bytes : c->operations) / ns;
	bench_report_add(report, &(struct bench_result){ .kernel = c->kernel,
	                                                 .precision = c->precision,
	                                                 .isa = w->kernels->name,
	                                                 .shape = shape,
	                                                 .ns = ns,
	                                                 .gop_s = c->operations / ns,
	                                                 .gb_s = c->bytes / ns,
	                                                 .elements_ns = c->elements / ns,
	                                                 .bound = bounds[c->bound].name,
	                                                 .peak = peak,
	                                                 .share = peak > 0 ? rate / peak : 0 });
}

static void run_isa(const struct bench_work *memory, const struct tj_kernels *isa,
                    const struct kernel_settings *s, const struct bench_case *cases, size_t n,
                    struct bench_report *report)
{
	const struct bench_work fresh = { .kernels = isa,
		                          .memory = memory->memory,
		                          .memory_bytes = memory->memory_bytes };
	struct bench_work w = fresh;
	run_peak(&w, BENCH_FMA, s, report);
	run_peak(&w, BENCH_INT8, s, report);
	for (int level = BENCH_L1; level <= BENCH_L3; level++)
		run_peak(&w, (enum bench_bound)level, s, report);
	for (size_t i = 0; i < n; i++)
		if (is_wanted(s, &cases[i], isa)) {
			w = fresh;
			w.c = &cases[i];
			run_case(&w, s, report);
		}
}

static void run_all(const struct kernel_settings *s, const struct bench_case *cases, size_t n)
{
	struct bench_report report;
	struct bench_work memory = { .kernels = s->isas[0] };
	int cpu = pin();
	bench_report_open(&report, s->format, stdout);
	bench_memory_open(&memory);
	run_peak(&memory, BENCH_READ, s, &report);
	run_peak(&memory, BENCH_UPDATE, s, &report);
	run_peak(&memory, BENCH_COPY, s, &report);
	for (size_t i = 0; i < s->n_isas; i++)
		run_isa(&memory, s->isas[i], s, cases, n, &report);
	bench_memory_close(&memory);
	bench_report_close(&report, cpu, s->seconds);
}

static void list_all(const struct kernel_settings *s, const struct bench_case *cases, size_t n)
{
	char name[BENCH_NAME];
	for (size_t i = 0; i < s->n_isas; i++)
		for (size_t k = 0; k < n; k++)
			if (is_wanted(s, &cases[k], s->isas[i])) {
				bench_name(&cases[k], s->isas[i]->name, name);
				puts(name);
			}
	if (fflush(stdout) != 0)
		bench_die("cannot write to standard output");
}

static size_t count_wanted(const struct kernel_settings *s, const struct bench_case *cases,
                           size_t n)
{
	size_t wanted = 0;
	for (size_t i = 0; i < s->n_isas; i++)
		for (size_t k = 0; k < n; k++)
			wanted += (size_t)is_wanted(s, &cases[k], s->isas[i]);
	return wanted;
}

int main(int argc, char **argv)
{
	static struct bench_case cases[BENCH_MAX_CASES];
	struct kernel_settings s = { .seconds = 0.2 };
	settings_read(&s, argc, argv);
	size_t n = bench_cases(cases);
	if (count_wanted(&s, cases, n) == 0)
		misuse("--filter", "no case has such a name; --list prints them");
	if (s.list)
		list_all(&s, cases, n);
	else
		run_all(&s, cases, n);
	if (s.has_filter)
		regfree(&s.filter);
	return 0;
}
