/* SPDX-License-Identifier: MIT */
/* The monotonic clock, less the time in which the process was stopped. */
#include "src/cli/show/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "src/cli/show/terminal.h"

/* All in nanoseconds of the monotonic clock. `seen`: the process was running then, for all that is
 * known. `stopping`: SIGTSTP came then and its time is not counted yet; 0: it is. */
static _Atomic uint64_t suspended, seen, stopping, latest;

static uint64_t raw_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t tj_clock_now(void)
{
	uint64_t raw = raw_now(), now = raw - atomic_load(&suspended);
	uint64_t before = atomic_load(&latest);
	atomic_store(&seen, raw);
	/* A stop that is counted a moment late must not turn the clock back. */
	while (before < now && !atomic_compare_exchange_weak(&latest, &before, now))
		;
	return before > now ? before : now;
}

static void leave_out(uint64_t since, uint64_t now)
{
	if (now > since)
		atomic_fetch_add(&suspended, now - since);
}

/* After a SIGTSTP, the handlers of both signals may run at once, on two threads. Whoever takes the
 * time from `stopping` counts it. If stop_here has taken it, it has set `seen` before, so that
 * nothing remains to be counted here. */
static void go_on(int signal_number)
{
	uint64_t now = raw_now(), since = atomic_exchange(&stopping, 0);
	(void)signal_number;
	if (since == 0)
		since = atomic_load(&seen);
	atomic_store(&seen, now);
	leave_out(since, now);
}

/* Stop as the signal would have stopped the process without a handler, so that the shell sees no
 * difference. */
static void stop_here(int signal_number)
{
	int code = errno;
	struct sigaction plain, ours;
	sigset_t only, before;
	tj_terminal_clear();
	memset(&plain, 0, sizeof plain);
	plain.sa_handler = SIG_DFL;
	sigemptyset(&plain.sa_mask);
	sigemptyset(&only);
	sigaddset(&only, signal_number);
	atomic_store(&stopping, raw_now());
	(void)sigaction(signal_number, &plain, &ours);
	raise(signal_number);
	(void)pthread_sigmask(SIG_UNBLOCK, &only, &before); /* the process stops here */
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)sigaction(signal_number, &ours, NULL);
	uint64_t now = raw_now();
	atomic_store(&seen, now);
	uint64_t since = atomic_exchange(&stopping, 0);
	if (since != 0)
		leave_out(since, now);
	errno = code;
}

/* A signal that the parent has set to be ignored stays ignored. */
static void handle(int signal_number, void (*handler)(int))
{
	struct sigaction act;
	if (sigaction(signal_number, NULL, &act) != 0 || act.sa_handler != SIG_DFL)
		return;
	memset(&act, 0, sizeof act);
	act.sa_handler = handler;
	act.sa_flags = SA_RESTART;
	sigemptyset(&act.sa_mask);
	(void)sigaction(signal_number, &act, NULL); /* cannot fail for these signals */
}

void tj_clock_open(void)
{
	(void)tj_clock_now();
	handle(SIGTSTP, stop_here);
	handle(SIGCONT, go_on);
}
