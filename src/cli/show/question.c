/* SPDX-License-Identifier: MIT */
/* Answers SIGUSR1 with a line on standard error. */
#include "src/cli/show/question.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "src/cli/show/terminal.h"

static _Atomic(const struct tj_reply *) current;

static void put_text(struct tj_figures *line, const void *text)
{
	tj_put_text(line, text);
}

static void reply(int signal_number)
{
	int code = errno;
	const struct tj_reply *answer = atomic_load(&current);
	struct tj_figures line = { .n = 0 };
	(void)signal_number;
	if (answer != NULL) {
		answer->put(&line, answer->context);
		tj_terminal_tell(line.text);
	}
	errno = code;
}

void tj_question_catch(void)
{
	struct sigaction act;
	if (sigaction(SIGUSR1, NULL, &act) != 0 || act.sa_handler == SIG_IGN)
		return;
	memset(&act, 0, sizeof act);
	act.sa_handler = reply;
	act.sa_flags = SA_RESTART;
	sigemptyset(&act.sa_mask);
	(void)sigaction(SIGUSR1, &act, NULL); /* cannot fail for SIGUSR1 */
}

void tj_question_answer(const char *text)
{
	static struct tj_reply constant = { .put = put_text };
	constant.context = text;
	tj_question_answer_by(text != NULL ? &constant : NULL);
}

void tj_question_answer_by(const struct tj_reply *answer)
{
	atomic_store(&current, answer);
}
