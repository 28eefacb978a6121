/* SPDX-License-Identifier: MIT */
/* The languages that an XLIFF document names, and those of the model. */
#include "src/document/xliff_languages.h"

#include <stdio.h>
#include <string.h>

#include "src/base/string.h"
#include "src/base/utf8.h"

/* Whether a code of the document is of a language: en-US and en. */
static int is_language(const char *code, const char *language)
{
	size_t n = strcspn(code, "-_");
	return language == NULL || n == 0 ||
	       (n == strcspn(language, "-_") && tj_same_letters(code, language, n));
}

static int agrees(const char *code, const char *language, const char *verb, const char *preposition,
                  char text[TJ_XLIFF_LANGUAGE_TEXT])
{
	if (code == NULL || is_language(code, language))
		return 1;
	snprintf(text, TJ_XLIFF_LANGUAGE_TEXT, "this is %s \"%.20s\", and the model %s \"%.20s\"",
	         preposition, code, verb, language);
	return 0;
}

int tj_xliff_languages_read(struct tj_xliff_languages *l, const struct tj_document *d,
                            struct tj_document_range tag, const char *source, const char *target,
                            char text[TJ_XLIFF_LANGUAGE_TEXT])
{
	if (!agrees(source, l->source, "reads", "from", text) ||
	    !agrees(target, l->target, "writes", "to be", text))
		return 0;
	size_t at = tag.end - 1;
	if (at > 0 && d->bytes[at - 1] == '/')
		at--;
	while (at > 0 && tj_is_space(d->bytes[at - 1]))
		at--;
	l->lacks_target = target == NULL && l->target != NULL ? at : 0;
	return 1;
}

int tj_xliff_languages_add(struct tj_xliff_languages *l, struct tj_document *d)
{
	const struct tj_document_range at = { l->lacks_target, l->lacks_target };
	const struct tj_document_edit edits[] = {
		{ at, " " }, { at, l->attribute }, { at, "=\"" }, { at, l->target }, { at, "\"" }
	};
	for (int i = 0; i < 5 && l->lacks_target > 0; i++)
		if (!tj_document_add_edit(d, &edits[i]))
			return 0;
	l->lacks_target = 0;
	return 1;
}
