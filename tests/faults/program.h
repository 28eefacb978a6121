/* SPDX-License-Identifier: MIT */
/* Runs the program under test, with a fault or a deadline, and examines what it leaves. */
#ifndef TJ_TESTS_FAULTS_PROGRAM_H
#define TJ_TESTS_FAULTS_PROGRAM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tests/sanitized.h"

/* The fields are described in inject.h. */
struct fault {
	const char *call, *as, *in;
	uint64_t at;
	int on;
};

struct outcome {
	int status; /* exit status; -1: ended by a signal */
	int signal;
	int hung; /* ran too long and was killed */
	double seconds;
	long peak_kib; /* peak resident memory, KiB */
	uint64_t calls, injected;
	char message[4096]; /* the beginning of its standard error */
};

/* Runs argv; argv[0] is the program. kill_after: seconds until SIGKILL; 0: never. The runner's
 * own files (the fault page, standard error) are in the current folder. */
struct outcome run_program(const char **argv, const struct fault *fault, double kill_after);

/* Sets the path of the library to preload; faults need one. */
void set_injector(const char *path);

/* Limits the address space of programs started from now on. */
void limit_memory(size_t bytes);

/* enter_scratch makes a new scratch folder and enters it; leave_scratch leaves it and removes it
 * with all its files. */
void enter_scratch(void);
void leave_scratch(void);

/* The absolute path of a file in the source tree (environment: srcdir) or of the program under
 * test (TRUJAMAN). The caller frees it. */
char *source_path(const char *name);
char *program_path(void);

/* read_file returns the content of a file and stores its size in *n unless n is NULL. It returns
 * NULL if the file cannot be opened. The caller frees the result. */
char *read_file(const char *path, size_t *n);
void write_file(const char *path, const void *bytes, size_t n);

/* Removes all files in a folder; creates the folder if it does not exist. */
void empty_folder(const char *path);

/* Counts the lines that differ between a and b, including those that only one of them has. */
size_t lines_that_differ(const char *a, size_t n_a, const char *b, size_t n_b);

/* Random numbers from one generator. random_seed prints the seed. */
void random_seed(void);
uint64_t random_below(uint64_t n);

/* Ends the test because the test itself cannot go on. */
_Noreturn void give_up(const char *what, const char *name);

#endif
