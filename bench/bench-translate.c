/* SPDX-License-Identifier: MIT */
/* bench-translate: measures how fast whole texts are translated, by model, instruction set,
 * precision, beam, rows and threads.
 *
 *   bench-translate [OPTIONS] TEXT        (--help lists them)
 *
 * For options that take lists, every combination of the choices is measured. Each combination
 * runs REPEAT times, in turn with the others. Each run is a new process that opens the model,
 * reads TEXT, tokenises, translates and writes; its time is that from its start to its end. The
 * figures are medians. </s> counts as a piece, because it costs a step too.
 *
 * The share is relative to the arithmetic floor: the time that as many cores would need for the
 * model's products alone, at the peak. The peak is the best of those measured in this process
 * between the runs. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench_clock.h"
#include "bench/bench_fail.h"
#include "bench/bench_operations.h"
#include "bench/bench_report.h"
#include "bench/bench_table.h"
#include "src/api/translator.h"

enum { MAX_CHOICES = 16, MAX_RUNS = 512, MAX_REPEAT = 64, NAME_BYTES = 32 };

const char bench_program[] = "bench-translate";

static _Noreturn void die_errno(const char *what)
{
	char text[256];
	snprintf(text, sizeof text, "%s: %s", what, strerror(errno));
	bench_die(text);
}

/* --- Options ----------------------------------------------------------------- */

enum choice { MODEL, ISA, PRECISION, BEAM, ROWS, THREADS, N_LISTS };

static const char *const list_names[N_LISTS] = { "model", "isa",  "precision",
	                                         "beam",  "rows", "threads" };

struct translate_settings {
	char *choices[N_LISTS][MAX_CHOICES];
	size_t n_choices[N_LISTS];
	size_t repeat;
	int report_fd; /* >= 0: be the process of one run; report to this fd */
	enum bench_format format;
	const char *text;
};

static const char *const help_text =
    "usage: bench-translate [OPTION]... TEXT\n"
    "Lists (LIST: separated by commas) make one run of each combination:\n"
    "  --model LIST      files or names of models (en-es)\n"
    "  --isa LIST        kernels (the best there are)\n"
    "  --precision LIST  of products (float32,int8)\n"
    "  --beam LIST       beam widths (1,5)\n"
    "  --rows LIST       decoder rows of a thread; 0: as many as translate takes (0)\n"
    "  --threads LIST    (1)\n"
    "  --repeat N        runs of each combination; medians are printed (3)\n"
    "  --format F        table, csv or json (table)\n";

/* The items point into `text`, whose commas are overwritten. */
static void list_set(struct translate_settings *s, enum choice list, char *text)
{
	s->n_choices[list] = 0;
	for (char *item = strtok(text, ","); item != NULL; item = strtok(NULL, ",")) {
		if (s->n_choices[list] == MAX_CHOICES)
			bench_die("too long a list");
		s->choices[list][s->n_choices[list]++] = item;
	}
	if (s->n_choices[list] == 0)
		bench_die("an empty list");
}

static void settings_read(struct translate_settings *s, int argc, char **argv)
{
	static char defaults[N_LISTS][NAME_BYTES] = {
		"en-es", "", "float32,int8", "1,5", "0", "1"
	};
	enum { REPEAT = N_LISTS, FORMAT, REPORT, HELP };
	struct option options[HELP + 2] = {
		[REPEAT] = { "repeat", required_argument, NULL, REPEAT },
		[FORMAT] = { "format", required_argument, NULL, FORMAT },
		[REPORT] = { "report", required_argument, NULL, REPORT },
		[HELP] = { "help", no_argument, NULL, HELP }
	};
	int format = BENCH_TABLE;
	strcpy(defaults[ISA], tj_kernels_usable()[0]->name);
	for (int i = 0; i < N_LISTS; i++) {
		options[i] = (struct option){ list_names[i], required_argument, NULL, i };
		list_set(s, i, defaults[i]);
	}
	for (int i; (i = getopt_long(argc, argv, "", options, NULL)) != -1;)
		switch (i) {
		case REPEAT:
			s->repeat = strtoul(optarg, NULL, 10);
			break;
		case FORMAT:
			format = bench_format_named(optarg);
			break;
		case REPORT:
			s->report_fd = atoi(optarg);
			break;
		case HELP:
			fputs(help_text, stdout);
			exit(0);
		case '?':
			exit(2);
		default:
			list_set(s, i, optarg);
		}
	if (optind + 1 != argc || s->repeat < 1 || s->repeat > MAX_REPEAT || format < 0) {
		fputs(help_text, stderr);
		exit(2);
	}
	s->format = (enum bench_format)format;
	s->text = argv[optind];
}

/* --- The process of one run --------------------------------------------------- */

struct outcome {
	trujaman_report report;
	struct bench_operations work;
	size_t rows, threads;
};

/* Pieces including </s>, one for each line that is not blank. */
static double with_ends(const trujaman_report *r, uint64_t pieces)
{
	return (double)(pieces + r->lines - r->blank);
}

static int run_child(const struct translate_settings *s)
{
	trujaman_model *m;
	trujaman_translator *t;
	char error[1024];
	trujaman_options o = tj_options_default();
	o.plain = 1; /* the network and its engine are measured */
	trujaman_input input = { .size = sizeof input, .path = s->text, .fd = -1 };
	struct outcome outcome = { .rows = strtoul(s->choices[ROWS][0], NULL, 10) };
	trujaman_report *r = &outcome.report;
	o.isa = s->choices[ISA][0];
	o.precision = s->choices[PRECISION][0];
	o.beam = atoi(s->choices[BEAM][0]);
	o.threads = atoi(s->choices[THREADS][0]);
	r->size = sizeof *r;
	if (trujaman_model_open(s->choices[MODEL][0], &o, &m, error, sizeof error) != TRUJAMAN_OK ||
	    trujaman_translator_new(m, &o, &t, error, sizeof error) != TRUJAMAN_OK)
		bench_die(error);
	if (outcome.rows > 0 && outcome.rows < (size_t)o.beam)
		bench_die("fewer rows than the beam is wide");
	/* The library has no such option. The engines do not exist yet, so they will use this. */
	if (outcome.rows > 0)
		t->translating.options.max_rows = outcome.rows;
	outcome.rows = t->translating.options.max_rows;
	outcome.threads = t->translating.n_threads;
	if (trujaman_translate_stream(t, 1, &input, STDOUT_FILENO, "standard output",
	                              TRUJAMAN_OUTPUT_PLAIN, r, error, sizeof error) != TRUJAMAN_OK)
		bench_die(error);
	outcome.work = bench_operations(&m->config, (double)(r->lines - r->blank),
	                                with_ends(r, r->source_pieces),
	                                with_ends(r, r->target_pieces) * o.beam);
	trujaman_translator_free(t);
	trujaman_model_close(m);
	if (write(s->report_fd, &outcome, sizeof outcome) != sizeof outcome)
		die_errno("cannot report");
	return 0;
}

/* --- Runs -------------------------------------------------------------------- */

/* A combination and its measurements, one per repetition. */
struct timed_run {
	const char *choices[N_LISTS];
	size_t peak; /* index of the peak of its kernels */
	struct outcome outcome;
	double seconds[MAX_REPEAT], first_line[MAX_REPEAT], rss[MAX_REPEAT];
};

struct peak {
	const struct tj_kernels *kernels;
	double float32, int8; /* operations per second */
};

struct translate_bench {
	struct translate_settings s;
	struct timed_run runs[MAX_RUNS];
	size_t n_runs;
	struct peak peaks[MAX_CHOICES];
};

/* The best of several calls of about half a millisecond, so that interrupted ones do not count. */
static double rate(double (*loop)(size_t n, float *sink))
{
	const double seconds = 0.02;
	static float sink;
	double best = 0;
	for (double end = bench_now() + seconds, start; (start = bench_now()) < end;) {
		double done = loop(100000, &sink) / (bench_now() - start);
		best = done > best ? done : best;
	}
	return best;
}

static void peak_measure(struct peak *p)
{
	double float32 = rate(p->kernels->fma_peak), int8 = rate(p->kernels->int8_peak);
	p->float32 = float32 > p->float32 ? float32 : p->float32;
	p->int8 = int8 > p->int8 ? int8 : p->int8;
}

/* Become the process of one run: execute this program again, with one choice of each list. */
static _Noreturn void execute(const struct translate_settings *s, const struct timed_run *r,
                              int out, int report)
{
	char *arguments[2 * N_LISTS + 5], names[N_LISTS][NAME_BYTES], fd[NAME_BYTES];
	size_t n = 0;
	arguments[n++] = "bench-translate";
	for (int i = 0; i < N_LISTS; i++) {
		snprintf(names[i], sizeof names[i], "--%s", list_names[i]);
		arguments[n++] = names[i];
		arguments[n++] = (char *)r->choices[i];
	}
	snprintf(fd, sizeof fd, "%d", report);
	arguments[n++] = "--report";
	arguments[n++] = fd;
	arguments[n++] = (char *)s->text;
	arguments[n] = NULL;
	if (dup2(out, STDOUT_FILENO) < 0)
		die_errno("cannot set standard output");
	execv("/proc/self/exe", arguments);
	die_errno("cannot run this program again");
}

/* Read to the end. Returns the time when the first line was complete; without any line, the end. */
static double first_line_time(int fd)
{
	static char buffer[1 << 16];
	double first = 0;
	for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) != 0;) {
		if (n < 0)
			die_errno("cannot read the translation");
		if (first == 0 && memchr(buffer, '\n', (size_t)n) != NULL)
			first = bench_now();
	}
	return first > 0 ? first : bench_now();
}

static void run_measure(struct translate_bench *b, struct timed_run *r, size_t turn)
{
	int out[2], report[2], status;
	struct rusage usage;
	peak_measure(&b->peaks[r->peak]);
	if (pipe2(out, O_CLOEXEC) != 0 || pipe(report) != 0)
		die_errno("cannot make a pipe");
	double start = bench_now();
	pid_t child = fork();
	if (child < 0)
		die_errno("cannot fork");
	if (child == 0)
		execute(&b->s, r, out[1], report[1]);
	(void)close(out[1]);
	(void)close(report[1]);
	r->first_line[turn] = first_line_time(out[0]) - start;
	if (wait4(child, &status, 0, &usage) != child)
		die_errno("cannot wait for the run");
	r->seconds[turn] = bench_now() - start;
	r->rss[turn] = (double)usage.ru_maxrss * 1024;
	if (status != 0 || read(report[0], &r->outcome, sizeof r->outcome) != sizeof r->outcome)
		bench_die("a run failed");
	(void)close(out[0]);
	(void)close(report[0]);
}

/* List all combinations; the choices of the last list vary fastest. */
static void runs_list(struct translate_bench *b)
{
	const struct translate_settings *s = &b->s;
	struct tj_error err = { 0 };
	for (size_t i = 0; i < s->n_choices[ISA]; i++)
		if ((b->peaks[i].kernels = tj_kernels_select(s->choices[ISA][i], &err)) == NULL)
			bench_die(err.text);
	size_t n = 1;
	for (int i = 0; i < N_LISTS; i++)
		n *= s->n_choices[i];
	if (n > MAX_RUNS)
		bench_die("too many combinations");
	for (b->n_runs = 0; b->n_runs < n; b->n_runs++) {
		struct timed_run *r = &b->runs[b->n_runs];
		size_t rest = b->n_runs;
		for (int i = N_LISTS - 1; i >= 0; rest /= s->n_choices[i], i--) {
			size_t at = rest % s->n_choices[i];
			r->choices[i] = s->choices[i][at];
			if (i == ISA)
				r->peak = at;
		}
	}
}

/* --- Results ------------------------------------------------------------------ */

enum { N_TEXTS = 3, N_FIGURES = 11 };

static const struct bench_column columns[N_TEXTS + N_FIGURES] = {
	{ "model", -16, 0 },
	{ "isa", -10, 0 },
	{ "precision", -9, 0 },
	{ "beam", 4, 0 },
	{ "rows", 4, 0 },
	{ "threads", 7, 0 },
	{ "seconds", 8, 3 },
	{ "words_s", 8, 0 },
	{ "source_pieces_s", 15, 0 },
	{ "target_pieces_s", 15, 0 },
	{ "floor_s", 8, 3 },
	{ "share", 6, 3 },
	{ "peak_rss_mib", 12, 1 },
	{ "first_line_ms", 13, 1 },
};

/* The numbers of a combination, in the order of the columns after the texts. */
static void figures(struct translate_bench *b, struct timed_run *r, double out[N_FIGURES])
{
	const trujaman_report *report = &r->outcome.report;
	const struct bench_operations *work = &r->outcome.work;
	const struct peak *peak = &b->peaks[r->peak];
	int int8 = strcmp(r->choices[PRECISION], "int8") == 0;
	double seconds = bench_median(r->seconds, b->s.repeat),
	       threads = (double)r->outcome.threads;
	double floor = (work->products / (int8 ? peak->int8 : peak->float32) +
	                work->attention / peak->float32) /
	               threads;
	const double all[N_FIGURES] = {
		strtod(r->choices[BEAM], NULL),
		(double)r->outcome.rows,
		threads,
		seconds,
		(double)report->source_words / seconds,
		with_ends(report, report->source_pieces) / seconds,
		with_ends(report, report->target_pieces) / seconds,
		floor,
		floor / seconds,
		bench_median(r->rss, b->s.repeat) / (1 << 20),
		bench_median(r->first_line, b->s.repeat) * 1e3,
	};
	memcpy(out, all, sizeof all);
}

static void results_print(struct translate_bench *b)
{
	struct bench_table table;
	bench_table_open(&table, b->s.format, columns, N_TEXTS, N_FIGURES);
	for (size_t i = 0; i < b->n_runs; i++) {
		struct timed_run *r = &b->runs[i];
		const char *slash = strrchr(r->choices[MODEL], '/');
		const char *texts[N_TEXTS] = { slash != NULL ? slash + 1 : r->choices[MODEL],
			                       r->choices[ISA], r->choices[PRECISION] };
		double numbers[N_FIGURES];
		figures(b, r, numbers);
		bench_table_add(&table, texts, numbers);
	}
	bench_table_close(&table);
}

int main(int argc, char **argv)
{
	static struct translate_bench b = {
		.s = { .repeat = 3, .report_fd = -1, .format = BENCH_TABLE }
	};
	settings_read(&b.s, argc, argv);
	if (b.s.report_fd >= 0)
		return run_child(&b.s);
	runs_list(&b);
	for (size_t turn = 0; turn < b.s.repeat; turn++)
		for (size_t i = 0; i < b.n_runs; i++)
			run_measure(&b, &b.runs[i], turn);
	if (b.s.format == BENCH_TABLE)
		for (size_t i = 0; i < b.s.n_choices[ISA]; i++)
			printf("%s: peak %.1f GFLOP/s in float32, %.1f GOP/s in int8, a core\n",
			       b.peaks[i].kernels->name, b.peaks[i].float32 / 1e9,
			       b.peaks[i].int8 / 1e9);
	results_print(&b);
	return 0;
}
