/* SPDX-License-Identifier: MIT */
/* Writes the bytes of an output, compressed in members if requested. */
#include "src/delivery/outlet.h"

#include <inttypes.h>
#include <string.h>

#include "src/io/write.h"

trujaman_status tj_outlet_open(struct tj_outlet *o, int fd, const char *name,
                               enum tj_packing packing, struct tj_journal *journal, uint64_t lines,
                               uint64_t bytes, struct tj_error *err)
{
	*o = (struct tj_outlet){ .fd = fd,
		                 .name = name,
		                 .packs = packing != TJ_PACK_NONE,
		                 .journal = journal,
		                 .base = bytes,
		                 .lines = lines,
		                 .kept = lines };
	if (packing != TJ_PACK_NONE)
		o->packer = tj_packer_open(fd, name, packing, err);
	return !o->packs || o->packer != NULL ? TRUJAMAN_OK : err->status;
}

static uint64_t count_lines(const char *bytes, size_t n)
{
	uint64_t lines = 0;
	const char *end = bytes + n, *at = bytes;
	while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		lines++;
		at++;
	}
	return lines;
}

/* Returns how many of n bytes belong to the current member. *ends is set if it ends after them. */
static size_t member_share(const struct tj_outlet *o, const char *bytes, size_t n, int *ends)
{
	*ends = 0;
	uint64_t least = o->member_bytes < TJ_MEMBER_BYTES ? TJ_MEMBER_BYTES - o->member_bytes : 1;
	if (n < least)
		return n;
	const char *newline = memchr(bytes + least - 1, '\n', n - (size_t)(least - 1));
	if (newline == NULL)
		return n;
	*ends = 1;
	return (size_t)(newline - bytes) + 1;
}

/* The current member is complete: note where it ends. */
static trujaman_status end_member(struct tj_outlet *o, struct tj_error *err)
{
	o->member_bytes = 0;
	trujaman_status status = tj_packer_end_member(o->packer, err);
	if (status != TRUJAMAN_OK || o->journal == NULL)
		return status;
	status = tj_journal_note(o->journal, err, "member %" PRIu64 " %" PRIu64,
	                         o->base + tj_packer_bytes(o->packer), o->lines);
	if (status == TRUJAMAN_OK)
		o->kept = o->lines;
	return status;
}

static trujaman_status write_packed(struct tj_outlet *o, const char *bytes, size_t n,
                                    struct tj_error *err)
{
	trujaman_status status = TRUJAMAN_OK;
	while (n > 0 && status == TRUJAMAN_OK) {
		int ends;
		size_t share = member_share(o, bytes, n, &ends);
		status = tj_packer_write(o->packer, bytes, share, err);
		if (status != TRUJAMAN_OK)
			break;
		o->lines += count_lines(bytes, share);
		o->member_bytes += share;
		bytes += share;
		n -= share;
		if (ends)
			status = end_member(o, err);
	}
	return status;
}

trujaman_status tj_outlet_write(struct tj_outlet *o, const char *bytes, size_t n,
                                struct tj_error *err)
{
	if (o->packer != NULL)
		return write_packed(o, bytes, n, err);
	return tj_write_all(o->fd, o->name, bytes, n, err);
}

trujaman_status tj_outlet_finish(struct tj_outlet *o, struct tj_error *err)
{
	trujaman_status status = TRUJAMAN_OK;
	if (o->packer != NULL && (o->member_bytes > 0 || o->base == 0))
		status = tj_packer_close(o->packer, err);
	else
		tj_packer_abandon(o->packer);
	o->packer = NULL;
	return status;
}

void tj_outlet_abandon(struct tj_outlet *o)
{
	tj_packer_abandon(o->packer);
	o->packer = NULL;
}
