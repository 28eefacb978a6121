/* SPDX-License-Identifier: MIT */
/* Helpers for the tests of the public API: they open fixtures with options, make texts, and
 * compare translations. */
#ifndef TJ_TESTS_API_SUPPORT_H
#define TJ_TESTS_API_SUPPORT_H

#include "tests/handle.h"
#include "tests/model_files.h"
#include "trujaman.h"

static inline const char *fixture(const char *name, const char *suffix)
{
	static char path[PATH_MAX + 64];
	char relative[512];
	snprintf(relative, sizeof relative, "tests/fixtures/%s.%s", name, suffix);
	snprintf(path, sizeof path, "%s", in_source(relative));
	return path;
}

static inline struct handle *open_path(const char *path, const trujaman_options *options)
{
	struct handle *t = NULL;
	trujaman_status status = handle_open(path, options, &t);
	cr_assert_eq(status, TRUJAMAN_OK, "%s: %s", path, handle_error(t));
	cr_assert_not_null(t);
	cr_assert_str_eq(handle_error(t), "");
	return t;
}

static inline struct handle *open_fixture(const char *name, const trujaman_options *options)
{
	return open_path(fixture(name, "safetensors"), options);
}

/* Default options except beam, threads, and a max_pieces that is small so that differences show. */
static inline trujaman_options options_of(int beam, int threads)
{
	trujaman_options o = tj_options_default();
	o.beam = beam;
	o.threads = threads;
	o.max_pieces = 32;
	return o;
}

/* Returns whether a text is the translation that the network answers: the same, but with a space
 * for each control character. */
static inline int is_answer(const char *text, const char *answer)
{
	for (; *text && *answer; text++, answer++)
		if (*text != ((unsigned char)*answer < ' ' ? ' ' : *answer))
			return 0;
	return *text == *answer;
}

/* Texts of all kinds. If n exceeds the number of texts in the list below, the list repeats with
 * every text doubled, then tripled, and so on. */
struct texts {
	size_t n;
	char **text;
	size_t *len;
};

static inline struct texts make_texts(size_t n)
{
	static const struct {
		const char *text;
		size_t n;
	} some[] = {
#define TEXT(literal) { literal, sizeof literal - 1 }
		TEXT("Let's go."),
		TEXT(""),
		TEXT("The baker opens at seven o'clock."),
		TEXT("   "),
		TEXT("a"),
		TEXT("one\0two\0"),
		TEXT("\0"),
		TEXT("caf\xe9 and \xff tea"),
		TEXT("\t \v"),
		TEXT("\xc2\xbfQu\xc3\xa9 hora es?"),
		TEXT("12,5 % of 3.141 = ?"),
		TEXT("\xe2\x98\x83"),
		TEXT("She said that the last train had already left, so we walked all the way "
		     "home along the river, talking about nothing in particular."),
		TEXT(" Who  is   there ? "),
		TEXT("\r"),
		TEXT("YES!!!"),
		TEXT("Stop! Who is there? It was the cat.  Come in."),
		TEXT("\xf0\x9f\x98"),
#undef TEXT
	};
	enum { KINDS = sizeof some / sizeof *some };
	struct texts t = { n, calloc(n + 1, sizeof *t.text), calloc(n + 1, sizeof *t.len) };
	cr_assert(t.text != NULL && t.len != NULL);
	for (size_t i = 0; i < n; i++) {
		size_t times = 1 + i / KINDS, one = some[i % KINDS].n;
		t.text[i] = malloc(times * one + 1);
		cr_assert_not_null(t.text[i]);
		for (size_t k = 0; k < times; k++)
			memcpy(t.text[i] + k * one, some[i % KINDS].text, one);
		t.text[i][times * one] = '\0';
		t.len[i] = times * one;
	}
	return t;
}

static inline void free_texts(struct texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->text[i]);
	free(t->text);
	free(t->len);
}

static inline const char *const *texts_of(const struct texts *t)
{
	return (const char *const *)t->text;
}

/* Translates all texts of s into n_best translations each. The caller frees the result with
 * free_translations. */
static inline struct translated *translate(struct handle *t, const struct texts *s, size_t n_best)
{
	struct translated *dst = calloc(s->n * n_best + 1, sizeof *dst);
	cr_assert_not_null(dst);
	memset(dst, 0xa5,
	       s->n * n_best * sizeof *dst); /* the library must not rely on the contents */
	trujaman_status status = handle_translate(t, s->n, texts_of(s), s->len, dst);
	cr_assert_eq(status, TRUJAMAN_OK, "%s", handle_error(t));
	return dst;
}

static inline void free_translations(size_t n, struct translated *texts)
{
	translated_free(n, texts);
	free(texts);
}

static inline int same_bytes(const void *a, const void *b, size_t n)
{
	return n == 0 || memcmp(a, b, n) == 0;
}

/* Asserts that the texts are equal (NULL exactly where NULL is wanted) and the scores bitwise
 * equal. */
static inline void expect_same_texts(size_t n, const struct translated *found,
                                     const struct translated *wanted, const char *what)
{
	for (size_t i = 0; i < n; i++) {
		cr_assert_eq(found[i].text == NULL, wanted[i].text == NULL, "%s: text %zu", what,
		             i);
		cr_assert_eq(found[i].len, wanted[i].len, "%s: text %zu: %zu bytes, wanted %zu",
		             what, i, found[i].len, wanted[i].len);
		if (found[i].text != NULL)
			cr_assert(same_bytes(found[i].text, wanted[i].text, wanted[i].len + 1),
			          "%s: text %zu: %s, wanted %s", what, i, found[i].text,
			          wanted[i].text);
		cr_assert(same_bytes(&found[i].score, &wanted[i].score, sizeof found[i].score),
		          "%s: text %zu: score %a, wanted %a", what, i, found[i].score,
		          wanted[i].score);
	}
}

#endif
