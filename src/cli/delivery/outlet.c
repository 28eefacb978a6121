/* SPDX-License-Identifier: MIT */
/* Writes the bytes of an output, compressed in members if requested. */
#include "src/cli/delivery/outlet.h"

#include <inttypes.h>
#include <string.h>

#include "src/cli/show/message.h"
#include "src/io/write.h"

static trujaman_status tell(const struct tj_error *err)
{
	if (err->status != TRUJAMAN_OK && err->status != TRUJAMAN_ERROR_CLOSED)
		tj_cli_say("%s", err->text);
	return err->status;
}

trujaman_status tj_outlet_open(struct tj_outlet *o, int fd, const char *name,
                               enum tj_packing packing, struct tj_journal *journal, uint64_t lines,
                               uint64_t bytes)
{
	struct tj_error err = { 0 };
	*o = (struct tj_outlet){ .fd = fd,
		                 .name = name,
		                 .journal = journal,
		                 .base = bytes,
		                 .lines = lines,
		                 .kept = lines };
	if (packing != TJ_PACK_NONE)
		o->packer = tj_packer_open(fd, name, packing, &err);
	return tell(&err);
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

static trujaman_status write_packed(struct tj_outlet *o, const char *bytes, size_t n)
{
	struct tj_error err = { 0 };
	while (n > 0 && err.status == TRUJAMAN_OK) {
		int ends;
		size_t share = member_share(o, bytes, n, &ends);
		if (tj_packer_write(o->packer, bytes, share, &err) != TRUJAMAN_OK)
			break;
		o->lines += count_lines(bytes, share);
		o->member_bytes += share;
		bytes += share;
		n -= share;
		if (!ends)
			continue;
		o->member_bytes = 0;
		if (tj_packer_end_member(o->packer, &err) != TRUJAMAN_OK || o->journal == NULL)
			continue;
		if (tj_journal_note(o->journal, "member %" PRIu64 " %" PRIu64,
		                    o->base + tj_packer_bytes(o->packer), o->lines) != TJ_EXIT_DONE)
			return TRUJAMAN_ERROR_IO;
		o->kept = o->lines;
	}
	return tell(&err);
}

trujaman_status tj_outlet_write(struct tj_outlet *o, const char *bytes, size_t n)
{
	struct tj_error err = { 0 };
	if (o->packer != NULL)
		return write_packed(o, bytes, n);
	tj_write_all(o->fd, o->name, bytes, n, &err);
	return tell(&err);
}

trujaman_status tj_outlet_finish(struct tj_outlet *o)
{
	struct tj_error err = { 0 };
	if (o->packer != NULL && (o->member_bytes > 0 || o->base == 0))
		tj_packer_close(o->packer, &err);
	else
		tj_packer_abandon(o->packer);
	o->packer = NULL;
	return tell(&err);
}

void tj_outlet_abandon(struct tj_outlet *o)
{
	tj_packer_abandon(o->packer);
	o->packer = NULL;
}
