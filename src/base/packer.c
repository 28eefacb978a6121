/* SPDX-License-Identifier: MIT */
#include "src/base/packer.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "src/base/write.h"

/* Handed on in blocks of this size alone, whatever the writes: a compressor may end a block of
 * its own where its input paused. */
enum { BLOCK = 256 << 10 };

static const struct filter {
	int (*add)(struct archive *a);
	const char *name, *level;
	int has_timestamp; /* unless told otherwise */
} filters[] = {
    [TJ_PACK_GZIP] = {archive_write_add_filter_gzip, "gzip", "6", 1},
    [TJ_PACK_BZIP2] = {archive_write_add_filter_bzip2, "bzip2", "9", 0},
    [TJ_PACK_XZ] = {archive_write_add_filter_xz, "xz", "6", 0},
    [TJ_PACK_ZSTD] = {archive_write_add_filter_zstd, "zstd", "3", 0},
};

struct tj_packer {
	int fd;
	char *name;
	const struct filter *filter;
	struct archive *member;  /* NULL: none is open */
	char *block;             /* of BLOCK bytes, so many used */
	size_t used;
	uint64_t bytes;          /* in the descriptor */
	int wants_member;        /* the file has none yet */
	struct tj_error failure;
};

struct tj_packer *tj_packer_open(int fd, const char *name, enum tj_packing packing,
                                 struct tj_error *err)
{
	struct tj_packer *p = calloc(1, sizeof *p);
	if (p != NULL) {
		p->fd = fd;
		p->name = strdup(name);
		p->block = malloc(BLOCK);
		p->filter = &filters[packing];
		p->wants_member = lseek(fd, 0, SEEK_CUR) <= 0; /* or it has no position */
		if (p->name != NULL && p->block != NULL)
			return p;
	}
	tj_packer_abandon(p);
	tj_fail_memory(err, "compressing", BLOCK);
	return NULL;
}

/* After a failure all is taken and dropped: a struct archive that has seen one of its own
 * never frees what its compressor holds. */
static la_ssize_t write_out(struct archive *a, void *context, const void *bytes, size_t n)
{
	struct tj_packer *p = context;
	(void)a;
	if (p->failure.status == TRUJAMAN_OK &&
	    tj_write_all(p->fd, p->name, bytes, n, &p->failure) == TRUJAMAN_OK)
		p->bytes += n;
	return (la_ssize_t)n;
}

/* Of two reasons that of the descriptor, which came first, stands. */
static trujaman_status fail(struct tj_packer *p, struct archive *a)
{
	if (a == NULL || archive_errno(a) == ENOMEM)
		return tj_fail_memory(&p->failure, "compressing", BLOCK);
	const char *reason = archive_error_string(a);
	return tj_fail(&p->failure, TRUJAMAN_ERROR_IO, "cannot compress %s as %s: %s", p->name,
	               p->filter->name, reason != NULL ? reason : "libarchive does not say why");
}

/* A warning, too, is none of what was asked for: another program in the library's place. */
static int is_open(struct tj_packer *p, struct archive *a, struct archive_entry *entry)
{
	const struct filter *f = p->filter;
	archive_entry_set_filetype(entry, AE_IFREG);
	return f->add(a) == ARCHIVE_OK && archive_write_set_format_raw(a) == ARCHIVE_OK &&
	       archive_write_set_filter_option(a, f->name, "compression-level", f->level) ==
	           ARCHIVE_OK &&
	       (!f->has_timestamp ||
	        archive_write_set_filter_option(a, f->name, "timestamp", NULL) == ARCHIVE_OK) &&
	       archive_write_set_bytes_per_block(a, 0) == ARCHIVE_OK &&
	       archive_write_open2(a, p, NULL, write_out, NULL, NULL) == ARCHIVE_OK &&
	       archive_write_header(a, entry) == ARCHIVE_OK;
}

static trujaman_status begin_member(struct tj_packer *p)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	if (a == NULL || entry == NULL)
		fail(p, NULL);
	else if (is_open(p, a, entry))
		p->member = a;
	else
		fail(p, a);
	archive_entry_free(entry);
	if (p->member == NULL && a != NULL)
		archive_write_free(a);
	return p->failure.status;
}

/* The block goes into the member. */
static trujaman_status compress_block(struct tj_packer *p)
{
	if (p->member == NULL && begin_member(p) != TRUJAMAN_OK)
		return p->failure.status;
	size_t n = p->used;
	p->used = 0;
	if (n > 0 && archive_write_data(p->member, p->block, n) != (la_ssize_t)n)
		fail(p, p->member);
	return p->failure.status;
}

static trujaman_status end_member(struct tj_packer *p)
{
	if (compress_block(p) != TRUJAMAN_OK)
		return p->failure.status;
	if (archive_write_close(p->member) != ARCHIVE_OK)
		fail(p, p->member);
	archive_write_free(p->member);
	p->member = NULL;
	p->wants_member = 0;
	return p->failure.status;
}

static trujaman_status told(const struct tj_packer *p, struct tj_error *err)
{
	if (p->failure.status == TRUJAMAN_OK)
		return TRUJAMAN_OK;
	return tj_fail(err, p->failure.status, "%s", p->failure.text);
}

trujaman_status tj_packer_write(struct tj_packer *p, const void *bytes, size_t n,
                                struct tj_error *err)
{
	const char *from = bytes;
	while (n > 0 && p->failure.status == TRUJAMAN_OK) {
		size_t part = n < BLOCK - p->used ? n : BLOCK - p->used;
		memcpy(p->block + p->used, from, part);
		p->used += part;
		from += part;
		n -= part;
		if (p->used == BLOCK)
			compress_block(p);
	}
	return told(p, err);
}

trujaman_status tj_packer_end_member(struct tj_packer *p, struct tj_error *err)
{
	if (p->failure.status == TRUJAMAN_OK && (p->member != NULL || p->used > 0))
		end_member(p);
	return told(p, err);
}

uint64_t tj_packer_bytes(const struct tj_packer *p)
{
	return p->bytes;
}

trujaman_status tj_packer_close(struct tj_packer *p, struct tj_error *err)
{
	if (p == NULL)
		return TRUJAMAN_OK;
	if (p->failure.status == TRUJAMAN_OK && (p->member != NULL || p->used > 0 || p->wants_member))
		end_member(p);
	trujaman_status status = told(p, err);
	tj_packer_abandon(p);
	return status;
}

void tj_packer_abandon(struct tj_packer *p)
{
	if (p == NULL)
		return;
	if (p->member != NULL) { /* which ends all the same, into nothing */
		tj_fail(&p->failure, TRUJAMAN_ERROR_IO, "%s was abandoned", p->name);
		archive_write_free(p->member);
	}
	free(p->name);
	free(p->block);
	free(p);
}
