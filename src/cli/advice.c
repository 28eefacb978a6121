/* SPDX-License-Identifier: MIT */
/* Recognises first tries that are nearly right, and says what would be right. */
#include "src/cli/advice.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/nearest.h"
#include "src/cli/options.h"

/* A command line to show. What does not fit is shown as "…". */
struct shown {
	char text[160];
	size_t n;
	int full;
};

static void put(struct shown *s, const char *text, size_t n)
{
	if (s->full)
		return;
	size_t room = sizeof s->text - sizeof "…" - 1 - s->n; /* 1: for a quote */
	s->full = n > room;
	if (s->full) {
		for (n = room; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--; /* not within a character */
		memcpy(s->text + s->n, text, n);
		memcpy(s->text + s->n + n, "…", sizeof "…");
		s->n += n + strlen("…");
		return;
	}
	memcpy(s->text + s->n, text, n);
	s->n += n;
	s->text[s->n] = '\0';
}

/* The text as a shell needs it: in quotes of one kind, if that is enough. Otherwise the reader has
 * to quote it, and knows the text. */
static void put_quoted(struct shown *s, const char *text)
{
	const char *quote = "\"";
	if (strpbrk(text, "\"$`\\!") != NULL)
		quote = strchr(text, '\'') == NULL ? "'" : NULL;
	if (quote == NULL) {
		put(s, "\"…\"", strlen("\"…\""));
		return;
	}
	put(s, quote, 1);
	int began = !s->full;
	put(s, text, strlen(text));
	if (s->full && began) {
		s->text[s->n++] = *quote;
		s->text[s->n] = '\0';
	}
	put(s, quote, 1);
}

static void put_argument(struct shown *s, const char *argument)
{
	put(s, " ", 1);
	if (*argument != '\0' && argument[strcspn(argument, " \t\n\"'$`\\!*?<>|&;()")] == '\0')
		put(s, argument, strlen(argument));
	else
		put_quoted(s, argument);
}

/* --- Text as an argument ------------------------------------------------------------- */

static int is_missing(const char *path)
{
	struct stat st;
	return strcmp(path, "-") != 0 && stat(path, &st) != 0 &&
	       (errno == ENOENT || errno == ENAMETOOLONG);
}

/* Whether the argument, which is no file, looks more like text than like the name of a file. */
static int is_like_text(const char *argument)
{
	if (strpbrk(argument, " \t\n") != NULL)
		return 1;
	const char *dot = strchr(argument, '.');
	int has_inner_dot = dot != NULL && (dot[1] == '.' || isalnum((unsigned char)dot[1]));
	return *argument != '\0' && strchr(argument, '/') == NULL && !has_inner_dot;
}

int tj_advise_text(int n, char *const *arguments)
{
	struct shown text = { .n = 0 }, shown = { .n = 0 }, name = { .n = 0 };
	int first = 0, n_words = 0;
	while (first < n && !(is_missing(arguments[first]) && is_like_text(arguments[first])))
		first++;
	if (first == n)
		return TJ_GO_ON;
	int code = errno;
	/* Text without quotes is an argument for each word. */
	for (int i = first; i < n && is_missing(arguments[i]); i++, n_words++) {
		if (n_words > 0)
			put(&text, " ", 1);
		put(&text, arguments[i], strlen(arguments[i]));
	}
	put_quoted(&shown, text.n > 0 ? text.text : "");
	put(&name, arguments[first], strlen(arguments[first]));
	tj_cli_say("cannot read %s: %s; arguments name files, and text comes by standard input: "
	           "echo %s | trujaman translate",
	           name.n > 0 ? name.text : "\"\"", strerror(code), shown.text);
	return TJ_EXIT_FAILED;
}

/* --- Options before the command ------------------------------------------------------ */

static int is_command(const char *word, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(*names, word) == 0)
			return 1;
	return 0;
}

static int translate_has(const char *option)
{
	const struct tj_cli_option *o = tj_command_translate.options;
	size_t n = strcspn(option, "=");
	int is_long = strncmp(option, "--", 2) == 0;
	for (; o->name; o++)
		if (is_long ? strlen(o->name) == n - 2 && strncmp(o->name, option + 2, n - 2) == 0
		            : o->letter == (unsigned char)option[1] && o->letter != 0)
			return 1;
	return 0;
}

int tj_advise_order(int argc, char *const *argv, const char *const *names)
{
	struct shown shown = { .n = 0 };
	int at = 1;
	while (at < argc && !is_command(argv[at], names))
		at++;
	if (at == argc && !translate_has(argv[1]))
		return TJ_GO_ON;
	put(&shown, "trujaman", strlen("trujaman"));
	put_argument(&shown, at < argc ? argv[at] : "translate");
	for (int i = 1; i < argc; i++)
		if (i != at)
			put_argument(&shown, argv[i]);
	return tj_cli_usage(NULL, "option '%s' belongs after the command: %s", argv[1], shown.text);
}

/* --- No command ---------------------------------------------------------------------- */

int tj_advise_command(int argc, char *const *argv, const char *const *names)
{
	static const char *const lists[] = { "models", "model", "list", "ls", NULL };
	struct shown shown = { .n = 0 };
	struct tj_nearest nearest = { .word = argv[0] };
	for (const char *const *name = names; *name; name++)
		tj_nearest_show(&nearest, *name);
	if (nearest.found != NULL)
		return tj_cli_usage(NULL, "there is no command '%s' (did you mean '%s'?)", argv[0],
		                    nearest.found);
	if (is_command(argv[0], lists))
		return tj_cli_usage(
		    NULL, "there is no command '%s'; to list the models: trujaman info --list",
		    argv[0]);
	if (strcmp(argv[0], "-") == 0 || (*argv[0] != '\0' && !is_missing(argv[0]))) {
		for (int i = 0; i < argc; i++)
			put_argument(&shown, argv[i]);
		return tj_cli_usage(NULL,
		                    "there is no command '%s'; to translate a file: trujaman "
		                    "translate%s",
		                    argv[0], shown.text);
	}
	if (strchr(argv[0], ' ') != NULL) {
		put_quoted(&shown, argv[0]);
		return tj_cli_usage(NULL,
		                    "there is no command '%s'; to translate text: echo %s | "
		                    "trujaman translate",
		                    argv[0], shown.text);
	}
	return tj_cli_usage(NULL, "there is no command '%s'", argv[0]);
}
