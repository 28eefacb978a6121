/* SPDX-License-Identifier: MIT */
/* Tests of the public API: what the network looked at, against the answers of an independent
 * implementation, and what must hold of any text. */
#include <math.h>

#include "tests/stream_case.h"

TestSuite(attention, .init = start, .fini = remove_scratch, .timeout = 300);

enum { N_TEXTS = 120 };

static trujaman_options asking(int beam, int threads)
{
	trujaman_options o = options_of(beam, threads);
	o.attention = 1;
	return o;
}

static trujaman_result *translated(struct handle *t, const struct texts *s)
{
	trujaman_result *r;
	cr_assert_eq(trujaman_translate(t->translator, s->n, texts_of(s), s->len, &r, t->error,
	                                sizeof t->error),
	             TRUJAMAN_OK, "%s", t->error);
	return r;
}

/* --- An independent implementation ------------------------------------------------------ */

/* The text is as it was given: each piece, without its mark of a space, is what its span has. */
static void check_pieces(size_t n, const char *const *pieces, const size_t (*spans)[2],
                         const char *text)
{
	for (size_t i = 0; i + 1 < n; i++) {
		const char *piece = pieces[i];
		size_t len = spans[i][1] - spans[i][0];
		piece += strncmp(piece, "\xe2\x96\x81", 3) == 0 ? 3 : 0;
		cr_expect(*piece == '<' ||
		              (strlen(piece) == len && memcmp(piece, text + spans[i][0], len) == 0),
		          "\"%s\": piece %zu, \"%s\"", text, i, piece);
	}
}

static void check_case(const trujaman_attention *a, const json_t *x, const char *name)
{
	const json_t *rows = json_object_get(x, "attention");
	cr_assert(a != NULL && a->n_parts == 1, "%s", name);
	const trujaman_attention_part *p = a->parts[0];
	double sum = 0;
	cr_assert_eq(p->n_target, json_array_size(rows));
	cr_assert_eq(p->n_target, json_array_size(json_object_get(x, "target_ids")) + 1);
	for (size_t i = 0; i < p->n_target; i++) {
		const json_t *row = json_array_get(rows, i);
		cr_assert_eq(p->n_source, json_array_size(row), "%s", name);
		for (size_t k = 0; k < p->n_source; k++)
			cr_expect_leq(fabs((double)p->shares[i * p->n_source + k] -
			                   json_number_value(json_array_get(row, k))),
			              1e-6, "%s: share %zu, %zu", name, i, k);
		sum += p->scores[i];
	}
	cr_expect_eq(sum, a->score, "%s", name);
	check_pieces(p->n_source, p->source_pieces, p->source_spans, a->source);
	check_pieces(p->n_target, p->target_pieces, p->target_spans, a->target);
	cr_expect_leq(fabs(sum - json_number_value(json_object_get(x, "score"))), 1e-4);
	cr_expect_str_eq(a->source, json_string_value(json_object_get(x, "source")));
	cr_expect_str_eq(a->target, json_string_value(json_object_get(x, "target")));
}

Test(attention, agrees_with_an_independent_implementation)
{
	static const char *const names[] = { "additive-relu-current", "bahdanau-tanh",
		                             "cosine-direct",         "dot-feeding",
		                             "luong-general",         "odd-sizes" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		trujaman_options o = asking(1, 1);
		o.plain = 1;
		struct handle *t = open_fixture(names[i], &o);
		json_t *json = json_load_file(fixture(names[i], "json"), 0, NULL);
		json_t *x, *cases = json_object_get(json, "cases");
		size_t k;
		cr_assert_gt(json_array_size(cases), 0);
		json_array_foreach(cases, k, x)
		{
			const char *src = json_string_value(json_object_get(x, "source"));
			const char *tgt = json_string_value(json_object_get(x, "target"));
			cr_assert(src != NULL && tgt != NULL);
			size_t n_src = strlen(src), n_tgt = strlen(tgt);
			trujaman_result *r;
			cr_assert_eq(trujaman_score(t->translator, 1, &src, &n_src, &tgt, &n_tgt,
			                            &r, t->error, sizeof t->error),
			             TRUJAMAN_OK, "%s", t->error);
			check_case(trujaman_result_attention(r, 0, 0), x, names[i]);
			cr_expect_null(trujaman_result_attention(r, 0, 1));
			cr_expect_null(trujaman_result_attention(r, 1, 0));
			trujaman_result_free(r);
		}
		json_decref(json);
		handle_close(t);
	}
}

/* --- What holds of any text ------------------------------------------------------------- */

static void check_words(const char *text, size_t len, size_t n, const size_t (*words)[2])
{
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		for (; at < words[i][0]; at++)
			cr_assert_not_null(strchr(" \t\n\v\f\r", text[at]));
		for (; at < words[i][1]; at++)
			cr_assert(text[at] == '\0' || strchr(" \t\n\v\f\r", text[at]) == NULL);
		cr_assert(words[i][0] < words[i][1] && words[i][1] <= len);
	}
	for (; at < len; at++)
		cr_assert_not_null(strchr(" \t\n\v\f\r", text[at]));
	cr_assert_eq(text[len], '\0');
}

static void check_spans(size_t n, const size_t (*spans)[2], const char *const *pieces, size_t len)
{
	for (size_t i = 0; i < n; i++) {
		cr_assert(spans[i][0] <= spans[i][1] && spans[i][1] <= len);
		cr_assert_neq(pieces[i][0], '\0');
	}
}

static double check_part(const trujaman_attention *a, const trujaman_attention_part *p)
{
	double in_words = 0;
	check_spans(p->n_source, p->source_spans, p->source_pieces, a->source_len);
	check_spans(p->n_target, p->target_spans, p->target_pieces, a->target_len);
	cr_assert_str_eq(p->target_pieces[p->n_target - 1], "</s>");
	for (size_t i = 0; i < p->n_target; i++) {
		double sum = 0;
		for (size_t k = 0; k < p->n_source; k++) {
			float share = p->shares[i * p->n_source + k];
			cr_assert(share >= 0 && share <= 1);
			sum += (double)share;
		}
		cr_assert_leq(fabs(sum - 1), 1e-5);
		cr_assert_leq(p->scores[i], 0);
		if (p->target_spans[i][0] < p->target_spans[i][1])
			in_words += p->scores[i];
	}
	return in_words;
}

static void check_attention(const trujaman_attention *a, double threshold)
{
	double in_words = 0, of_words = 0;
	check_words(a->source, a->source_len, a->n_source_words, a->source_words);
	check_words(a->target, a->target_len, a->n_target_words, a->target_words);
	for (size_t i = 0; i < a->n_parts; i++)
		in_words += check_part(a, a->parts[i]);
	for (size_t i = 0; i < a->n_target_words; i++)
		of_words += a->word_scores[i];
	cr_assert_leq(fabs(in_words - of_words), 1e-9 * (1 + fabs(in_words)));
	for (size_t i = 0; i < a->n_links; i++) {
		const size_t *link = a->links[i], *last = i > 0 ? a->links[i - 1] : NULL;
		cr_assert(link[0] < a->n_source_words && link[1] < a->n_target_words);
		cr_assert((double)a->link_shares[i] >= threshold && a->link_shares[i] <= 1.0001f);
		cr_assert(last == NULL || last[0] < link[0] ||
		          (last[0] == link[0] && last[1] < link[1]));
	}
}

/* All that is told, as one number. */
static uint64_t hash(uint64_t h, const void *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ ((const unsigned char *)data)[i]) * 0x100000001b3u;
	return h;
}

static uint64_t hash_all(uint64_t h, const trujaman_attention *a)
{
	h = hash(hash(h, a->source, a->source_len), a->target, a->target_len);
	h = hash(hash(h, &a->line, sizeof a->line), &a->rank, sizeof a->rank);
	h = hash(hash(h, &a->score, sizeof a->score), &a->n_links, sizeof a->n_links);
	h = hash(h, a->word_scores, a->n_target_words * sizeof(double));
	h = hash(h, a->links, a->n_links * sizeof *a->links);
	h = hash(h, a->link_shares, a->n_links * sizeof(float));
	for (size_t i = 0; i < a->n_parts; i++) {
		const trujaman_attention_part *p = a->parts[i];
		h = hash(h, p->shares, p->n_target * p->n_source * sizeof(float));
		h = hash(h, p->scores, p->n_target * sizeof(double));
		h = hash(h, p->source_spans, p->n_source * sizeof *p->source_spans);
		h = hash(h, p->target_spans, p->n_target * sizeof *p->target_spans);
		for (size_t k = 0; k < p->n_target; k++)
			h = hash(h, p->target_pieces[k], strlen(p->target_pieces[k]));
		for (size_t k = 0; k < p->n_source; k++)
			h = hash(h, p->source_pieces[k], strlen(p->source_pieces[k]));
	}
	return h;
}

static uint64_t check_result(const trujaman_result *r, const trujaman_result *without,
                             size_t *n_parts)
{
	uint64_t h = 0;
	for (size_t i = 0; i < N_TEXTS; i++) {
		cr_assert_eq(trujaman_result_count(r, i), trujaman_result_count(without, i));
		for (size_t rank = 0; rank < trujaman_result_count(r, i); rank++) {
			const trujaman_attention *a = trujaman_result_attention(r, i, rank);
			size_t n, m;
			const char *text = trujaman_result_text(r, i, rank, &n);
			const char *plain = trujaman_result_text(without, i, rank, &m);
			cr_assert_null(trujaman_result_attention(without, i, rank));
			cr_assert(n == m && same_bytes(text, plain, n), "text %zu", i);
			cr_assert(a != NULL && a->line == i + 1 && a->rank == rank);
			cr_assert(a->target_len == n && same_bytes(a->target, text, n));
			cr_assert_eq(a->score, trujaman_result_score(without, i, rank));
			check_attention(a, 0.2);
			*n_parts += a->n_parts;
			h = hash_all(h, a);
		}
	}
	return h;
}

Test(attention, of_all_texts_whatever_the_threads)
{
	struct texts s = make_texts(N_TEXTS);
	uint64_t hashes[2];
	trujaman_options plain = options_of(3, 1);
	plain.n_best = 2;
	struct handle *t = open_fixture("luong-general", &plain);
	trujaman_result *without = translated(t, &s);
	handle_close(t);
	for (int i = 0; i < 2; i++) {
		trujaman_options o = asking(3, i == 0 ? 1 : 3);
		size_t n_parts = 0;
		o.n_best = 2;
		o.alignments_threshold = 0.2;
		t = open_fixture("luong-general", &o);
		trujaman_result *r = translated(t, &s);
		handle_close(t); /* a result does not need them */
		hashes[i] = check_result(r, without, &n_parts);
		cr_assert_gt(n_parts, N_TEXTS);
		trujaman_result_free(r);
	}
	cr_assert_eq(hashes[0], hashes[1]);
	trujaman_result_free(without);
	free_texts(&s);
}

/* --- Streams ---------------------------------------------------------------------------- */

struct told {
	size_t n, refuses; /* refuses number `refuses`; 0: none */
	uint64_t hash;
};

static int tell(void *context, const trujaman_attention *a)
{
	struct told *told = context;
	told->n++;
	cr_assert_eq(a->line, told->n);
	check_attention(a, 0.3);
	told->hash = hash_all(told->hash, a);
	return told->n == told->refuses;
}

static trujaman_options telling(struct told *told)
{
	trujaman_options o = options_of(2, 2);
	trujaman_options_attend(&o, tell, told);
	return o;
}

static const char lines[] = "Let's go.\n\nWho is there? It was the cat.\nGo home\n";

static trujaman_input input_of_lines(void)
{
	trujaman_input in = put_input("in", lines, sizeof lines - 1);
	in.size = sizeof in;
	return in;
}

Test(attention, of_a_stream_is_that_of_texts)
{
	static const char *const texts[] = { "Let's go.", "", "Who is there? It was the cat.",
		                             "Go home" };
	const size_t len[] = { 9, 0, 29, 7 };
	struct told told = { .n = 0 };
	trujaman_options o = telling(&told);
	trujaman_input in = input_of_lines();
	struct handle *t = open_fixture("luong-general", &o);
	trujaman_result *r;
	uint64_t h = 0;
	int fd = open("/dev/null", O_WRONLY);
	cr_assert_geq(fd, 0);
	cr_assert_eq(trujaman_translate_stream(t->translator, 1, &in, fd, "out",
	                                       TRUJAMAN_OUTPUT_PLAIN, NULL, t->error,
	                                       sizeof t->error),
	             TRUJAMAN_OK, "%s", t->error);
	cr_assert_eq(told.n, 4);
	cr_assert_eq(trujaman_translate(t->translator, 4, texts, len, &r, NULL, 0), TRUJAMAN_OK);
	for (size_t i = 0; i < 4; i++)
		h = hash_all(h, trujaman_result_attention(r, i, 0));
	cr_assert_eq(told.hash, h);
	trujaman_result_free(r);
	told = (struct told){ .n = 0 };
	cr_assert_eq(trujaman_score_stream(t->translator, &in, &in, fd, "out", NULL, t->error,
	                                   sizeof t->error),
	             TRUJAMAN_OK, "%s", t->error);
	cr_assert_eq(told.n, 4);
	close(fd);
	handle_close(t);
}

Test(attention, a_refusal_ends_the_stream)
{
	struct told told = { .refuses = 2 };
	trujaman_options o = telling(&told);
	trujaman_input in = input_of_lines();
	struct handle *t = open_fixture("luong-general", &o);
	int fd = open("/dev/null", O_WRONLY);
	cr_assert_geq(fd, 0);
	for (int i = 0; i < 2; i++) {
		trujaman_status status = i == 0 ? trujaman_translate_stream(t->translator, 1, &in,
		                                                            fd, "out",
		                                                            TRUJAMAN_OUTPUT_PLAIN,
		                                                            NULL, t->error,
		                                                            sizeof t->error)
		                                : trujaman_score_stream(t->translator, &in, &in, fd,
		                                                        "out", NULL, t->error,
		                                                        sizeof t->error);
		cr_assert_eq(status, TRUJAMAN_ERROR_IO);
		cr_assert_str_eq(t->error, "the attention was refused");
		cr_assert_eq(told.n, 2);
		told.n = 0;
	}
	close(fd);
	handle_close(t);
}

Test(attention, a_model_without_it_has_none)
{
	trujaman_options o = asking(1, 1);
	struct handle *t = NULL;
	cr_assert_eq(handle_open(fixture("plain-seq2seq", "safetensors"), &o, &t),
	             TRUJAMAN_ERROR_USAGE);
	cr_assert_str_eq(t->error,
	                 "attention: found attention none in the model, wanted any other");
	handle_close(t);
}

/* Of two columns, the text is the one that is translated. */
Test(attention, of_a_column)
{
	const char *row = "a\tGo home\tb";
	size_t len = strlen(row);
	trujaman_options o = asking(1, 1);
	trujaman_result *r;
	o.tsv = 2;
	struct handle *t = open_fixture("luong-general", &o);
	cr_assert_eq(trujaman_translate(t->translator, 1, &row, &len, &r, NULL, 0), TRUJAMAN_OK);
	const trujaman_attention *a = trujaman_result_attention(r, 0, 0);
	cr_assert_str_eq(a->source, "Go home");
	check_attention(a, 0.3);
	const char *text = trujaman_result_text(r, 0, 0, NULL);
	cr_assert(strncmp(text, "a\t", 2) == 0 &&
	          strncmp(text + 2, a->target, a->target_len) == 0 &&
	          strcmp(text + 2 + a->target_len, "\tb") == 0);
	trujaman_result_free(r);
	handle_close(t);
}
