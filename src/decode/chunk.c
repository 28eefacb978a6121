/* SPDX-License-Identifier: MIT */
/* A chunk of lines: adding lines and parts, joining the parts again. */
#include "src/decode/chunk.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/decode/line_plan.h"

struct tj_chunk *tj_chunk_new(struct tj_error *err)
{
	struct tj_chunk *c = calloc(1, sizeof *c);
	if (c == NULL)
		tj_fail_memory(err, "a chunk of lines", sizeof *c);
	return c;
}

void tj_chunk_free(struct tj_chunk *c)
{
	if (c == NULL)
		return;
	/* The texts of hypotheses. A part that did not finish may have none yet: n_hypotheses
	 * counts those that exist. */
	for (size_t i = 0; c->plans != NULL && i < c->n_lines; i++)
		tj_plan_release(&c->plans[i]);
	free(c->plans);
	for (size_t p = 0; p < c->n_parts; p++)
		for (size_t h = 0; h < c->parts[p]->n_hypotheses; h++)
			free(c->parts[p]->hypotheses[h].text);
	free(c->text.data);
	free(c->target_text.data);
	free(c->lines);
	free(c->ids.data);
	free(c->target_ids.data);
	free(c->parts);
	free(c->traces);
	free(c->joined_text.data);
	free(c->joined);
	free(c->out.data);
	free(c->explained.data);
	free(c->kept.data);
	tj_chunk_free(c->reverse);
	tj_blocks_release(&c->blocks);
	free(c);
}

/* Append text with ill-formed UTF-8 replaced. *invalid, if not NULL, gets the offset of the first
 * ill-formed byte, or SIZE_MAX. Returns 0 if memory is short. */
static int append_valid(struct tj_string *s, const char *text, size_t n, size_t *invalid)
{
	size_t good = tj_utf8_valid_prefix(text, n), rest = n - good;
	if (invalid != NULL)
		*invalid = rest > 0 ? good : SIZE_MAX;
	if (!tj_string_append(s, text, good))
		return 0;
	if (rest == 0)
		return 1;
	if (rest > (SIZE_MAX - s->n) / 3 || !tj_reserve(&s->data, &s->capacity, s->n + 3 * rest, 1))
		return 0;
	s->n += tj_utf8_repair(text + good, rest, s->data + s->n);
	return 1;
}

static struct tj_chunk_line *new_line(struct tj_chunk *c)
{
	if (!tj_reserve(&c->lines, &c->lines_capacity, c->n_lines + 1, sizeof *c->lines))
		return NULL;
	struct tj_chunk_line *line = &c->lines[c->n_lines];
	memset(line, 0, sizeof *line);
	line->first_byte = c->text.n;
	return line;
}

struct tj_chunk_line *tj_chunk_add(struct tj_chunk *c, const char *text, size_t n,
                                   const char *target, size_t n_target, size_t *invalid,
                                   size_t *invalid_target)
{
	struct tj_chunk_line *line = new_line(c);
	size_t first_target = c->target_text.n;
	if (line == NULL || !append_valid(&c->text, text, n, invalid) ||
	    (target != NULL && !append_valid(&c->target_text, target, n_target, invalid_target)))
		return NULL;
	line->n_bytes = line->n_field = c->text.n - line->first_byte;
	line->first_target = first_target;
	line->n_target = c->target_text.n - first_target;
	c->n_lines++;
	return line;
}

/* Where column `column` (from 1) begins; NULL: the line has fewer columns. */
static const char *find_column(const char *text, const char *end, int column)
{
	while (--column > 0) {
		const char *tab = text < end ? memchr(text, '\t', (size_t)(end - text)) : NULL;
		if (tab == NULL)
			return NULL;
		text = tab + 1;
	}
	return text;
}

struct tj_chunk_line *tj_chunk_add_row(struct tj_chunk *c, const char *text, size_t n, int column,
                                       size_t *invalid)
{
	const char *end = text + n, *field = find_column(text, end, column), *tab = NULL;
	struct tj_chunk_line *line = new_line(c);
	if (line == NULL)
		return NULL;
	line->short_row = field == NULL;
	if (field == NULL)
		field = end;
	if (field < end)
		tab = memchr(field, '\t', (size_t)(end - field));
	size_t before = (size_t)(field - text),
	       n_field = (size_t)((tab != NULL ? tab : end) - field);
	if (!tj_string_append(&c->text, text, before) ||
	    !append_valid(&c->text, field, n_field, invalid))
		return NULL;
	line->field = before;
	line->n_field = c->text.n - line->first_byte - before;
	if (!tj_string_append(&c->text, field + n_field, n - before - n_field))
		return NULL;
	line->n_bytes = c->text.n - line->first_byte;
	if (*invalid != SIZE_MAX)
		*invalid += before;
	c->n_lines++;
	return line;
}

int tj_chunk_add_draws(struct tj_chunk *c, size_t n)
{
	for (size_t draw = 1; draw < n; draw++) {
		struct tj_chunk_line *line = new_line(c);
		if (line == NULL)
			return 0;
		*line = line[-1]; /* all draws share the text */
		line->draw++;
		line->breaks = 0;
		c->n_lines++;
	}
	return 1;
}

static void link_part(struct tj_chunk_line *line, struct tj_part *after, struct tj_part *p)
{
	struct tj_part **link = after != NULL ? &after->next : &line->first_part;
	p->next = *link;
	*link = p;
	if (p->next == NULL)
		line->last_part = p;
	line->n_parts++;
}

struct tj_part *tj_chunk_add_part(struct tj_chunk *c, struct tj_chunk_line *line,
                                  struct tj_part *after, const struct tj_part *part, size_t n_best)
{
	struct tj_part *p = tj_blocks_take(&c->blocks, sizeof *p);
	if (p == NULL ||
	    !tj_reserve(&c->parts, &c->parts_capacity, c->n_parts + 1, sizeof(struct tj_part *)))
		return NULL;
	const uint64_t place[] = { line->place, line->draw, part->place };
	*p = *part;
	p->chunk = c;
	p->key = tj_hash(0, place, sizeof place);
	p->hypotheses = tj_blocks_take(&c->blocks, n_best * sizeof *p->hypotheses);
	if (p->hypotheses == NULL)
		return NULL;
	c->parts[c->n_parts++] = p;
	c->n_open++;
	link_part(line, after, p);
	return p;
}

struct tj_part *tj_chunk_add_copy(struct tj_chunk *c, struct tj_chunk_line *line,
                                  struct tj_part *after, const struct tj_part *part)
{
	static char nothing[] = "";
	struct tj_part *p = tj_blocks_take(&c->blocks, sizeof *p + sizeof *p->hypotheses);
	if (p == NULL)
		return NULL;
	*p = *part;
	p->chunk = c;
	p->hypotheses = (struct tj_hypothesis *)(p + 1);
	p->hypotheses->text = nothing;
	p->n_hypotheses = 1;
	link_part(line, after, p);
	return p;
}

int tj_chunk_join(const struct tj_chunk *c, const struct tj_chunk_line *line, const uint8_t *picks,
                  struct tj_string *out, double *score)
{
	*score = 0;
	for (const struct tj_part *part = line->first_part; part != NULL; part = part->next) {
		const struct tj_hypothesis *h = part->hypotheses;
		if (picks != NULL)
			h += *picks++;
		*score += h->score;
		if (!tj_string_append(out, part->before, part->n_before) ||
		    !tj_string_append(out, h->text, h->n_bytes))
			return 0;
	}
	return line->rest == line->n_bytes ||
	       tj_string_append(out, c->text.data + line->first_byte + line->rest,
	                        line->n_bytes - line->rest);
}
