/* SPDX-License-Identifier: MIT */
/* Runs the program under test, with a fault or a deadline, and looks at what it leaves. */
#ifndef TJ_TESTS_FAULTS_PROGRAM_H
#define TJ_TESTS_FAULTS_PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* As inject.h has it. */
struct fault {
	const char *call, *as, *in;
	uint64_t at;
	int on;
};

struct outcome {
	int status; /* of exit; -1: a signal ended it */
	int signal;
	int hung; /* and was killed for it */
	double seconds;
	long peak_kib; /* the most memory that was resident */
	uint64_t calls, injected;
	char message[4096]; /* the beginning of what it wrote to standard error */
};

/* argv[0] is the program. kill_after: SIGKILL after so many seconds; 0: never. All files
 * of the runner's own (the page, standard error) are in the current folder. */
struct outcome run_program(const char **argv, const struct fault *fault, double kill_after);

/* The preloaded library; without one, faults cannot be run. */
void set_injector(const char *path);

/* Of address space, for the programs that are run from now on. */
void limit_memory(size_t bytes);

/* Make a folder of our own and enter it; leave and remove it with all its files. */
void enter_scratch(void);
void leave_scratch(void);

/* A file of the source tree (the environment's srcdir) and the program under test (TRUJAMAN),
 * as they can be reached from there. To be freed. */
char *source_path(const char *name);
char *program_path(void);

/* What stands in a file; NULL: it is not there. `n` may be NULL. To be freed. */
char *read_file(const char *path, size_t *n);
void write_file(const char *path, const void *bytes, size_t n);

/* Remove all files in a folder and make it where it is not there. */
void empty_folder(const char *path);

/* Lines of b that a does not have in the same place, and the other way round. */
size_t lines_that_differ(const char *a, size_t n_a, const char *b, size_t n_b);

/* Numbers of one stream, from a seed that is printed. */
void random_seed(void);
uint64_t random_below(uint64_t n);

/* The driver itself cannot go on. */
_Noreturn void give_up(const char *what, const char *name);

#endif
