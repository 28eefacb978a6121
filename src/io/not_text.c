/* SPDX-License-Identifier: MIT */
/* Recognises what is no text in UTF-8 by magic numbers and by its NULs. */
#include "src/io/not_text.h"

#include <stdio.h>
#include <string.h>

#include "src/base/latin.h"

#define BYTES(literal) literal, sizeof literal - 1

/* '?' matches any byte. `wordy`: the magic number might be a word of a text, and is where text
 * follows. */
static const struct magic {
	unsigned at;
	const char *bytes;
	size_t n;
	int wordy;
	const char *what, *before, *after;
} magics[] = {
	{ 0, BYTES("\xff\xfe\0\0"), 0, "text in UTF-32", "iconv -f UTF-32 -t UTF-8", "" },
	{ 0, BYTES("\0\0\xfe\xff"), 0, "text in UTF-32", "iconv -f UTF-32 -t UTF-8", "" },
	{ 0, BYTES("\xff\xfe"), 0, "text in UTF-16", "iconv -f UTF-16 -t UTF-8", "" },
	{ 0, BYTES("\xfe\xff"), 0, "text in UTF-16", "iconv -f UTF-16 -t UTF-8", "" },
	{ 0, BYTES("%PDF-?.?\n"), 0, "a PDF file", "pdftotext", " -" },
	{ 0, BYTES("%PDF-?.?\r"), 0, "a PDF file", "pdftotext", " -" },
	{ 0, BYTES("{\\rtf1"), 0, "an RTF document", "unrtf --text", "" },
	{ 0, BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), 0, "an old Office document", "catdoc", "" },
	{ 30, BYTES("[Content_Types].xml"), 0, "an Office document", "pandoc -t plain", "" },
	{ 30, BYTES("mimetypeapplication/"), 0, "an EPUB or OpenDocument file", "pandoc -t plain",
	  "" },
	{ 0, BYTES("PK\3\4"), 0, "a ZIP archive", "unzip -p", "" },
	{ 0, BYTES("PK\5\6"), 0, "a ZIP archive", "unzip -p", "" },
	{ 257, BYTES("ustar\0"), 0, "a tar archive", "tar -xOf", "" },
	{ 257, BYTES("ustar  "), 0, "a tar archive", "tar -xOf", "" },
	{ 0, BYTES("7z\xbc\xaf\x27\x1c"), 0, "a 7z archive", "7z x -so", "" },
	{ 0, BYTES("Rar!\x1a\7"), 0, "a RAR archive", "unrar p -inul", "" },
	{ 0, BYTES("MSCF\0\0\0\0"), 0, "a CAB archive", "cabextract -p", "" },
	{ 0, BYTES("!<arch>\n"), 0, "an archive of ar", NULL, NULL },
	{ 0, BYTES("\x1f\x8b\x08"), 0, "compressed by gzip", "gzip -dc", "" },
	{ 0, BYTES("BZh?1AY&SY"), 0, "compressed by bzip2", "bzip2 -dc", "" },
	{ 0, BYTES("\xfd\x37zXZ\0"), 0, "compressed by xz", "xz -dc", "" },
	{ 0, BYTES("\x28\xb5\x2f\xfd"), 0, "compressed by zstd", "zstd -dc", "" },
	{ 0, BYTES("\x04\x22\x4d\x18"), 0, "compressed by lz4", "lz4 -dc", "" },
	{ 0, BYTES("LZIP\1"), 0, "compressed by lzip", "lzip -dc", "" },
	{ 0, BYTES("\x1f\x9d"), 0, "compressed by compress", "uncompress -c", "" },
	{ 0, BYTES("\x89PNG\r\n\x1a\n"), 0, "a PNG image", NULL, NULL },
	{ 0, BYTES("\xff\xd8\xff"), 0, "a JPEG image", NULL, NULL },
	{ 0, BYTES("GIF87a"), 1, "a GIF image", NULL, NULL },
	{ 0, BYTES("GIF89a"), 1, "a GIF image", NULL, NULL },
	{ 0, BYTES("II*\0"), 0, "a TIFF image", NULL, NULL },
	{ 0, BYTES("MM\0*"), 0, "a TIFF image", NULL, NULL },
	{ 0, BYTES("BM????\0\0\0\0"), 0, "a BMP image", NULL, NULL },
	{ 0, BYTES("RIFF"), 1, "a RIFF file (WAV, AVI or WebP)", NULL, NULL },
	{ 0, BYTES("OggS\0"), 0, "an Ogg file", NULL, NULL },
	{ 0, BYTES("fLaC\0"), 0, "a FLAC file", NULL, NULL },
	{ 0, BYTES("ID3\2"), 0, "an MP3 file", NULL, NULL },
	{ 0, BYTES("ID3\3"), 0, "an MP3 file", NULL, NULL },
	{ 0, BYTES("ID3\4"), 0, "an MP3 file", NULL, NULL },
	{ 0, BYTES("\0\0\0?ftyp"), 0, "an MP4 file", NULL, NULL },
	{ 0, BYTES("\x1a\x45\xdf\xa3"), 0, "a Matroska or WebM file", NULL, NULL },
	{ 0,
	  BYTES("\x7f"
	        "ELF"),
	  0, "an ELF program", NULL, NULL },
	{ 0, BYTES("MZ\x90\0"), 0, "a Windows program", NULL, NULL },
	{ 0, BYTES("\xca\xfe\xba\xbe"), 0, "a Java class", NULL, NULL },
	{ 0, BYTES("\xcf\xfa\xed\xfe"), 0, "a Mach-O program", NULL, NULL },
	{ 0, BYTES("\0asm"), 0, "a WebAssembly program", NULL, NULL },
	{ 0, BYTES("SQLite format 3\0"), 0, "an SQLite database", "sqlite3", " .dump" },
	{ 0, BYTES("\xde\x12\x04\x95"), 0, "a message catalogue of gettext", "msgunfmt", "" },
	{ 0, BYTES("\x89HDF\r\n\x1a\n"), 0, "an HDF5 file", NULL, NULL },
	{ 0, BYTES("\x93NUMPY"), 0, "an array of NumPy", NULL, NULL },
	{ 0, BYTES("PAR1"), 1, "a Parquet file", NULL, NULL },
	{ 0, BYTES("wOFF"), 1, "a font", NULL, NULL },
	{ 0, BYTES("wOF2"), 1, "a font", NULL, NULL },
	{ 5, BYTES("\0\0\0{"), 0, "a safetensors file, such as a model", NULL, NULL },
};

/* Whether the n bytes after a magic number are a text's: characters of ASCII. */
static int goes_on(const unsigned char *bytes, size_t n)
{
	enum { ENOUGH = 4 };
	size_t i = 0;
	while (i < n && i < ENOUGH &&
	       ((bytes[i] >= ' ' && bytes[i] < 0x7F) || (bytes[i] >= '\t' && bytes[i] <= '\r')))
		i++;
	return i == ENOUGH || i == n;
}

static int fits(const struct magic *m, const unsigned char *bytes, size_t n)
{
	if (n < m->at + m->n)
		return 0;
	for (size_t i = 0; i < m->n; i++)
		if (m->bytes[i] != '?' && bytes[m->at + i] != (unsigned char)m->bytes[i])
			return 0;
	return !m->wordy || !goes_on(bytes + m->n, n - m->n);
}

/* Names the content by where its NULs are: at[k] is their number at offsets that are k modulo 4. */
static void name_by_nuls(const size_t at[4], size_t n, struct tj_not_text *found)
{
	size_t even = at[0] + at[2], odd = at[1] + at[3], all = even + odd;
	*found = (struct tj_not_text){ .what = "binary data", .by_nuls = 1 };
	const char *command = NULL;
	if (8 * all >= 5 * n) {
		if (at[0] * 16 < all)
			command = "iconv -f UTF-32LE -t UTF-8";
		else if (at[3] * 16 < all)
			command = "iconv -f UTF-32BE -t UTF-8";
	} else if (even * 16 < all) {
		command = "iconv -f UTF-16LE -t UTF-8";
	} else if (odd * 16 < all) {
		command = "iconv -f UTF-16BE -t UTF-8";
	}
	if (command == NULL || n < 4)
		return;
	found->what = strstr(command, "UTF-16") != NULL ? "text in UTF-16" : "text in UTF-32";
	found->before = command;
	found->after = "";
	found->filters = 1;
}

int tj_not_text_find(const void *content, size_t n, struct tj_not_text *found)
{
	enum { ONE_IN = 10 };
	const unsigned char *bytes = content;
	size_t at[4] = { 0 };
	if (n > TJ_NOT_TEXT_HEAD)
		n = TJ_NOT_TEXT_HEAD;
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		const struct magic *m = &magics[i];
		if (!fits(m, bytes, n))
			continue;
		*found = (struct tj_not_text){ .what = m->what,
			                       .before = m->before,
			                       .after = m->after };
		found->filters = m->before != NULL && strncmp(m->before, "iconv ", 6) == 0;
		return 1;
	}
	for (size_t i = 0; i < n; i++)
		at[i % 4] += bytes[i] == 0;
	if ((at[0] + at[1] + at[2] + at[3]) * ONE_IN <= n)
		return 0;
	name_by_nuls(at, n, found);
	return 1;
}

void tj_not_text_quote(const char *name, char *buffer, size_t n_bytes)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./+,:@%-";
	if (*name == '-' || *name == '\0' || strchr(name, '\'') != NULL ||
	    strlen(name) + 3 > n_bytes)
		snprintf(buffer, n_bytes, "FILE");
	else if (name[strspn(name, plain)] == '\0')
		snprintf(buffer, n_bytes, "%s", name);
	else
		snprintf(buffer, n_bytes, "'%s'", name);
}

const char *tj_not_text_latin(uint64_t n_latin, uint64_t n_invalid, const char *path, char *buffer,
                              size_t n_bytes)
{
	char file[256] = "";
	const char *advice = tj_latin_advice(n_latin, n_invalid);
	if (*advice && path != NULL && strcmp(path, "-") != 0)
		tj_not_text_quote(path, file, sizeof file);
	snprintf(buffer, n_bytes, "%s%s%s", advice, *file ? " " : "", file);
	return buffer;
}

trujaman_status tj_not_text_refuse(const struct tj_not_text *found, const char *name, int is_path,
                                   struct tj_error *err)
{
	char file[512] = "FILE";
	if (is_path)
		tj_not_text_quote(name, file, sizeof file);
	if (found->before == NULL)
		return tj_fail(
		    err, TRUJAMAN_ERROR_INPUT,
		    "%s is no text in UTF-8: it is %s; --force-text reads it nevertheless", name,
		    found->what);
	int nameless = !is_path && found->filters;
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "%s is no text in UTF-8: it is %s; convert it first: %s%s%s%s "
	               "(--force-text reads it as it is)",
	               name, found->what, found->before, nameless ? "" : " ", nameless ? "" : file,
	               nameless ? "" : found->after);
}
