/* SPDX-License-Identifier: MIT */
/* Compressed texts, cut anywhere and damaged at random. The result must be the beginning of the
 * right translation and an error that names the byte, or the whole translation. */
#define _GNU_SOURCE /* memfd_create */
#include <sys/mman.h>
#include <unistd.h>

#include "src/io/packer.h"
#include "tests/api_support.h"
#include "tests/mutate.h"
#include "tests/support.h"

enum {
	ARCHIVES = 2000,
	BASES = 32, /* undamaged archives, equally many of each format */
	N_PACKINGS = 4,
	MAX_MEMBERS = 3
};

TestSuite(mutated_archives, .init = test_start, .timeout = 600);

struct base {
	enum tj_packing packing;
	struct bytes text, packed, translation;
	size_t n_members;
	size_t packed_ends[MAX_MEMBERS],
	    ends[MAX_MEMBERS]; /* where members end, in the archive and in the translation */
};

struct result {
	trujaman_status status;
	struct bytes out;
	uint64_t lines;
};

static int memory_file(const struct bytes *b)
{
	int fd = memfd_create("archive", MFD_CLOEXEC);
	cr_assert_geq(fd, 0);
	cr_assert_eq(pwrite(fd, b->data, b->n, 0), (ssize_t)b->n);
	return fd;
}

static int put(void *context, const trujaman_stretch *stretch)
{
	struct result *r = context;
	bytes_add(&r->out, stretch->bytes, stretch->n_bytes);
	r->lines += stretch->lines;
	return 0;
}

static struct result translate_bytes(struct handle *t, const struct bytes *in)
{
	struct result r = { .lines = 0 };
	trujaman_input input = { .fd = memory_file(in), .force_text = 1 };
	trujaman_sink sink = { .context = &r, .write = put };
	bytes_add(&r.out, "", 0);
	r.status = handle_translate_to(t, 1, &input, &sink, TRUJAMAN_OUTPUT_PLAIN, NULL);
	close(input.fd);
	return r;
}

/* An archive of a few members of whole lines; the last one may lack its newline. */
static struct base make_base(struct handle *t, enum tj_packing packing)
{
	struct base b = { .packing = packing, .n_members = test_between(1, MAX_MEMBERS) };
	struct tj_error err = { 0 };
	int fd = memfd_create("packed", MFD_CLOEXEC);
	struct tj_packer *p = tj_packer_open(fd, "packed", packing, &err);
	cr_assert_not_null(p, "%s", err.text);
	for (size_t i = 0; i < b.n_members; i++) {
		struct bytes text = { NULL, 0, 0 };
		make_text(&text, test_between(3, 12));
		if (i + 1 < b.n_members)
			bytes_add(&text, "\n", 1);
		bytes_add(&text, "", 0);
		cr_assert_eq(tj_packer_write(p, text.data, text.n, &err), TRUJAMAN_OK);
		cr_assert_eq(tj_packer_end_member(p, &err), TRUJAMAN_OK);
		b.packed_ends[i] = (size_t)tj_packer_bytes(p);
		bytes_add(&b.text, text.data, text.n);
		free(text.data);
		struct result r = translate_bytes(t, &b.text);
		cr_assert_eq(r.status, TRUJAMAN_OK);
		b.ends[i] = r.out.n;
		free(b.translation.data);
		b.translation = r.out;
	}
	cr_assert_eq(tj_packer_close(p, &err), TRUJAMAN_OK);
	char *packed = malloc(b.packed_ends[b.n_members - 1]);
	cr_assert_eq(pread(fd, packed, b.packed_ends[b.n_members - 1], 0),
	             (ssize_t)b.packed_ends[b.n_members - 1]);
	bytes_add(&b.packed, packed, b.packed_ends[b.n_members - 1]);
	free(packed);
	close(fd);
	return b;
}

static void free_base(struct base *b)
{
	free(b->text.data);
	free(b->packed.data);
	free(b->translation.data);
}

static struct bytes copy_of(const struct bytes *from, size_t n)
{
	struct bytes copy = { NULL, 0, 0 };
	bytes_add(&copy, from->data, n);
	return copy;
}

static void check_error(struct handle *t, const struct result *r, const struct bytes *in)
{
	const char *text = handle_error(t), *at = strstr(text, " at byte ");
	CHECK(r->status == TRUJAMAN_ERROR_FORMAT || r->status == TRUJAMAN_ERROR_MEMORY,
	      "status %d: %s", (int)r->status, text);
	CHECK(strncmp(text, "descriptor ", 11) == 0 && at != NULL, "%s", text);
	CHECK(strtoull(at + 9, NULL, 10) <= in->n, "%s: of %zu bytes", text, in->n);
}

/* The output must be whole lines from the beginning of the right translation. */
static void check_beginning(const struct base *b, const struct result *r)
{
	CHECK(r->out.n <= b->translation.n &&
	          same_bytes(r->out.data, b->translation.data, r->out.n),
	      "not the beginning of the right translation");
	CHECK(r->out.n == 0 || r->out.n == b->translation.n || r->out.data[r->out.n - 1] == '\n',
	      "a torn line");
}

static int ends_a_member(const size_t *ends, const struct base *b, size_t n)
{
	for (size_t i = 0; i < b->n_members; i++)
		if (ends[i] == n)
			return 1;
	return n == 0;
}

static void try_cut(struct handle *t, const struct base *b, size_t n)
{
	struct bytes cut = copy_of(&b->packed, n);
	struct result r = translate_bytes(t, &cut);
	int whole = ends_a_member(b->packed_ends, b, n);
	/* A file that is too short for its format to be recognised is read as text. */
	if (r.status != TRUJAMAN_OK)
		check_error(t, &r, &cut);
	else
		CHECK(whole || n < TJ_PACKING_HEAD, "%s cut at %zu passes for whole",
		      tj_packing_name(b->packing), n);
	if (whole)
		CHECK(r.status == TRUJAMAN_OK && (n == 0 || ends_a_member(b->ends, b, r.out.n)),
		      "%s of whole members: %s", tj_packing_name(b->packing), handle_error(t));
	if (n >= TJ_PACKING_HEAD)
		check_beginning(b, &r);
	free(r.out.data);
	free(cut.data);
}

/* Returns 1 if the damage was detected. */
static int try_damage(struct handle *t, const struct base *b)
{
	struct bytes damaged = copy_of(&b->packed, b->packed.n);
	mutate(&damaged, 3, 0);
	struct result r = translate_bytes(t, &damaged);
	int changed = damaged.n != b->packed.n ||
	              !same_bytes(damaged.data, b->packed.data, damaged.n);
	int packing = tj_packing_of_content(damaged.data, damaged.n, 1);
	CHECK(is_utf8(r.out.data, r.out.n), "%s", tj_packing_name(b->packing));
	if (r.status != TRUJAMAN_OK)
		check_error(t, &r, &damaged);
	/* A format with a checksum must not accept other content as complete. */
	if (r.status == TRUJAMAN_OK && packing == (int)b->packing) {
		check_beginning(b, &r);
		CHECK(r.out.n == 0 || ends_a_member(b->ends, b, r.out.n), "%s: lines are lost",
		      tj_packing_name(b->packing));
	}
	if (!changed)
		CHECK(r.status == TRUJAMAN_OK && r.out.n == b->translation.n, "not damaged");
	free(r.out.data);
	free(damaged.data);
	return r.status != TRUJAMAN_OK;
}

Test(mutated_archives, damaged_and_cut)
{
	trujaman_options o = options_of(1, 1);
	struct handle *t = open_fixture("plain-seq2seq", &o);
	static struct base bases[BASES];
	size_t n_noticed = 0, n_cut = 0;
	for (size_t i = 0; i < BASES; i++)
		bases[i] = make_base(t, (enum tj_packing)(TJ_PACK_GZIP + i % N_PACKINGS));
	for (size_t i = 0; i < ARCHIVES; i++) {
		struct base *b = &bases[i % BASES];
		if (test_between(0, 3) > 0)
			n_noticed += (size_t)try_damage(t, b);
		else if (test_between(0, 9) > 0 && ++n_cut)
			try_cut(t, b, test_between(0, b->packed.n));
		else if (++n_cut)
			try_cut(t, b, b->packed_ends[test_between(0, b->n_members - 1)]);
	}
	fprintf(stderr, "%d archives, %zu of them cut; of %zu damaged ones %zu were refused\n",
	        (int)ARCHIVES, n_cut, ARCHIVES - n_cut, n_noticed);
	CHECK(n_noticed > (ARCHIVES - n_cut) / 2, "%zu refused", n_noticed);
	for (size_t i = 0; i < BASES; i++)
		free_base(&bases[i]);
	handle_close(t);
}
