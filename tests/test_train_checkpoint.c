/* SPDX-License-Identifier: MIT */
/* Checkpoints: what is written is read back bit for bit. A checkpoint that is damaged or belongs
 * to another training run is refused, and the message names what is wrong. */
#include <math.h>
#include <stdlib.h>

#include "src/model/safetensors_write.h"
#include "src/train/checkpoint.h"
#include "tests/model_files.h"

TestSuite(train_checkpoint, .init = make_scratch, .fini = remove_scratch);

enum { N = 48 };

#define PARTS(...) \
	(const char *const[]) \
	{ \
		__VA_ARGS__, NULL \
	}

/* An invented training state. */
struct training {
	struct tj_identity id;
	struct tj_position position;
	float values[N], first[N], second[N], average[N], best[N], kept[3 * N];
	struct tj_score scores[3];
	struct tj_snapshots snapshots; /* two of at most three */
	struct tj_arrays arrays;
	struct tj_vocabularies v;
	char source_spm[37], target_spm[5];
};

static void fill(float *x, float start)
{
	for (int i = 0; i < N; i++)
		x[i] = start + (float)i / 7;
}

static void make_training(struct training *t)
{
	struct tj_error err = { 0 };
	memset(t, 0, sizeof *t);
	tj_identity_add(&t->id, &err, "--dropout", "%g", 0.25);
	tj_identity_add(&t->id, &err, "--source", "%d lines, hash %x", 1000, 0xabcdef);
	tj_identity_add(&t->id, &err, "metadata name", "%s", "caf\xc3\xa9 \"quoted\"");
	cr_assert_eq(err.status, TRUJAMAN_OK);
	t->position = (struct tj_position){
		.optimizer = { .updates = 1234567890123, .plateau = 0.125 },
		.epoch = 7,
		.batch = 11,
		.validate_every = 600,
		.validated_at = 1200,
		.best = { .update = 600,
		          .validated = 1,
		          .nll = 1.0 / 3,
		          .bleu = 44.4444,
		          .chrf = 200.0 / 3 },
		.since_best = 2,
		.n_wild = 1,
		.seconds = 1e9 / 7,
		.note = { UINT64_MAX, 0x123456789abcdef0 },
	};
	fill(t->values, 0.5f);
	fill(t->first, -3);
	fill(t->second, 1e-30f);
	fill(t->average, 1e20f);
	fill(t->best, -0.0f);
	fill(t->kept, 3);
	fill(t->kept + N, 1.0f / 3);
	t->scores[0] = (struct tj_score){ 300, 1, 0.1, 12.5, 33 };
	t->scores[1] = (struct tj_score){ 600, 1, 1.0 / 7, 0, -1 };
	t->snapshots = (struct tj_snapshots){ 3, 2, N, t->kept, t->scores };
	t->arrays = (struct tj_arrays){ N,          t->values, t->first,     t->second,
		                        t->average, t->best,   &t->snapshots };
	memset(t->source_spm, 's', sizeof t->source_spm);
	memset(t->target_spm, 0, sizeof t->target_spm);
	t->v.source_spm = (struct tj_bytes){ t->source_spm, sizeof t->source_spm };
	t->v.target_spm = (struct tj_bytes){ t->target_spm, sizeof t->target_spm };
}

static void write_training(const struct training *t, const char *path)
{
	struct tj_error err = { 0 };
	cr_assert_eq(tj_checkpoint_write(path, &t->id, &t->position, &t->arrays, &t->v, &err),
	             TRUJAMAN_OK, "%s", err.text);
}

/* Opening fails with a message that names the file. */
static void refused(const char *path, const char *why)
{
	struct tj_error err = { 0 };
	cr_assert_null(tj_checkpoint_open(path, &err), "%s", why);
	cr_assert_eq(err.status, TRUJAMAN_ERROR_FORMAT, "%s: %s", why, err.text);
	cr_assert_not_null(strstr(err.text, path), "%s: no file in: %s", why, err.text);
}

static void same_progress(const struct tj_position *a, const struct tj_position *b)
{
	cr_assert_eq(a->optimizer.updates, b->optimizer.updates);
	cr_assert_eq(a->optimizer.plateau, b->optimizer.plateau);
	cr_assert_eq(a->epoch, b->epoch);
	cr_assert_eq(a->batch, b->batch);
	cr_assert_eq(a->validate_every, b->validate_every);
	cr_assert_eq(a->validated_at, b->validated_at);
	cr_assert_eq(a->best.update, b->best.update);
	cr_assert_eq(a->best.validated, b->best.validated);
	cr_assert_eq(a->best.nll, b->best.nll);
	cr_assert_eq(a->best.bleu, b->best.bleu);
	cr_assert_eq(a->best.chrf, b->best.chrf);
	cr_assert_eq(a->since_best, b->since_best);
	cr_assert_eq(a->n_wild, b->n_wild);
	cr_assert_eq(a->seconds, b->seconds);
	cr_assert_eq(a->note[0], b->note[0]);
	cr_assert_eq(a->note[1], b->note[1]);
}

Test(train_checkpoint, round_trip)
{
	static struct training a, b;
	struct tj_error err = { 0 };
	const char *path = in_scratch("a.checkpoint");
	make_training(&a);
	make_training(&b);
	write_training(&a, path);
	memset(b.values, 0, sizeof b.values);
	memset(b.best, 0, sizeof b.best);
	memset(b.kept, 0, sizeof b.kept);
	memset(b.scores, 0, sizeof b.scores);
	b.snapshots.n = 0;
	struct tj_safetensors *file = tj_checkpoint_open(path, &err);
	cr_assert_not_null(file, "%s", err.text);
	cr_assert_eq(tj_checkpoint_match(file, &a.id, &err), TRUJAMAN_OK, "%s", err.text);
	cr_assert_eq(tj_checkpoint_read(file, &b.position, &b.arrays, &err), TRUJAMAN_OK);
	same_progress(&a.position, &b.position);
	cr_assert_eq(memcmp(a.values, b.values, sizeof a.values), 0);
	cr_assert_eq(memcmp(a.first, b.first, sizeof a.first), 0);
	cr_assert_eq(memcmp(a.second, b.second, sizeof a.second), 0);
	cr_assert_eq(memcmp(a.average, b.average, sizeof a.average), 0);
	cr_assert_eq(memcmp(a.best, b.best, sizeof a.best), 0);
	cr_assert_eq(b.snapshots.n, 2);
	cr_assert_eq(memcmp(a.kept, b.kept, sizeof a.kept), 0);
	cr_assert_eq(b.scores[1].update, 600);
	cr_assert_eq(b.scores[0].nll, a.scores[0].nll);
	cr_assert_eq(b.scores[1].chrf, -1);
	struct tj_vocabularies v = { 0 };
	cr_assert_eq(tj_vocabularies_copy(&v, file, &err), TRUJAMAN_OK);
	cr_assert_eq(v.source_spm.n, sizeof a.source_spm);
	cr_assert_eq(memcmp(v.source_spm.data, a.source_spm, sizeof a.source_spm), 0);
	cr_assert_eq(v.target_spm.n, sizeof a.target_spm);
	cr_assert_eq(memcmp(v.target_spm.data, a.target_spm, sizeof a.target_spm), 0);
	tj_vocabularies_free(&v);
	tj_safetensors_close(file);
	tj_identity_free(&a.id);
	tj_identity_free(&b.id);
}

Test(train_checkpoint, same_bytes_again)
{
	static struct training t;
	const char *one = in_scratch("one"), *two = in_scratch("two");
	size_t n, m;
	make_training(&t);
	write_training(&t, one);
	write_training(&t, two);
	unsigned char *a = read_bytes(one, &n), *b = read_bytes(two, &m);
	cr_assert_eq(n, m);
	cr_assert_eq(memcmp(a, b, n), 0);
	free(a);
	free(b);
	tj_identity_free(&t.id);
}

/* Room for fewer snapshots than the checkpoint has. */
Test(train_checkpoint, snapshots_that_do_not_fit_are_refused)
{
	static struct training t;
	struct tj_error err = { 0 };
	const char *path = in_scratch("a.checkpoint");
	make_training(&t);
	write_training(&t, path);
	struct tj_safetensors *file = tj_checkpoint_open(path, &err);
	cr_assert_not_null(file, "%s", err.text);
	t.snapshots.capacity = 1;
	cr_assert_eq(tj_checkpoint_read(file, &t.position, &t.arrays, &err), TRUJAMAN_ERROR_FORMAT);
	cr_assert_not_null(strstr(err.text, "snapshots"), "%s", err.text);
	tj_error_clear(&err);
	t.arrays.snapshots = NULL;
	cr_assert_eq(tj_checkpoint_read(file, &t.position, &t.arrays, &err), TRUJAMAN_ERROR_FORMAT);
	tj_safetensors_close(file);
	tj_identity_free(&t.id);
}

/* --- Damage ------------------------------------------------------------------------ */

static unsigned char *sound(const char *path, size_t *n)
{
	static struct training t;
	make_training(&t);
	write_training(&t, path);
	tj_identity_free(&t.id);
	return read_bytes(path, n);
}

Test(train_checkpoint, cut_anywhere_or_longer)
{
	const char *path = in_scratch("cut");
	size_t n;
	unsigned char *bytes = sound(path, &n);
	for (size_t cut = 0; cut < n; cut++) {
		overwrite(path, bytes, cut);
		refused(path, "cut");
	}
	unsigned char *longer = calloc(n + 1, 1);
	memcpy(longer, bytes, n);
	overwrite(path, longer, n + 1);
	refused(path, "a byte more");
	free(longer);
	free(bytes);
}

Test(train_checkpoint, any_bit_flipped)
{
	const char *path = in_scratch("flipped");
	struct tj_error err = { 0 };
	size_t n;
	unsigned char *bytes = sound(path, &n);
	struct tj_safetensors *file = tj_checkpoint_open(path, &err);
	cr_assert_not_null(file, "%s", err.text);
	tj_safetensors_close(file);
	for (size_t i = 0; i < n; i++) {
		char what[64];
		unsigned char flip = (unsigned char)(1u << i % 8);
		snprintf(what, sizeof what, "byte %zu, mask %02x", i, flip);
		bytes[i] ^= flip;
		overwrite(path, bytes, n);
		refused(path, what);
		bytes[i] ^= flip;
	}
	free(bytes);
}

Test(train_checkpoint, a_model_is_no_checkpoint)
{
	struct tj_error err = { 0 };
	const char *path = in_source("tests/fixtures/plain-seq2seq.safetensors");
	cr_assert_null(tj_checkpoint_open(path, &err));
	expect_fault(&err, TRUJAMAN_ERROR_FORMAT, path,
	             PARTS("format", "trujaman/1", "trujaman-checkpoint/2"));
}

Test(train_checkpoint, numbers_that_are_none)
{
	static struct training t;
	struct tj_error err = { 0 };
	const char *path = in_scratch("nan");
	make_training(&t);
	t.position.best.nll = NAN;
	write_training(&t, path);
	struct tj_safetensors *file = tj_checkpoint_open(path, &err);
	cr_assert_not_null(file, "%s", err.text);
	tj_checkpoint_read(file, &t.position, &t.arrays, &err);
	expect_fault(&err, TRUJAMAN_ERROR_FORMAT, path, PARTS("best_nll"));
	tj_safetensors_close(file);
	tj_identity_free(&t.id);
}

/* --- Of another training ----------------------------------------------------------- */

Test(train_checkpoint, arrays_of_another_size_or_kind)
{
	static struct training t;
	const char *path = in_scratch("sizes");
	make_training(&t);
	write_training(&t, path);
	for (int kind = 0; kind < 3; kind++) {
		struct tj_error err = { 0 };
		struct tj_arrays arrays = t.arrays;
		if (kind == 0)
			arrays.n_floats = N - 16;
		else if (kind == 1)
			arrays.n_floats = N + 16;
		else
			arrays.second = NULL;
		struct tj_safetensors *file = tj_checkpoint_open(path, &err);
		cr_assert_not_null(file, "%s", err.text);
		tj_checkpoint_read(file, &t.position, &arrays, &err);
		expect_fault(&err, TRUJAMAN_ERROR_FORMAT, path,
		             PARTS(kind == 2 ? "second_moment" : "values"));
		tj_safetensors_close(file);
	}
	t.arrays.average = NULL;
	write_training(&t, path);
	struct tj_error err = { 0 };
	struct tj_safetensors *file = tj_checkpoint_open(path, &err);
	t.arrays.average = t.average;
	tj_checkpoint_read(file, &t.position, &t.arrays, &err);
	expect_fault(&err, TRUJAMAN_ERROR_FORMAT, path, PARTS("average"));
	tj_safetensors_close(file);
	tj_identity_free(&t.id);
}

/* The error of matching a checkpoint of t with the identity `other`. */
static struct tj_error match(const struct training *t, const struct tj_identity *other)
{
	const char *path = in_scratch("match");
	struct tj_error err = { 0 };
	write_training(t, path);
	struct tj_safetensors *file = tj_checkpoint_open(path, &err);
	cr_assert_not_null(file, "%s", err.text);
	tj_checkpoint_match(file, other, &err);
	tj_safetensors_close(file);
	return err;
}

static void drop_last(struct tj_identity *id)
{
	free(id->entries[--id->n].key);
	free(id->entries[id->n].value);
}

Test(train_checkpoint, another_identity_is_named)
{
	static struct training t, other;
	struct tj_error err = { 0 };
	make_training(&t);
	make_training(&other);
	err = match(&t, &other.id);
	cr_assert_eq(err.status, TRUJAMAN_OK, "%s", err.text);

	strcpy(other.id.entries[0].value, "0.2");
	err = match(&t, &other.id);
	expect_fault(&err, TRUJAMAN_ERROR_USAGE, "match",
	             PARTS("--dropout", "\"0.25\"", "\"0.2\""));

	strcpy(other.id.entries[0].value, "0.25");
	tj_error_clear(&err);
	tj_identity_add(&other.id, &err, "--init", "none");
	err = match(&t, &other.id);
	expect_fault(&err, TRUJAMAN_ERROR_USAGE, "match", PARTS("--init", "\"none\""));

	drop_last(&other.id);
	drop_last(&other.id);
	err = match(&t, &other.id);
	expect_fault(&err, TRUJAMAN_ERROR_USAGE, "match", PARTS("metadata name", "caf"));
	tj_identity_free(&t.id);
	tj_identity_free(&other.id);
}

/* Keys that agree in their first hundreds of bytes, with a character of two bytes at every offset
 * at which a key might be cut. */
Test(train_checkpoint, long_keys_neither_collide_nor_tear)
{
	static struct training t;
	struct tj_error err = { 0 };
	char key[300];
	make_training(&t);
	for (int last = 0; last < 2; last++)
		for (int odd = 0; odd < 2; odd++) {
			size_t n = (size_t)snprintf(key, sizeof key, "metadata %s", odd ? "x" : "");
			for (; n < 280; n += 2)
				memcpy(key + n, "\xc3\xa9", 3);
			snprintf(key + n, sizeof key - n, "%d", last);
			tj_identity_add(&t.id, &err, key, "value %d %d", odd, last);
		}
	cr_assert_eq(err.status, TRUJAMAN_OK, "%s", err.text);
	err = match(&t, &t.id);
	cr_assert_eq(err.status, TRUJAMAN_OK, "%s", err.text);
	t.id.entries[t.id.n - 1].value[0] = 'V';
	static struct training before;
	make_training(&before);
	err = match(&t, &before.id);
	expect_fault(&err, TRUJAMAN_ERROR_USAGE, "match", PARTS("metadata "));
	tj_identity_free(&t.id);
	tj_identity_free(&before.id);
}

/* Not damaged: the message says what to do. */
Test(train_checkpoint, of_another_version_it_is_told)
{
	const struct tj_write_entry entries[] = { { "format", "trujaman-checkpoint/1" },
		                                  { "checksum", "0123456789abcdef" } };
	const char *path = in_scratch("old");
	struct tj_error err = { 0 };
	cr_assert_eq(tj_safetensors_write(path, 0, NULL, 2, entries, &err), TRUJAMAN_OK, "%s",
	             err.text);
	cr_assert_null(tj_checkpoint_open(path, &err));
	expect_fault(&err, TRUJAMAN_ERROR_FORMAT, path,
	             PARTS("another version", "trujaman-checkpoint/1", "--force"));
}
