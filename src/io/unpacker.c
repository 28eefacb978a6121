/* SPDX-License-Identifier: MIT */
/* Streaming decompression with zlib, libbz2, liblzma and libzstd, behind one table of codecs. */
#include "src/io/unpacker.h"

#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

/* Some of the libraries count bytes in unsigned int. */
enum { LARGEST_STEP = 1 << 20 };

/* The most memory that a file may make liblzma allocate. `xz -9` takes 65 MiB; libzstd has its own
 * limit (128 MiB). */
enum { XZ_MEMORY = 256 << 20 };

struct unpack_buffer {
	const unsigned char *in;
	unsigned char *out;
	size_t n_in, n_out; /* bytes left */
};

enum unpack_step { STEP_GOOD, STEP_MEMBER_ENDS, STEP_MEMORY, STEP_CORRUPT };

struct unpack_codec {
	enum unpack_step (*begin)(struct tj_unpacker *u); /* begins a member */
	enum unpack_step (*step)(struct tj_unpacker *u, struct unpack_buffer *s);
	void (*release)(struct tj_unpacker *u); /* frees what `begin` allocated, if anything */
	size_t padding;  /* zero bytes after a member must be a multiple of this; 0: none allowed */
	int only_at_end; /* 1: no member may follow the zero bytes */
};

struct tj_unpacker {
	const struct unpack_codec *codec;
	int inside;   /* 1: within a member */
	size_t zeros; /* zero bytes since the last member */
	const char *reason;
	union {
		z_stream gzip;
		bz_stream bzip2;
		lzma_stream xz;
		ZSTD_DStream *zstd;
	} state;
	int allocated;     /* 1: `begin` has allocated `state` */
	size_t zstd_wants; /* bytes: the rest of this block and the next one's header */
};

static enum unpack_step corrupt(struct tj_unpacker *u, const char *reason)
{
	u->reason = reason;
	return STEP_CORRUPT;
}

static enum unpack_step begin_gzip(struct tj_unpacker *u)
{
	enum { WINDOW_BITS = 15, GZIP_ONLY = 16 };
	z_stream *z = &u->state.gzip;
	int code = u->allocated ? inflateReset(z) : inflateInit2(z, WINDOW_BITS + GZIP_ONLY);
	u->allocated = code == Z_OK;
	return code == Z_OK ? STEP_GOOD : STEP_MEMORY;
}

static enum unpack_step step_gzip(struct tj_unpacker *u, struct unpack_buffer *s)
{
	z_stream *z = &u->state.gzip;
	z->next_in = (unsigned char *)s->in; /* zlib does not modify it */
	z->avail_in = (uInt)s->n_in;
	z->next_out = s->out;
	z->avail_out = (uInt)s->n_out;
	int code = inflate(z, Z_SYNC_FLUSH);
	*s = (struct unpack_buffer){ z->next_in, z->next_out, z->avail_in, z->avail_out };
	switch (code) {
	case Z_OK:
	case Z_BUF_ERROR: /* nothing to do without more input */
		return STEP_GOOD;
	case Z_STREAM_END:
		return STEP_MEMBER_ENDS;
	case Z_MEM_ERROR:
		return STEP_MEMORY;
	default:
		return corrupt(u, z->msg != NULL ? z->msg : "this is no gzip data");
	}
}

static void release_gzip(struct tj_unpacker *u)
{
	if (u->allocated)
		inflateEnd(&u->state.gzip);
}

static void release_bzip2(struct tj_unpacker *u)
{
	if (u->allocated)
		BZ2_bzDecompressEnd(&u->state.bzip2);
	u->allocated = 0;
}

static enum unpack_step begin_bzip2(struct tj_unpacker *u)
{
	release_bzip2(u);
	u->state.bzip2 = (bz_stream){ 0 };
	u->allocated = BZ2_bzDecompressInit(&u->state.bzip2, 0, 0) == BZ_OK;
	return u->allocated ? STEP_GOOD : STEP_MEMORY;
}

static enum unpack_step step_bzip2(struct tj_unpacker *u, struct unpack_buffer *s)
{
	bz_stream *b = &u->state.bzip2;
	b->next_in = (char *)s->in; /* libbz2 does not modify it */
	b->avail_in = (unsigned)s->n_in;
	b->next_out = (char *)s->out;
	b->avail_out = (unsigned)s->n_out;
	int code = BZ2_bzDecompress(b);
	*s = (struct unpack_buffer){ (unsigned char *)b->next_in, (unsigned char *)b->next_out,
		                     b->avail_in, b->avail_out };
	switch (code) {
	case BZ_OK:
		return STEP_GOOD;
	case BZ_STREAM_END:
		return STEP_MEMBER_ENDS;
	case BZ_MEM_ERROR:
		return STEP_MEMORY;
	case BZ_DATA_ERROR_MAGIC:
		return corrupt(u, "no bzip2 stream begins here");
	default:
		return corrupt(u, "the data do not fit their checksum");
	}
}

static enum unpack_step begin_xz(struct tj_unpacker *u)
{
	lzma_ret code = lzma_stream_decoder(&u->state.xz, XZ_MEMORY, LZMA_TELL_UNSUPPORTED_CHECK);
	u->allocated = 1;
	return code == LZMA_OK ? STEP_GOOD : STEP_MEMORY;
}

static enum unpack_step step_xz(struct tj_unpacker *u, struct unpack_buffer *s)
{
	lzma_stream *x = &u->state.xz;
	x->next_in = s->in;
	x->avail_in = s->n_in;
	x->next_out = s->out;
	x->avail_out = s->n_out;
	lzma_ret code = lzma_code(x, LZMA_RUN);
	*s = (struct unpack_buffer){ x->next_in, x->next_out, x->avail_in, x->avail_out };
	switch (code) {
	case LZMA_OK:
	case LZMA_BUF_ERROR: /* nothing to do without more input */
		return STEP_GOOD;
	case LZMA_STREAM_END:
		return STEP_MEMBER_ENDS;
	case LZMA_MEM_ERROR:
		return STEP_MEMORY;
	case LZMA_MEMLIMIT_ERROR:
		return corrupt(u, "this takes more than 256 MiB of memory to unpack");
	case LZMA_FORMAT_ERROR:
		return corrupt(u, "no xz stream begins here");
	case LZMA_OPTIONS_ERROR:
	case LZMA_UNSUPPORTED_CHECK:
		return corrupt(u, "this needs a later version of liblzma");
	default:
		return corrupt(u, "the data are damaged");
	}
}

static void release_xz(struct tj_unpacker *u)
{
	if (u->allocated)
		lzma_end(&u->state.xz);
}

static enum unpack_step begin_zstd(struct tj_unpacker *u)
{
	if (!u->allocated)
		u->state.zstd = ZSTD_createDStream();
	u->allocated = u->state.zstd != NULL;
	if (!u->allocated)
		return STEP_MEMORY;
	u->zstd_wants = ZSTD_initDStream(u->state.zstd);
	return ZSTD_isError(u->zstd_wants) ? STEP_MEMORY : STEP_GOOD;
}

/* A call of ZSTD_decompressStream that fails outputs nothing. It gets at most one block at a time,
 * or the sound blocks before a damaged one would be lost. */
static enum unpack_step step_zstd(struct tj_unpacker *u, struct unpack_buffer *s)
{
	ZSTD_inBuffer in = { s->in, s->n_in < u->zstd_wants ? s->n_in : u->zstd_wants, 0 };
	ZSTD_outBuffer out = { s->out, s->n_out, 0 };
	size_t code = ZSTD_decompressStream(u->state.zstd, &out, &in);
	*s = (struct unpack_buffer){ s->in + in.pos, s->out + out.pos, s->n_in - in.pos,
		                     s->n_out - out.pos };
	if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation)
		return STEP_MEMORY;
	if (ZSTD_isError(code))
		return corrupt(u, ZSTD_getErrorName(code));
	u->zstd_wants = code;
	return code == 0 ? STEP_MEMBER_ENDS : STEP_GOOD;
}

static void release_zstd(struct tj_unpacker *u)
{
	if (u->allocated)
		ZSTD_freeDStream(u->state.zstd);
}

static const struct unpack_codec codecs[] = {
	[TJ_PACK_GZIP] = { begin_gzip, step_gzip, release_gzip, 1, 1 },
	[TJ_PACK_BZIP2] = { begin_bzip2, step_bzip2, release_bzip2, 0, 0 },
	[TJ_PACK_XZ] = { begin_xz, step_xz, release_xz, 4, 0 },
	[TJ_PACK_ZSTD] = { begin_zstd, step_zstd, release_zstd, 0, 0 },
};

struct tj_unpacker *tj_unpacker_open(enum tj_packing packing, struct tj_error *err)
{
	struct tj_unpacker *u = calloc(1, sizeof *u);
	if (u == NULL) {
		tj_fail_memory(err, "unpacking", sizeof *u);
		return NULL;
	}
	u->codec = &codecs[packing];
	if (packing == TJ_PACK_XZ)
		u->state.xz = (lzma_stream)LZMA_STREAM_INIT;
	return u;
}

void tj_unpacker_close(struct tj_unpacker *u)
{
	if (u == NULL)
		return;
	u->codec->release(u);
	free(u);
}

const char *tj_unpacker_reason(const struct tj_unpacker *u)
{
	return u->reason;
}

/* Skips zero bytes between members and begins a member at the first other byte. */
static enum unpack_step between(struct tj_unpacker *u, struct unpack_buffer *s)
{
	while (u->codec->padding > 0 && s->n_in > 0 && *s->in == 0) {
		s->in++;
		s->n_in--;
		u->zeros++;
	}
	if (s->n_in == 0)
		return STEP_GOOD;
	if (u->zeros > 0 && (u->codec->only_at_end || u->zeros % u->codec->padding != 0))
		return corrupt(u, "something else follows zeros");
	u->zeros = 0;
	u->inside = 1;
	return u->codec->begin(u);
}

static enum unpack_step unpack(struct tj_unpacker *u, struct unpack_buffer *s)
{
	while (s->n_out > 0) {
		if (!u->inside) {
			enum unpack_step step = between(u, s);
			if (step != STEP_GOOD || s->n_in == 0)
				return step;
		}
		struct unpack_buffer before = *s;
		enum unpack_step step = u->codec->step(u, s);
		if (step == STEP_MEMBER_ENDS)
			u->inside = 0;
		else if (step != STEP_GOOD)
			return step;
		else if (s->n_in == before.n_in && s->n_out == before.n_out)
			return s->n_in > 0 ? corrupt(u, "the data are damaged") : STEP_GOOD;
		else if (s->n_in == 0 && s->n_out > 0)
			return STEP_GOOD;
	}
	return STEP_GOOD;
}

trujaman_status tj_unpack(struct tj_unpacker *u, const void *in, size_t *n_in, void *out,
                          size_t *n_out)
{
	struct unpack_buffer s = { in, out, *n_in < LARGEST_STEP ? *n_in : LARGEST_STEP,
		                   *n_out < LARGEST_STEP ? *n_out : LARGEST_STEP };
	enum unpack_step step = unpack(u, &s);
	*n_in = (size_t)(s.in - (const unsigned char *)in);
	*n_out = (size_t)(s.out - (unsigned char *)out);
	if (step == STEP_MEMORY)
		u->reason = "out of memory";
	return step == STEP_GOOD     ? TRUJAMAN_OK
	       : step == STEP_MEMORY ? TRUJAMAN_ERROR_MEMORY
	                             : TRUJAMAN_ERROR_FORMAT;
}

trujaman_status tj_unpacker_end(struct tj_unpacker *u)
{
	if (u->inside)
		u->reason = "it ends too early";
	else if (u->zeros > 0 && u->zeros % u->codec->padding != 0)
		u->reason = "it ends with zeros too many or too few";
	else
		return TRUJAMAN_OK;
	return TRUJAMAN_ERROR_FORMAT;
}
