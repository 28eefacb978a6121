/* SPDX-License-Identifier: MIT */
/* Names the outputs in an output folder, and finds out which of them are complete. */
#define _GNU_SOURCE /* asprintf */
#include "src/cli/delivery/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/show/message.h"

static int out_of_memory(void)
{
	return tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for a file name");
}

char *tj_folder_output(const struct tj_destination *to, const struct tj_inputs *inputs,
                       size_t input)
{
	char *path, *part;
	if (asprintf(&path, "%s/%s", to->folder, inputs->names[input]) < 0) {
		out_of_memory();
		return NULL;
	}
	if (to->shard.n == 0)
		return path;
	part = tj_shard_path(path, &to->shard);
	free(path);
	return part;
}

int tj_make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int failed = mkdir(path, 0777) != 0 && errno != EEXIST;
		if (failed)
			tj_cli_say("cannot make the folder %s: %s", path, strerror(errno));
		*slash = '/';
		if (failed)
			return TJ_EXIT_FAILED;
	}
	return TJ_EXIT_DONE;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int tj_folder_drop_done(const struct tj_destination *to, struct tj_journal *j,
                        struct tj_inputs *inputs)
{
	if (j->n_notes == 0)
		return TJ_EXIT_DONE;
	qsort(j->notes, j->n_notes, sizeof *j->notes, compare_texts);
	size_t n = 0;
	for (; n < inputs->n; n++) {
		char *note, *path = tj_folder_output(to, inputs, n);
		if (path == NULL)
			return TJ_EXIT_FAILED;
		int there = access(path, F_OK) == 0;
		free(path);
		if (!there)
			break;
		if (asprintf(&note, "done %s", inputs->names[n]) < 0)
			return out_of_memory();
		int noted = bsearch(&note, j->notes, j->n_notes, sizeof *j->notes, compare_texts) !=
		            NULL;
		free(note);
		if (!noted)
			break;
	}
	tj_inputs_drop(inputs, n);
	return TJ_EXIT_DONE;
}

/* Never overwrite existing data unless the user asked for it. */
int tj_folder_check_absent(const struct tj_destination *to, const struct tj_inputs *inputs)
{
	for (size_t i = 0; i < inputs->n; i++) {
		char *final = tj_folder_output(to, inputs, i),
		     *partial = final ? tj_partial_path(final) : NULL;
		const char *there = NULL;
		if (partial != NULL && access(final, F_OK) == 0)
			there = final;
		else if (partial != NULL && access(partial, F_OK) == 0)
			there = partial;
		if (there != NULL && to->start == TJ_START_RESUME)
			tj_cli_say("%s exists, and %s/ has nothing of an interrupted run; --force "
			           "replaces it",
			           there, to->folder);
		else if (there != NULL)
			tj_cli_say("%s exists; --force replaces it, --resume goes on with an "
			           "interrupted run",
			           there);
		int good = partial != NULL && there == NULL;
		free(final);
		free(partial);
		if (!good)
			return TJ_EXIT_FAILED;
	}
	return TJ_EXIT_DONE;
}

int tj_folder_name_journal(const struct tj_destination *to, struct tj_journal *j)
{
	char *path, *part = NULL;
	if (asprintf(&path, "%s/.trujaman-journal", to->folder) < 0)
		return out_of_memory();
	if (to->shard.n > 0)
		part = tj_shard_path(path, &to->shard);
	int status = tj_make_folders(path);
	if (status == TJ_EXIT_DONE && to->shard.n > 0 && part == NULL)
		status = TJ_EXIT_FAILED;
	if (status == TJ_EXIT_DONE)
		status = tj_journal_name(j, part != NULL ? part : path);
	free(path);
	free(part);
	return status;
}
