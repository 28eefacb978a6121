/* SPDX-License-Identifier: MIT */
/* Signal handlers that let a run stop cleanly. */
#include "src/cli/show/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "src/cli/show/terminal.h"

static const struct {
	int number;
	const char *name, *told;
} polite[] = {
#define POLITE(s) { s, #s, #s ": stopping when what is begun is done; once more stops at once" }
	POLITE(SIGINT),
	POLITE(SIGTERM),
	POLITE(SIGHUP),
	POLITE(SIGXCPU),
};
enum { N_POLITE = sizeof polite / sizeof *polite };

static const long long same_request_ns = 100000000;

/* The signal that asked the run to stop; 0: none so far. Only accessed atomically: workers read it,
 * and the system may run the handler on any thread. */
static int stop;
static trujaman_translator *_Atomic running; /* what the signal stops */
static _Atomic long long asked_at;
static struct sigaction before[N_POLITE];
static volatile sig_atomic_t on_terminal;

static long long now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int find(int signal_number)
{
	int i = 0;
	while (i < N_POLITE && polite[i].number != signal_number)
		i++;
	return i;
}

static void ask_to_stop(int signal_number)
{
	int code = errno, i = find(signal_number);
	if (tj_interrupt_signal() == 0) {
		asked_at = now_ns();
		__atomic_store_n(&stop, signal_number, __ATOMIC_RELEASE);
		trujaman_translator *t = atomic_load(&running);
		if (t != NULL)
			trujaman_stop(t);
		if (on_terminal)
			tj_terminal_tell(polite[i].told);
	} else if (signal_number != SIGXCPU && now_ns() - asked_at > same_request_ns) {
		/* SIGXCPU is not treated as a second request: the system repeats it every second,
		 * and finally sends SIGKILL. */
		sigaction(signal_number, &before[i], NULL);
		raise(signal_number); /* delivered when this handler returns */
	}
	errno = code;
}

void tj_interrupt_stops(trujaman_translator *t)
{
	atomic_store(&running, t);
	if (t != NULL && tj_interrupt_signal() != 0)
		trujaman_stop(t);
}

const volatile int *tj_interrupt_catch(void)
{
	on_terminal = tj_terminal_is_there();
	for (int i = 0; i < N_POLITE; i++) {
		struct sigaction act;
		if (sigaction(polite[i].number, NULL, &act) != 0 || act.sa_handler == SIG_IGN ||
		    act.sa_handler == ask_to_stop)
			continue;
		before[i] = act;
		memset(&act, 0, sizeof act);
		act.sa_handler = ask_to_stop;
		act.sa_flags = SA_RESTART;
		sigemptyset(&act.sa_mask);
		(void)sigaction(polite[i].number, &act, NULL); /* cannot fail for these signals */
	}
	return &stop;
}

int tj_interrupt_signal(void)
{
	return __atomic_load_n(&stop, __ATOMIC_ACQUIRE);
}

const char *tj_interrupt_name(int signal_number)
{
	int i = find(signal_number);
	return i < N_POLITE ? polite[i].name : "a signal";
}
