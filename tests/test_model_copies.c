/* SPDX-License-Identifier: MIT */
/* Copies of a bound model: the same weights at other addresses, and one shared table of input
 * sums. */
#include <pthread.h>
#include <sys/resource.h>

#include "src/base/memory.h"
#include "src/model/config_tensors.h"
#include "src/model/copies.h"
#include "tests/model_files.h"

static struct tj_safetensors *file;
static struct tj_config config;

static struct tj_model *bind_model(const char *fixture, int int8)
{
	struct tj_error err = { 0 };
	char path[128];
	snprintf(path, sizeof path, "tests/fixtures/%s.safetensors", fixture);
	file = tj_safetensors_open(in_source(path), &err);
	cr_assert_not_null(file, "%s", err.text);
	cr_assert_eq(tj_config_read(file, &config, &err), TRUJAMAN_OK, "%s", err.text);
	const struct tj_kernels *kernels = tj_kernels_select(NULL, &err);
	cr_assert_not_null(kernels, "%s", err.text);
	struct tj_model *m = tj_model_bind(file, &config, kernels, int8, SIZE_MAX, &err);
	cr_assert_not_null(m, "%s", err.text);
	return m;
}

static struct tj_copies *new_copies(const struct tj_model *m, size_t n)
{
	struct tj_error err = { 0 };
	struct tj_copies *c = tj_copies_new(m, n, &err);
	cr_assert_not_null(c, "%s", err.text);
	return c;
}

static int apart(const void *a, const void *b, size_t n)
{
	uintptr_t x = (uintptr_t)a, y = (uintptr_t)b;
	return x + n <= y || y + n <= x;
}

/* b has the same bytes as a, in memory of its own. */
static void expect_same_weights(const struct tj_weights *a, const struct tj_weights *b)
{
	size_t n_bias = a->n_groups * TJ_GROUP;
	cr_expect_eq(b->n, a->n);
	cr_expect_eq(b->n_segments, a->n_segments);
	cr_assert(apart(a->storage, b->bias, a->storage_bytes));
	cr_expect_eq((uintptr_t)b->bias % 64, 0);
	cr_expect_eq(memcmp(a->bias, b->bias, n_bias * sizeof(float)), 0);
	if (a->bytes == NULL) {
		cr_assert_null(b->bytes);
		cr_expect_eq((const char *)b->panels - (const char *)b->bias,
		             (const char *)a->panels - (const char *)a->bias);
		cr_expect_eq(memcmp(a->panels, b->panels,
		                    a->n_groups * a->group_floats * sizeof(float)),
		             0);
	} else {
		cr_expect_eq((uintptr_t)b->bytes % 64, 0);
		cr_expect_eq(memcmp(a->scales, b->scales, a->n_segments * n_bias * sizeof(float)),
		             0);
		cr_expect_eq(memcmp(a->bytes, b->bytes, a->n_groups * a->group_bytes), 0);
	}
}

static void expect_copy(const char *fixture, int int8)
{
	struct tj_model *m = bind_model(fixture, int8);
	struct tj_copies *c = new_copies(m, 3);
	struct tj_model *copy = (struct tj_model *)tj_copies_get(c, 2);
	struct tj_weights *a, *b;
	size_t n_bytes = 0;
	cr_expect_eq(tj_copies_get(c, 0), m);
	cr_expect_eq(tj_copies_get(c, 2), copy, "asked twice, made twice");
	cr_expect_neq(tj_copies_get(c, 1), copy);
	cr_assert_neq(copy, m);
	for (size_t i = 0; (a = tj_model_weights(m, i)) != NULL; i++) {
		b = tj_model_weights(copy, i);
		cr_assert_not_null(b);
		if (a->storage_bytes > 0)
			expect_same_weights(a, b);
		n_bytes += a->storage_bytes;
	}
	cr_expect_null(tj_model_weights(copy, config.encoder_layers * tj_model_directions(m) +
	                                          config.decoder_layers + 4));
	cr_expect(tj_model_bytes(m) >= n_bytes && n_bytes > 0);
	if (m->additive_v != NULL) {
		size_t n = m->key_size * sizeof *m->additive_v;
		cr_expect(apart(m->additive_v, copy->additive_v, n));
		cr_expect_eq(memcmp(m->additive_v, copy->additive_v, n), 0);
	}
	cr_expect_eq(m->gains != NULL, config.layer_norm != 0);
	if (m->gains != NULL) {
		size_t n = tj_model_gain_floats(m) * sizeof *m->gains;
		cr_expect(apart(m->gains, copy->gains, n) && (uintptr_t)copy->gains % 64 == 0);
		cr_expect_eq(memcmp(m->gains, copy->gains, n), 0);
		cr_expect(tj_model_bytes(m) >= n_bytes + n);
	}
	tj_copies_free(c);
	tj_model_free(m);
	tj_safetensors_close(file);
}

Test(copies, the_same_weights_elsewhere)
{
	for (int int8 = 0; int8 < 2; int8++) {
		expect_copy("luong-general", int8);
		expect_copy("additive-relu-current", int8);
		expect_copy("gru-general-deep", int8);
		expect_copy("plain-seq2seq", int8);
		expect_copy("odd-sizes", int8);
		expect_copy("layer-norm", int8);
		expect_copy("all-features", int8);
	}
}

/* An input sum that one copy computes is found by the other at the same address; the rest of the
 * product uses each copy's own weights. */
Test(copies, one_table_of_input_sums)
{
	struct tj_model *m = bind_model("luong-general", 0);
	struct tj_copies *c = new_copies(m, 2);
	const struct tj_model *copy = tj_copies_get(c, 1);
	const int32_t id = 3;
	float embedded[1024];
	const float *first, *second;
	cr_assert(m->decoder_inputs != NULL && copy->decoder_inputs != NULL);
	cr_assert_leq(config.embedding_size, 1024);
	float *others = tj_alloc(1, tj_input_sums_bytes(m->decoder_inputs));
	cr_assert_not_null(others);
	tj_input_sums_find(m->decoder_inputs, m->kernels, 1, &id, embedded, NULL, others, &first);
	tj_input_sums_find(copy->decoder_inputs, m->kernels, 1, &id, embedded, NULL, others,
	                   &second);
	tj_free(others);
	cr_expect_eq(first, second);
	cr_expect_neq(tj_input_sums_rest(m->decoder_inputs)->panels,
	              tj_input_sums_rest(copy->decoder_inputs)->panels);
	for (size_t d = 0; d < tj_model_directions(m); d++)
		cr_expect_neq(tj_input_sums_rest(m->encoder_inputs[d])->panels,
		              tj_input_sums_rest(copy->encoder_inputs[d])->panels);
	tj_copies_free(c);
	tj_model_free(m);
	tj_safetensors_close(file);
}

/* Without memory for a copy the model itself is used, also later. */
Test(copies, no_memory_for_a_copy)
{
#ifdef __SANITIZE_ADDRESS__
	cr_skip_test("the sanitizer needs address space of its own");
#endif
	struct rlimit before, none;
	struct tj_model *m = bind_model("luong-general", 0);
	struct tj_copies *c = new_copies(m, 2);
	cr_assert_eq(getrlimit(RLIMIT_AS, &before), 0);
	none = before;
	none.rlim_cur = 0;
	cr_assert_eq(setrlimit(RLIMIT_AS, &none), 0);
	const struct tj_model *found = tj_copies_get(c, 1);
	cr_assert_eq(setrlimit(RLIMIT_AS, &before), 0);
	cr_expect_eq(found, m);
	cr_expect_eq(tj_copies_get(c, 1), m);
	tj_copies_free(c);
	tj_model_free(m);
	tj_safetensors_close(file);
}

static void *get_second(void *copies)
{
	return (void *)tj_copies_get(copies, 1);
}

Test(copies, threads_that_ask_at_once_get_one)
{
	enum { N = 8 };
	struct tj_model *m = bind_model("luong-general", 1);
	struct tj_copies *c = new_copies(m, 2);
	pthread_t threads[N];
	void *found[N];
	for (size_t i = 0; i < N; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, get_second, c), 0);
	for (size_t i = 0; i < N; i++) {
		cr_assert_eq(pthread_join(threads[i], &found[i]), 0);
		cr_expect(found[i] == found[0] && found[i] != (void *)m);
	}
	tj_copies_free(c);
	tj_copies_free(NULL);
	tj_model_free(m);
	tj_safetensors_close(file);
}
