/* SPDX-License-Identifier: MIT */
/* Cuts the inputs down to one shard. */
#define _GNU_SOURCE /* asprintf */
#include "src/delivery/shard.h"

#include <stdio.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/delivery/formats.h"
#include "src/io/names.h"
#include "src/io/source.h"

static uint64_t part(uint64_t bytes, unsigned i, unsigned n)
{
	return (uint64_t)((unsigned __int128)bytes * i / n);
}

/* Whether input number k, which is compressed or a document, the n_packed-th (from 0) of them,
 * belongs to another shard. For an output of its own this must depend on the input alone: a shard
 * that is resumed, or that some file has been added to, has another list of inputs. */
static int is_of_another(const struct tj_shard *s, const struct tj_inputs *inputs, size_t k,
                         size_t n_packed)
{
	const char *name = inputs->names != NULL ? inputs->names[k] : NULL;
	uint64_t turn = name != NULL ? tj_hash(0, name, strlen(name)) : n_packed;
	return turn % s->n != s->i - 1;
}

trujaman_status tj_shard_cut(const struct tj_shard *s, struct tj_inputs *inputs,
                             struct tj_error *err)
{
	size_t n_packed = 0;
	for (size_t k = 0; k < inputs->n; k++) {
		trujaman_input *input = &inputs->items[k];
		if (tj_is_stdin(input->path))
			return tj_fail(err, TRUJAMAN_ERROR_USAGE,
			               "--shard needs files; standard input is none");
		struct tj_error unread = { 0 };
		int packing = tj_source_packing(input->path, &unread);
		if (packing < 0 && inputs->names == NULL) {
			*err = unread;
			return err->status;
		}
		/* With an output for each input, this one fails alone when its turn comes. */
		if (packing > TJ_PACK_NONE || tj_is_document(input)) {
			if (is_of_another(s, inputs, k, n_packed++) &&
			    tj_inputs_empty(inputs, k, err) != TRUJAMAN_OK)
				return err->status;
			continue;
		}
		input->from = part(inputs->bytes[k], s->i - 1, s->n);
		/* The last shard reaches to the end of the file, which `to` 0 means. So where
		 * another shard would get 0, give it the empty range [1, 1) instead. */
		input->to = s->i == s->n ? 0 : part(inputs->bytes[k], s->i, s->n);
		if (s->i < s->n && input->to == 0)
			input->from = input->to = 1;
		inputs->bytes[k] = part(inputs->bytes[k], s->i, s->n) -
		                   part(inputs->bytes[k], s->i - 1, s->n);
	}
	return TRUJAMAN_OK;
}

char *tj_shard_path(const char *out, const struct tj_shard *s, struct tj_error *err)
{
	char *path;
	if (asprintf(&path, "%s." TJ_NAME_PART, out, s->i, s->n) >= 0)
		return path;
	tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for a file name");
	return NULL;
}
