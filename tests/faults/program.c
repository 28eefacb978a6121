/* SPDX-License-Identifier: MIT */
/* Running the program under test, and files in a scratch folder. See program.h. */
#define _GNU_SOURCE /* asprintf */
#include "tests/faults/program.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/faults/inject.h"

#define PAGE_FILE "fault-page"
#define MESSAGE_FILE "messages"

enum { HANGS_AFTER_S = 120 };

static const char *injector;
static uint64_t random_state;
static size_t memory_limit; /* bytes; 0: no limit */
static char scratch[4096];
static int start_folder = -1;

void give_up(const char *what, const char *name)
{
	fprintf(stderr, "faults: cannot %s %s: %s\n", what, name, strerror(errno));
	exit(1);
}

void set_injector(const char *path)
{
	injector = path;
}

void limit_memory(size_t bytes)
{
	memory_limit = bytes;
}

static const char *need(const char *name)
{
	const char *value = getenv(name);
	if (value == NULL)
		give_up("find in the environment", name);
	return value;
}

/* Resolves a path relative to the folder where the test was started. The caller frees it. */
static char *from_start(const char *path)
{
	char *absolute = NULL;
	if (start_folder >= 0 && fchdir(start_folder) == 0)
		absolute = realpath(path, NULL);
	if (absolute == NULL || chdir(scratch) != 0)
		give_up("find", path);
	return absolute;
}

char *program_path(void)
{
	return from_start(need("TRUJAMAN"));
}

char *source_path(const char *name)
{
	char *path, *absolute;
	if (asprintf(&path, "%s/%s", need("srcdir"), name) < 0)
		give_up("find", name);
	absolute = from_start(path);
	free(path);
	return absolute;
}

void enter_scratch(void)
{
	const char *temporary = getenv("TMPDIR");
	snprintf(scratch, sizeof scratch, "%s/trujaman-faults.XXXXXX",
	         temporary != NULL ? temporary : "/tmp");
	start_folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (start_folder < 0 || mkdtemp(scratch) == NULL || chdir(scratch) != 0)
		give_up("make", scratch);
}

void leave_scratch(void)
{
	empty_folder(".");
	if (fchdir(start_folder) != 0 || rmdir(scratch) != 0)
		give_up("remove", scratch);
	close(start_folder);
}

void random_seed(void)
{
	const char *given = getenv("TRUJAMAN_TEST_SEED");
	uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : 20261121;
	random_state = seed != 0 ? seed : 1;
	printf("seed %llu (TRUJAMAN_TEST_SEED changes it)\n", (unsigned long long)seed);
}

uint64_t random_below(uint64_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state * 0x2545f4914f6cdd1du >> 16) % n;
}

char *read_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	if (f == NULL)
		return NULL;
	if (fstat(fileno(f), &st) != 0)
		give_up("read", path);
	size_t size = (size_t)st.st_size;
	char *bytes = malloc(size + 1);
	if (bytes == NULL || fread(bytes, 1, size, f) != size)
		give_up("read", path);
	fclose(f);
	bytes[size] = '\0';
	if (n != NULL)
		*n = size;
	return bytes;
}

void write_file(const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "wb");
	if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
		give_up("write", path);
}

void empty_folder(const char *path)
{
	char name[4096];
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		give_up("make", path);
	DIR *folder = opendir(path);
	if (folder == NULL)
		give_up("open", path);
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlink(name) != 0)
			give_up("remove", name);
	}
	closedir(folder);
}

size_t lines_that_differ(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t differ = 0;
	while (n_a > 0 || n_b > 0) {
		const char *end_a = n_a > 0 ? memchr(a, '\n', n_a) : NULL;
		const char *end_b = n_b > 0 ? memchr(b, '\n', n_b) : NULL;
		size_t line_a = end_a != NULL ? (size_t)(end_a - a) + 1 : n_a;
		size_t line_b = end_b != NULL ? (size_t)(end_b - b) + 1 : n_b;
		differ += line_a != line_b || memcmp(a, b, line_a) != 0;
		a += line_a;
		b += line_b;
		n_a -= line_a;
		n_b -= line_b;
	}
	return differ;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void set(const char *name, const char *value)
{
	if (setenv(name, value, 1) != 0)
		_exit(98);
}

static void set_fault(const struct fault *fault)
{
	char at[32];
	snprintf(at, sizeof at, "%llu", (unsigned long long)fault->at);
	set("TRUJAMAN_FAULT_PAGE", PAGE_FILE);
	set("TRUJAMAN_FAULT_CALL", fault->call);
	set("TRUJAMAN_FAULT_AS", fault->as);
	set("TRUJAMAN_FAULT_IN", fault->in);
	set("TRUJAMAN_FAULT_AT", at);
	set("TRUJAMAN_FAULT_ON", fault->on ? "1" : "0");
	set("LD_PRELOAD", injector);
}

static void become(const char **argv, const struct fault *fault)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	int in = open("/dev/null", O_RDONLY), out = open("/dev/null", O_WRONLY);
	int err = open(MESSAGE_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0)
		_exit(98);
	close(in);
	close(out);
	close(err);
	struct rlimit limit = { memory_limit, memory_limit };
	if (memory_limit > 0 && setrlimit(RLIMIT_AS, &limit) != 0)
		_exit(98);
	if (fault != NULL)
		set_fault(fault);
	execv(argv[0], (char **)(uintptr_t)argv);
	_exit(98);
}

/* Returns 1 if the child ends within so many seconds. SIGCHLD is blocked, so it stays pending
 * until sigtimedwait takes it. */
static int ends_within(double seconds)
{
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	struct timespec t = { .tv_sec = (time_t)seconds };
	t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	int got;
	do {
		got = sigtimedwait(&child, NULL, &t);
	} while (got < 0 && errno == EINTR);
	return got == SIGCHLD;
}

static struct fault_page *open_page(void)
{
	static struct fault_page *page;
	if (page != NULL)
		return page;
	sigset_t child;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	int fd = open(PAGE_FILE, O_RDWR | O_CREAT, 0666);
	if (fd < 0 || ftruncate(fd, sizeof *page) != 0)
		give_up("make", PAGE_FILE);
	page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		give_up("map", PAGE_FILE);
	close(fd);
	return page;
}

struct outcome run_program(const char **argv, const struct fault *fault, double kill_after)
{
	struct outcome o = { .status = -1 };
	struct fault_page *page = open_page();
	int status;
	page->calls = page->injected = 0;
	double begin = now();
	pid_t pid = fork();
	if (pid < 0)
		give_up("start", argv[0]);
	if (pid == 0)
		become(argv, fault);
	if (!ends_within(kill_after > 0 ? kill_after : HANGS_AFTER_S)) {
		o.hung = kill_after <= 0;
		kill(pid, SIGKILL);
		ends_within(HANGS_AFTER_S);
	}
	struct rusage used;
	if (wait4(pid, &status, 0, &used) != pid)
		give_up("wait for", argv[0]);
	o.peak_kib = used.ru_maxrss;
	o.seconds = now() - begin;
	if (WIFEXITED(status))
		o.status = WEXITSTATUS(status);
	else
		o.signal = WTERMSIG(status);
	o.calls = page->calls;
	o.injected = page->injected;
	char *message = read_file(MESSAGE_FILE, NULL);
	snprintf(o.message, sizeof o.message, "%s", message != NULL ? message : "");
	free(message);
	return o;
}
