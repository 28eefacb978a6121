/* SPDX-License-Identifier: MIT */
/* Opens ICU's letter cases of a language. */
#ifndef TJ_TEXT_CASE_MAP_H
#define TJ_TEXT_CASE_MAP_H

#include <unicode/ucasemap.h>

/* The rules of `language`, or those of no language if it is NULL or no language code: a model's
 * metadata may hold anything. ICU before 76 does so itself; later ones fail. The caller closes it
 * with ucasemap_close; NULL: *code has failed. */
UCaseMap *tj_case_map_open(const char *language, UErrorCode *code);

#endif
