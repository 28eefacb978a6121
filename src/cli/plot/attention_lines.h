/* SPDX-License-Identifier: MIT */
/* Reads and checks a line of what --attention has written. Anybody may have written it: whatever is
 * not as it should be is refused here, so that nothing that follows need look again. */
#ifndef TJ_CLI_PLOT_ATTENTION_LINES_H
#define TJ_CLI_PLOT_ATTENTION_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/string.h"

/* Text of a piece or word, which may hold any character. */
struct tj_label {
	const char *text;
	size_t n;
	int continues; /* it belongs to the word of the one before it */
	size_t word;   /* SIZE_MAX: none */
};

struct tj_attention_side {
	const char *text;
	size_t n;        /* bytes */
	size_t *offsets; /* [n_characters + 1]: bytes */
	size_t n_characters;
	size_t n_words;
	size_t (*words)[2]; /* [n_words]: characters */
};

struct tj_attention_line {
	struct json_t *json; /* owns what the others point to */
	uint64_t line, rank;
	double score;
	struct tj_attention_side sides[2]; /* source, target */
	size_t n_links;
	size_t (*links)[2];
	size_t n_parts;
};

struct tj_attention_labels {
	size_t n;
	struct tj_label *items; /* [n], from malloc */
};

/* Whether a text is of that kind, and not the log of a training, by its first line. */
int tj_is_attention(const struct tj_string *text);

/* Reads a line of n bytes. Returns 0 with what is wrong in `wrong`. Free the line in any case. */
int tj_attention_line_read(struct tj_attention_line *l, const char *text, size_t n, char *wrong,
                           size_t n_wrong);
void tj_attention_line_free(struct tj_attention_line *l);

/* The pieces of one side of a part. Returns 0 if memory is short. */
int tj_attention_labels(const struct tj_attention_line *l, size_t part, int side,
                        struct tj_attention_labels *labels);

/* Of a part: the share of the source piece k in the target piece i, 0 to 1; the score of i. */
double tj_attention_share(const struct tj_attention_line *l, size_t part, size_t i, size_t k);
double tj_attention_score(const struct tj_attention_line *l, size_t part, size_t i);

#endif
