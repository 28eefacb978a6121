/* SPDX-License-Identifier: MIT */
/* A model file with random bytes changed or cut at any length must give an error or a model,
 * never a crash, a hang or a tensor outside the file. */
#include <fcntl.h>

#include "src/model/config.h"
#include "src/model/config_tensors.h"
#include "tests/model_files.h"

#define FIXTURE "tests/fixtures/plain-seq2seq.safetensors"

TestSuite(damage, .init = make_scratch, .fini = remove_scratch, .timeout = 300);

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * 0x2545f4914f6cdd1du >> 16;
}

/* Opens and reads the file and checks that the outcome is consistent. Returns 1 if a model
 * results. */
static int survive(const char *path)
{
	struct tj_error err = { 0 };
	struct tj_config c;
	struct tj_safetensors *s = tj_safetensors_open(path, &err);
	int whole = s != NULL && tj_config_read(s, &c, &err) == TRUJAMAN_OK;
	cr_assert_eq(whole, err.status == TRUJAMAN_OK);
	cr_assert(whole || strstr(err.text, path) != NULL, "no file in: %s", err.text);
	for (size_t i = 0; s != NULL && i < s->n_tensors; i++) {
		const char *data = s->tensors[i].data, *map = s->map;
		cr_assert_geq(data, map + 8);
		cr_assert_leq(s->tensors[i].n_bytes, s->file_bytes - (size_t)(data - map));
	}
	tj_safetensors_close(s);
	return whole;
}

/* Makes 1 to 4 changes: a random byte, a byte of JSON's syntax, two bytes swapped, or a digit. */
static void damage(unsigned char *bytes, size_t n, uint64_t *random)
{
	static const char json[] = "{}[]\",:0123456789-.eE\\utrfn \n";
	for (uint64_t k = 1 + next_random(random) % 4; k > 0; k--) {
		unsigned char *at = bytes + next_random(random) % n;
		unsigned char *other = bytes + next_random(random) % n, old = *at;
		switch (next_random(random) % 4) {
		case 0:
			*at = (unsigned char)next_random(random);
			break;
		case 1:
			*at = (unsigned char)json[next_random(random) % (sizeof json - 1)];
			break;
		case 2:
			*at = *other;
			*other = old;
			break;
		default: /* still JSON, but with other sizes */
			while (at < bytes + n && (*at < '0' || *at > '9'))
				at++;
			if (at < bytes + n)
				*at = (unsigned char)('0' + next_random(random) % 10);
		}
	}
}

/* Overwrites the first bytes of a file; what is behind them stays. */
static void overwrite_start(const char *path, const unsigned char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY);
	cr_assert_geq(fd, 0);
	cr_assert_eq(pwrite(fd, bytes, n, 0), (ssize_t)n);
	cr_assert_eq(close(fd), 0);
}

Test(damage, damaged_headers)
{
	enum { N_DAMAGED = 5000 };
	uint64_t seed = 20240607, random = seed, length;
	size_t n, n_whole = 0;
	unsigned char *bytes = read_bytes(in_source(FIXTURE), &n);
	memcpy(&length, bytes, sizeof length);
	const char *path = write_parts("file", length, bytes + 8, length, bytes + 8 + length,
	                               n - 8 - length);
	unsigned char *head = malloc(8 + length);
	cr_assert_not_null(head);
	for (int i = 0; i < N_DAMAGED; i++) {
		memcpy(head, bytes, 8 + length);
		/* Only every 16th round may damage the length; otherwise most rounds would fail
		 * right there. */
		size_t from = i % 16 == 0 ? 0 : 8;
		damage(head + from, 8 + length - from, &random);
		overwrite_start(path, head, 8 + length);
		n_whole += (size_t)survive(path);
	}
	fprintf(stderr, "seed %llu: %zu of %d damaged headers still made a model\n",
	        (unsigned long long)seed, n_whole, (int)N_DAMAGED);
	cr_assert_lt(n_whole, N_DAMAGED / 2);
	overwrite_start(path, bytes, 8 + length);
	cr_assert(survive(path));
	free(head);
	free(bytes);
}

Test(damage, truncated_files)
{
	size_t n;
	uint64_t length;
	unsigned char *bytes = read_bytes(in_source(FIXTURE), &n);
	memcpy(&length, bytes, sizeof length);
	for (size_t cut = 0; cut < 8 + length + 64; cut++) {
		const char *path = in_scratch("cut");
		overwrite(path, bytes, cut);
		cr_assert_not(survive(path), "%zu bytes are a model", cut);
	}
	/* A header length shorter than the header. */
	for (uint64_t cut = 0; cut < length; cut++)
		cr_assert_not(survive(write_parts("cut", cut, bytes + 8, length, "", 0)));
	free(bytes);
}
