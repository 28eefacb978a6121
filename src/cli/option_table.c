/* SPDX-License-Identifier: MIT */
/* Looks up what the library says of a command's options. */
#include "src/cli/option_table.h"

#include <stddef.h>
#include <string.h>

const trujaman_option *tj_cli_library_option(const struct tj_command *command, const char *name)
{
	const trujaman_option *o = NULL;
	for (size_t i = 0; command->library != NULL && (o = command->library(i)) != NULL; i++)
		if (strcmp(o->name, name) == 0)
			break;
	return o;
}

const char *tj_cli_label(const struct tj_command *command, const struct tj_cli_option *o)
{
	const trujaman_option *known = NULL;
	if (o->label == NULL && o->id == 0 && *o->name != '\0')
		known = tj_cli_library_option(command, o->name);
	return known != NULL ? known->label : o->label;
}
