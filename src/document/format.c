/* SPDX-License-Identifier: MIT */
/* The table of formats. */
#include "src/document/format.h"

#include <stddef.h>
#include <string.h>

#include "src/base/string.h"

static const struct {
	const char *name;
	const char *endings[4];
} formats[TJ_N_FORMATS] = {
	[TJ_FORMAT_TEXT] = { "text", { "txt", "text" } },
	[TJ_FORMAT_JSONL] = { "jsonl", { "jsonl", "ndjson" } },
	[TJ_FORMAT_HTML] = { "html", { "html", "htm", "xhtml" } },
	[TJ_FORMAT_SRT] = { "srt", { "srt" } },
	[TJ_FORMAT_VTT] = { "vtt", { "vtt" } },
	[TJ_FORMAT_PARAGRAPHS] = { "paragraphs", { NULL } },
	[TJ_FORMAT_PO] = { "po", { "po", "pot" } },
	[TJ_FORMAT_XLIFF] = { "xliff", { "xlf", "xliff" } },
	[TJ_FORMAT_MARKDOWN] = { "markdown", { "md", "markdown", "mkd" } },
};

/* Endings of files that are no text line for line. Codes of languages are not among them: train.pl
 * may be Polish. */
static const char others[] =
    " 7z avi bin bmp c class cpp css doc docx eot epub exe flac gif h ico ini jar java "
    "jpeg jpg js json mjs mkv mov mp3 mp4 o odp ods odt ogg otf pdf php png "
    "ppt pptx py rb rst rtf scss sql svg tar tex tif tiff toml ttf wav "
    "webm webp woff woff2 xls xlsx xml yaml yml zip ";

const char *tj_format_name(enum tj_format format)
{
	return formats[format].name;
}

int tj_format_has_markup(enum tj_format format)
{
	return format != TJ_FORMAT_TEXT && format != TJ_FORMAT_JSONL &&
	       format != TJ_FORMAT_PARAGRAPHS;
}

int tj_format_by_name(const char *name)
{
	for (int i = 0; i < TJ_N_FORMATS; i++)
		if (strcmp(formats[i].name, name) == 0)
			return i;
	return -1;
}

/* Returns the length of a file's name without the ending of compression. */
static size_t without_packing(const char *name, size_t n)
{
	static const char *const packings[] = { ".gz", ".bz2", ".xz", ".zst" };
	for (size_t i = 0; i < sizeof packings / sizeof *packings; i++) {
		size_t n_ending = strlen(packings[i]);
		if (n > n_ending && tj_same_letters(name + n - n_ending, packings[i], n_ending))
			return n - n_ending;
	}
	return n;
}

/* Whether an ending is in the list of others. */
static int is_other(const char *ending, size_t n)
{
	for (const char *at = others + 1, *space; (space = strchr(at, ' ')) != NULL; at = space + 1)
		if ((size_t)(space - at) == n && tj_same_letters(at, ending, n))
			return 1;
	return 0;
}

int tj_format_of_path(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	size_t n = without_packing(name, strlen(name)), dot = n;
	while (dot > 0 && name[dot - 1] != '.')
		dot--;
	if (dot == 0 || dot == n)
		return TJ_FORMAT_TEXT;
	for (int i = 0; i < TJ_N_FORMATS; i++)
		for (int k = 0; k < 4 && formats[i].endings[k] != NULL; k++)
			if (strlen(formats[i].endings[k]) == n - dot &&
			    tj_same_letters(formats[i].endings[k], name + dot, n - dot))
				return i;
	return is_other(name + dot, n - dot) ? -1 : TJ_FORMAT_TEXT;
}
