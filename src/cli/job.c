/* SPDX-License-Identifier: MIT */
#include "src/cli/job.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/delivery/output.h"

trujaman_input tj_job_input(const char *argument)
{
	return (trujaman_input){ .path = argument, .fd = STDIN_FILENO };
}

static int is_stdin(const trujaman_input *input)
{
	return strcmp(input->path, "-") == 0;
}

const char *tj_job_input_name(const trujaman_input *input)
{
	return is_stdin(input) ? "standard input" : input->path;
}

/* The library opens an input when its turn comes; a name that is wrong now
 * should not cost the hours that the inputs before it take. */
static int check_input(const trujaman_input *input)
{
	struct stat st;
	if (is_stdin(input))
		return TJ_EXIT_DONE;
	int there = stat(input->path, &st) == 0;
	if (there && S_ISDIR(st.st_mode))
		errno = EISDIR;
	else if (there && access(input->path, R_OK) == 0)
		return TJ_EXIT_DONE;
	tj_cli_say("cannot read %s: %s", input->path, strerror(errno));
	return TJ_EXIT_FAILED;
}

int tj_job_check_output(const char *command, const char *out_path, size_t n_inputs,
                        const trujaman_input *inputs, const char *model_path)
{
	struct stat out, in;
	if (!tj_output_stat(out_path, &out))
		return TJ_EXIT_DONE;
	for (size_t i = 0; i < n_inputs; i++) {
		const trujaman_input *input = &inputs[i];
		int there = (is_stdin(input) ? fstat(STDIN_FILENO, &in) : stat(input->path, &in)) == 0;
		if (there && tj_output_is(&out, &in))
			return tj_cli_usage(command, "%s is both input and output; name another output",
			                    tj_job_input_name(input));
	}
	if (stat(model_path, &in) == 0 && tj_output_is(&out, &in))
		return tj_cli_usage(command, "the output is the model %s; name another output",
		                    model_path);
	return TJ_EXIT_DONE;
}

void tj_job_warn(const struct tj_talk *talk, size_t n_inputs, const trujaman_input *inputs,
                 const trujaman_report *report)
{
	if (report->invalid == 0 || report->invalid_input >= n_inputs)
		return;
	tj_cli_warn(talk, "%" PRIu64 " line%s held invalid UTF-8 (now U+FFFD), "
	            "the first at %s:%" PRIu64 ", byte %" PRIu64,
	            report->invalid, report->invalid == 1 ? "" : "s",
	            tj_job_input_name(&inputs[report->invalid_input]), report->invalid_line,
	            report->invalid_column);
}

static int run_opened(const struct tj_job *job, trujaman *t)
{
	struct tj_output output;
	trujaman_report report = { 0 };
	int exit_status = tj_job_check_output(job->command, job->out, job->n_inputs, job->inputs,
	                                      trujaman_get_info(t)->path);
	if (exit_status != TJ_EXIT_DONE)
		return exit_status;
	exit_status = tj_output_open(&output, job->out);
	if (exit_status != TJ_EXIT_DONE)
		return exit_status;
	trujaman_status status = job->run(t, job, output.fd, output.name, &report);
	if (status == TRUJAMAN_OK)
		exit_status = tj_output_commit(&output);
	else
		tj_output_abandon(&output);
	if (status != TRUJAMAN_ERROR_CLOSED)
		tj_job_warn(&(struct tj_talk){ 0 }, job->n_inputs, job->inputs, &report);
	return status == TRUJAMAN_OK ? exit_status : tj_cli_fail(status, trujaman_error(t));
}

int tj_job_run(const struct tj_job *job)
{
	for (size_t i = 0; i < job->n_inputs; i++)
		if (check_input(&job->inputs[i]) != TJ_EXIT_DONE)
			return TJ_EXIT_FAILED;
	trujaman *t = NULL;
	trujaman_status status = trujaman_open(job->model, &job->options, &t);
	int exit_status = status == TRUJAMAN_OK ? run_opened(job, t)
	                                        : tj_cli_fail(status, trujaman_error(t));
	trujaman_close(t);
	return exit_status;
}
