/* SPDX-License-Identifier: MIT */
/* What the injecting library (inject.c) and who starts a program with it agree on.
 *
 * In the environment of the program:
 *   LD_PRELOAD             inject.so
 *   TRUJAMAN_FAULT_PAGE    a file of sizeof(struct fault_page) bytes; needed
 *   TRUJAMAN_FAULT_CALL    one of the calls below, e.g. "write"
 *   TRUJAMAN_FAULT_AS      an error such as "EIO"; "short": half of the bytes; "kill": SIGKILL
 *                          before the call; "killed": after it; "torn": after half of its bytes
 *   TRUJAMAN_FAULT_AT      which call, from 1; 0: none, only count
 *   TRUJAMAN_FAULT_ON      "1": every call from that one on
 *   TRUJAMAN_FAULT_IN      whose calls: "program", its own; "libraries", of SentencePiece, ICU
 *                          and others, most of which do not survive every refusal of malloc
 *
 * Calls: memory (malloc, calloc, realloc and the aligned ones), mmap, open, read, write, fsync,
 * ftruncate, rename, close. */
#ifndef TJ_TESTS_FAULTS_INJECT_H
#define TJ_TESTS_FAULTS_INJECT_H

#include <stdatomic.h>
#include <stdint.h>

/* Mapped by both sides: it is up to date even when the program is killed. */
struct fault_page {
	_Atomic uint64_t calls;    /* of the chosen kind, so far */
	_Atomic uint64_t injected; /* of them interfered with */
};

#endif
