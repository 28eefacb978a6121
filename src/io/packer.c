/* SPDX-License-Identifier: MIT */
/* Streaming compression with zlib, libbz2, liblzma and libzstd, behind one table of codecs. */
#include "src/io/packer.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "src/io/write.h"

/* The compressor always gets blocks of this size, whatever the size of the writes: it may end a
 * block of its own where its input pauses, and the output would then depend on the writes. */
enum { BLOCK = 256 << 10 };

enum { GZIP_LEVEL = 6, BZIP2_LEVEL = 9, XZ_LEVEL = 6, ZSTD_LEVEL = 3 };

/* A codec's input and its room for output; the codec advances both. */
struct pack_buffer {
	unsigned char *in, *out;
	size_t n_in, n_out;
};

/* A compressor that is called correctly can fail only for lack of memory. */
enum pack_step { STEP_GOOD, STEP_MEMBER_ENDS, STEP_MEMORY };

struct pack_codec {
	enum pack_step (*begin)(struct tj_packer *p); /* begins a member */
	enum pack_step (*step)(struct tj_packer *p, struct pack_buffer *s, int is_last);
	void (*release)(struct tj_packer *p); /* frees what `begin` allocated */
};

struct tj_packer {
	int fd;
	char *name;
	const struct pack_codec *codec;
	union {
		z_stream gzip;
		bz_stream bzip2;
		lzma_stream xz;
		ZSTD_CCtx *zstd;
	} state;
	int allocated;        /* 1: `begin` has allocated `state` */
	int inside;           /* 1: a member has begun but not ended */
	unsigned char *block; /* BLOCK bytes of input (`used` are filled), BLOCK of output */
	size_t used;
	uint64_t bytes;   /* written to fd */
	int wants_member; /* 1: the file has none yet */
	struct tj_error failure;
};

static enum pack_step begin_gzip(struct tj_packer *p)
{
	enum {
		WINDOW_BITS = 15,
		GZIP = 16,
		MEMORY_LEVEL = 8
	}; /* zlib's defaults, except for the format */
	z_stream *z = &p->state.gzip;
	int code = p->allocated ? deflateReset(z)
	                        : deflateInit2(z, GZIP_LEVEL, Z_DEFLATED, WINDOW_BITS + GZIP,
	                                       MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
	p->allocated |= code == Z_OK;
	return code == Z_OK ? STEP_GOOD : STEP_MEMORY;
}

static enum pack_step step_gzip(struct tj_packer *p, struct pack_buffer *s, int is_last)
{
	z_stream *z = &p->state.gzip;
	z->next_in = s->in;
	z->avail_in = (uInt)s->n_in;
	z->next_out = s->out;
	z->avail_out = (uInt)s->n_out;
	int code = deflate(z, is_last ? Z_FINISH : Z_NO_FLUSH);
	*s = (struct pack_buffer){ z->next_in, z->next_out, z->avail_in, z->avail_out };
	return code == Z_STREAM_END                  ? STEP_MEMBER_ENDS
	       : code == Z_OK || code == Z_BUF_ERROR ? STEP_GOOD /* BUF_ERROR: nothing to do */
	                                             : STEP_MEMORY;
}

static void release_gzip(struct tj_packer *p)
{
	deflateEnd(&p->state.gzip);
}

static void release_bzip2(struct tj_packer *p)
{
	BZ2_bzCompressEnd(&p->state.bzip2);
}

static enum pack_step begin_bzip2(struct tj_packer *p)
{
	if (p->allocated)
		release_bzip2(p);
	p->state.bzip2 = (bz_stream){ 0 };
	p->allocated = BZ2_bzCompressInit(&p->state.bzip2, BZIP2_LEVEL, 0, 0) == BZ_OK;
	return p->allocated ? STEP_GOOD : STEP_MEMORY;
}

static enum pack_step step_bzip2(struct tj_packer *p, struct pack_buffer *s, int is_last)
{
	bz_stream *b = &p->state.bzip2;
	if (s->n_in == 0 && !is_last) /* BZ2_bzCompress would treat this as misuse */
		return STEP_GOOD;
	b->next_in = (char *)s->in;
	b->avail_in = (unsigned)s->n_in;
	b->next_out = (char *)s->out;
	b->avail_out = (unsigned)s->n_out;
	int code = BZ2_bzCompress(b, is_last ? BZ_FINISH : BZ_RUN);
	*s = (struct pack_buffer){ (unsigned char *)b->next_in, (unsigned char *)b->next_out,
		                   b->avail_in, b->avail_out };
	return code == BZ_STREAM_END                       ? STEP_MEMBER_ENDS
	       : code == BZ_RUN_OK || code == BZ_FINISH_OK ? STEP_GOOD
	                                                   : STEP_MEMORY;
}

static enum pack_step begin_xz(struct tj_packer *p)
{
	p->allocated = 1; /* perhaps in part, even on failure */
	return lzma_easy_encoder(&p->state.xz, XZ_LEVEL, LZMA_CHECK_CRC64) == LZMA_OK ? STEP_GOOD
	                                                                              : STEP_MEMORY;
}

static enum pack_step step_xz(struct tj_packer *p, struct pack_buffer *s, int is_last)
{
	lzma_stream *x = &p->state.xz;
	x->next_in = s->in;
	x->avail_in = s->n_in;
	x->next_out = s->out;
	x->avail_out = s->n_out;
	lzma_ret code = lzma_code(x, is_last ? LZMA_FINISH : LZMA_RUN);
	*s = (struct pack_buffer){ s->in + (s->n_in - x->avail_in), x->next_out, x->avail_in,
		                   x->avail_out };
	return code == LZMA_STREAM_END ? STEP_MEMBER_ENDS
	       : code == LZMA_OK || code == LZMA_BUF_ERROR
	           ? STEP_GOOD /* BUF_ERROR: nothing to do */
	           : STEP_MEMORY;
}

static void release_xz(struct tj_packer *p)
{
	lzma_end(&p->state.xz);
}

static enum pack_step begin_zstd(struct tj_packer *p)
{
	if (p->allocated)
		return STEP_GOOD; /* the next frame needs no setup */
	ZSTD_CCtx *z = p->state.zstd = ZSTD_createCCtx();
	p->allocated = z != NULL;
	return z != NULL &&
	               !ZSTD_isError(
			   ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, ZSTD_LEVEL)) &&
	               !ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1))
	           ? STEP_GOOD
	           : STEP_MEMORY;
}

static enum pack_step step_zstd(struct tj_packer *p, struct pack_buffer *s, int is_last)
{
	ZSTD_inBuffer in = { s->in, s->n_in, 0 };
	ZSTD_outBuffer out = { s->out, s->n_out, 0 };
	size_t left = ZSTD_compressStream2(p->state.zstd, &out, &in,
	                                   is_last ? ZSTD_e_end : ZSTD_e_continue);
	*s = (struct pack_buffer){ s->in + in.pos, s->out + out.pos, s->n_in - in.pos,
		                   s->n_out - out.pos };
	return ZSTD_isError(left)     ? STEP_MEMORY
	       : is_last && left == 0 ? STEP_MEMBER_ENDS
	                              : STEP_GOOD;
}

static void release_zstd(struct tj_packer *p)
{
	ZSTD_freeCCtx(p->state.zstd);
}

static const struct pack_codec codecs[] = {
	[TJ_PACK_GZIP] = { begin_gzip, step_gzip, release_gzip },
	[TJ_PACK_BZIP2] = { begin_bzip2, step_bzip2, release_bzip2 },
	[TJ_PACK_XZ] = { begin_xz, step_xz, release_xz },
	[TJ_PACK_ZSTD] = { begin_zstd, step_zstd, release_zstd },
};

struct tj_packer *tj_packer_open(int fd, const char *name, enum tj_packing packing,
                                 struct tj_error *err)
{
	struct tj_packer *p = calloc(1, sizeof *p);
	if (p != NULL) {
		p->fd = fd;
		p->name = strdup(name);
		p->block = malloc(2 * BLOCK);
		p->codec = &codecs[packing];
		if (packing == TJ_PACK_XZ)
			p->state.xz = (lzma_stream)LZMA_STREAM_INIT;
		p->wants_member = lseek(fd, 0, SEEK_CUR) <= 0; /* or not seekable */
		if (p->name != NULL && p->block != NULL)
			return p;
	}
	tj_packer_abandon(p);
	tj_fail_memory(err, "compressing", 2 * BLOCK);
	return NULL;
}

static trujaman_status fail_memory(struct tj_packer *p)
{
	return tj_fail(&p->failure, TRUJAMAN_ERROR_MEMORY, "cannot compress %s: out of memory",
	               p->name);
}

/* Compresses the block into the member and writes the output to the descriptor. */
static trujaman_status compress_block(struct tj_packer *p, int is_last)
{
	if (!p->inside && p->codec->begin(p) != STEP_GOOD)
		return fail_memory(p);
	p->inside = 1;
	unsigned char *packed = p->block + BLOCK;
	struct pack_buffer s = { .in = p->block, .n_in = p->used };
	p->used = 0;
	do {
		s.out = packed;
		s.n_out = BLOCK;
		enum pack_step step = p->codec->step(p, &s, is_last);
		if (step == STEP_MEMORY)
			return fail_memory(p);
		p->inside = step != STEP_MEMBER_ENDS;
		size_t n = BLOCK - s.n_out;
		if (tj_write_all(p->fd, p->name, packed, n, &p->failure) != TRUJAMAN_OK)
			return p->failure.status;
		p->bytes += n;
	} while (is_last ? p->inside : s.n_in > 0 || s.n_out == 0);
	p->wants_member = 0;
	return TRUJAMAN_OK;
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
			compress_block(p, 0);
	}
	return told(p, err);
}

trujaman_status tj_packer_end_member(struct tj_packer *p, struct tj_error *err)
{
	if (p->failure.status == TRUJAMAN_OK && (p->inside || p->used > 0))
		compress_block(p, 1);
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
	if (p->failure.status == TRUJAMAN_OK && (p->inside || p->used > 0 || p->wants_member))
		compress_block(p, 1);
	trujaman_status status = told(p, err);
	tj_packer_abandon(p);
	return status;
}

void tj_packer_abandon(struct tj_packer *p)
{
	if (p == NULL)
		return;
	if (p->allocated)
		p->codec->release(p);
	free(p->name);
	free(p->block);
	free(p);
}
