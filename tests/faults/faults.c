/* SPDX-License-Identifier: MIT */
/* Runs the program while one of its calls fails or while it is killed. Whatever happens, no
 * half-written file may have a final name, a failure must give an exit status and a message, and
 * the next run must produce the right bytes.
 *
 * Environment: TRUJAMAN is the program, srcdir the source tree. With TRUJAMAN_LONG_TESTS set,
 * each kind of fault hits every call, or 200 calls if there are more; without it only a few. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/faults/program.h"
#include "tests/faults/scene.h"

enum expected {
	SUCCEEDS,  /* exit status 0 and the right bytes */
	MAY_FAIL,  /* success, or exit status 1 with a message */
	MAY_CRASH, /* or a crash in a library; still no output may be lost */
	DIES       /* killed by SIGKILL */
};

struct kind {
	struct fault fault;
	enum expected expected;
	size_t spread; /* how many calls to hit in the short test */
};

static const struct kind kinds[] = {
	{ { "memory", "ENOMEM", "program", 0, 0 }, MAY_FAIL, 40 },
	{ { "memory", "ENOMEM", "program", 0, 1 }, MAY_FAIL, 5 },
	{ { "memory", "ENOMEM", "libraries", 0, 0 }, MAY_CRASH, 25 },
	{ { "mmap", "ENOMEM", "program", 0, 0 }, MAY_FAIL, 5 },
	{ { "madvise", "EINVAL", "program", 0, 1 }, SUCCEEDS, 1 },
	{ { "pthread_create", "EAGAIN", "program", 0, 0 }, SUCCEEDS, 5 },
	{ { "pthread_create", "EAGAIN", "program", 0, 1 }, SUCCEEDS, 1 },
	{ { "open", "EMFILE", "program", 0, 0 }, MAY_FAIL, 5 },
	{ { "open", "EACCES", "program", 0, 1 }, MAY_FAIL, 5 },
	{ { "read", "EIO", "program", 0, 0 }, MAY_FAIL, 5 },
	{ { "read", "EINTR", "program", 0, 0 }, SUCCEEDS, 5 },
	{ { "read", "short", "program", 0, 0 }, SUCCEEDS, 5 },
	{ { "read", "short", "program", 0, 1 }, SUCCEEDS, 1 },
	{ { "write", "EIO", "program", 0, 0 }, MAY_FAIL, 5 },
	{ { "write", "ENOSPC", "program", 0, 1 }, MAY_FAIL, 5 },
	{ { "write", "EINTR", "program", 0, 0 }, SUCCEEDS, 5 },
	{ { "write", "short", "program", 0, 0 }, SUCCEEDS, 5 },
	{ { "write", "short", "program", 0, 1 }, SUCCEEDS, 1 },
	{ { "write", "kill", "program", 0, 0 }, DIES, 5 },
	{ { "write", "torn", "program", 0, 0 }, DIES, 5 },
	{ { "write", "killed", "program", 0, 0 }, DIES, 5 },
	{ { "fsync", "EIO", "program", 0, 0 }, MAY_FAIL, 5 },
	{ { "fsync", "kill", "program", 0, 0 }, DIES, 5 },
	{ { "ftruncate", "EIO", "program", 0, 0 }, MAY_FAIL, 5 },
	{ { "rename", "EIO", "program", 0, 0 }, MAY_FAIL, 5 },
	{ { "rename", "EXDEV", "program", 0, 0 }, MAY_FAIL, 5 },
	{ { "rename", "kill", "program", 0, 0 }, DIES, 5 },
	{ { "rename", "killed", "program", 0, 0 }, DIES, 5 },
	{ { "close", "EIO", "program", 0, 0 }, MAY_FAIL, 5 },
	{ { "close", "killed", "program", 0, 0 }, DIES, 5 },
};

enum { N_KINDS = sizeof kinds / sizeof *kinds };
static uint64_t n_met[N_KINDS]; /* faults of each kind, in all scenes */

enum { LONG_SPREAD = 200, KILLS = 5, LONG_KILLS = 50 };

struct tally {
	size_t injected, done, failed, crashed, killed, lines_differ, complaints;
};

static int is_long;

static void complain(struct tally *t, const struct scene *s, const char *what,
                     const struct fault *f, const struct outcome *o)
{
	t->complaints++;
	printf("FAILED: %s: %s", s->name, what);
	if (f != NULL)
		printf(" (%s %s in %s, call %llu%s)", f->call, f->as, f->in,
		       (unsigned long long)f->at, f->on ? " and on" : "");
	printf("; exit status %d, signal %d, message: %.*s\n", o->status, o->signal,
	       (int)strcspn(o->message, "\n"), o->message);
}

static int ends_as_it_should(const struct kind *k, const struct outcome *o)
{
	if (o->injected == 0)
		return o->status == 0;
	switch (k->expected) {
	case SUCCEEDS:
		return o->status == 0;
	case DIES:
		return o->signal == SIGKILL;
	case MAY_CRASH:
		if (o->signal == SIGABRT || o->signal == SIGSEGV)
			return 1;
		/* fall through */
	default:
		return o->status == 0 || o->status == 1;
	}
}

/* Checks how a run with a fault ended and what files it left. */
static void judge(struct tally *t, const struct scene *s, const struct kind *k,
                  const struct fault *f, const struct outcome *o)
{
	enum left left = scene_left(s, &t->lines_differ);
	t->injected += o->injected > 0;
	t->done += o->status == 0;
	t->failed += o->status == 1;
	t->killed += o->signal == SIGKILL;
	t->crashed += o->signal != 0 && o->signal != SIGKILL;
	if (o->hung)
		complain(t, s, "hangs", f, o);
	else if (!ends_as_it_should(k, o))
		complain(t, s, "ends in another way than it should", f, o);
	if (left == LEFT_WRONG)
		complain(t, s, "half-written or wrong under a final name", f, o);
	if (o->status == 0 && left != LEFT_ALL)
		complain(t, s, "says that all went well, but not all is there", f, o);
	if (o->status == 1 && strstr(o->message, "trujaman: ") == NULL)
		complain(t, s, "fails without a message", f, o);
}

/* Unless everything is done, runs the program again without a fault; that run must finish. */
static void go_on(struct tally *t, const struct scene *s, const struct fault *f)
{
	if (scene_left(s, &t->lines_differ) == LEFT_ALL)
		return;
	struct outcome o = run_program(s->again, NULL, 0);
	if (o.status != 0)
		complain(t, s, "the next run fails", f, &o);
	else if (scene_left(s, &t->lines_differ) != LEFT_ALL)
		complain(t, s, "the next run leaves something else", f, &o);
}

static void try_fault(struct tally *t, const struct scene *s, const struct kind *k, uint64_t at)
{
	struct fault f = k->fault;
	f.at = at;
	scene_reset(s);
	struct outcome o = run_program(s->argv, &f, 0);
	judge(t, s, k, &f, &o);
	go_on(t, s, &f);
}

/* Hits up to `spread` calls of one kind, spread over the run; all calls if there are fewer. */
static void try_kind(struct tally *all, const struct scene *s, const struct kind *k, size_t spread)
{
	struct tally t = { 0 };
	scene_reset(s);
	struct outcome o = run_program(s->argv, &k->fault, 0);
	if (o.status != 0 || scene_left(s, &t.lines_differ) != LEFT_ALL)
		complain(&t, s, "fails while calls are counted", &k->fault, &o);
	size_t n = o.calls < spread ? (size_t)o.calls : spread;
	for (size_t i = 0; i < n; i++)
		try_fault(&t, s, k, o.calls * i / n + 1 + random_below((o.calls + n - 1) / n));
	printf("%-12s %-14s %-7s %-9s %3s %7llu %8zu %6zu %6zu %7zu %6zu %5zu\n", s->name,
	       k->fault.call, k->fault.as, k->fault.in, k->fault.on ? "on" : "",
	       (unsigned long long)o.calls, t.injected, t.done, t.failed, t.crashed, t.killed,
	       t.lines_differ);
	fflush(stdout);
	n_met[k - kinds] += t.injected;
	all->injected += t.injected;
	all->lines_differ += t.lines_differ;
	all->complaints += t.complaints;
}

static void try_faults(struct tally *all, size_t number)
{
	const struct scene *s = small_scene(number);
	printf("%-12s %-14s %-7s %-9s %3s %7s %8s %6s %6s %7s %6s %5s\n", "run", "call", "as", "of",
	       "", "calls", "injected", "exit 0", "exit 1", "crashed", "killed", "wrong");
	for (size_t i = 0; i < N_KINDS; i++) {
		/* All scenes allocate in much the same way, so only the first one tests it fully.
		 */
		int again = number > 0 && strcmp(kinds[i].fault.call, "memory") == 0;
		try_kind(all, s, &kinds[i], is_long ? LONG_SPREAD : again ? 3 : kinds[i].spread);
	}
}

/* A fault that no scene meets tests nothing. */
static void check_met(struct tally *all)
{
	for (size_t i = 0; i < N_KINDS; i++) {
		if (n_met[i] > 0)
			continue;
		printf("FAILED: no scene meets %s as %s\n", kinds[i].fault.call, kinds[i].fault.as);
		all->complaints++;
	}
}

static void try_all_faults(struct tally *all)
{
	for (size_t i = 0; small_scene(i) != NULL; i++)
		try_faults(all, i);
	check_met(all);
}

/* Kills the run at random moments; in each of n rounds up to three runs, the later ones resumed. */
static void try_kills(struct tally *all, const struct scene *s, size_t n)
{
	struct tally t = { 0 };
	size_t kills = 0, in_time = 0;
	scene_reset(s);
	struct outcome whole = run_program(s->argv, NULL, 0);
	for (size_t i = 0; i < n; i++) {
		scene_reset(s);
		const char **argv = s->argv;
		enum left left = LEFT_SOME;
		for (uint64_t k = random_below(3) + 1; k > 0 && left != LEFT_ALL; k--) {
			double moment = whole.seconds * (double)(1 + random_below(999)) / 1000;
			struct outcome o = run_program(argv, NULL, moment);
			kills += o.signal == SIGKILL;
			in_time += o.status == 0;
			if (o.signal != SIGKILL && o.status != 0)
				complain(&t, s, "ends in another way than it should", NULL, &o);
			left = scene_left(s, &t.lines_differ);
			if (left == LEFT_WRONG)
				complain(&t, s, "half-written under a final name", NULL, &o);
			argv = s->again;
		}
		go_on(&t, s, NULL);
	}
	printf(
	    "%-12s %zu runs of %.2f s killed %zu times at random moments (%zu were done before): "
	    "%zu lines lost or changed\n",
	    s->name, n, whole.seconds, kills, in_time, t.lines_differ);
	all->injected += kills;
	all->lines_differ += t.lines_differ;
	all->complaints += t.complaints;
}

static void find_injector(char *path, size_t n)
{
	ssize_t length = readlink("/proc/self/exe", path, n - 16);
	if (length < 0)
		give_up("find", "the injecting library");
	path[length] = '\0';
	strcpy(strrchr(path, '/') + 1, "inject.so");
	set_injector(path);
}

int main(void)
{
	char injector[4096];
	struct tally all = { 0 };
	enter_scratch();
	is_long = getenv("TRUJAMAN_LONG_TESTS") != NULL;
	random_seed();
	find_injector(injector, sizeof injector);
	scenes_open(is_long);
	if (SANITIZED || access(injector, R_OK) != 0)
		printf("no faults injected: preloading does not go together with sanitizers\n");
	else
		try_all_faults(&all);
	for (size_t i = 0; large_scene(i) != NULL; i++)
		try_kills(&all, large_scene(i), is_long ? LONG_KILLS : KILLS);
	scenes_close();
	leave_scratch();
	printf("%zu faults and kills, %zu lines lost or changed, %zu complaints\n", all.injected,
	       all.lines_differ, all.complaints);
	return all.complaints > 0 || all.lines_differ > 0;
}
