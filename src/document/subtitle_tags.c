/* SPDX-License-Identifier: MIT */
/* Reads tags of SubRip, <i> and {\an8}, and of WebVTT. */
#include "src/document/subtitle_tags.h"

#include <string.h>

#include "src/base/hash.h"

enum { LONGEST_TAG = 1000 };

static int is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The tags that players of SubRip know; anything else in angle brackets is text there. */
static int is_known(const char *name, size_t n)
{
	return (n == 1 && strchr("ibusIBUS", *name) != NULL) ||
	       (n == 4 && tj_same_letters(name, "font", n));
}

static uint64_t hash_name(const char *name, size_t n)
{
	uint64_t hash = 0;
	for (size_t i = 0; i < n; i++) {
		char small = (char)(name[i] | 0x20);
		hash = tj_hash(hash, &small, 1);
	}
	return hash;
}

size_t tj_subtitle_tag(const char *text, size_t n, enum tj_format format, struct tj_item *item)
{
	size_t most = n < LONGEST_TAG ? n : LONGEST_TAG;
	int is_style = format == TJ_FORMAT_SRT && n > 1 && text[0] == '{' && text[1] == '\\';
	if (text[0] != '<' && !is_style)
		return 0;
	const char *end = memchr(text, is_style ? '}' : '>', most);
	if (end == NULL)
		return 0;
	size_t bytes = (size_t)(end - text) + 1, first = 1 + (text[1] == '/'), at = first;
	while (is_letter(text[at]))
		at++;
	int ends = strchr(" \t.>", text[at]) != NULL && text[at] != '\0';
	item->kind = TJ_ITEM_ALONE;
	if (is_style)
		return bytes;
	if (format == TJ_FORMAT_SRT && (!ends || !is_known(text + first, at - first)))
		return 0;
	if (at > first && ends) {
		item->kind = first > 1 ? TJ_ITEM_CLOSES : TJ_ITEM_OPENS;
		item->name = hash_name(text + first, at - first);
	}
	return bytes;
}
