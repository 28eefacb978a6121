/* SPDX-License-Identifier: MIT */
/* Checks on inputs and outputs that several commands share. */
#include "src/cli/checks.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/latin.h"
#include "src/cli/delivery/output.h"
#include "src/io/foreign.h"
#include "src/io/lines.h"

int tj_check_output(const char *command, const char *out_path, size_t n_inputs,
                    const trujaman_input *inputs, const char *model_path)
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
	if (stat(model_path, &in) == 0 && tj_output_is(&out, &in))
		return tj_cli_usage(command, "the output is the model %s; name another output",
		                    model_path);
	return TJ_EXIT_DONE;
}

void tj_warn_of_invalid(const struct tj_talk *talk, size_t n_inputs, const trujaman_input *inputs,
                        const trujaman_report *report)
{
	char file[256] = "";
	if (report->invalid == 0 || report->invalid_input >= n_inputs)
		return;
	const char *advice = tj_latin_advice(report->invalid_latin, report->invalid);
	if (*advice && report->latin_input < n_inputs &&
	    !tj_is_stdin(inputs[report->latin_input].path))
		tj_foreign_quote(inputs[report->latin_input].path, file, sizeof file);
	tj_cli_warn(talk,
	            "%" PRIu64 " line%s held invalid UTF-8 (now U+FFFD), "
	            "the first at %s:%" PRIu64 ", byte %" PRIu64 "%s%s%s",
	            report->invalid, report->invalid == 1 ? "" : "s",
	            tj_input_label(&inputs[report->invalid_input]), report->invalid_line,
	            report->invalid_column, advice, *file ? " " : "", file);
}

int tj_check_texts(size_t n_inputs, trujaman_input *inputs, int force_text)
{
	struct tj_error err = { TRUJAMAN_OK, "" };
	for (size_t i = 0; i < n_inputs; i++) {
		inputs[i].force_text = force_text;
		if (!tj_is_stdin(inputs[i].path) &&
		    tj_reader_check(&inputs[i], &err) != TRUJAMAN_OK)
			return tj_cli_fail(err.status, err.text);
	}
	return TJ_EXIT_DONE;
}
