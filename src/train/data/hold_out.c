/* SPDX-License-Identifier: MIT */
/* Finds equal sources by sorting their hashes, and chooses the lines to hold out. */
#include "src/train/data/hold_out.h"

#include <stdlib.h>

#include "src/base/hash.h"
#include "src/base/random.h"
#include "src/base/utf8.h"

enum {
	HOLD_OUT_ONE_IN = 100,
	MOST_HELD_OUT = 1000,
	FEWEST_TO_HOLD_OUT = 200,
	SOURCES_PER_HELD_OUT = 10
};

/* The source of a usable pair. Sources with the same hash count as the same one: should two ever
 * collide, a pair is left out of the training in vain. */
struct source {
	uint64_t hash;
	size_t line;
};

/* Equal sources, keys[first … end); keys[first] is the earliest line. */
struct group {
	size_t first, end;
};

struct sources {
	size_t n, n_groups;
	struct source *keys; /* [n], by hash and then by line */
	struct group *groups;
};

int tj_is_usable_pair(const struct tj_pair_text *t, size_t i)
{
	for (int side = 0; side < 2; side++) {
		size_t n;
		const char *text = tj_pair_text_line(t, side, i, &n);
		if (tj_is_blank(text, n) || tj_utf8_valid_prefix(text, n) != n)
			return 0;
	}
	return 1;
}

/* The hash of the words of a line: white space does not reach the model. */
static uint64_t hash_words(const char *text, size_t n)
{
	uint64_t h = 0;
	for (size_t i = 0; i < n;) {
		size_t first = i;
		while (i < n && !tj_is_blank(text + i, 1))
			i++;
		if (i > first)
			h = tj_hash(h, text + first, i - first);
		else
			i++;
	}
	return h;
}

static uint64_t hash_source(const struct tj_pair_text *t, size_t i)
{
	size_t n;
	const char *text = tj_pair_text_line(t, 0, i, &n);
	return hash_words(text, n);
}

static int compare_sources(const void *a, const void *b)
{
	const struct source *x = a, *y = b;
	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

/* Finds the different sources of all usable pairs. Release with sources_free, also after a
 * failure. */
static trujaman_status sources_make(struct sources *s, const struct tj_pair_text *t,
                                    struct tj_error *err)
{
	size_t n_lines = tj_pair_text_lines(t);
	*s = (struct sources){ 0, 0, calloc(n_lines + 1, sizeof *s->keys),
		               calloc(n_lines + 1, sizeof *s->groups) };
	if (s->keys == NULL || s->groups == NULL)
		return tj_fail_memory(err, "comparing the sources", n_lines * sizeof *s->keys);
	for (size_t i = 0; i < n_lines; i++)
		if (tj_is_usable_pair(t, i))
			s->keys[s->n++] = (struct source){ hash_source(t, i), i };
	qsort(s->keys, s->n, sizeof *s->keys, compare_sources);
	for (size_t i = 0; i < s->n; i++) {
		if (i == 0 || s->keys[i].hash != s->keys[i - 1].hash)
			s->groups[s->n_groups++].first = i;
		s->groups[s->n_groups - 1].end = i + 1;
	}
	return TRUJAMAN_OK;
}

static void sources_free(struct sources *s)
{
	free(s->keys);
	free(s->groups);
}

static size_t size_of(const struct group *g)
{
	return g->end - g->first;
}

/* Texts with a tag, such as translations by a machine, do not judge. Their groups go. */
static void leave_out_tagged(struct sources *s, const struct tj_pair_text *t)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_groups; i++)
		if (tj_pair_text_tag(t, s->keys[s->groups[i].first].line) == NULL)
			s->groups[n++] = s->groups[i];
	s->n_groups = n;
}

static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	if (size_of(x) != size_of(y))
		return size_of(x) < size_of(y) ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* Holds out `wanted` of the first `n` groups, by their earliest lines. Every such set is equally
 * likely (Knuth, volume 2, 3.4.2, algorithm S). */
static void choose(struct tj_held_out *h, const struct sources *s, size_t n, size_t n_lines,
                   size_t wanted, uint64_t seed)
{
	h->n = wanted;
	for (size_t i = 0; i < n; i++)
		h->lines[s->keys[s->groups[i].first].line] = TJ_LINE_JUDGES;
	for (size_t i = 0; i < n_lines; i++) {
		if (h->lines[i] != TJ_LINE_JUDGES)
			continue;
		if (tj_random_below(seed, i, n--) < wanted)
			wanted--;
		else
			h->lines[i] = TJ_LINE_TRAINS;
	}
}

static void mark_copies(struct tj_held_out *h, const struct sources *s)
{
	for (size_t i = 0; i < s->n_groups; i++) {
		const struct group *g = &s->groups[i];
		if (h->lines[s->keys[g->first].line] != TJ_LINE_JUDGES)
			continue;
		for (size_t k = g->first + 1; k < g->end; k++)
			h->lines[s->keys[k].line] = TJ_LINE_IS_COPY;
		h->n_copies += size_of(g) - 1;
	}
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static trujaman_status hold_out(struct tj_held_out *h, const struct tj_pair_text *t,
                                struct sources *s, uint64_t seed, struct tj_error *err)
{
	size_t n_lines = tj_pair_text_lines(t), n;
	size_t wanted = least(least(s->n / HOLD_OUT_ONE_IN, MOST_HELD_OUT),
	                      s->n_groups / SOURCES_PER_HELD_OUT);
	if (wanted == 0)
		return TRUJAMAN_OK;
	h->lines = calloc(n_lines, 1);
	if (h->lines == NULL)
		return tj_fail_memory(err, "the held-out lines", n_lines);
	/* The groups with as few members as possible, all of that size alike. */
	qsort(s->groups, s->n_groups, sizeof *s->groups, compare_groups);
	for (n = wanted; n < s->n_groups; n++)
		if (size_of(&s->groups[n]) > size_of(&s->groups[wanted - 1]))
			break;
	choose(h, s, n, n_lines, wanted, seed);
	mark_copies(h, s);
	return TRUJAMAN_OK;
}

trujaman_status tj_hold_out(struct tj_held_out *h, const struct tj_pair_text *t, size_t n,
                            uint64_t seed, struct tj_error *err)
{
	struct sources s;
	if (n < FEWEST_TO_HOLD_OUT)
		return TRUJAMAN_OK;
	if (sources_make(&s, t, err) == TRUJAMAN_OK) {
		leave_out_tagged(&s, t);
		hold_out(h, t, &s, seed, err);
	}
	sources_free(&s);
	return err->status;
}

static int has_source(const struct sources *s, uint64_t hash)
{
	size_t low = 0, high = s->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->keys[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->n && s->keys[low].hash == hash;
}

trujaman_status tj_count_shared(const struct tj_pair_text *dev, const struct tj_pair_text *t,
                                size_t *n_shared, struct tj_error *err)
{
	struct sources s;
	*n_shared = 0;
	if (sources_make(&s, t, err) == TRUJAMAN_OK)
		for (size_t i = 0; i < tj_pair_text_lines(dev); i++)
			*n_shared += (size_t)(tj_is_usable_pair(dev, i) &&
			                      has_source(&s, hash_source(dev, i)));
	sources_free(&s);
	return err->status;
}
