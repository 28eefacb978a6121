/* SPDX-License-Identifier: MIT */
/* Kills a run, or lets a call of the system fail, at one call after the other that could leave
 * something behind. Never may a half-written file stand under its final name, and the next run must
 * go on to the same bytes, also when it is killed on its way. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/delivery/join.h"
#include "tests/delivery_case.h"

TestSuite(delivery_kill, .init = enter_scratch, .fini = leave_scratch);

/* --- Faults --------------------------------------------------------------------------- */

enum fault {
	NO_FAULT,
	KILLED,        /* before the call */
	KILLED_WITHIN, /* after half of a write; other calls do not count */
	FAILS,
	FAULTS
};

static enum fault fault;
static size_t n_calls, faulty; /* so far; the one at which the fault is, from 0 */

ssize_t __real_write(int fd, const void *bytes, size_t n);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __real_ftruncate(int fd, off_t n);
int __real_close(int fd);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
int __wrap_fsync(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_ftruncate(int fd, off_t n);
int __wrap_close(int fd);

/* Counts a call. Returns whether it fails. */
static int meet(void)
{
	int is = fault != NO_FAULT && fault != KILLED_WITHIN && n_calls++ == faulty;
	if (is && fault == KILLED)
		raise(SIGKILL);
	if (is)
		errno = EIO;
	return is;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
	if (meet())
		return -1;
	if (fault != KILLED_WITHIN || n_calls++ != faulty)
		return __real_write(fd, bytes, n);
	(void)__real_write(fd, bytes, n / 2);
	raise(SIGKILL);
	return -1;
}

int __wrap_fsync(int fd)
{
	(void)fd; /* the disk is of no interest here */
	return meet() ? -1 : 0;
}

int __wrap_rename(const char *from, const char *to)
{
	return meet() ? -1 : __real_rename(from, to);
}

int __wrap_unlink(const char *path)
{
	return meet() ? -1 : __real_unlink(path);
}

int __wrap_ftruncate(int fd, off_t n)
{
	return meet() ? -1 : __real_ftruncate(fd, n);
}

/* To be killed here is to be killed at the next call. */
int __wrap_close(int fd)
{
	int fails = fault == FAILS && meet(), status = __real_close(fd);
	return fails ? (errno = EIO, -1) : status;
}

/* --- Runs ----------------------------------------------------------------------------- */

enum { WAS_KILLED = 100 };

/* Runs a trial, or joins the parts of `merged`, in a process of its own with a fault at call number
 * `at`. Returns its exit status: 0 all is done, 1 an error; WAS_KILLED. */
static int run_apart(const struct trial *x, const char *merged, enum fault with, size_t at)
{
	int status;
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		struct outcome o = { .done = 0 };
		fault = with;
		faulty = at;
		if (merged != NULL)
			tj_join(merged,
			        &(struct tj_joining){ .packing = -1, .force = with == NO_FAULT },
			        &o.err);
		else
			run_trial(x, &o);
		int untouched = fault != NO_FAULT && n_calls <= faulty;
		int failed = o.err.status != TRUJAMAN_OK || o.failures.n > 0;
		_exit(failed ? 1 : untouched ? 0 : 2);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "status %x", status);
	return WAS_KILLED;
}

static int is_same_file(const char *a, const char *b)
{
	struct stat x, y;
	static char bytes[2][1 << 12];
	FILE *f[2] = { fopen(a, "r"), fopen(b, "r") };
	int is = f[0] != NULL && f[1] != NULL && fstat(fileno(f[0]), &x) == 0 &&
	         fstat(fileno(f[1]), &y) == 0 && x.st_size == y.st_size &&
	         x.st_size < (off_t)sizeof bytes[0];
	for (int i = 0; i < 2 && is; i++)
		is = fread(bytes[i], 1, (size_t)x.st_size, f[i]) == (size_t)x.st_size;
	for (int i = 0; i < 2; i++)
		if (f[i] != NULL)
			fclose(f[i]);
	return is && (x.st_size == 0 || memcmp(bytes[0], bytes[1], (size_t)x.st_size) == 0);
}

/* What a scene is: a run, the files that it makes, and the same files as they must be. */
struct scene {
	struct trial trial;
	const char *merged; /* instead of a run, its parts are joined */
	const char *files[4];
	const char *expected[4];
	void (*prepare)(void); /* puts back what was there before the run; NULL: nothing */
};

static void begin_scene(const struct scene *s)
{
	remove_named("out");
	remove_named("folder");
	if (s->prepare != NULL)
		s->prepare();
}

/* Under their final names lie whole files or none. */
static void check_names(const struct scene *s, const char *when, size_t at)
{
	for (size_t i = 0; s->files[i] != NULL; i++)
		cr_assert(!is_there(s->files[i]) || is_same_file(s->files[i], s->expected[i]),
		          "%s %zu: %s is \"%s\"", when, at, s->files[i], content(s->files[i]));
}

static void check_result(const struct scene *s, const char *when, size_t at)
{
	for (size_t i = 0; s->files[i] != NULL; i++)
		cr_assert(is_there(s->files[i]), "%s %zu: no %s", when, at, s->files[i]);
	check_names(s, when, at);
	cr_assert_eq(count_named(".partial"), 0, "%s %zu", when, at);
}

/* Has the run meet the fault at call number `at`, then go on, be killed again, and go on. Returns
 * whether the fault was met. */
static int go_on_after(const struct scene *s, enum fault with, size_t at, const char *when)
{
	struct trial again = s->trial;
	again.to.start = TJ_START_RESUME;
	begin_scene(s);
	int status = run_apart(&s->trial, s->merged, with, at);
	check_names(s, when, at);
	if (status == 0 || status == 2) /* done, also where the fault did not matter */
		check_result(s, when, at);
	if (s->merged != NULL && status != 1 && is_there(s->merged))
		return status != 0; /* no parts need to be there any more */
	if (s->merged == NULL && at % 3 == 0)
		(void)run_apart(&again, NULL, KILLED, at * 7 % 23);
	check_names(s, when, at);
	cr_assert_eq(run_apart(&again, s->merged, NO_FAULT, 0) % 2, 0, "%s %zu", when, at);
	check_result(s, when, at);
	return status != 0;
}

static void play(const struct scene *s)
{
	static const char *const names[] = { "", "killed at", "killed within", "failing" };
	for (enum fault with = KILLED; with < FAULTS; with++) {
		size_t at = 0;
		while (go_on_after(s, with, at, names[with]))
			cr_assert_lt(++at, 1000);
		cr_expect_geq(at, with == KILLED_WITHIN ? 3 : 9, "%s %zu", names[with], at);
	}
}

static void put_inputs(void)
{
	put_file("model", "a model");
	put_file("a", "one\ntwo\nthree\n");
	put_file("b", "four\nfive");
	put_file("c", "");
}

/* --- Scenes --------------------------------------------------------------------------- */

Test(delivery_kill, one_output)
{
	const struct scene s = { .trial = { .to = { .out = "out" }, .inputs = { "a", "b" } },
		                 .files = { "out" },
		                 .expected = { "expected" } };
	put_inputs();
	put_file("expected", "<one>\n<two>\n<three>\n<four>\n<five>");
	play(&s);
	cr_expect_eq(count_named("out"), 1); /* no journal either */
}

Test(delivery_kill, a_compressed_output)
{
	const struct scene s = { .trial = { .to = { .out = "out.gz", .packing = TJ_PACK_GZIP },
		                            .inputs = { "a", "b" } },
		                 .files = { "out.gz" },
		                 .expected = { "expected" } };
	put_inputs();
	must_run(&s.trial);
	cr_assert_eq(rename("out.gz", "expected"), 0);
	play(&s);
}

Test(delivery_kill, a_folder)
{
	const struct scene s = { .trial = { .to = { .folder = "folder" },
		                            .inputs = { "a", "b", "c" } },
		                 .files = { "folder/a", "folder/b", "folder/c" },
		                 .expected = { "expected-a", "expected-b", "c" } };
	put_inputs();
	put_file("expected-a", "<one>\n<two>\n<three>\n");
	put_file("expected-b", "<four>\n<five>");
	play(&s);
	cr_expect_not(is_there("folder/.trujaman-journal"));
}

Test(delivery_kill, a_shard)
{
	const struct scene s = { .trial = { .to = { .out = "out", .shard = { 2, 2 } },
		                            .inputs = { "a", "b" } },
		                 .files = { "out.2-of-2" },
		                 .expected = { "expected" } };
	put_inputs();
	put_file("expected", "<three>\n<five>\n");
	play(&s);
}

static void put_parts(void)
{
	for (unsigned i = 1; i <= 2; i++)
		must_run(&(struct trial){ .to = { .out = "out", .shard = { i, 2 } },
		                          .inputs = { "a", "b" } });
}

Test(delivery_kill, a_merge)
{
	const struct scene s = { .merged = "out",
		                 .files = { "out" },
		                 .expected = { "expected" },
		                 .prepare = put_parts };
	put_inputs();
	put_file("expected", "<one>\n<two>\n<three>\n<four>\n<five>");
	play(&s);
}
