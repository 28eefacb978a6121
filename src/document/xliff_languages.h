/* SPDX-License-Identifier: MIT */
/* The languages that an XLIFF document names, and those of the model. */
#ifndef TJ_DOCUMENT_XLIFF_LANGUAGES_H
#define TJ_DOCUMENT_XLIFF_LANGUAGES_H

#include "src/document/document.h"

enum { TJ_XLIFF_LANGUAGE_TEXT = 160 };

struct tj_xliff_languages {
	const char *source, *target; /* of the model; NULL: unknown, so any language is right */
	size_t
	    lacks_target; /* where the root or a <file> is to get a target language; 0: nowhere */
	const char *attribute; /* the name of what it gets there */
};

/* Takes what the root of version 2 or a <file> of version 1 says (NULL: nothing). `tag` is
 * the element's start tag. Returns 0 if the model's languages are others, and then
 * says so in `text`. */
int tj_xliff_languages_read(struct tj_xliff_languages *l, const struct tj_document *d,
                            struct tj_document_range tag, const char *source, const char *target,
                            char text[TJ_XLIFF_LANGUAGE_TEXT]);

/* The document has a target now, so it says in which language. Returns 0 if memory is short. */
int tj_xliff_languages_add(struct tj_xliff_languages *l, struct tj_document *d);

#endif
