/* SPDX-License-Identifier: MIT */
/* A library, preloaded into the program under test, that makes a chosen call fail. See inject.h.
 *
 * A call counts only if its return address lies in a chosen object, so the C library's and the
 * loader's own calls are left alone. */
#define _GNU_SOURCE
#include "tests/faults/inject.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
/* The address to which an interposed function returns. */
#define CALLER ((uintptr_t)__builtin_return_address(0))
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* glibc's internal names: dlsym may itself call malloc, so it cannot be used to find malloc. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);

enum call {
	MEMORY,
	MMAP,
	MADVISE,
	THREAD,
	OPEN,
	READ,
	WRITE,
	FSYNC,
	FTRUNCATE,
	RENAME,
	CLOSE,
	N_CALLS
};
static const char *const call_names[N_CALLS] = { "memory",    "mmap",   "madvise", "pthread_create",
	                                         "open",      "read",   "write",   "fsync",
	                                         "ftruncate", "rename", "close" };

enum way { FAIL, SHORT, KILL, KILLED, TORN, N_WAYS };
static const char *const way_names[N_WAYS] = {
	[SHORT] = "short", [KILL] = "kill", [KILLED] = "killed", [TORN] = "torn"
};

static const struct {
	const char *name;
	int code;
} errors[] = {
	{ "EIO", EIO },       { "EINTR", EINTR },   { "ENOSPC", ENOSPC }, { "ENOMEM", ENOMEM },
	{ "EXDEV", EXDEV },   { "EMFILE", EMFILE }, { "EDQUOT", EDQUOT }, { "EACCES", EACCES },
	{ "EINVAL", EINVAL }, { "EAGAIN", EAGAIN },
};

/* Set once, before the program's main. page stays NULL until everything else is set. */
static struct fault_page *page;
static enum call chosen = N_CALLS;
static enum way way;
static int code, from_then_on;
static uint64_t at;

enum { MAX_RANGES = 64 };
static struct range {
	uintptr_t from, to;
} ranges[MAX_RANGES];
static size_t n_ranges;

/* The objects whose calls count, by file name. The program itself has an empty name. */
static const struct {
	const char *name, *files[12];
} owners[] = {
	{ "program", { "" } },
	{ "libraries",
	  { "/libsentencepiece", "/libprotobuf", "/libstdc++", "/libhwloc", "/libicu",
	    "/libjansson", "/libzstd", "/liblzma", "/libz", "/libbz2" } },
};

static int is_of(const char *path, const char *const *files)
{
	for (; *files != NULL; files++)
		if (**files == '\0' ? *path == '\0' : strstr(path, *files) != NULL)
			return 1;
	return 0;
}

static int add_ranges(struct dl_phdr_info *object, size_t size, void *files)
{
	(void)size;
	int wanted = is_of(object->dlpi_name, files);
	for (int i = 0; wanted && i < object->dlpi_phnum && n_ranges < MAX_RANGES; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
			continue;
		uintptr_t from = object->dlpi_addr + segment->p_vaddr;
		ranges[n_ranges++] = (struct range){ from, from + segment->p_memsz };
	}
	return 0;
}

/* Ends the program: a test with a wrong set-up must not look like one that passes. */
static _Noreturn void misused(const char *why)
{
	static const char text[] = "inject.so: wrong in the environment: ";
	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	(void)!write(STDERR_FILENO, why, strlen(why));
	(void)!write(STDERR_FILENO, "\n", 1);
	_exit(99);
}

static const char *setting(const char *name, const char *otherwise)
{
	const char *value = getenv(name);
	return value != NULL && *value != '\0' ? value : otherwise;
}

static void choose(const char *call, const char *as)
{
	for (int i = 0; i < N_CALLS; i++)
		if (strcmp(call, call_names[i]) == 0)
			chosen = (enum call)i;
	if (chosen == N_CALLS)
		misused("TRUJAMAN_FAULT_CALL");
	for (int i = SHORT; i < N_WAYS; i++)
		if (strcmp(as, way_names[i]) == 0)
			way = (enum way)i;
	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
		if (strcmp(as, errors[i].name) == 0)
			code = errors[i].code;
	if (way == FAIL && code == 0)
		misused("TRUJAMAN_FAULT_AS");
	if ((way == SHORT || way == TORN) && chosen != READ && chosen != WRITE)
		misused("TRUJAMAN_FAULT_AS, which is for read and write");
}

__attribute__((constructor)) static void start(void)
{
	const char *owner = setting("TRUJAMAN_FAULT_IN", "");
	for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
		if (strcmp(owner, owners[i].name) == 0)
			dl_iterate_phdr(add_ranges, (void *)(uintptr_t)owners[i].files);
	if (n_ranges == 0)
		misused("TRUJAMAN_FAULT_IN");
	choose(setting("TRUJAMAN_FAULT_CALL", ""), setting("TRUJAMAN_FAULT_AS", "EIO"));
	from_then_on = *setting("TRUJAMAN_FAULT_ON", "0") == '1';
	at = strtoull(setting("TRUJAMAN_FAULT_AT", "0"), NULL, 10);
	int fd = open(setting("TRUJAMAN_FAULT_PAGE", ""), O_RDWR | O_CLOEXEC);
	void *map = fd < 0 ? MAP_FAILED
	                   : mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd < 0 || close(fd) != 0 || map == MAP_FAILED)
		misused("TRUJAMAN_FAULT_PAGE");
	page = map;
}

/* What is called from then on is no work of the program: with --coverage it writes its counts, in
 * code that is linked into it and does not survive a failed malloc. */
static atomic_int is_over;

static void end(void)
{
	is_over = 1;
}

/* The last that is registered comes first at the program's end. Registered while the program starts
 * or later, this comes before its destructors. */
static void watch_end(void)
{
	if (atexit(end) != 0)
		misused("room for an exit handler");
}

static int is_chosen(uintptr_t caller)
{
	for (size_t i = 0; i < n_ranges; i++)
		if (caller >= ranges[i].from && caller < ranges[i].to)
			return 1;
	return 0;
}

/* Counts a call. Returns 1 if the fault applies to it. */
static int strikes(enum call call, uintptr_t caller)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	if (page == NULL || call != chosen || is_over || !is_chosen(caller))
		return 0;
	(void)pthread_once(&once, watch_end); /* cannot fail with these arguments */
	uint64_t n = atomic_fetch_add(&page->calls, 1) + 1;
	if (at == 0 || n < at || (n > at && !from_then_on))
		return 0;
	atomic_fetch_add(&page->injected, 1);
	return 1;
}

static void die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* Runs before the real call if the fault applies to it. Returns 1 if the call must fail; errno is
 * then set. */
static int fails(void)
{
	if (way == KILL)
		die();
	if (way == FAIL)
		errno = code;
	return way == FAIL;
}

/* Runs after the real call if the fault applies to it. */
static void has_happened(void)
{
	if (way == KILLED || way == TORN)
		die();
}

static int no_memory(uintptr_t caller)
{
	return strikes(MEMORY, caller) && fails();
}

EXPORT void *malloc(size_t n)
{
	return no_memory(CALLER) ? NULL : __libc_malloc(n);
}

EXPORT void *calloc(size_t n, size_t size)
{
	return no_memory(CALLER) ? NULL : __libc_calloc(n, size);
}

EXPORT void *realloc(void *p, size_t n)
{
	return no_memory(CALLER) ? NULL : __libc_realloc(p, n);
}

EXPORT void *aligned_alloc(size_t alignment, size_t n)
{
	return no_memory(CALLER) ? NULL : __libc_memalign(alignment, n);
}

EXPORT int posix_memalign(void **p, size_t alignment, size_t n)
{
	*p = no_memory(CALLER) ? NULL : __libc_memalign(alignment, n);
	return *p == NULL ? ENOMEM : 0;
}

EXPORT void *mmap(void *where, size_t n, int protection, int flags, int fd, off_t offset)
{
	return strikes(MMAP, CALLER) && fails()
	           ? MAP_FAILED
	           : REAL(mmap)(where, n, protection, flags, fd, offset);
}

EXPORT int madvise(void *where, size_t n, int advice)
{
	return strikes(MADVISE, CALLER) && fails() ? -1 : REAL(madvise)(where, n, advice);
}

/* It returns its error instead of setting errno. */
EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*work)(void *), void *argument)
{
	return strikes(THREAD, CALLER) && fails()
	           ? code
	           : REAL(pthread_create)(thread, attributes, work, argument);
}

static int open_file(uintptr_t caller, const char *path, int flags, mode_t mode)
{
	int struck = strikes(OPEN, caller);
	if (struck && fails())
		return -1;
	int fd = REAL(open)(path, flags, mode);
	if (struck)
		has_happened();
	return fd;
}

EXPORT int open(const char *path, int flags, ...)
{
	va_list rest;
	va_start(rest, flags);
	/* The mode argument exists only if a file may be created. */
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
	va_end(rest);
	return open_file(CALLER, path, flags, mode);
}

EXPORT ssize_t read(int fd, void *bytes, size_t n)
{
	int struck = strikes(READ, CALLER);
	if (struck && fails())
		return -1;
	ssize_t got = REAL(read)(fd, bytes, struck && way == SHORT ? (n + 1) / 2 : n);
	if (struck)
		has_happened();
	return got;
}

EXPORT ssize_t write(int fd, const void *bytes, size_t n)
{
	int struck = strikes(WRITE, CALLER);
	if (struck && fails())
		return -1;
	size_t half = way == TORN ? n / 2 : (n + 1) / 2;
	ssize_t wrote = REAL(write)(fd, bytes, struck && (way == SHORT || way == TORN) ? half : n);
	if (struck)
		has_happened();
	return wrote;
}

EXPORT int fsync(int fd)
{
	int struck = strikes(FSYNC, CALLER);
	if (struck && fails())
		return -1;
	int result = REAL(fsync)(fd);
	if (struck)
		has_happened();
	return result;
}

EXPORT int ftruncate(int fd, off_t n)
{
	int struck = strikes(FTRUNCATE, CALLER);
	if (struck && fails())
		return -1;
	int result = REAL(ftruncate)(fd, n);
	if (struck)
		has_happened();
	return result;
}

EXPORT int rename(const char *from, const char *to)
{
	int struck = strikes(RENAME, CALLER);
	if (struck && fails())
		return -1;
	int result = REAL(rename)(from, to);
	if (struck)
		has_happened();
	return result;
}

/* The descriptor is gone even if close reports an error, so the real close always runs. */
EXPORT int close(int fd)
{
	int struck = strikes(CLOSE, CALLER), failed = struck && fails(), failure = errno;
	int result = REAL(close)(fd);
	if (struck)
		has_happened();
	if (failed)
		errno = failure;
	return failed ? -1 : result;
}
