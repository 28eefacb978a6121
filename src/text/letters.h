/* SPDX-License-Identifier: MIT */
/* Whether a text has letters. Any thread. */
#ifndef TJ_TEXT_LETTERS_H
#define TJ_TEXT_LETTERS_H

#include <stddef.h>

/* Whether n bytes of valid UTF-8 have a letter of any script. */
int tj_has_letter(const char *text, size_t n);

#endif
