/* SPDX-License-Identifier: MIT */
/* Prints the options of a command in two columns, with the numbers that the table has. */
#include "src/cli/help.h"

#include <string.h>

#include "src/base/number.h"
#include "src/cli/option_table.h"

enum { WIDTH = 79 };

/* Where the second column is being written. */
struct column {
	size_t first, at; /* columns, from 0 */
};

static void put_word(struct column *c, const char *word, size_t n)
{
	if (c->at > c->first && c->at + 1 + n > WIDTH) {
		printf("\n%*s", (int)c->first, "");
		c->at = c->first;
	} else if (c->at > c->first) {
		putchar(' ');
		c->at++;
	}
	printf("%.*s", (int)n, word);
	c->at += n;
}

/* Copies the text of an option with what the table has for {low}, {high} and {default}. What does
 * not fit is left out; the longest help has half as much. */
static void fill_in(char *to, size_t room, const char *text, const trujaman_option *o)
{
	char low[TJ_NUMBER_TEXT], high[TJ_NUMBER_TEXT];
	tj_number_print(low, sizeof low, "%g", o != NULL ? o->low : 0);
	tj_number_print(high, sizeof high, "%g", o != NULL ? o->high : 0);
	const struct {
		const char *mark, *value;
	} marks[] = { { "{low}", low },
		      { "{high}", high },
		      { "{default}", o != NULL && o->initial != NULL ? o->initial : "" } };
	size_t n = 0;
	while (*text != '\0' && n + TJ_NUMBER_TEXT < room) {
		size_t i = 0;
		while (i < 3 && strncmp(text, marks[i].mark, strlen(marks[i].mark)) != 0)
			i++;
		if (i == 3) {
			to[n++] = *text++;
			continue;
		}
		n += (size_t)snprintf(to + n, TJ_NUMBER_TEXT, "%s", marks[i].value);
		text += strlen(marks[i].mark);
	}
	to[n] = '\0';
}

static void put_option(const struct tj_command *command, const struct tj_cli_option *o)
{
	char text[1024];
	const char *label = tj_cli_label(command, o);
	const trujaman_option *known = o->id == 0 ? tj_cli_library_option(command, o->name) : NULL;
	const char *help = o->help == NULL && known != NULL ? known->help : o->help;
	int n = o->letter != 0 ? printf("  -%c, ", o->letter) : printf("      ");
	n += printf("--%s%s%s", o->name, label != NULL ? " " : "", label != NULL ? label : "");
	struct column c = { (size_t)command->column, (size_t)command->column };
	fill_in(text, sizeof text, help != NULL ? help : "", known);
	if (*text != '\0' && n >= command->column) {
		putchar('\n');
		n = 0;
	}
	if (*text != '\0')
		printf("%*s", command->column - n, "");
	for (const char *word = text; *word != '\0';) {
		size_t length = strcspn(word, " ");
		put_word(&c, word, length);
		word += length + (word[length] == ' ');
	}
	putchar('\n');
}

int tj_cli_print_help(const struct tj_command *command)
{
	fputs(command->usage, stdout);
	for (const struct tj_cli_option *o = command->options; o->name != NULL; o++)
		if (*o->name != '\0')
			put_option(command, o);
		else
			printf("%s%s\n", o > command->options ? "\n" : "", o->help);
	fputs(command->notes, stdout);
	return tj_cli_close_stdout();
}
