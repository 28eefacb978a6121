/* SPDX-License-Identifier: MIT */
/* Takes, opens and closes the models of a command line. */
#include "src/cli/models.h"

#include <string.h>
#include <sys/stat.h>

#include "src/cli/checks.h"
#include "src/cli/command.h"

int tj_models_take(struct tj_models *m, const char *command, const char *name)
{
	if (m->n == TRUJAMAN_MOST_MODELS)
		return tj_cli_usage(command, "--model is given more than %d times",
		                    TRUJAMAN_MOST_MODELS);
	m->names[m->n++] = name;
	return TJ_GO_ON;
}

int tj_models_complete(struct tj_models *m, size_t most, const char *command,
                       trujaman_options *options)
{
	const char *average = trujaman_options_get(options, "ensemble");
	if (average != NULL && strcmp(average, "log") == 0 && most < 2)
		return tj_cli_usage(command, "--ensemble needs several models: -m A -m B");
	if (m->n == 0)
		m->names[m->n++] = TJ_DEFAULT_MODEL;
	return TJ_GO_ON;
}

int tj_models_open(struct tj_models *m, trujaman_options *options, trujaman_translator **t)
{
	char error[1024];
	trujaman_status status = TRUJAMAN_OK;
	*t = NULL;
	for (size_t i = 0; i < m->n && status == TRUJAMAN_OK; i++) {
		status = trujaman_model_open(m->names[i], options, &m->opened[i], error,
		                             sizeof error);
		if (status == TRUJAMAN_OK) {
			m->infos[i] = trujaman_model_describe(m->opened[i]);
			m->paths[i] = m->infos[i]->path;
		}
	}
	if (status == TRUJAMAN_OK)
		status = trujaman_translator_new_ensemble(m->n, m->opened, options, t, error,
		                                          sizeof error);
	return status == TRUJAMAN_OK ? TJ_EXIT_DONE : tj_run_failed(status, error, options);
}

void tj_models_close(struct tj_models *m)
{
	for (size_t i = 0; i < m->n; i++)
		trujaman_model_close(m->opened[i]);
}

const char *tj_models_newest(const struct tj_models *m)
{
	const char *newest = m->paths[0];
	struct stat a, b;
	for (size_t i = 1; i < m->n; i++)
		if (stat(newest, &a) == 0 && stat(m->paths[i], &b) == 0 &&
		    (b.st_mtim.tv_sec > a.st_mtim.tv_sec ||
		     (b.st_mtim.tv_sec == a.st_mtim.tv_sec &&
		      b.st_mtim.tv_nsec > a.st_mtim.tv_nsec)))
			newest = m->paths[i];
	return newest;
}
