/* SPDX-License-Identifier: MIT */
/* Writes a page of HTML for attention: of each line its texts, and of each part a heat map and a
 * table. Closing tags that HTML does not need are left out, and so are shares below a hundredth: a
 * page is sent around. */
#include "src/cli/plot/attention.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/escape.h"
#include "src/cli/plot/attention_lines.h"
#include "src/cli/plot/attention_page.h"
#include "src/cli/show/message.h"

enum { CELL = 28 /* pixels, as in the style */, LEVELS = 20, NO_CELLS = 4 };

/* A part, with its shares in hundredths. */
struct plot_part {
	struct tj_attention_labels sides[2];
	unsigned char *shares; /* [target][source] */
	size_t index;
};

/* --- Text ------------------------------------------------------------------------- */

/* Text of anybody as text of HTML. What is not to be seen, or would turn the text around, is shown
 * as an escape. */
static void write_text(FILE *f, const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		char escaped[TJ_ESCAPED_BYTES];
		size_t n_escaped = 0, shown = tj_escape_next(text + i, n - i, escaped, &n_escaped);
		if (shown == 0 && text[i] == '\\')
			putc('\\', f);
		else if (shown == 0)
			fwrite(escaped, 1, n_escaped, f);
		else if (shown > 1)
			fwrite(text + i, 1, shown, f);
		else if (strchr("&<>\"'", text[i]) != NULL)
			fprintf(f, "&#%d;", text[i]);
		else
			putc(text[i], f);
		i += shown > 0 ? shown : 1;
	}
}

/* What a piece says; the one that ends a sentence says that. */
static void write_label(FILE *f, const struct tj_label *l)
{
	int is_end = l->word == SIZE_MAX && l->n == 4 && memcmp(l->text, "</s>", 4) == 0;
	if (is_end)
		fputs("(end)", f);
	else
		write_text(f, l->text, l->n);
}

/* --- A part ----------------------------------------------------------------------- */

static void free_part(struct plot_part *p)
{
	free(p->sides[0].items);
	free(p->sides[1].items);
	free(p->shares);
}

static int make_part(const struct tj_attention_line *l, size_t index, struct plot_part *p)
{
	*p = (struct plot_part){ .index = index };
	if (!tj_attention_labels(l, index, 0, &p->sides[0]) ||
	    !tj_attention_labels(l, index, 1, &p->sides[1]))
		return 0;
	size_t n_source = p->sides[0].n, n_target = p->sides[1].n;
	p->shares = malloc(n_source * n_target + 1);
	for (size_t i = 0; p->shares != NULL && i < n_target; i++)
		for (size_t k = 0; k < n_source; k++)
			p->shares[i * n_source + k] =
			    (unsigned char)(tj_attention_share(l, index, i, k) * 100 + 0.5);
	return p->shares != NULL;
}

static void write_labels(FILE *f, const struct tj_attention_labels *labels, char axis,
                         const char *name)
{
	fprintf(f, "<div class=%c role=group aria-label=%s>", axis, name);
	for (size_t i = 0; i < labels->n; i++) {
		fputs(labels->items[i].continues ? "<i class=c>" : "<i>", f);
		write_label(f, &labels->items[i]);
		fputs("</i>", f);
	}
	fputs("</div>", f);
}

static int level_of(unsigned share)
{
	return share < 2 ? -1 : (int)(share * LEVELS / 101);
}

/* The cells of one level are one path: horizontal strokes as wide as a cell. */
static void write_level(FILE *f, const struct plot_part *p, int level)
{
	size_t n_source = p->sides[0].n;
	int any = 0;
	for (size_t i = 0; i < p->sides[1].n; i++)
		for (size_t k = 0; k < n_source; k++) {
			if (level_of(p->shares[i * n_source + k]) != level)
				continue;
			size_t first = k;
			while (k + 1 < n_source &&
			       level_of(p->shares[i * n_source + k + 1]) == level)
				k++;
			if (!any)
				fprintf(f, "<path stroke-opacity=%.2f d=\"",
				        (level + 1) / (double)LEVELS);
			any = 1;
			fprintf(f, "M%zu %zu.5h%zu", first, i, k + 1 - first);
		}
	if (any)
		fputs("\"/>", f);
}

/* The pieces of a word: from *first on, n of them; 0: none. */
static size_t pieces_of(const struct tj_attention_labels *labels, size_t word, size_t *first)
{
	size_t n = 0;
	for (size_t i = 0; i < labels->n; i++)
		if (labels->items[i].word == word) {
			*first = n == 0 ? i : *first;
			n = i + 1 - *first;
		}
	return n;
}

/* Words that are linked are outlined. */
static void write_links(FILE *f, const struct tj_attention_line *l, const struct plot_part *p)
{
	int any = 0;
	for (size_t i = 0; i < l->n_links; i++) {
		size_t x = 0, y = 0, w = pieces_of(&p->sides[0], l->links[i][0], &x);
		size_t h = pieces_of(&p->sides[1], l->links[i][1], &y);
		if (w == 0 || h == 0)
			continue;
		fprintf(f, "%sM%zu %zuh%zuv%zuh-%zuz", any ? "" : "<path class=l d=\"", x, y, w, h,
		        w);
		any = 1;
	}
	if (any)
		fputs("\"/>", f);
}

static void write_map(FILE *f, const struct tj_attention_line *l, const struct plot_part *p)
{
	size_t n = p->sides[0].n, m = p->sides[1].n;
	fprintf(f,
	        "<svg role=img aria-label=\"Heat map; its numbers are in the table.\" width=%zu "
	        "height=%zu viewBox=\"0 0 %zu %zu\">",
	        n * CELL, m * CELL, n, m);
	for (int level = 0; level < LEVELS; level++)
		write_level(f, p, level);
	fprintf(f, "<path class=f d=\"M0 0h%zuv%zuh-%zuz\"/>", n, m, n);
	write_links(f, l, p);
	fputs("</svg>", f);
}

/* A row of the table: the score, then shares in hundredths, up to the last one. */
static void write_row(FILE *f, const struct tj_attention_line *l, const struct plot_part *p,
                      size_t i)
{
	size_t n = p->sides[0].n, empty = 0;
	fputs("<tr><th scope=row>", f);
	write_label(f, &p->sides[1].items[i]);
	fprintf(f, "<td>%.2f", tj_attention_score(l, p->index, i));
	for (size_t k = 0; k < n; k++) {
		unsigned share = p->shares[i * n + k];
		if (share == 0) {
			empty++;
			continue;
		}
		if (empty >= NO_CELLS)
			fprintf(f, "<td colspan=%zu>", empty);
		for (; empty > 0 && empty < NO_CELLS; empty--)
			fputs("<td>", f);
		empty = 0;
		fprintf(f, "<td>%u", share);
	}
}

static void write_table(FILE *f, const struct tj_attention_line *l, const struct plot_part *p)
{
	fputs("<output></output><details><summary>Numbers</summary><table><caption>Per cent of "
	      "the attention of each row, and the logarithm of its probability</caption>"
	      "<thead><tr><td><th scope=col>log p",
	      f);
	for (size_t k = 0; k < p->sides[0].n; k++) {
		fputs("<th scope=col>", f);
		write_label(f, &p->sides[0].items[k]);
	}
	fputs("<tbody>", f);
	for (size_t i = 0; i < p->sides[1].n; i++)
		write_row(f, l, p, i);
	fputs("</table></details>\n", f);
}

static int write_part(FILE *f, const struct tj_attention_line *l, size_t index)
{
	struct plot_part p;
	int good = make_part(l, index, &p);
	if (good) {
		fputs("<div class=b role=region tabindex=0 aria-label=\"Heat map\">", f);
		write_labels(f, &p.sides[0], 'x', "source");
		write_labels(f, &p.sides[1], 'y', "translation");
		write_map(f, l, &p);
		fputs("</div>", f);
		write_table(f, l, &p);
	}
	free_part(&p);
	return good;
}

/* --- The page --------------------------------------------------------------------- */

void tj_plot_attention_begin(FILE *f, const char *title)
{
	fputs("<!doctype html>\n<html lang=en><meta charset=utf-8>"
	      "<meta name=viewport content=\"width=device-width,initial-scale=1\">"
	      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none';"
	      "style-src 'unsafe-inline';script-src 'sha256-",
	      f);
	fprintf(f, "%s'\"><title>", tj_attention_hash);
	write_text(f, title, strlen(title));
	fprintf(f, "</title><style>%s</style>\n<h1>", tj_attention_style);
	write_text(f, title, strlen(title));
	fputs("</h1><p>A row for each piece that the model wrote, a column for each piece that it "
	      "read. The stronger a cell, the more the model looked there while it wrote: a row "
	      "adds up to 100 %. Pale pieces continue the word before them; an outline joins words "
	      "that belong together. Point at a word, or go to it with the Tab and arrow keys, and "
	      "its partners light up.</p>\n",
	      f);
}

static int write_line(FILE *f, const struct tj_attention_line *l)
{
	fprintf(f, "<h2>Line %" PRIu64, l->line);
	if (l->rank > 0)
		fprintf(f, ", translation %" PRIu64, l->rank + 1);
	fputs("</h2>", f);
	for (int s = 0; s < 2; s++) {
		fputs("<p dir=auto>", f);
		write_text(f, l->sides[s].text, l->sides[s].n);
	}
	fprintf(f, "<p class=n>score %.3f%s</p>", l->score,
	        l->n_parts > 0 ? "" : "; the model wrote nothing of this");
	for (size_t i = 0; i < l->n_parts; i++)
		if (!write_part(f, l, i))
			return 0;
	return 1;
}

int tj_plot_attention(FILE *f, const char *name, const struct tj_string *text)
{
	size_t number = 0;
	for (size_t from = 0, to; from < text->n; from = to + 1) {
		const char *newline = memchr(text->data + from, '\n', text->n - from);
		struct tj_attention_line l;
		char wrong[256];
		to = newline != NULL ? (size_t)(newline - text->data) : text->n;
		number++;
		int is_read = tj_attention_line_read(&l, text->data + from, to - from, wrong,
		                                     sizeof wrong);
		int good = is_read && write_line(f, &l);
		tj_attention_line_free(&l);
		if (!is_read)
			tj_cli_say("%s:%zu: %s", name, number, wrong);
		else if (!good)
			tj_cli_say("out of memory for the page");
		if (!good)
			return TJ_EXIT_FAILED;
	}
	return TJ_EXIT_DONE;
}

void tj_plot_attention_end(FILE *f)
{
	fprintf(f, "<script>%s</script>\n", tj_attention_script);
}
