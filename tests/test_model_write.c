/* SPDX-License-Identifier: MIT */
/* Writing model files, in float32 and quantised to 8 bits. The reader, which has its own tests,
 * reads them back. */
#define _GNU_SOURCE /* setresuid */
#include <float.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "src/model/config_entries.h"
#include "src/model/config_tensors.h"
#include "src/model/quantize.h"
#include "src/model/safetensors.h"
#include "src/model/safetensors_write.h"
#include "tests/handle.h"
#include "tests/model_files.h"

TestSuite(write, .init = make_scratch, .fini = remove_scratch);
TestSuite(quantize, .init = make_scratch, .fini = remove_scratch);

static const unsigned char some_bytes[] = { 7, 0, 255, 10, 128 };
static const float some_floats[] = { 1.5f, -0.0f, 3e38f, 1e-45f, -2, 0.25f };
static const int8_t some_integers[] = { 1, -2, 127, -127, 0, 9 };

static const struct tj_write_tensor some_tensors[] = {
	{ "z.bytes", TJ_U8, 1, { sizeof some_bytes }, some_bytes },
	{ "matrix", TJ_F32, 2, { 2, 3 }, some_floats },
	{ "integers", TJ_I8, 2, { 3, 2 }, some_integers },
	{ "one", TJ_F32, 0, { 0 }, some_floats + 1 },
	{ "nothing", TJ_F32, 2, { 0, 4 }, some_floats },
	{ "a.vector", TJ_F32, 1, { 2 }, some_floats + 3 },
};
enum { N_TENSORS = sizeof some_tensors / sizeof *some_tensors };

static const struct tj_write_entry some_entries[] = {
	{ "zebra", "last" },
	{ "name", "quote \" backslash \\ newline \n caf\xc3\xa9" },
	{ "empty", "" },
};
enum { N_ENTRIES = sizeof some_entries / sizeof *some_entries };

static trujaman_status write_some(const char *path, struct tj_error *err)
{
	return tj_safetensors_write(path, N_TENSORS, some_tensors, N_ENTRIES, some_entries, err);
}

static struct tj_safetensors *open_file(const char *path)
{
	struct tj_error err = { 0 };
	struct tj_safetensors *s = tj_safetensors_open(path, &err);
	cr_assert_not_null(s, "%s", err.text);
	return s;
}

static size_t files_in_scratch(void)
{
	size_t n = 0;
	DIR *dir = opendir(scratch);
	cr_assert_not_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;)
		n += e->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void expect_same_bytes(const char *a, const char *b)
{
	size_t n_a, n_b;
	unsigned char *x = read_bytes(a, &n_a), *y = read_bytes(b, &n_b);
	cr_expect(n_a == n_b && memcmp(x, y, n_a) == 0, "%s and %s differ", a, b);
	free(x);
	free(y);
}

/* --- tj_safetensors_write ------------------------------------------------------------ */

Test(write, never_through_a_link_that_lies_at_the_partial_file)
{
	char victim[PATH_MAX + 16], partial[PATH_MAX + 32], line[16] = "";
	const char *path = in_scratch("model");
	snprintf(victim, sizeof victim, "%s/victim", scratch);
	snprintf(partial, sizeof partial, "%s.partial-%ld", path, (long)getpid());
	FILE *f = fopen(victim, "w");
	cr_assert(f != NULL && fputs("precious", f) >= 0 && fclose(f) == 0);
	cr_assert_eq(symlink(victim, partial), 0);
	struct tj_error err = { 0 };
	cr_assert_eq(write_some(path, &err), TRUJAMAN_OK, "%s", err.text);
	tj_safetensors_close(open_file(path));
	f = fopen(victim, "r");
	cr_assert(f != NULL && fgets(line, sizeof line, f) != NULL && fclose(f) == 0);
	cr_expect_str_eq(line, "precious");
	cr_expect_eq(files_in_scratch(), 3, "the model, the victim and the link");
}

Test(write, what_is_read_back_is_what_was_written)
{
	struct tj_error err = { 0 };
	const char *path = in_scratch("out");
	cr_assert_eq(write_some(path, &err), TRUJAMAN_OK, "%s", err.text);
	struct tj_safetensors *s = open_file(path);
	cr_assert_eq(s->n_tensors, N_TENSORS);
	for (size_t i = 0; i < N_TENSORS; i++) {
		const struct tj_write_tensor *w = &some_tensors[i];
		const struct tj_tensor *t = tj_safetensors_find(s, w->name);
		cr_assert_not_null(t, "%s", w->name);
		cr_expect(t->dtype == w->dtype && t->rank == w->rank, "%s", w->name);
		cr_expect_eq(memcmp(t->shape, w->shape, w->rank * sizeof *w->shape), 0);
		cr_expect_eq(memcmp(t->data, w->data, t->n_bytes), 0, "%s", w->name);
		if (t->dtype == TJ_F32)
			cr_expect_eq((uintptr_t)t->data % sizeof(float), 0, "%s", w->name);
	}
	cr_assert_eq(s->n_metadata, N_ENTRIES);
	for (size_t i = 0; i < N_ENTRIES; i++)
		cr_expect_str_eq(tj_safetensors_metadata(s, some_entries[i].key),
		                 some_entries[i].value);
	tj_safetensors_close(s);
	cr_expect_eq(files_in_scratch(), 1);
}

Test(write, the_header_is_padded_and_floats_come_first)
{
	struct tj_error err = { 0 };
	const char *path = in_scratch("out");
	uint64_t length;
	size_t n;
	cr_assert_eq(write_some(path, &err), TRUJAMAN_OK, "%s", err.text);
	unsigned char *bytes = read_bytes(path, &n);
	memcpy(&length, bytes, sizeof length);
	cr_expect_eq((8 + length) % 64, 0);
	const unsigned char *data = bytes + 8 + length;
	cr_expect_eq(memcmp(data, some_floats, 6 * sizeof(float)), 0);
	cr_expect_eq(memcmp(data + 9 * sizeof(float), some_bytes, sizeof some_bytes), 0);
	cr_expect_eq(n, 8 + length + 9 * sizeof(float) + sizeof some_bytes + sizeof some_integers);
	free(bytes);
}

Test(write, the_same_input_gives_the_same_bytes_in_whatever_order_its_metadata_come)
{
	struct tj_error err = { 0 };
	const struct tj_write_entry turned[] = { some_entries[2], some_entries[0],
		                                 some_entries[1] };
	cr_assert_eq(write_some(in_scratch("a"), &err), TRUJAMAN_OK, "%s", err.text);
	cr_assert_eq(tj_safetensors_write(in_scratch("b"), N_TENSORS, some_tensors, N_ENTRIES,
	                                  turned, &err),
	             TRUJAMAN_OK, "%s", err.text);
	expect_same_bytes(in_scratch("a"), in_scratch("b"));
}

Test(write, an_old_file_is_replaced)
{
	struct tj_error err = { 0 };
	const char *path = write_file("an old file", 200);
	cr_assert_eq(write_some(path, &err), TRUJAMAN_OK, "%s", err.text);
	tj_safetensors_close(open_file(path));
	cr_expect_eq(files_in_scratch(), 1);
}

Test(write, every_configuration_is_read_back)
{
	struct tj_config wanted = { .cell = TJ_GRU,
		                    .embedding_size = 7,
		                    .hidden_size = 16777216,
		                    .encoder_layers = 3,
		                    .decoder_layers = 2,
		                    .bidirectional = 1,
		                    .readout_size = 5,
		                    .source_eos = 1,
		                    .start_with_eos = 1 };
	for (int kind = TJ_ATTENTION_NONE; kind <= TJ_ADDITIVE; kind++) {
		struct tj_write_entry entries[TJ_CONFIG_ENTRIES];
		struct tj_config_values values;
		struct tj_error err = { 0 };
		struct tj_config got;
		wanted.attention = (enum tj_attention)kind;
		wanted.attention_size = kind == TJ_ADDITIVE ? 11 : 0;
		wanted.attention_activation = kind == TJ_ADDITIVE ? TJ_RELU : 0;
		wanted.query_previous = kind == TJ_COSINE;
		wanted.input_feeding = kind == TJ_DOT || kind == TJ_GENERAL;
		wanted.placeables = kind == TJ_DOT || kind == TJ_COSINE;
		wanted.normalization = kind == TJ_COSINE;
		size_t n = tj_config_entries(&wanted, entries, &values);
		cr_assert_leq(n, (size_t)TJ_CONFIG_ENTRIES);
		cr_assert_eq(tj_safetensors_write(in_scratch("out"), 0, NULL, n, entries, &err),
		             TRUJAMAN_OK, "%s", err.text);
		struct tj_safetensors *s = open_file(in_scratch("out"));
		cr_assert_eq(tj_config_read_keys(s, &got, &err), TRUJAMAN_OK, "%s", err.text);
		cr_expect(got.cell == wanted.cell && got.embedding_size == 7 &&
		          got.hidden_size == 16777216 && got.encoder_layers == 3 &&
		          got.decoder_layers == 2 && got.bidirectional == 1 &&
		          got.readout_size == 5 && got.source_eos == 1 && got.start_with_eos == 1);
		cr_expect(got.placeables == wanted.placeables &&
		          got.normalization == wanted.normalization);
		cr_expect_str_eq(tj_safetensors_metadata(s, "format"),
		                 wanted.placeables ? "trujaman/1.1" : "trujaman/1");
		const char *features = tj_safetensors_metadata(s, "features");
		if (wanted.placeables)
			cr_expect_str_eq(features, wanted.normalization ? "normalization,placeables"
			                                                : "placeables");
		else
			cr_expect_null(features);
		cr_expect(got.attention == wanted.attention &&
		              got.attention_size == wanted.attention_size &&
		              got.attention_activation == wanted.attention_activation &&
		              got.query_previous == wanted.query_previous &&
		              got.input_feeding == wanted.input_feeding,
		          "attention %d", kind);
		tj_safetensors_close(s);
	}
}

Test(write, what_cannot_be_written_is_told)
{
	const struct {
		const char *path;
		const char *text;
	} places[] = {
		{ in_scratch("none/out"), "No such file or directory" },
		{ scratch, "it is no regular file" },
		{ "/dev/null", "it is no regular file" },
	};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct tj_error err = { 0 };
		cr_expect_eq(write_some(places[i].path, &err), TRUJAMAN_ERROR_IO);
		expect_fault(&err, TRUJAMAN_ERROR_IO, places[i].path,
		             (const char *const[]){ "cannot", places[i].text, NULL });
	}
	cr_expect_eq(files_in_scratch(), 0);
}

/* Root may write anywhere, so as root this test runs as another user. */
Test(write, neither_a_locked_folder_nor_a_locked_file_is_written)
{
	struct tj_error err = { 0 };
	const uid_t me = geteuid(), nobody = 65534;
	if (me == 0 && (chown(scratch, nobody, (gid_t)-1) != 0 ||
	                setresuid(nobody, nobody, 0) != 0 || access(scratch, W_OK) != 0)) {
		cr_assert_eq(setresuid(0, 0, 0), 0);
		remove_scratch(); /* Criterion does not call .fini for a test that is skipped */
		cr_skip_test("root, who may write everywhere, and no one else to be");
	}
	const char *path = write_file("an old file", 5);
	cr_assert_eq(chmod(path, 0444), 0);
	cr_expect_eq(write_some(path, &err), TRUJAMAN_ERROR_IO);
	tj_error_clear(&err);
	cr_assert_eq(chmod(scratch, 0555), 0);
	cr_expect_eq(write_some(in_scratch("new"), &err), TRUJAMAN_ERROR_IO);
	cr_assert_eq(chmod(scratch, 0755), 0);
	cr_expect_eq(files_in_scratch(), 1);
	cr_assert_eq(setresuid(me, me, me), 0);
}

/* The disk fills up at several places, in the header and in the data. */
Test(write, a_full_disk_leaves_the_old_file_and_no_other)
{
	struct rlimit limit;
	struct stat whole;
	struct tj_error err = { 0 };
	const char *path = in_scratch("file"), *kept = in_scratch("kept");
	cr_assert_eq(write_some(kept, &err), TRUJAMAN_OK);
	cr_assert_eq(stat(kept, &whole), 0);
	cr_assert_eq(rename(write_file("an old file", 100), kept), 0);
	cr_assert_eq(link(kept, path), 0);
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	const rlim_t hard = limit.rlim_max, sizes[] = { 0, 4, 100, (rlim_t)whole.st_size - 1 };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		tj_error_clear(&err);
		limit = (struct rlimit){ sizes[i], hard };
		cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
		trujaman_status status = write_some(path, &err);
		limit = (struct rlimit){ hard, hard };
		cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
		cr_expect_eq(status, TRUJAMAN_ERROR_IO, "limit %zu", (size_t)sizes[i]);
		expect_fault(&err, TRUJAMAN_ERROR_IO, path,
		             (const char *const[]){ "cannot write", "File too large", NULL });
		cr_expect_eq(files_in_scratch(), 2);
	}
	expect_same_bytes(path, kept);
}

/* --- tj_model_quantize --------------------------------------------------------------- */

static struct tj_safetensors *quantized(const char *in)
{
	struct tj_error err = { 0 };
	cr_assert_eq(tj_model_quantize(in, in_scratch("small"), &err), TRUJAMAN_OK, "%s", err.text);
	return open_file(in_scratch("small"));
}

static float float_at(const struct tj_tensor *t, size_t i)
{
	float x;
	memcpy(&x, (const char *)t->data + i * sizeof x, sizeof x);
	return x;
}

/* In double, so that the bound need not allow for this test's own rounding. */
static void check_row(const struct tj_tensor *before, const struct tj_tensor *after, float scale,
                      size_t row)
{
	size_t n = before->shape[1];
	const int8_t *integers = (const int8_t *)after->data + row * n;
	double largest = 0;
	int peak = 0;
	for (size_t i = 0; i < n; i++) {
		double x = (double)float_at(before, row * n + i), q = integers[i];
		cr_assert_neq(integers[i], -128);
		cr_assert(fabs(x - q * (double)scale) <= 0.5 * (double)scale * (1 + 0x1p-15),
		          "%s [%zu, %zu]: %g became %g x %g", before->name, row, i, x, q,
		          (double)scale);
		largest = fmax(largest, fabs(x));
		peak = abs(integers[i]) > peak ? abs(integers[i]) : peak;
	}
	cr_assert_eq(peak, largest > 0 ? 127 : 0, "%s row %zu", before->name, row);
	cr_assert_eq(scale, largest > 0 ? (float)largest / 127 : 1, "%s row %zu", before->name,
	             row);
}

static void check_tensor(const struct tj_tensor *before, const struct tj_safetensors *s)
{
	char name[160];
	const struct tj_tensor *after = tj_safetensors_find(s, before->name);
	cr_assert_not_null(after, "%s", before->name);
	cr_assert(after->rank == before->rank &&
	          memcmp(after->shape, before->shape, before->rank * sizeof *before->shape) == 0);
	snprintf(name, sizeof name, "%s_scale", before->name);
	const struct tj_tensor *scales = tj_safetensors_find(s, name);
	if (before->dtype != TJ_F32 || before->rank != 2) {
		cr_expect_null(scales, "%s", name);
		cr_expect_eq(after->dtype, before->dtype);
		cr_expect_eq(memcmp(after->data, before->data, before->n_bytes), 0);
		return;
	}
	cr_assert_not_null(scales, "%s", name);
	cr_assert_eq(after->dtype, TJ_I8);
	for (size_t row = 0; row < before->shape[0]; row++)
		check_row(before, after, float_at(scales, row), row);
}

static void check_quantized(const char *in)
{
	struct tj_safetensors *before = open_file(in), *after = quantized(in);
	struct tj_error err = { 0 };
	struct tj_config a, b;
	for (size_t i = 0; i < before->n_tensors; i++)
		check_tensor(&before->tensors[i], after);
	cr_assert_eq(before->n_metadata, after->n_metadata);
	for (size_t i = 0; i < before->n_metadata; i++) {
		cr_expect_str_eq(before->keys[i], after->keys[i]);
		cr_expect_str_eq(before->values[i], after->values[i]);
	}
	cr_assert_eq(tj_config_read(before, &a, &err), TRUJAMAN_OK, "%s", err.text);
	cr_assert_eq(tj_config_read(after, &b, &err), TRUJAMAN_OK, "%s", err.text);
	cr_expect(a.tied_output == b.tied_output && a.tied_embeddings == b.tied_embeddings &&
	          a.attention_scale == b.attention_scale);
	tj_safetensors_close(before);
	tj_safetensors_close(after);
}

/* Tied and untied, every attention, row lengths that are a multiple of no vector size. */
Test(quantize, every_weight_is_within_half_a_scale)
{
	static const char *const names[] = { "all-tied",    "luong-general", "bahdanau-tanh",
		                             "none-gru-bi", "odd-sizes",     "cosine-direct" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char name[128];
		snprintf(name, sizeof name, "tests/fixtures/%s.safetensors", names[i]);
		check_quantized(in_source(name));
	}
	cr_expect_eq(files_in_scratch(), 1);
}

static struct model tiny_model(void)
{
	return load_model(in_source("tests/fixtures/luong-general.safetensors"));
}

/* The address of row `row` of attention.weight, [32, 32] floats. */
static float *row_of(struct model *m, size_t row)
{
	json_t *offsets = json_object_get(json_object_get(m->header, "attention.weight"),
	                                  "data_offsets");
	size_t begin = (size_t)json_integer_value(json_array_get(offsets, 0));
	return (float *)(void *)(m->data + begin) + 32 * row; /* the fixture's floats are aligned */
}

static void put_row(struct model *m, size_t row, const float *values)
{
	memcpy(row_of(m, row), values, 32 * sizeof *values);
}

Test(quantize, extreme_rows)
{
	const float zeros[32] = { 0, -0.0f }, huge[32] = { FLT_MAX, -FLT_MAX, 1, FLT_MAX / 2 },
		    denormal[32] = { 190 * 0x1p-149f, -0x1p-149f };
	/* Halves round to the even integer; a largest value of 127 makes the scale 1. */
	const float halves[32] = { -127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 126.5f, 125.5f };
	const int8_t wanted[32] = { -127, 0, 2, 2, 0, -2, -2, 126, 126 }, nothing[32] = { 0 };
	struct model m = tiny_model();
	put_row(&m, 0, zeros);
	put_row(&m, 1, huge);
	put_row(&m, 2, denormal);
	put_row(&m, 3, halves);
	struct tj_safetensors *s = quantized(write_model(&m));
	const struct tj_tensor *scales = tj_safetensors_find(s, "attention.weight_scale");
	const int8_t *q = tj_safetensors_find(s, "attention.weight")->data;
	cr_expect_eq(float_at(scales, 0), 1);
	cr_expect_eq(memcmp(q, nothing, 32), 0);
	cr_expect_eq(float_at(scales, 1), FLT_MAX / 127);
	cr_expect(q[32] == 127 && q[33] == -127 && q[34] == 0 && abs(q[35] - 64) <= 1);
	cr_expect_eq(float_at(scales, 2), 1);
	cr_expect_eq(memcmp(q + 64, nothing, 32), 0);
	cr_expect_eq(float_at(scales, 3), 1);
	cr_expect_eq(memcmp(q + 96, wanted, 32), 0);
	tj_safetensors_close(s);
	free_model(&m);
}

Test(quantize, twice_is_as_good_as_once)
{
	struct tj_error err = { 0 };
	tj_safetensors_close(quantized(in_source("tests/fixtures/odd-sizes.safetensors")));
	const char *once = in_scratch("small"), *twice = in_scratch("twice");
	cr_assert_eq(tj_model_quantize(once, twice, &err), TRUJAMAN_OK, "%s", err.text);
	expect_same_bytes(once, twice);
	cr_assert_eq(tj_model_quantize(once, once, &err), TRUJAMAN_OK, "%s", err.text);
	expect_same_bytes(once, twice);
}

Test(quantize, numbers_that_are_none_are_refused_by_tensor_and_row)
{
	const float bad[] = { NAN, INFINITY, -INFINITY };
	for (size_t i = 0; i < 3; i++) {
		struct tj_error err = { 0 };
		struct model m = tiny_model();
		row_of(&m, 7 + i)[31 * (i % 2)] = bad[i];
		const char *in = write_model(&m);
		char row[32];
		snprintf(row, sizeof row, "row %zu", 7 + i);
		tj_model_quantize(in, in_scratch("small"), &err);
		expect_fault(&err, TRUJAMAN_ERROR_FORMAT, in,
		             (const char *const[]){ "tensor attention.weight", row, NULL });
		free_model(&m);
		cr_expect_eq(files_in_scratch(), 1);
	}
}

Test(quantize, an_integer_of_minus_128_is_refused)
{
	struct tj_error err = { 0 };
	tj_safetensors_close(quantized(in_source("tests/fixtures/luong-general.safetensors")));
	struct model m = load_model(in_scratch("small"));
	json_t *offsets = json_object_get(json_object_get(m.header, "attention.weight"),
	                                  "data_offsets");
	m.data[json_integer_value(json_array_get(offsets, 0)) + 3 * 32 + 31] = 128;
	const char *in = write_model(&m);
	tj_model_quantize(in, in_scratch("other"), &err);
	expect_fault(&err, TRUJAMAN_ERROR_FORMAT, in,
	             (const char *const[]){ "tensor attention.weight", "-128 in row 3", NULL });
	free_model(&m);
	tj_error_clear(&err);
	struct handle *t;
	cr_assert_eq(handle_open(in, NULL, &t), TRUJAMAN_ERROR_FORMAT);
	cr_expect_not_null(strstr(handle_error(t), "-128 in row 3"), "%s", handle_error(t));
	handle_close(t);
}

Test(quantize, what_is_no_model_is_refused)
{
	struct tj_error err = { 0 };
	cr_assert_eq(write_some(in_scratch("in"), &err), TRUJAMAN_OK);
	tj_model_quantize(in_scratch("in"), in_scratch("small"), &err);
	expect_fault(&err, TRUJAMAN_ERROR_FORMAT, in_scratch("in"),
	             (const char *const[]){ "metadata key format", NULL });
	cr_expect_eq(files_in_scratch(), 1);
}

Test(quantize, the_public_function_tells_in_a_line)
{
	char error[200] = "untouched";
	const char *model = in_source("tests/fixtures/luong-general.safetensors");
	cr_expect_eq(trujaman_quantize(model, in_scratch("small"), error, sizeof error),
	             TRUJAMAN_OK);
	cr_expect_str_eq(error, "");
	cr_expect_eq(trujaman_quantize("", in_scratch("small"), error, sizeof error),
	             TRUJAMAN_ERROR_USAGE);
	cr_expect_eq(trujaman_quantize(model, "", error, sizeof error), TRUJAMAN_ERROR_USAGE);
	cr_expect_not_null(strstr(error, "empty"), "%s", error);
	cr_expect_eq(trujaman_quantize(in_scratch("none"), in_scratch("small"), NULL, 0),
	             TRUJAMAN_ERROR_IO);
}
