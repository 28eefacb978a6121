/* SPDX-License-Identifier: MIT */
/* Which options go with the formats of the inputs. */
#include "src/cli/formats_check.h"

#include <string.h>

#include "src/cli/show/message.h"
#include "src/delivery/formats.h"

/* Whether an option of the library is not off. */
static int is_set(const struct tj_translation *x, const char *name)
{
	const char *value = trujaman_options_get(x->options, name);
	return value != NULL && strcmp(value, "false") != 0 && strcmp(value, "0") != 0;
}

/* The option that adds columns to lines or takes some, for which a document has no place; NULL. */
static const char *columns_of(const struct tj_translation *x)
{
	return x->to.output == TRUJAMAN_OUTPUT_SCORES   ? "--scores"
	       : x->to.output == TRUJAMAN_OUTPUT_N_BEST ? "--n-best"
	       : is_set(x, "tsv")                       ? "--tsv"
	       : is_set(x, "alignments")                ? "--alignments"
	       : is_set(x, "word-scores")               ? "--word-scores"
	       : x->attention != NULL                   ? "--attention"
	                                                : NULL;
}

/* An option of a format that no input has: it was meant for another file, or lacks --format. */
static void warn_of_unused(const struct tj_translation *x, const struct tj_inputs *inputs,
                           const char *option, const char *format)
{
	for (size_t i = 0; i < inputs->n; i++)
		if (strcmp(inputs->items[i].format, format) == 0)
			return;
	if (inputs->n > 0)
		tj_cli_warn(&x->talk, "--%s does nothing: no input is of --format %s", option,
		            format);
}

int tj_check_formats(const struct tj_translation *x, const struct tj_inputs *inputs)
{
	const char *columns = columns_of(x);
	for (size_t i = 0; i < inputs->n; i++) {
		const trujaman_input *input = &inputs->items[i];
		const char *label = tj_input_label(input);
		if (tj_is_document(input) && x->to.folder == NULL && inputs->n > 1)
			return tj_cli_usage("translate",
			                    "%s is a document (%s) and needs an output of its own: "
			                    "--output-dir, or --format text",
			                    label, input->format);
		if (strcmp(input->format, "jsonl") == 0 && x->field == NULL)
			return tj_cli_usage("translate",
			                    "%s: --field must say which values of JSON Lines to "
			                    "translate; or --format text",
			                    label);
		if (columns != NULL && strcmp(input->format, "text") != 0)
			return tj_cli_usage("translate", "%s: %s goes with --format text, not %s",
			                    label, columns, input->format);
		if (is_set(x, "plain") && tj_has_tags(input))
			return tj_cli_usage("translate",
			                    "%s: --plain goes with --format text, not %s: tags "
			                    "would be lost",
			                    label, input->format);
	}
	if (x->field != NULL)
		warn_of_unused(x, inputs, "field", "jsonl");
	if (is_set(x, "fuzzy"))
		warn_of_unused(x, inputs, "fuzzy", "po");
	return TJ_EXIT_DONE;
}
