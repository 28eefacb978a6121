/* SPDX-License-Identifier: MIT */
/* Recognises compression formats by file name, by name and by magic number. */
#include "src/io/packing.h"

#include <string.h>

/* `least`: text does not begin with so many bytes of the magic number. A content that ends after
 * that many or more of them is compressed, but truncated. */
static const struct {
	const char *name, *suffix;
	struct magic {
		unsigned char n, least;
		const char *bytes; /* '?' matches a digit 1 to 9 */
	} magics[2];
} packings[] = {
	[TJ_PACK_NONE] = { "none", NULL, { { 0 } } },
	[TJ_PACK_GZIP] = { "gzip", ".gz", { { 3, 2, "\x1f\x8b\x08" } } },
	[TJ_PACK_BZIP2] = { "bzip2",
	                    ".bz2",
	                    { { 10, 5,
	                        "BZh?\x31\x41\x59\x26\x53\x59" }, /* then a block, or the end */
	                      { 10, 5, "BZh?\x17\x72\x45\x38\x50\x90" } } },
	[TJ_PACK_XZ] = { "xz", ".xz", { { 6, 3, "\xfd\x37zXZ\0" } } },
	[TJ_PACK_ZSTD] = { "zstd", ".zst", { { 4, 3, "\x28\xb5\x2f\xfd" } } },
};
enum { N_PACKINGS = sizeof packings / sizeof *packings };

enum tj_packing tj_packing_of_path(const char *path)
{
	size_t n = strlen(path);
	for (int i = TJ_PACK_GZIP; i < N_PACKINGS; i++) {
		size_t n_suffix = strlen(packings[i].suffix);
		if (n > n_suffix && strcmp(path + n - n_suffix, packings[i].suffix) == 0)
			return (enum tj_packing)i;
	}
	return TJ_PACK_NONE;
}

const char *tj_packing_suffix(enum tj_packing packing)
{
	return packing == TJ_PACK_NONE ? "" : packings[packing].suffix;
}

int tj_packing_by_name(const char *name)
{
	for (int i = 0; i < N_PACKINGS; i++)
		if (strcmp(name, packings[i].name) == 0)
			return i;
	return -1;
}

const char *tj_packing_name(enum tj_packing packing)
{
	return packings[packing].name;
}

/* Returns how many of the first bytes match the magic number. */
static size_t common(const struct magic *magic, const unsigned char *bytes, size_t n)
{
	size_t i = 0;
	for (; i < n && i < magic->n; i++) {
		unsigned char wanted = (unsigned char)magic->bytes[i];
		if (wanted == '?' ? bytes[i] < '1' || bytes[i] > '9' : bytes[i] != wanted)
			break;
	}
	return i;
}

int tj_packing_of_content(const void *bytes, size_t n, int at_end)
{
	int undecided = n == 0 && !at_end;
	for (int i = TJ_PACK_GZIP; i < N_PACKINGS; i++)
		for (int m = 0; m < 2 && packings[i].magics[m].n > 0; m++) {
			const struct magic *magic = &packings[i].magics[m];
			size_t same = common(magic, bytes, n);
			if (same == magic->n || (at_end && same == n && n >= magic->least))
				return i;
			undecided |= same == n && !at_end;
		}
	return undecided ? -1 : TJ_PACK_NONE;
}
