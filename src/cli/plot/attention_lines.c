/* SPDX-License-Identifier: MIT */
/* Checks the JSON of attention. */
#include "src/cli/plot/attention_lines.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const sides[] = { "source", "target" };

/* The array `key` of an object; NULL: there is none. */
static const json_t *list_of(const json_t *object, const char *prefix, const char *key)
{
	char name[64];
	snprintf(name, sizeof name, "%s%s", prefix, key);
	const json_t *list = json_object_get(object, name);
	return json_is_array(list) ? list : NULL;
}

static int is_number(const json_t *x)
{
	return json_is_number(x) && isfinite(json_number_value(x));
}

/* A whole number from 0 to `most`. */
static int read_whole(const json_t *x, size_t most, size_t *value)
{
	json_int_t n = json_integer_value(x);
	if (!json_is_integer(x) || n < 0 || (uint64_t)n > most)
		return 0;
	*value = (size_t)n;
	return 1;
}

/* --- Checks ----------------------------------------------------------------------- */

/* Spans are [first, end], characters of a text. */
static int are_spans(const json_t *list, size_t n_characters)
{
	size_t i, first, end;
	const json_t *span;
	json_array_foreach((json_t *)(uintptr_t)list, i, span)
	{
		if (json_array_size(span) != 2 ||
		    !read_whole(json_array_get(span, 1), n_characters, &end) ||
		    !read_whole(json_array_get(span, 0), end, &first))
			return 0;
	}
	return list != NULL;
}

static int are_strings(const json_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!json_is_string(json_array_get(list, i)))
			return 0;
	return json_array_size(list) == n;
}

static int are_numbers(const json_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_number(json_array_get(list, i)))
			return 0;
	return json_array_size(list) == n;
}

static int are_shares(const json_t *rows, size_t n_target, size_t n_source)
{
	if (json_array_size(rows) != n_target)
		return 0;
	for (size_t i = 0; i < n_target; i++) {
		const json_t *row = json_array_get(rows, i);
		if (!are_numbers(row, n_source))
			return 0;
		for (size_t k = 0; k < n_source; k++) {
			double x = json_number_value(json_array_get(row, k));
			if (x < 0 || x > 1)
				return 0;
		}
	}
	return 1;
}

static int is_part(const struct tj_attention_line *l, const json_t *part)
{
	size_t n[2];
	for (int s = 0; s < 2; s++) {
		const json_t *spans = list_of(part, sides[s], "_spans");
		n[s] = json_array_size(list_of(part, sides[s], "_pieces"));
		if (n[s] == 0 || json_array_size(spans) != n[s] ||
		    !are_strings(list_of(part, sides[s], "_pieces"), n[s]) ||
		    !are_spans(spans, l->sides[s].n_characters))
			return 0;
	}
	return are_numbers(list_of(part, "", "scores"), n[1]) &&
	       are_shares(list_of(part, "", "shares"), n[1], n[0]);
}

/* --- Reading ---------------------------------------------------------------------- */

/* Returns 1, 0: it is wrong, or -1: memory is short. */
static int read_side(struct tj_attention_line *l, int s)
{
	struct tj_attention_side *side = &l->sides[s];
	const json_t *text = json_object_get(l->json, sides[s]);
	const json_t *words = list_of(l->json, sides[s], "_words");
	if (!json_is_string(text))
		return 0;
	side->text = json_string_value(text);
	side->n = json_string_length(text);
	side->offsets = malloc((side->n + 1) * sizeof *side->offsets);
	if (side->offsets == NULL)
		return -1;
	for (size_t i = 0; i < side->n; i++)
		if (((unsigned char)side->text[i] & 0xc0) != 0x80)
			side->offsets[side->n_characters++] = i;
	side->offsets[side->n_characters] = side->n;
	if (!are_spans(words, side->n_characters))
		return 0;
	side->n_words = json_array_size(words);
	side->words = malloc((side->n_words + 1) * sizeof *side->words);
	if (side->words == NULL)
		return -1;
	for (size_t i = 0; i < side->n_words; i++)
		for (size_t k = 0; k < 2; k++)
			side->words[i][k] = (size_t)json_integer_value(
			    json_array_get(json_array_get(words, i), k));
	return 1;
}

static int read_links(struct tj_attention_line *l)
{
	const json_t *links = list_of(l->json, "", "links");
	if (links == NULL)
		return 0;
	l->n_links = json_array_size(links);
	l->links = malloc((l->n_links + 1) * sizeof *l->links);
	if (l->links == NULL)
		return -1;
	for (size_t i = 0; i < l->n_links; i++) {
		const json_t *link = json_array_get(links, i);
		for (size_t s = 0; s < 2; s++)
			if (l->sides[s].n_words == 0 ||
			    !read_whole(json_array_get(link, s), l->sides[s].n_words - 1,
			                &l->links[i][s]))
				return 0;
	}
	return 1;
}

/* Returns what is wrong; NULL: nothing. */
static const char *read_all(struct tj_attention_line *l)
{
	const json_t *parts = list_of(l->json, "", "parts"), *part;
	const json_t *score = json_object_get(l->json, "score");
	size_t i, line, rank;
	if (parts == NULL)
		return "there are no \"parts\": translate --attention did not write this";
	if (!read_whole(json_object_get(l->json, "line"), SIZE_MAX, &line) ||
	    !read_whole(json_object_get(l->json, "rank"), SIZE_MAX, &rank) || !is_number(score))
		return "\"line\", \"rank\" or \"score\" is no number";
	l->line = line;
	l->rank = rank;
	l->score = json_number_value(score);
	for (int s = 0; s < 2; s++) {
		int good = read_side(l, s);
		if (good <= 0)
			return good < 0 ? "out of memory" : "texts and words do not fit together";
	}
	int good = read_links(l);
	if (good <= 0)
		return good < 0 ? "out of memory" : "a link names no words";
	json_array_foreach((json_t *)(uintptr_t)parts, i, part)
	{
		if (!is_part(l, part))
			return "pieces, spans, scores and shares do not fit together";
	}
	l->n_parts = json_array_size(parts);
	return NULL;
}

int tj_is_attention(const struct tj_string *text)
{
	const char *newline = text->n > 0 ? memchr(text->data, '\n', text->n) : NULL;
	size_t n = newline != NULL ? (size_t)(newline - text->data) : text->n;
	json_t *json = n > 0 ? json_loadb(text->data, n, JSON_ALLOW_NUL, NULL) : NULL;
	int is = json_object_get(json, "parts") != NULL;
	json_decref(json);
	return is;
}

int tj_attention_line_read(struct tj_attention_line *l, const char *text, size_t n, char *wrong,
                           size_t n_wrong)
{
	json_error_t error;
	*l = (struct tj_attention_line){ .json = json_loadb(text, n, JSON_ALLOW_NUL, &error) };
	if (l->json == NULL) {
		snprintf(wrong, n_wrong, "no JSON: %s", error.text);
		return 0;
	}
	const char *what = json_is_object(l->json) ? read_all(l) : "no JSON object";
	if (what != NULL)
		snprintf(wrong, n_wrong, "%s", what);
	return what == NULL;
}

void tj_attention_line_free(struct tj_attention_line *l)
{
	for (int s = 0; s < 2; s++) {
		free(l->sides[s].offsets);
		free(l->sides[s].words);
	}
	free(l->links);
	json_decref(l->json);
	*l = (struct tj_attention_line){ .json = NULL };
}

/* --- Parts ------------------------------------------------------------------------ */

static const json_t *part_of(const struct tj_attention_line *l, size_t part)
{
	return json_array_get(json_object_get(l->json, "parts"), part);
}

/* The word that has the character; words are sought from `from` on, where the last one was. */
static size_t word_at(const struct tj_attention_side *side, size_t character, size_t from)
{
	for (size_t turn = 0; turn < 2; turn++, from = 0)
		for (size_t i = from; i < side->n_words; i++)
			if (side->words[i][0] <= character && character < side->words[i][1])
				return i;
	return SIZE_MAX;
}

int tj_attention_labels(const struct tj_attention_line *l, size_t part, int s,
                        struct tj_attention_labels *labels)
{
	const struct tj_attention_side *side = &l->sides[s];
	const json_t *pieces = list_of(part_of(l, part), sides[s], "_pieces");
	const json_t *spans = list_of(part_of(l, part), sides[s], "_spans");
	size_t last = SIZE_MAX;
	labels->n = json_array_size(pieces);
	labels->items = calloc(labels->n + 1, sizeof *labels->items);
	for (size_t i = 0; labels->items != NULL && i < labels->n; i++) {
		struct tj_label *label = &labels->items[i];
		const json_t *span = json_array_get(spans, i), *piece = json_array_get(pieces, i);
		size_t first = (size_t)json_integer_value(json_array_get(span, 0));
		size_t end = (size_t)json_integer_value(json_array_get(span, 1));
		label->text = json_string_value(piece);
		label->n = json_string_length(piece);
		label->word = SIZE_MAX;
		if (first < end) {
			label->text = side->text + side->offsets[first];
			label->n = side->offsets[end] - side->offsets[first];
			label->word = word_at(side, first, last == SIZE_MAX ? 0 : last);
			label->continues = i > 0 && label->word != SIZE_MAX && label->word == last;
		}
		last = label->word;
	}
	return labels->items != NULL;
}

double tj_attention_share(const struct tj_attention_line *l, size_t part, size_t i, size_t k)
{
	const json_t *rows = json_object_get(part_of(l, part), "shares");
	return json_number_value(json_array_get(json_array_get(rows, i), k));
}

double tj_attention_score(const struct tj_attention_line *l, size_t part, size_t i)
{
	const json_t *scores = json_object_get(part_of(l, part), "scores");
	return json_number_value(json_array_get(scores, i));
}
