/* SPDX-License-Identifier: MIT */
/* Writes attention as JSON Lines. */
#include "src/cli/attention.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/number.h"
#include "src/base/utf8.h"
#include "src/cli/show/message.h"
#include "src/io/write.h"

static int put(struct tj_string *s, const char *text)
{
	return tj_string_append(s, text, strlen(text));
}

static int put_count(struct tj_string *s, uint64_t n)
{
	char text[32];
	snprintf(text, sizeof text, "%" PRIu64, n);
	return put(s, text);
}

static int put_number(struct tj_string *s, const char *format, double x)
    __attribute__((format(printf, 2, 0)));
static int put_number(struct tj_string *s, const char *format, double x)
{
	char text[TJ_NUMBER_TEXT];
	tj_number_print(text, sizeof text, format, x);
	return put(s, text);
}

/* A share, 0 to 1, with up to four decimals. */
static int put_share(struct tj_string *s, float share)
{
	char text[8];
	unsigned n = (unsigned)((double)share * 10000 + 0.5);
	if (n == 0 || n >= 10000)
		return put(s, n == 0 ? "0" : "1");
	int len = snprintf(text, sizeof text, "0.%04u", n % 10000);
	while (text[len - 1] == '0')
		len--;
	return tj_string_append(s, text, (size_t)len);
}

/* Appends valid UTF-8 as it stands between quotes. */
static int put_escaped(struct tj_string *s, const char *text, size_t n)
{
	for (size_t i = 0, plain; i < n; i += plain + 1) {
		char code[8];
		for (plain = 0; i + plain < n; plain++) {
			unsigned char c = (unsigned char)text[i + plain];
			if (c < ' ' || c == '"' || c == '\\')
				break;
		}
		if (!tj_string_append(s, text + i, plain))
			return 0;
		if (i + plain == n)
			break;
		snprintf(code, sizeof code, "\\u%04x", (unsigned)(unsigned char)text[i + plain]);
		if (!put(s, code))
			return 0;
	}
	return 1;
}

/* A vocabulary may hold anything: what is no UTF-8 becomes U+FFFD. */
static int put_text(struct tj_string *s, const char *text, size_t n)
{
	char *repaired = NULL;
	int good = 1;
	if (tj_utf8_valid_prefix(text, n) < n) {
		repaired = malloc(3 * n);
		good = repaired != NULL;
		n = good ? tj_utf8_repair(text, n, repaired) : 0;
	}
	good = good && put(s, "\"") && put_escaped(s, repaired != NULL ? repaired : text, n) &&
	       put(s, "\"");
	free(repaired);
	return good;
}

static int put_texts(struct tj_string *s, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!put(s, i == 0 ? "[" : ",") || !put_text(s, texts[i], strlen(texts[i])))
			return 0;
	return put(s, n == 0 ? "[]" : "]");
}

/* Counts the characters of a side, 0 the source, for the spans in it. */
static int count_characters(struct tj_attention_file *f, int side, const char *text, size_t n)
{
	uint32_t count = 0;
	if (!tj_reserve(&f->characters[side], &f->capacity[side], n + 1, sizeof **f->characters))
		return 0;
	for (size_t i = 0; i < n; i++) {
		f->characters[side][i] = count;
		count += i + 1 == n || ((unsigned char)text[i + 1] & 0xc0) != 0x80;
	}
	f->characters[side][n] = count;
	return 1;
}

static int put_spans(struct tj_string *s, const size_t (*spans)[2], size_t n,
                     const uint32_t *characters)
{
	for (size_t i = 0; i < n; i++)
		if (!put(s, i == 0 ? "[[" : ",[") || !put_count(s, characters[spans[i][0]]) ||
		    !put(s, ",") || !put_count(s, characters[spans[i][1]]) || !put(s, "]"))
			return 0;
	return put(s, n == 0 ? "[]" : "]");
}

static int put_scores(struct tj_string *s, const double *scores, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!put(s, i == 0 ? "[" : ",") || !put_number(s, "%.6f", scores[i]))
			return 0;
	return put(s, n == 0 ? "[]" : "]");
}

static int put_links(struct tj_string *s, const trujaman_attention *a)
{
	for (size_t i = 0; i < a->n_links; i++)
		if (!put(s, i == 0 ? "[[" : ",[") || !put_count(s, a->links[i][0]) ||
		    !put(s, ",") || !put_count(s, a->links[i][1]) || !put(s, ",") ||
		    !put_share(s, a->link_shares[i]) || !put(s, "]"))
			return 0;
	return put(s, a->n_links == 0 ? "[]" : "]");
}

static int put_shares(struct tj_string *s, const trujaman_attention_part *p)
{
	for (size_t i = 0; i < p->n_target; i++)
		for (size_t k = 0; k < p->n_source; k++)
			if (!put(s, k > 0    ? ","
			            : i == 0 ? "[["
			                     : "],[") ||
			    !put_share(s, p->shares[i * p->n_source + k]))
				return 0;
	return put(s, "]]");
}

/* --- A line ----------------------------------------------------------------------- */

static int put_part(struct tj_attention_file *f, const trujaman_attention_part *p)
{
	struct tj_string *s = &f->line;
	return put(s, "{\"source_pieces\":") && put_texts(s, p->source_pieces, p->n_source) &&
	       put(s, ",\"source_spans\":") &&
	       put_spans(s, p->source_spans, p->n_source, f->characters[0]) &&
	       put(s, ",\"target_pieces\":") && put_texts(s, p->target_pieces, p->n_target) &&
	       put(s, ",\"target_spans\":") &&
	       put_spans(s, p->target_spans, p->n_target, f->characters[1]) &&
	       put(s, ",\"scores\":") && put_scores(s, p->scores, p->n_target) &&
	       put(s, ",\"shares\":") && put_shares(s, p) && put(s, "}");
}

static int put_place(struct tj_string *s, const trujaman_attention *a)
{
	return put(s, "{\"input\":") && put_count(s, a->input) && put(s, ",\"line\":") &&
	       put_count(s, a->line) && put(s, ",\"rank\":") && put_count(s, a->rank) &&
	       put(s, ",\"score\":") && put_number(s, "%.6f", a->score);
}

static int put_words(struct tj_attention_file *f, const trujaman_attention *a)
{
	struct tj_string *s = &f->line;
	return put(s, ",\"source\":") && put_text(s, a->source, a->source_len) &&
	       put(s, ",\"target\":") && put_text(s, a->target, a->target_len) &&
	       put(s, ",\"source_words\":") &&
	       put_spans(s, a->source_words, a->n_source_words, f->characters[0]) &&
	       put(s, ",\"target_words\":") &&
	       put_spans(s, a->target_words, a->n_target_words, f->characters[1]) &&
	       put(s, ",\"word_scores\":") && put_scores(s, a->word_scores, a->n_target_words) &&
	       put(s, ",\"links\":") && put_links(s, a);
}

static int put_line(struct tj_attention_file *f, const trujaman_attention *a)
{
	struct tj_string *s = &f->line;
	s->n = 0;
	int good = count_characters(f, 0, a->source, a->source_len) &&
	           count_characters(f, 1, a->target, a->target_len) && put_place(s, a) &&
	           put_words(f, a) && put(s, ",\"parts\":[");
	for (size_t i = 0; good && i < a->n_parts; i++)
		good = (i == 0 || put(s, ",")) && put_part(f, a->parts[i]);
	return good && put(s, "]}\n");
}

static int write_line(void *context, const trujaman_attention *a)
{
	struct tj_attention_file *f = context;
	if (!put_line(f, a))
		tj_fail_memory(&f->failed, "attention", f->line.n);
	else
		(void)tj_write_all(f->output.fd, f->output.name, f->line.data, f->line.n,
		                   &f->failed);
	return f->failed.status != TRUJAMAN_OK;
}

/* --- The file --------------------------------------------------------------------- */

void tj_attention_ask(struct tj_attention_file *f, const char *path, trujaman_options *options)
{
	*f = (struct tj_attention_file){ .path = path };
	if (path != NULL)
		trujaman_options_attend(options, write_line, f);
}

int tj_attention_open(struct tj_attention_file *f)
{
	if (f->path == NULL)
		return TJ_EXIT_DONE;
	struct tj_error err = { 0 };
	tj_output_open(&f->output, f->path, &err);
	f->is_open = err.status == TRUJAMAN_OK;
	return tj_cli_fail(err.status, err.text);
}

int tj_attention_end(struct tj_attention_file *f, int status)
{
	int is_file = f->output.partial != NULL;
	if (f->is_open && (status == TJ_EXIT_DONE || !is_file)) {
		struct tj_error err = { 0 };
		tj_output_commit(&f->output, &err);
		int committed = tj_cli_fail(err.status, err.text);
		status = status == TJ_EXIT_DONE ? committed : status;
	} else if (f->is_open) {
		tj_output_abandon(&f->output);
		if (status > 128)
			tj_cli_say("%s is not written", f->path);
	}
	free(f->line.data);
	free(f->characters[0]);
	free(f->characters[1]);
	*f = (struct tj_attention_file){ .path = NULL };
	return status;
}
