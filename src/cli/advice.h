/* SPDX-License-Identifier: MIT */
/* What to say to the first things that people try. */
#ifndef TJ_CLI_ADVICE_H
#define TJ_CLI_ADVICE_H

/* If one of the arguments, which name files, is a text instead, or is a word of one, reports how
 * text is translated. Returns TJ_GO_ON if there is none, else TJ_EXIT_FAILED. */
int tj_advise_text(int n, char *const *arguments);

/* The first argument is an option that the program does not have without a command. Reports where
 * it belongs, if one of `names` (up to NULL) is among the arguments or if `trujaman translate` has
 * it. Returns TJ_EXIT_USAGE, or TJ_GO_ON if nothing was reported. */
int tj_advise_order(int argc, char *const *argv, const char *const *names);

/* The first argument is no command: reports what may have been meant. Returns TJ_EXIT_USAGE. */
int tj_advise_command(int argc, char *const *argv, const char *const *names);

#endif
