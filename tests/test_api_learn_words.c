/* SPDX-License-Identifier: MIT */
/* trujaman_learn_words: what it writes, what it refuses, and what stays when memory is short. */
#include "src/model/safetensors.h"
#include "tests/api_support.h"
#include "tests/failing_alloc.h"

TestSuite(learn_words, .init = make_scratch, .fini = remove_scratch);

static char error[1100];

static trujaman_status learn(const char *in, const char *text, const char *out)
{
	return trujaman_learn_words(in, text, out, error, sizeof error);
}

/* Asserts that a model has this list of words. */
static void expect_words(const char *path, const char *wanted)
{
	struct tj_error err = { 0 };
	struct tj_safetensors *file = tj_safetensors_open(path, &err);
	cr_assert_not_null(file, "%s", err.text);
	const struct tj_tensor *words = tj_safetensors_find(file, "source.words");
	cr_assert_not_null(words);
	cr_expect(words->n_bytes == strlen(wanted) &&
	              memcmp(words->data, wanted, words->n_bytes) == 0,
	          "%.*s", (int)words->n_bytes, (const char *)words->data);
	tj_safetensors_close(file);
	struct handle *t = open_path(path, NULL); /* which checks the list */
	handle_close(t);
}

Test(learn_words, of_a_text_and_of_the_model)
{
	const char *model = fixture("luong-general", "safetensors");
	const char *text = WRITE("text", "the house and the dog\nThe dog, the house\n"
	                                 "a dog and a house; and \xc3\x89t\xc3\xa9\n");
	char *first = strdup(in_scratch("first")), *second = strdup(in_scratch("second"));
	cr_assert(first != NULL && second != NULL);
	cr_assert_eq(learn(model, text, first), TRUJAMAN_OK, "%s", error);
	expect_words(first, "and\ndog\nhouse\nthe\n");
	text = WRITE("text", "an old, old, old cat and the cat of a cat\n");
	cr_assert_eq(learn(first, text, second), TRUJAMAN_OK, "%s", error);
	expect_words(second, "and\ncat\ndog\nhouse\nold\nthe\n");
	/* Without new words it is a copy. */
	cr_assert_eq(learn(second, text, first), TRUJAMAN_OK, "%s", error);
	expect_words(first, "and\ncat\ndog\nhouse\nold\nthe\n");
	free(first);
	free(second);
}

static void refused(const char *model, const char *text, const char *out, const char *message)
{
	cr_expect_neq(learn(model, text, out), TRUJAMAN_OK);
	cr_expect_not_null(strstr(error, message), "%s", error);
}

Test(learn_words, refused)
{
	char *model = strdup(fixture("luong-general", "safetensors"));
	char *out = strdup(in_scratch("out")), *text = strdup(WRITE("text", "one\ntwo\nthree\n"));
	cr_assert(model != NULL && out != NULL && text != NULL);
	refused(model, text, out, "text: no word stands there three times");
	refused(model, text, "", "the name of the file to write is empty");
	refused(model, in_scratch("none"), out, "none: No such file");
	refused(text, text, out, "text: ");
	refused(model, WRITE("bad", "one\n\xff\n"), out, "bad:2: invalid UTF-8");
	refused(model, WRITE("empty", ""), out, "empty: no word");
	cr_expect_neq(access(out, F_OK), 0, "something was written");
	free(model);
	free(out);
	free(text);
}

/* Whether the file is what it was before, or what it becomes when nothing fails. */
static void expect_old_or_new(const char *path, trujaman_status status, const char *good)
{
	size_t n, n_good;
	unsigned char *bytes = read_bytes(path, &n), *wanted = read_bytes(good, &n_good);
	if (status == TRUJAMAN_OK)
		cr_expect(n == n_good && memcmp(bytes, wanted, n) == 0);
	else
		cr_expect(n == 3 && memcmp(bytes, "old", n) == 0, "%s", error);
	free(bytes);
	free(wanted);
}

Test(learn_words, each_allocation_fails)
{
	if (!CAN_FAIL)
		cr_skip_test("allocations cannot be made to fail here");
	char *model = strdup(fixture("luong-general", "safetensors"));
	char *text = strdup(WRITE("text", "the dog, the dog, the dog\n"));
	char *good = strdup(in_scratch("good")), *out = strdup(in_scratch("out"));
	cr_assert(model != NULL && text != NULL && good != NULL && out != NULL);
	begin_to_fail(SIZE_MAX, 0);
	cr_assert_eq(learn(model, text, good), TRUJAMAN_OK, "%s", error);
	size_t n = end_to_fail(), n_failed = 0;
	cr_assert_gt(n, 20);
	for (size_t i = 0; i < n; i++) {
		(void)WRITE("out", "old");
		begin_to_fail(i, 0);
		trujaman_status status = learn(model, text, out);
		(void)end_to_fail();
		n_failed += status != TRUJAMAN_OK;
		expect_old_or_new(out, status, good);
	}
	cr_expect_gt(n_failed, n / 2);
	free(model);
	free(text);
	free(good);
	free(out);
}
