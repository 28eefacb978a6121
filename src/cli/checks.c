/* SPDX-License-Identifier: MIT */
/* Checks on inputs and outputs that several commands share. */
#include "src/cli/checks.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/delivery/output.h"
#include "src/io/lines.h"
#include "src/io/not_text.h"

int tj_check_output(const char *command, const char *out_path, size_t n_inputs,
                    const trujaman_input *inputs, size_t n_models, const char *const *model_paths)
{
	struct stat out, in;
	if (!tj_output_stat(out_path, &out))
		return TJ_EXIT_DONE;
	for (size_t i = 0; i < n_inputs; i++) {
		const trujaman_input *input = &inputs[i];
		int there = (tj_is_stdin(input->path) ? fstat(STDIN_FILENO, &in)
		                                      : stat(input->path, &in)) == 0;
		if (there && tj_output_is(&out, &in))
			return tj_cli_usage(command,
			                    "%s is both input and output; name another output",
			                    tj_input_label(input));
	}
	for (size_t i = 0; i < n_models; i++)
		if (stat(model_paths[i], &in) == 0 && tj_output_is(&out, &in))
			return tj_cli_usage(command,
			                    "the output is the model %s; name another output",
			                    model_paths[i]);
	return TJ_EXIT_DONE;
}

int tj_run_failed(trujaman_status status, const char *text, trujaman_options *options)
{
	if (status != TRUJAMAN_ERROR_MEMORY)
		return tj_cli_fail(status, text);
	tj_cli_say("%s; with a smaller --memory (now %s MiB) or fewer --threads it needs less",
	           text, trujaman_options_get(options, "memory"));
	return TJ_EXIT_FAILED;
}

void tj_warn_of_invalid(const struct tj_talk *talk, size_t n_inputs, const trujaman_input *inputs,
                        const trujaman_report *report)
{
	char advice[512];
	if (report->invalid == 0 || report->invalid_input >= n_inputs)
		return;
	const char *latin = report->latin_input < n_inputs ? inputs[report->latin_input].path
	                                                   : NULL;
	tj_not_text_latin(report->invalid_latin, report->invalid, latin, advice, sizeof advice);
	tj_cli_warn(talk,
	            "%" PRIu64 " line%s held invalid UTF-8 (now U+FFFD), "
	            "the first at %s:%" PRIu64 ", byte %" PRIu64 "%s",
	            report->invalid, tj_plural(report->invalid),
	            tj_input_label(&inputs[report->invalid_input]), report->invalid_line,
	            report->invalid_column, advice);
}

int tj_check_texts(size_t n_inputs, trujaman_input *inputs, int force_text)
{
	struct tj_error err = { 0 };
	for (size_t i = 0; i < n_inputs; i++) {
		inputs[i].force_text = force_text;
		if (!tj_is_stdin(inputs[i].path) &&
		    tj_reader_check(&inputs[i], &err) != TRUJAMAN_OK)
			return tj_cli_fail(err.status, err.text);
	}
	return TJ_EXIT_DONE;
}

void tj_warn_of_language(const struct tj_talk *talk, const trujaman_model *m, const char *model,
                         const trujaman_input *input, const char *found, int is_target,
                         const char *hint)
{
	const char *key = is_target ? "target_language" : "source_language";
	const char *expected = trujaman_language_name(trujaman_model_metadata(m, key));
	const char *name = trujaman_language_name(found);
	if (expected == NULL || name == NULL) /* the library would not have reported it */
		return;
	tj_cli_warn(talk, "%s looks like %s, but the model %s translates %s %s%s",
	            tj_input_label(input), name, model, is_target ? "into" : "from", expected,
	            hint);
}
