/* SPDX-License-Identifier: MIT */
/* Letter case of sentences, and fragments. */
#include "src/decode/turn.h"

trujaman_status tj_turn_to_sentence(const struct tj_language *l, int fragment, const char *text,
                                    size_t n, struct tj_turn *turn, struct tj_mapped *m,
                                    struct tj_error *err)
{
	(void)l;
	(void)fragment;
	*turn = (struct tj_turn){ .letter_case = TJ_CASE_SENTENCE };
	return tj_mapped_append(m, text, n, 0, n) ? TRUJAMAN_OK : tj_fail_memory(err, "x", n);
}

trujaman_status tj_turn_back(const struct tj_language *l, const struct tj_turn *turn,
                             const char *translated, size_t n, struct tj_string *out,
                             struct tj_error *err)
{
	(void)l;
	(void)turn;
	return tj_string_append(out, translated, n) ? TRUJAMAN_OK : tj_fail_memory(err, "x", n);
}

int tj_turns_nothing(const struct tj_turn *turn)
{
	return turn->letter_case == TJ_CASE_SENTENCE && !turn->capital && !turn->stop;
}
