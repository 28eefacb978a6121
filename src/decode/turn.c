/* SPDX-License-Identifier: MIT */
/* Letter case of sentences, and fragments. */
#include "src/decode/turn.h"

#include <stdlib.h>
#include <string.h>

#include "src/text/case_restore.h"
#include "src/text/letters.h"

static int knows(void *context, const char *word, size_t n)
{
	return tj_pieces_has_word(context, word, n);
}

/* tj_case_words has one context, and characters ask the vocabulary too. */
static int has(void *context, uint32_t c)
{
	return tj_pieces_has(context, c);
}

static struct tj_case_words words_of(const struct tj_language *l)
{
	return (struct tj_case_words){ has, knows, (void *)(uintptr_t)l->source };
}

static int is_final(char c)
{
	return c == '.' || c == '!' || c == '?';
}

static int ends_marked(const char *text, size_t n)
{
	return n > 0 && (is_final(text[n - 1]) || text[n - 1] == ':' || text[n - 1] == ';' ||
	                 text[n - 1] == ',');
}

trujaman_status tj_turn_to_sentence(const struct tj_language *l, int fragment, const char *text,
                                    size_t n, struct tj_turn *turn, struct tj_mapped *m,
                                    struct tj_error *err)
{
	const struct tj_case_words words = words_of(l);
	*turn = (struct tj_turn){ .is_fragment = fragment };
	if (fragment) {
		turn->is_small = tj_begins_small(text, n);
		turn->is_marked = ends_marked(text, n);
	}
	if (!l->keep_case)
		turn->letter_case = tj_case_tell(text, n, l->source_language, &words);
	/* A stretch in lower case is as usual, and no sentence ends where a span begins. */
	if (fragment && turn->letter_case.kind != TJ_CASE_UPPER)
		turn->letter_case = (struct tj_case){ .kind = TJ_CASE_SENTENCE };
	if (tj_case_changes(&turn->letter_case))
		return tj_case_to_sentence(&turn->letter_case, text, n, l->source_language, &words,
		                           m, err);
	return tj_mapped_append(m, text, n, 0, n) ? TRUJAMAN_OK
	                                          : tj_fail_memory(err, "a sentence", n);
}

/* Appends the translation of a fragment without what only a sentence has. */
static trujaman_status fit(const struct tj_turn *turn, const char *text, size_t n,
                           struct tj_string *out, struct tj_error *err)
{
	size_t end = n;
	while (!turn->is_marked && end > 0 && is_final(text[end - 1]))
		end--;
	int ok = turn->is_small ? tj_append_small(out, text, end)
	                        : tj_string_append(out, text, end);
	return ok ? TRUJAMAN_OK : tj_fail_memory(err, "a translation", n);
}

trujaman_status tj_turn_back(const struct tj_language *l, const struct tj_turn *turn,
                             const char *translated, size_t n, struct tj_string *out,
                             struct tj_error *err)
{
	if (tj_case_changes(&turn->letter_case))
		return tj_case_restore(&turn->letter_case, translated, n, l->target_language, out,
		                       err);
	if (turn->is_fragment)
		return fit(turn, translated, n, out, err);
	return tj_string_append(out, translated, n) ? TRUJAMAN_OK
	                                            : tj_fail_memory(err, "a translation", n);
}

int tj_turns_nothing(const struct tj_turn *turn)
{
	return !turn->is_fragment && !tj_case_changes(&turn->letter_case);
}
