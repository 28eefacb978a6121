/* SPDX-License-Identifier: MIT */
/* The interface between the injecting library (inject.c) and the test that starts a program with
 * it.
 *
 * In the environment of the program:
 *   LD_PRELOAD             inject.so
 *   TRUJAMAN_FAULT_PAGE    a file of sizeof(struct fault_page) bytes; required
 *   TRUJAMAN_FAULT_CALL    one of the calls below, e.g. "write"
 *   TRUJAMAN_FAULT_AS      an error such as "EIO"; "short": only half of the bytes; "kill": SIGKILL
 *                          before the call; "killed": after it; "torn": after half of its bytes
 *   TRUJAMAN_FAULT_AT      which call, counted from 1; 0: count calls but inject no fault
 *   TRUJAMAN_FAULT_ON      "1": that call and every later one
 *   TRUJAMAN_FAULT_IN      whose calls: "program", its own; "libraries", those of SentencePiece,
 *                          ICU and others, most of which do not survive every failed malloc
 *
 * Calls: memory (malloc, calloc, realloc and the aligned variants), mmap, madvise, pthread_create,
 * open, read, write, fsync, ftruncate, rename, close. */
#ifndef TJ_TESTS_FAULTS_INJECT_H
#define TJ_TESTS_FAULTS_INJECT_H

#include <stdatomic.h>
#include <stdint.h>

/* Mapped shared by both processes, so the counts are correct even if the program is killed. */
struct fault_page {
	_Atomic uint64_t calls;    /* calls of the chosen kind so far */
	_Atomic uint64_t injected; /* how many of them the fault was applied to */
};

#endif
