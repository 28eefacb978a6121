/* SPDX-License-Identifier: MIT */
/* Finds the numbers of a translation and writes them anew. */
#include "src/text/localize_spans.h"

#include <string.h>

static trujaman_status append(struct tj_string *out, const char *text, size_t n,
                              struct tj_error *err)
{
	if (n > 0 && !tj_string_append(out, text, n))
		tj_fail_memory(err, "a translation", out->n + n);
	return err->status;
}

/* Whether a span is a number for itself, and not the end or the beginning of something longer. */
static int stands_alone(const char *text, size_t n, const struct tj_fixed *atom)
{
	static const char may_precede[] = " \t([{<>\"'-~";
	static const char may_not_follow[] = "/\\@_=#&";
	char before = atom->first > 0 ? text[atom->first - 1] : ' ';
	size_t end = atom->first + atom->n;
	char after = end < n ? text[end] : ' ';
	return ((unsigned char)before >= 0x80 || strchr(may_precede, before) != NULL) &&
	       strchr(may_not_follow, after) == NULL;
}

static trujaman_status rewrite(struct tj_localizer *l, const struct tj_fixed *atoms, size_t n_atoms,
                               const char *output, size_t n_output, struct tj_string *out,
                               struct tj_error *err)
{
	size_t done = 0;
	for (size_t i = 0; i < n_atoms && err->status == TRUJAMAN_OK; i++) {
		if (atoms[i].kind != TJ_FIXED_NUMBER ||
		    !stands_alone(output, n_output, &atoms[i]) ||
		    append(out, output + done, atoms[i].first - done, err) != TRUJAMAN_OK)
			continue;
		done = atoms[i].first;
		if (tj_localize_number(l, output + done, atoms[i].n, out, err) > 0)
			done += atoms[i].n;
	}
	return err->status != TRUJAMAN_OK ? err->status
	                                  : append(out, output + done, n_output - done, err);
}

trujaman_status tj_localize_spans(struct tj_localizer *l, struct tj_finder *f, const char *source,
                                  size_t n, const char *output, size_t n_output,
                                  struct tj_string *out, struct tj_error *err)
{
	const struct tj_fixed *atoms;
	size_t n_atoms;
	struct tj_wanted terms = { .terms = NULL };
	if (tj_finder_atoms(f, source, n, &atoms, &n_atoms, err) != TRUJAMAN_OK)
		return err->status;
	if (!tj_wanted_take(&terms, atoms, n_atoms))
		tj_fail_memory(err, "the terms of a line", n_atoms);
	else if (tj_finder_atoms_wanted(f, output, n_output, &terms, &atoms, &n_atoms, err) ==
	         TRUJAMAN_OK)
		rewrite(l, atoms, n_atoms, output, n_output, out, err);
	tj_wanted_release(&terms);
	return err->status;
}
