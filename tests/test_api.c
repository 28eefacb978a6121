/* SPDX-License-Identifier: MIT */
/* Tests of the public API: translating and scoring texts in memory. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>

#include "src/model/safetensors.h"
#include "src/text/pieces.h"
#include "tests/api_support.h"
#include "tests/tiny_pieces.h"

TestSuite(api, .init = make_scratch, .fini = remove_scratch, .timeout = 300);
TestSuite(answers, .init = make_scratch, .fini = remove_scratch, .timeout = 300);

static const char replacement[] = "\xef\xbf\xbd";

static int is_blank(const char *text, size_t n)
{
	while (n > 0 && strchr(" \t\v\f\r\n", text[n - 1]) != NULL) /* a NUL, too, is copied */
		n--;
	return n == 0;
}

/* --- Texts --------------------------------------------------------------------- */

Test(api, no_texts)
{
	struct handle *t = open_fixture("luong-general", NULL);
	cr_expect_eq(handle_translate(t, 0, NULL, NULL, NULL), TRUJAMAN_OK);
	cr_expect_eq(handle_score(t, 0, NULL, NULL, NULL, NULL, NULL), TRUJAMAN_OK);
	translated_free(0, NULL);
	handle_close(t);
}

Test(api, free_what_was_never_set)
{
	struct translated texts[5];
	memset(texts, 0, sizeof texts);
	translated_free(5, texts);
	translated_free(5, texts);
	texts[2] = (struct translated){ strdup("x"), 1, -1 };
	translated_free(5, texts);
	for (size_t i = 0; i < 5; i++)
		cr_expect(texts[i].text == NULL && texts[i].len == 0 && texts[i].score == 0);
}

/* Every text gives one text. A blank one comes back unchanged with score 0. No translation has a
 * line break, and every one has a NUL after its last byte. */
Test(api, all_kinds_of_texts)
{
	struct handle *t = open_fixture("all-tied", NULL);
	struct texts s = make_texts(40);
	struct translated *dst = translate(t, &s, 1);
	for (size_t i = 0; i < s.n; i++) {
		cr_assert_not_null(dst[i].text);
		cr_expect_eq(dst[i].text[dst[i].len], '\0');
		if (is_blank(s.text[i], s.len[i])) {
			cr_expect_eq(dst[i].len, s.len[i], "text %zu", i);
			cr_expect(same_bytes(dst[i].text, s.text[i], s.len[i]), "text %zu", i);
			cr_expect_eq(dst[i].score, 0);
		} else {
			cr_expect_leq(dst[i].score, 0, "text %zu: %g", i, dst[i].score);
			cr_expect_null(memchr(dst[i].text, '\n', dst[i].len));
			cr_expect_null(memchr(dst[i].text, '\r', dst[i].len));
		}
	}
	free_translations(s.n, dst);
	free_texts(&s);
	handle_close(t);
}

/* The model gets U+FFFD instead of what is not UTF-8. */
Test(api, invalid_utf8_is_replaced)
{
	struct handle *t = open_fixture("all-tied", NULL);
	char fixed[64];
	snprintf(fixed, sizeof fixed, "caf%s and %s tea", replacement, replacement);
	const char *src[] = { "caf\xe9 and \xff tea", fixed, "caf and tea" };
	size_t len[] = { strlen(src[0]), strlen(src[1]), strlen(src[2]) };
	struct translated dst[3];
	cr_assert_eq(handle_translate(t, 3, src, len, dst), TRUJAMAN_OK);
	expect_same_texts(1, &dst[0], &dst[1], "replaced");
	cr_expect_neq(dst[0].score, dst[2].score);
	translated_free(3, dst);
	handle_close(t);
}

Test(api, strict_refuses_invalid_utf8)
{
	trujaman_options o = options_of(2, 2);
	o.strict = 1;
	struct handle *t = open_fixture("all-tied", &o);
	struct texts s = make_texts(100);
	struct translated dst[100];
	double scores[100];
	memset(dst, 0xa5, sizeof dst);
	cr_expect_eq(handle_translate(t, s.n, texts_of(&s), s.len, dst), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(handle_error(t), "text 8:"), "%s", handle_error(t));
	cr_expect_not_null(strstr(handle_error(t), "byte 4"), "%s", handle_error(t));
	for (size_t i = 0; i < s.n; i++)
		cr_expect(dst[i].text == NULL && dst[i].len == 0, "text %zu is set", i);
	cr_expect_eq(handle_translate(t, 7, texts_of(&s), s.len, dst), TRUJAMAN_OK,
	             "%s, after an error", handle_error(t));
	cr_expect_str_eq(handle_error(t), "");
	translated_free(7, dst);
	/* Scoring refuses either text of a pair. */
	cr_expect_eq(handle_score(t, 3, texts_of(&s), s.len, texts_of(&s) + 6, s.len + 6, scores),
	             TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(handle_error(t), "text 2:"), "%s", handle_error(t));
	cr_expect_eq(handle_score(t, 3, texts_of(&s) + 6, s.len + 6, texts_of(&s), s.len, scores),
	             TRUJAMAN_ERROR_INPUT);
	cr_expect_eq(handle_score(t, 3, texts_of(&s), s.len, texts_of(&s), s.len, scores),
	             TRUJAMAN_OK);
	free_texts(&s);
	handle_close(t);
}

/* A text of 200 KiB among others is cut, translated and joined. The others do not change. */
Test(api, a_very_long_text)
{
	enum { BYTES = 200 << 10 };
	struct texts s = make_texts(9), few = make_texts(8);
	struct translated *wanted = NULL;
	s.text[8] = realloc(s.text[8], BYTES + 1);
	cr_assert_not_null(s.text[8]);
	for (size_t i = 0; i < BYTES; i++)
		s.text[8][i] = "bread and water, "[i % 17];
	s.len[8] = BYTES;
	for (int threads = 1; threads <= 3; threads++) {
		trujaman_options o = options_of(1, threads);
		struct handle *t = open_fixture("plain-seq2seq", &o);
		struct translated *dst = translate(t, &s, 1), *rest = translate(t, &few, 1);
		cr_expect_gt(dst[8].len, 0);
		cr_expect(isfinite(dst[8].score) && dst[8].score < 0);
		expect_same_texts(8, dst, rest, "beside a long text");
		if (wanted != NULL)
			expect_same_texts(9, dst, wanted, "threads");
		else
			wanted = dst;
		if (dst != wanted)
			free_translations(s.n, dst);
		free_translations(few.n, rest);
		handle_close(t);
	}
	free_translations(s.n, wanted);
	free_texts(&s);
	free_texts(&few);
}

/* --- The same bytes ------------------------------------------------------------ */

static struct translated *reference(const char *name, int beam, int n_best, const struct texts *s)
{
	trujaman_options o = options_of(beam, 1);
	o.n_best = n_best;
	o.isa = "scalar";
	struct handle *t = open_fixture(name, &o);
	struct translated *dst = calloc(s->n * (size_t)n_best, sizeof *dst);
	cr_assert_not_null(dst);
	for (size_t i = 0; i < s->n; i++)
		cr_assert_eq(handle_translate(t, 1, texts_of(s) + i, s->len + i,
		                              dst + i * (size_t)n_best),
		             TRUJAMAN_OK);
	handle_close(t);
	return dst;
}

/* Compares all texts at once, with several numbers of threads and all instruction sets, with one
 * text at a time on one thread with the scalar kernels. Translates twice, to reuse a handle. */
static void check_same(const char *name, int beam, int n_best, size_t n_texts)
{
	static const int threads[] = { 1, 2, 3, 7 };
	struct texts s = make_texts(n_texts);
	size_t n = s.n * (size_t)n_best;
	struct translated *wanted = reference(name, beam, n_best, &s);
	for (const char *const *isa = trujaman_isas(); *isa != NULL; isa++)
		for (size_t i = 0; i < 4; i++) {
			char what[64];
			trujaman_options o = options_of(beam, threads[i]);
			o.n_best = n_best;
			o.isa = *isa;
			snprintf(what, sizeof what, "%s, %d threads", *isa, threads[i]);
			struct handle *t = open_fixture(name, &o);
			for (int again = 0; again < 2; again++) {
				struct translated *dst = translate(t, &s, (size_t)n_best);
				expect_same_texts(n, dst, wanted, what);
				free_translations(n, dst);
			}
			handle_close(t);
		}
	free_translations(n, wanted);
	free_texts(&s);
}

Test(api, same_for_all_threads_and_isas_greedy)
{
	check_same("gru-general-deep", 1, 1, 120);
}

Test(api, same_for_all_threads_and_isas_beam)
{
	check_same("luong-general", 4, 1, 90);
}

Test(api, same_for_all_threads_and_isas_n_best)
{
	check_same("bahdanau-sigmoid-gru", 5, 3, 50);
}

Test(api, order_of_texts_does_not_matter)
{
	trujaman_options o = options_of(4, 3);
	struct handle *t = open_fixture("cosine-direct", &o);
	struct texts s = make_texts(120), reversed = make_texts(120);
	for (size_t i = 0; i < s.n; i++) {
		free(reversed.text[i]);
		reversed.text[i] = s.text[s.n - 1 - i];
		reversed.len[i] = s.len[s.n - 1 - i];
	}
	struct translated *dst = translate(t, &s, 1), *back = translate(t, &reversed, 1);
	for (size_t i = 0; i < s.n; i++)
		expect_same_texts(1, &back[s.n - 1 - i], &dst[i], "reversed");
	free_translations(s.n, dst);
	free_translations(s.n, back);
	free(reversed.text);
	free(reversed.len);
	free_texts(&s);
	handle_close(t);
}

/* --- n-best -------------------------------------------------------------------- */

Test(api, n_best_lists)
{
	enum { BEAM = 6 };
	trujaman_options o = options_of(BEAM, 2);
	o.n_best = BEAM, o.plain = 1;
	struct handle *t = open_fixture("dot-feeding", &o);
	o.n_best = 1;
	struct handle *best = open_fixture("dot-feeding", &o);
	struct texts s = make_texts(30);
	struct translated *dst = translate(t, &s, BEAM), *first = translate(best, &s, 1);
	for (size_t i = 0; i < s.n; i++) {
		const struct translated *list = dst + i * BEAM;
		int blank = is_blank(s.text[i], s.len[i]), n = 1;
		cr_assert_not_null(list[0].text);
		expect_same_texts(1, list, &first[i], "the best alone");
		for (; n < BEAM && list[n].text != NULL; n++) {
			cr_expect_leq(list[n].score, list[n - 1].score);
			cr_expect_not(is_blank(list[n].text, list[n].len));
			for (int k = 0; k < n; k++) /* a text may hold a NUL of the source */
				cr_expect(list[n].len != list[k].len ||
				          memcmp(list[n].text, list[k].text, list[n].len));
		}
		cr_expect(blank ? n == 1 : n > 1, "text %zu has %d translations", i, n);
		for (; n < BEAM; n++)
			cr_expect(list[n].text == NULL && list[n].len == 0 && list[n].score == 0);
	}
	free_translations(s.n * BEAM, dst);
	free_translations(s.n, first);
	free_texts(&s);
	handle_close(t);
	handle_close(best);
}

/* Writes a model with a vocabulary of one word. Unlike a real model, it has fewer translations
 * (one of each length, and the empty one, which is left out) than a wide beam asks for. */
static const char *write_tiny_model(void)
{
	static const struct tiny_piece pieces[] = {
		{ "<unk>", TINY_UNKNOWN },
		{ "</s>", TINY_CONTROL },
		{ "\xe2\x96\x81"
		  "a",
		  TINY_NORMAL },
	};
	unsigned char spm[200];
	char shape[32];
	size_t n = tiny_pieces(pieces, 3, spm, sizeof spm);
	struct model m = load_model(fixture("all-tied", "safetensors"));
	snprintf(shape, sizeof shape, "[%zu]", n);
	for (int i = 0; i < 2; i++) {
		put_tensor(&m, i ? "target.spm" : "source.spm", "U8", shape, n);
		memcpy(m.data + m.n_data - n, spm, n);
	}
	put_tensor(&m, "decoder.embedding.weight", "F32", "[3, 32]", 3 * 32 * 4);
	put_tensor(&m, "output.bias", "F32", "[3]", 3 * 4);
	set_key(&m, "decoder_start", "eos");
	const char *path = write_model(&m);
	free_model(&m);
	return path;
}

Test(api, fewer_translations_than_asked_for)
{
	enum { BEAM = 20, LENGTHS = 13 }; /* 1 to 13 words: 3 for the source piece, plus 10 */
	trujaman_options o = options_of(BEAM, 1);
	const char *text = "a";
	size_t len = 1;
	struct translated dst[BEAM];
	o.n_best = BEAM, o.plain = 1;
	o.length_penalty = 0;
	struct handle *t = open_path(write_tiny_model(), &o);
	memset(dst, 0xa5, sizeof dst);
	cr_assert_eq(handle_translate(t, 1, &text, &len, dst), TRUJAMAN_OK, "%s", handle_error(t));
	for (size_t i = 0; i < BEAM; i++) {
		if (i >= LENGTHS) {
			cr_expect(dst[i].text == NULL && dst[i].len == 0 && dst[i].score == 0);
			continue;
		}
		/* Each step takes one of three equally likely pieces. The longest is cut off. */
		double chances = i + 1 < LENGTHS ? (double)i + 2 : (double)i + 1;
		cr_assert_not_null(dst[i].text, "rank %zu", i);
		cr_expect_eq(dst[i].len, 2 * i + 1, "rank %zu: %s", i, dst[i].text);
		cr_expect(fabs(dst[i].score + chances * log(3)) < 1e-5, "rank %zu: %g", i,
		          dst[i].score);
	}
	translated_free(BEAM, dst);
	handle_close(t);
}

/* --- Against the fixtures' answers ---------------------------------------------- */

typedef char fixture_name[32];

static fixture_name names[] = {
	"additive-relu-current", "all-tied",         "bahdanau-sigmoid-gru",
	"bahdanau-tanh",         "cosine-direct",    "cosine-previous-gru",
	"dot-feeding",           "gru-general-deep", "luong-general",
	"none-gru-bi",           "odd-sizes",        "plain-seq2seq",
	"previous-dot-lstm",
};

struct answers {
	json_t *json;
	size_t n;
	const char *source[16], *target[16], *greedy[16];
	size_t source_len[16], target_len[16];
	double score[16], greedy_score[16];
	const json_t *greedy_ids[16];
	int greedy_ended[16];
};

static struct answers load_answers(const char *name)
{
	struct answers a = { .json = json_load_file(fixture(name, "json"), 0, NULL) };
	const json_t *cases = json_object_get(a.json, "cases");
	a.n = json_array_size(cases);
	cr_assert(a.n >= 1 && a.n <= 16);
	for (size_t i = 0; i < a.n; i++) {
		const json_t *c = json_array_get(cases, i);
		a.source[i] = json_string_value(json_object_get(c, "source"));
		a.target[i] = json_string_value(json_object_get(c, "target"));
		a.greedy[i] = json_string_value(json_object_get(c, "greedy"));
		a.source_len[i] = strlen(a.source[i]);
		a.target_len[i] = strlen(a.target[i]);
		a.score[i] = json_number_value(json_object_get(c, "score"));
		a.greedy_score[i] = json_number_value(json_object_get(c, "greedy_score"));
		a.greedy_ids[i] = json_object_get(c, "greedy_ids");
		a.greedy_ended[i] = json_is_true(json_object_get(c, "greedy_ended"));
	}
	return a;
}

static int near(double found, double wanted)
{
	return fabs(found - wanted) <= 1e-5 * (1 + fabs(wanted));
}

ParameterizedTestParameters(answers, scores_of_every_configuration)
{
	return cr_make_param_array(fixture_name, names, sizeof names / sizeof *names);
}

ParameterizedTest(fixture_name *name, answers, scores_of_every_configuration)
{
	struct answers a = load_answers(*name);
	double scores[16], alone;
	for (int threads = 1; threads <= 3; threads += 2) {
		trujaman_options o = options_of(4, threads);
		struct handle *t = open_fixture(*name, &o);
		cr_assert_eq(handle_score(t, a.n, a.source, a.source_len, a.target, a.target_len,
		                          scores),
		             TRUJAMAN_OK, "%s", handle_error(t));
		for (size_t i = 0; i < a.n; i++) {
			cr_expect(near(scores[i], a.score[i]), "%s, pair %zu: %.9f, wanted %.9f",
			          *name, i, scores[i], a.score[i]);
			cr_assert_eq(handle_score(t, 1, &a.source[i], &a.source_len[i],
			                          &a.target[i], &a.target_len[i], &alone),
			             TRUJAMAN_OK);
			cr_expect(same_bytes(&alone, &scores[i], sizeof alone), "neighbours");
		}
		handle_close(t);
	}
	json_decref(a.json);
}

/* Returns whether a text is tokenised into the pieces that it was decoded from. */
static int retokenises(const char *name, const char *text, size_t n, const json_t *ids)
{
	struct tj_error err = { 0 };
	struct tj_safetensors *file = tj_safetensors_open(fixture(name, "safetensors"), &err);
	const struct tj_tensor *spm = tj_safetensors_find(file, "target.spm");
	struct tj_pieces *p = tj_pieces_open(spm->data, spm->n_bytes, name, &err);
	struct tj_ids found = { 0 };
	cr_assert_not_null(p, "%s", err.text);
	cr_assert_eq(tj_pieces_encode(p, text, n, &found, &err), TRUJAMAN_OK);
	int same = found.n == json_array_size(ids);
	for (size_t i = 0; same && i < found.n; i++)
		same = found.data[i] == json_integer_value(json_array_get(ids, i));
	free(found.data);
	tj_pieces_close(p);
	tj_safetensors_close(file);
	return same;
}

/* Without length penalty the score of a translation is its log-probability. It must be near that
 * of the fixture, and bitwise equal to the result of scoring the translation. */
Test(answers, greedy_translations_of_every_configuration)
{
	trujaman_options o = tj_options_default();
	size_t compared = 0;
	o.beam = o.plain = 1;
	o.length_penalty = 0;
	for (size_t f = 0; f < sizeof names / sizeof *names; f++) {
		struct answers a = load_answers(names[f]);
		struct translated dst[16];
		struct handle *t = open_fixture(names[f], &o);
		cr_assert_eq(handle_translate(t, a.n, a.source, a.source_len, dst), TRUJAMAN_OK);
		for (size_t i = 0; i < a.n; i++) {
			const char *text = dst[i].text;
			double score;
			cr_expect(is_answer(text, a.greedy[i]), "%s, %zu: %s", names[f], i, text);
			cr_expect(near(dst[i].score, a.greedy_score[i]), "%s, %zu: %.9f", names[f],
			          i, dst[i].score);
			if (!a.greedy_ended[i] ||
			    !retokenises(names[f], text, dst[i].len, a.greedy_ids[i]))
				continue;
			cr_assert_eq(handle_score(t, 1, &a.source[i], &a.source_len[i], &text,
			                          &dst[i].len, &score),
			             TRUJAMAN_OK);
			cr_expect(same_bytes(&score, &dst[i].score, sizeof score),
			          "%s, %zu: %a, wanted %a", names[f], i, dst[i].score, score);
			compared++;
		}
		translated_free(a.n, dst);
		handle_close(t);
		json_decref(a.json);
	}
	cr_expect_geq(compared, 10, "only %zu translations could be compared", compared);
}

Test(api, scores_of_odd_pairs)
{
	static const char *const names_of_both[] = { "all-tied", "gru-general-deep" };
	for (size_t f = 0; f < 2; f++) { /* the sources of the second have no </s> */
		trujaman_options o = options_of(1, 2);
		struct handle *t = open_fixture(names_of_both[f], &o);
		const char *src[] = { "", "  ", "", "Hello", "Hello", "\xff", replacement };
		const char *tgt[] = { "", "\t \t", "Hola", "", " ", "Hola", "Hola" };
		size_t src_len[7], tgt_len[7];
		double s[7];
		for (size_t i = 0; i < 7; i++) {
			src_len[i] = strlen(src[i]);
			tgt_len[i] = strlen(tgt[i]);
		}
		cr_assert_eq(handle_score(t, 7, src, src_len, tgt, tgt_len, s), TRUJAMAN_OK, "%s",
		             handle_error(t));
		for (size_t i = 0; i < 7; i++)
			cr_expect(isfinite(s[i]) && s[i] < 0, "pair %zu: %g", i, s[i]);
		cr_expect(same_bytes(&s[0], &s[1], sizeof *s), "blank is empty");
		cr_expect(same_bytes(&s[3], &s[4], sizeof *s), "blank is empty");
		cr_expect(same_bytes(&s[5], &s[6], sizeof *s), "invalid is U+FFFD");
		cr_expect_neq(s[2], s[0]);
		cr_expect_neq(s[3], s[0]);
		handle_close(t);
	}
}

Test(api, a_source_too_long_to_score_is_cut)
{
	enum { BYTES = 100000 };
	char *text = malloc(BYTES + 1);
	trujaman_options o = options_of(1, 2);
	struct handle *t = open_fixture("plain-seq2seq", &o);
	const char *src[] = { "Hello", text }, *tgt[] = { "Hola", "Hola" };
	size_t src_len[] = { 5, BYTES }, tgt_len[] = { 4, 4 };
	double s[2], shorter[2];
	cr_assert_not_null(text);
	memset(text, 'q', BYTES);
	cr_expect_eq(handle_score(t, 2, src, src_len, tgt, tgt_len, s), TRUJAMAN_OK);
	src_len[1] = BYTES - 7; /* still more pieces than the model sees */
	cr_expect_eq(handle_score(t, 2, src, src_len, tgt, tgt_len, shorter), TRUJAMAN_OK);
	cr_expect(s[1] < 0 && isfinite(s[1]), "%g", s[1]);
	cr_expect(same_bytes(s, shorter, sizeof s));
	free(text);
	handle_close(t);
}
