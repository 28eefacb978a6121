/* SPDX-License-Identifier: MIT */
/* Inputs, commands and expected outputs of the jobs that faults.c disturbs. See scene.h. */
#include "tests/faults/scene.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/faults/program.h"

#define OUT "out"

static char *program, *model;
enum { N_SMALL = 5, N_LARGE = 3 };
static struct scene small[N_SMALL], large[N_LARGE];
static size_t n_large;

/* --- Inputs --- */

static const char *const words[] = {
	"the",    "old",         "clock",         "in",     "kitchen", "stopped",
	"at",     "seven",       "and",           "nobody", "knows",   "why",
	"a",      "train",       "leaves",        "every",  "morning", "river",
	"12,5 %", "caf\xc3\xa9", "Who is there?", "said",   "she",     "\xe2\x82\xac 3.141",
	"e-mail", "field\tfield"
};

/* Writes a random line of any kind without its newline. Returns the number of bytes. */
static size_t put_line(char *to)
{
	char *end = to;
	uint64_t kind = random_below(40);
	if (kind == 0) {
		end = stpcpy(end, "  \t ");
	} else if (kind == 1) {
		end = stpcpy(end, "caf\xe9 \xff\xf0\x9f tea");
	} else if (kind > 3) {
		for (uint64_t n = kind == 4 ? 120 : 1 + random_below(9); n > 0; n--) {
			end = stpcpy(end, words[random_below(sizeof words / sizeof *words)]);
			if (n > 1)
				*end++ = ' ';
		}
	} /* otherwise the line is empty */
	return (size_t)(end - to);
}

/* The last line has no newline. */
static void make_input(const char *path, size_t n_lines)
{
	char *text = malloc(n_lines * 4096);
	size_t n = 0;
	if (text == NULL)
		give_up("make", path);
	for (size_t i = 0; i < n_lines; i++) {
		n += put_line(text + n);
		if (i + 1 == n_lines)
			text[n++] = 'z';
		else if (random_below(8) == 0)
			text[n++] = '\r';
		if (i + 1 < n_lines)
			text[n++] = '\n';
	}
	write_file(path, text, n);
	free(text);
}

/* Mostly white space, which passes through quickly. It is more than one member of a compressed
 * output holds. */
static void make_wide_input(const char *path)
{
	enum { WIDTH = 4000, LINES = 12000 };
	char line[WIDTH + 1];
	FILE *f = fopen(path, "wb");
	if (f == NULL)
		give_up("create", path);
	memset(line, ' ', WIDTH);
	line[WIDTH] = '\n';
	for (int i = 0; i < LINES; i++) {
		size_t n = 1 + random_below(WIDTH);
		fprintf(f, "%s%s", i % 50 == 0 ? words[random_below(10)] : "",
		        i % 50 == 0 ? "\n" : "");
		if (fwrite(line + WIDTH + 1 - n, 1, n, f) != n)
			give_up("write", path);
	}
	if (fclose(f) != 0)
		give_up("write", path);
}

/* --- Scenes --- */

/* A command line: the common beginning, then two lists of arguments that each end with NULL. */
static const char **command(const char *const *options, const char *const *inputs)
{
	const char *const begin[] = { program, "translate", "-m", model, "--threads", "2", NULL };
	const char *const *lists[] = { begin, options, inputs };
	size_t n = 0;
	const char **argv = calloc(32, sizeof *argv);
	if (argv == NULL)
		give_up("make", "a command");
	for (size_t i = 0; i < 3; i++)
		for (const char *const *from = lists[i]; *from != NULL; from++)
			argv[n++] = *from;
	return argv;
}

/* Runs a command without a fault; it must succeed. */
static void run_well(const char **argv)
{
	struct outcome run = run_program(argv, NULL, 0);
	if (run.status == 0)
		return;
	fprintf(stderr, "faults: an undisturbed run fails: %s\n", run.message);
	exit(1);
}

/* Adds an output whose expected bytes come from an undisturbed run with one thread. */
static void expect(struct scene *s, const char *path, const char *const *options,
                   const char *const *inputs)
{
	const char *all[8] = { "--threads", "1", "-o", "expected" };
	for (size_t n = 4; *options != NULL; options++)
		all[n++] = *options;
	const char **argv = command(all, inputs);
	run_well(argv);
	struct scene_output *o = &s->outputs[s->n_outputs++];
	o->path = path;
	o->bytes = read_file("expected", &o->n);
	if (o->bytes == NULL)
		give_up("read", "expected");
	free(argv);
}

/* A job with two inputs and one output file, which replaces an existing file. */
static void make_joined(struct scene *s, const char *name, const char *a, const char *b,
                        const char *option, const char *value)
{
	const char *const inputs[] = { a, b, NULL }, *const more[] = { option, value, NULL };
	const char *const options[] = { "-o", OUT "/joined", option, value, NULL };
	const char *const again[] = { "--resume", "-o", OUT "/joined", option, value, NULL };
	*s = (struct scene){ .name = name,
		             .argv = command(options, inputs),
		             .again = command(again, inputs) };
	expect(s, OUT "/joined", more, inputs);
	s->outputs[0].old = "what was there\n";
}

/* A job with one output file per input, in a folder. `inputs` and `outputs` are in the same
 * order. */
static void make_folder(struct scene *s, const char *name, const char *const *inputs,
                        const char *const *outputs)
{
	const char *const options[] = { "--beam", "1", "--output-dir", OUT, NULL };
	const char *const again[] = { "--resume", "--beam", "1", "--output-dir", OUT, NULL };
	const char *const greedy[] = { "--beam", "1", NULL };
	*s = (struct scene){ .name = name,
		             .argv = command(options, inputs),
		             .again = command(again, inputs) };
	for (; *inputs != NULL; inputs++, outputs++) {
		const char *const one[] = { *inputs, NULL };
		expect(s, *outputs, greedy, one);
	}
}

/* A job that merges two shards into one file and removes them. */
static void make_merge(struct scene *s, const char *a, const char *b)
{
	static const char *const parts[] = { OUT "/joined.1-of-2", OUT "/joined.1-of-2.journal",
		                             OUT "/joined.2-of-2", OUT "/joined.2-of-2.journal" };
	static const char *const shards[] = { "1/2", "2/2" };
	const char *const inputs[] = { a, b, NULL }, *const greedy[] = { "--beam", "1", NULL };
	*s = (struct scene){ .name = "merge" };
	expect(s, OUT "/joined", greedy, inputs);
	s->outputs[0].old = "what was there\n";
	for (size_t i = 0; i < 2; i++) {
		const char *const options[] = { "--beam", "1",           "--shard", shards[i],
			                        "-o",     OUT "/joined", NULL };
		const char **argv = command(options, inputs);
		run_well(argv);
		free(argv);
	}
	for (s->n_given = 0; s->n_given < 4; s->n_given++) {
		struct scene_given *g = &s->given[s->n_given];
		g->path = parts[s->n_given];
		g->bytes = read_file(g->path, &g->n);
		if (g->bytes == NULL)
			give_up("read", g->path);
	}
	for (size_t i = 0; i < 2; i++) {
		const char **argv = calloc(5, sizeof *argv);
		if (argv == NULL)
			give_up("make", "a command");
		argv[0] = program;
		argv[1] = "merge";
		argv[2] = "--force";
		argv[3] = OUT "/joined";
		*(i == 0 ? &s->argv : &s->again) = argv;
	}
}

static void make_scenes(int all)
{
	static const char *const few[] = { "a", "b", "empty", "c", NULL };
	static const char *const few_outputs[] = { OUT "/a", OUT "/b", OUT "/empty", OUT "/c" };
	static const char *const more[] = { "a", "large-b", "b", "large-a", "empty", "c", NULL };
	static const char *const more_outputs[] = { OUT "/a",       OUT "/large-b", OUT "/b",
		                                    OUT "/large-a", OUT "/empty",   OUT "/c" };
	make_input("a", 230);
	make_input("b", 30);
	make_input("c", 7);
	write_file("empty", "", 0);
	make_input("large-a", 2000);
	make_input("large-b", 200);
	make_joined(&small[0], "joined", "a", "b", "--beam", "1");
	make_joined(&small[1], "n-best", "b", "c", "--n-best", "2");
	make_folder(&small[2], "folder", few, few_outputs);
	make_joined(&small[3], "packed", "b", "c", "--compress", "gzip");
	make_merge(&small[4], "b", "c");
	make_joined(&large[0], "large", "large-a", "large-b", "--beam", "1");
	make_folder(&large[1], "large folder", more, more_outputs);
	n_large = 2;
	if (!all)
		return;
	make_wide_input("wide");
	make_joined(&large[n_large++], "large packed", "wide", "b", "--compress", "gzip");
}

void scenes_open(int all)
{
	program = program_path();
	model = source_path("tests/fixtures/luong-general.safetensors");
	empty_folder(OUT);
	make_scenes(all);
}

static void scene_free(struct scene *s)
{
	for (size_t i = 0; i < s->n_outputs; i++)
		free(s->outputs[i].bytes);
	for (size_t i = 0; i < s->n_given; i++)
		free(s->given[i].bytes);
	free(s->argv);
	free(s->again);
}

void scenes_close(void)
{
	for (size_t i = 0; i < N_SMALL; i++)
		scene_free(&small[i]);
	for (size_t i = 0; i < n_large; i++)
		scene_free(&large[i]);
	empty_folder(OUT);
	rmdir(OUT);
	free(program);
	free(model);
}

const struct scene *small_scene(size_t i)
{
	return i < N_SMALL ? &small[i] : NULL;
}

const struct scene *large_scene(size_t i)
{
	return i < n_large ? &large[i] : NULL;
}

void scene_reset(const struct scene *s)
{
	empty_folder(OUT);
	for (size_t i = 0; i < s->n_outputs; i++)
		if (s->outputs[i].old != NULL)
			write_file(s->outputs[i].path, s->outputs[i].old,
			           strlen(s->outputs[i].old));
	for (size_t i = 0; i < s->n_given; i++)
		write_file(s->given[i].path, s->given[i].bytes, s->given[i].n);
}

static size_t files_in(const char *path)
{
	size_t n = 0;
	DIR *folder = opendir(path);
	if (folder == NULL)
		give_up("open", path);
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(folder);
	return n;
}

static enum left output_left(const struct scene_output *o, size_t *lines_differ)
{
	size_t n;
	char *bytes = read_file(o->path, &n);
	if (bytes == NULL)
		return o->old == NULL ? LEFT_SOME : LEFT_WRONG;
	enum left left = LEFT_WRONG;
	if (n == o->n && memcmp(bytes, o->bytes, n) == 0)
		left = LEFT_ALL;
	else if (o->old != NULL && strcmp(bytes, o->old) == 0)
		left = LEFT_SOME;
	else
		*lines_differ += lines_that_differ(bytes, n, o->bytes, o->n);
	free(bytes);
	return left;
}

enum left scene_left(const struct scene *s, size_t *lines_differ)
{
	enum left left = files_in(OUT) == s->n_outputs ? LEFT_ALL : LEFT_SOME;
	for (size_t i = 0; i < s->n_outputs; i++) {
		enum left one = output_left(&s->outputs[i], lines_differ);
		left = one > left ? one : left;
	}
	return left;
}
