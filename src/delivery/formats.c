/* SPDX-License-Identifier: MIT */
/* Finds out the formats of the inputs. */
#include "src/delivery/formats.h"

#include <stdlib.h>
#include <string.h>

int tj_is_document(const trujaman_input *input)
{
	return input->format != NULL && strcmp(input->format, "text") != 0 &&
	       strcmp(input->format, "jsonl") != 0;
}

int tj_has_tags(const trujaman_input *input)
{
	return tj_is_document(input) && strcmp(input->format, "paragraphs") != 0;
}

/* Puts input i among the others. Its output keeps its name. */
static void move_other(struct tj_inputs *p, size_t i, size_t n_root)
{
	p->others[p->n_others] = strdup(p->items[i].path);
	p->other_names[p->n_others] = p->others[p->n_others] != NULL
	                                  ? strdup(p->items[i].path + n_root)
	                                  : NULL;
	p->n_others += p->others[p->n_others] != NULL;
}

trujaman_status tj_inputs_take_formats(struct tj_inputs *p, const char *format,
                                       struct tj_error *err)
{
	char *drop = calloc(p->n + 1, 1);
	p->others = calloc(p->n + 1, sizeof *p->others);
	p->other_names = calloc(p->n + 1, sizeof *p->other_names);
	int good = drop != NULL && p->others != NULL && p->other_names != NULL;
	for (size_t i = 0; good && i < p->n; i++) {
		const char *path = p->items[i].path;
		const char *found = format;
		if (format == NULL)
			found = tj_is_stdin(path) ? "text" : trujaman_format_of(path);
		p->items[i].format = found != NULL ? found : "text";
		drop[i] = found == NULL && p->walked[i];
		if (drop[i]) {
			move_other(p, i, p->roots[i]);
			good = p->n_others > 0 && p->other_names[p->n_others - 1] != NULL;
		}
	}
	if (good)
		tj_inputs_drop(p, drop);
	free(drop);
	return good ? TRUJAMAN_OK
	            : tj_fail(err, TRUJAMAN_ERROR_MEMORY,
	                      "out of memory for the names of the inputs");
}
