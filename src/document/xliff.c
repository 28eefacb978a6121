/* SPDX-License-Identifier: MIT */
/* Finds the units of XLIFF by expat, which also says whether the document is well formed. What is
 * in a source, src/document/xliff_inline.h reads. */
#include "config.h"

#include "src/document/xliff.h"

#ifdef TJ_HAVE_EXPAT

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/xliff_inline.h"
#include "src/document/xliff_languages.h"

/* clang-format off */
enum element { IN_OTHER, IN_ROOT, IN_FILE, IN_UNIT, IN_SOURCE, IN_SEG_SOURCE, IN_TARGET,
	IN_TARGET_MARKER };
/* clang-format on */

struct xliff_level { /* an element that is open */
	uint8_t element;
	uint8_t kept;     /* translate="no" */
	uint8_t preserve; /* xml:space="preserve" */
	uint8_t in_unit;  /* it is a unit, or lies in one */
};

struct xliff_place { /* of an element */
	struct tj_document_range tag;
	size_t content_end, end; /* 0: there is none */
	int is_empty, preserve;
};

struct xliff {
	struct tj_document *d;
	struct tj_error *err;
	XML_Parser parser;
	struct tj_run run;
	struct xliff_level *levels;
	size_t depth, capacity;
	struct tj_xliff_languages languages;
	/* The unit that is open. */
	struct xliff_place source, seg_source, target;
	size_t unit;
	int style, is_done, has_text;
};

static void stop(struct xliff *x)
{
	(void)XML_StopParser(x->parser, XML_FALSE);
}

static void no_memory(struct xliff *x)
{
	(void)tj_fail_memory(x->err, "a document", x->d->n);
	stop(x);
}

static void fail(struct xliff *x, size_t at, const char *what)
{
	(void)tj_document_fail(x->d, at, what, x->err);
	stop(x);
}

static size_t here(const struct xliff *x)
{
	return (size_t)XML_GetCurrentByteIndex(x->parser);
}

static int is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* The name of an element of XLIFF, or of one in no namespace; "": it is of another one. */
static const char *local_name(const char *name)
{
	static const char ours[] = "urn:oasis:names:tc:xliff:document:";
	const char *space = strrchr(name, ' ');
	if (space == NULL)
		return name;
	return strncmp(name, ours, strlen(ours)) == 0 ? space + 1 : "";
}

static const char *value_of(const char **attributes, const char *name)
{
	for (; *attributes != NULL; attributes += 2)
		if (is(attributes[0], name))
			return attributes[1];
	return NULL;
}

/* The root of version 2, or a <file> of version 1. */
static void read_languages(struct xliff *x, const char **attributes, struct tj_document_range tag,
                           int style)
{
	static const char *const names[2][2] = { { "source-language", "target-language" },
		                                 { "srcLang", "trgLang" } };
	char text[TJ_XLIFF_LANGUAGE_TEXT];
	const char *source = value_of(attributes, names[style][0]);
	const char *target = value_of(attributes, names[style][1]);
	if (source == NULL)
		return;
	x->languages.attribute = names[style][1];
	if (!tj_xliff_languages_read(&x->languages, x->d, tag, source, target, text))
		fail(x, here(x), text);
}

/* --- Units -------------------------------------------------------------------------- */

static int add_rows(struct xliff *x, struct tj_document_segment *s,
                    const struct xliff_place *source, struct tj_document_range target)
{
	struct tj_document_range rows[TJ_XLIFF_ROWS] = {
		[TJ_XLIFF_STRETCH] = s->range,
		[TJ_XLIFF_CONTENT] = { source->tag.end, source->content_end },
		[TJ_XLIFF_TARGET] = target,
		[TJ_XLIFF_SOURCE] = x->source.tag,
	};
	s->first_row = x->d->n_rows;
	s->n_rows = s->is_nested ? 1 : TJ_XLIFF_ROWS;
	for (size_t i = 0; i < s->n_rows; i++)
		if (!tj_document_add_row(x->d, rows[i]))
			return 0;
	s->range = target;
	if (x->style == TJ_XLIFF_2)
		s->range.first = x->unit;
	s->style = (uint8_t)x->style;
	return 1;
}

static void finish_unit(struct xliff *x)
{
	const struct xliff_place *source = x->seg_source.end > 0 ? &x->seg_source : &x->source;
	struct tj_document_range target = { x->target.tag.first, x->target.end };
	size_t first = x->d->n_segments;
	if (x->source.end == 0 || x->is_done || x->has_text)
		return;
	if (x->target.end == 0)
		target.first = target.end = source->end;
	struct tj_document_range content = { source->tag.end, source->content_end };
	int good = tj_xliff_segments(&x->run, content, source->preserve);
	for (size_t i = first; good && i < x->d->n_segments; i++) {
		struct tj_document_segment *s = &x->d->segments[i];
		s->is_nested = i + 1 < x->d->n_segments;
		good = add_rows(x, s, source, target);
	}
	if (!good || (x->d->n_segments > first && !tj_xliff_languages_add(&x->languages, x->d)))
		no_memory(x);
}

/* Whether somebody has said that a translation is good, which an empty one then is. */
static int is_done(const char **attributes)
{
	static const char *const states[] = { "final", "signed-off", "translated", "reviewed" };
	const char *approved = value_of(attributes, "approved"),
		   *state = value_of(attributes, "state");
	for (size_t i = 0; state != NULL && i < sizeof states / sizeof *states; i++)
		if (is(state, states[i]))
			return 1;
	return approved != NULL && is(approved, "yes");
}

static void begin_unit(struct xliff *x, const char **attributes, struct tj_document_range tag,
                       int style)
{
	x->source = x->seg_source = x->target = (struct xliff_place){ .end = 0 };
	x->unit = tag.first;
	x->style = style;
	x->is_done = is_done(attributes) || x->levels[x->depth - 1].kept;
	x->has_text = 0;
}

/* --- Elements ----------------------------------------------------------------------- */

static struct xliff_place *place_of(struct xliff *x, enum element element)
{
	return element == IN_SOURCE       ? &x->source
	       : element == IN_SEG_SOURCE ? &x->seg_source
	       : element == IN_TARGET     ? &x->target
	                                  : NULL;
}

/* What an element is where it stands. */
static enum element element_of(const struct xliff *x, const char *name)
{
	enum element parent = x->depth > 0 ? x->levels[x->depth - 1].element : IN_OTHER;
	if (x->depth == 0)
		return is(name, "xliff") ? IN_ROOT : IN_OTHER;
	if (parent == IN_ROOT && is(name, "file"))
		return IN_FILE;
	if (parent == IN_UNIT)
		return is(name, "source")       ? IN_SOURCE
		       : is(name, "seg-source") ? IN_SEG_SOURCE
		       : is(name, "target")     ? IN_TARGET
		                                : IN_OTHER;
	if ((parent == IN_TARGET || parent == IN_TARGET_MARKER) && is(name, "mrk"))
		return IN_TARGET_MARKER;
	/* XLIFF knows no unit within another one: what looks like it is content. */
	int may_be_unit = !x->levels[x->depth - 1].in_unit;
	return may_be_unit && (is(name, "trans-unit") || is(name, "segment")) ? IN_UNIT : IN_OTHER;
}

/* The attributes that hold for what is within. */
static struct xliff_level level_of(const struct xliff *x, enum element element,
                                   const char **attributes)
{
	struct xliff_level l = { .element = (uint8_t)element };
	if (x->depth > 0) {
		l.kept = x->levels[x->depth - 1].kept;
		l.preserve = x->levels[x->depth - 1].preserve;
		l.in_unit = x->levels[x->depth - 1].in_unit;
	}
	l.in_unit |= element == IN_UNIT;
	const char *translate = value_of(attributes, "translate"),
		   *space = value_of(attributes, "http://www.w3.org/XML/1998/namespace space");
	if (translate != NULL)
		l.kept = is(translate, "no");
	if (space != NULL)
		l.preserve = is(space, "preserve");
	return l;
}

static void XMLCALL start_element(void *context, const char *name, const char **attributes)
{
	struct xliff *x = context;
	if (x->err->status != TRUJAMAN_OK)
		return;
	name = local_name(name);
	enum element element = element_of(x, name);
	struct xliff_level level = level_of(x, element, attributes);
	struct tj_document_range tag = { here(x), here(x) };
	tag.end += (size_t)XML_GetCurrentByteCount(x->parser);
	if (x->depth == 0 && element != IN_ROOT) {
		fail(x, tag.first, "not XLIFF: the element <xliff> should stand here");
		return;
	}
	if (!tj_reserve(&x->levels, &x->capacity, x->depth + 1, sizeof level)) {
		no_memory(x);
		return;
	}
	x->levels[x->depth++] = level;
	struct xliff_place *place = place_of(x, element);
	if (place != NULL)
		*place = (struct xliff_place){ .tag = tag,
			                       .is_empty = x->d->bytes[tag.end - 2] == '/',
			                       .preserve = level.preserve };
	if (element == IN_ROOT || element == IN_FILE)
		read_languages(x, attributes, tag, element == IN_ROOT ? TJ_XLIFF_2 : TJ_XLIFF_1);
	else if (element == IN_UNIT)
		begin_unit(x, attributes, tag, is(name, "segment") ? TJ_XLIFF_2 : TJ_XLIFF_1);
	else if (element == IN_TARGET)
		x->is_done |= is_done(attributes);
	else if (x->depth >= 2 && element != IN_TARGET_MARKER &&
	         x->levels[x->depth - 2].element >= IN_TARGET)
		x->has_text = 1; /* a code */
}

static void XMLCALL end_element(void *context, const char *name)
{
	struct xliff *x = context;
	(void)name;
	if (x->err->status != TRUJAMAN_OK)
		return;
	enum element element = x->levels[--x->depth].element;
	struct xliff_place *place = place_of(x, element);
	if (place != NULL) {
		place->content_end = place->is_empty ? place->tag.end : here(x);
		place->end = place->is_empty ? place->tag.end
		                             : here(x) + (size_t)XML_GetCurrentByteCount(x->parser);
	}
	if (element == IN_UNIT)
		finish_unit(x);
}

static int is_in_target(const struct xliff *x)
{
	return x->depth > 0 && x->levels[x->depth - 1].element >= IN_TARGET;
}

static void XMLCALL read_text(void *context, const char *text, int n)
{
	struct xliff *x = context;
	if (is_in_target(x) && !tj_is_blank(text, (size_t)n))
		x->has_text = 1;
}

static void XMLCALL read_reference(void *context, const char *name, int is_parameter)
{
	struct xliff *x = context;
	(void)name;
	if (!is_parameter && is_in_target(x))
		x->has_text = 1;
}

/* --- Declarations ------------------------------------------------------------------- */

static void XMLCALL read_entity(void *context, const char *name, int is_parameter,
                                const char *value, int n_value, const char *base,
                                const char *system_id, const char *public_id, const char *notation)
{
	struct xliff *x = context;
	(void)name, (void)is_parameter, (void)value, (void)n_value, (void)base, (void)system_id;
	(void)public_id, (void)notation;
	if (x->err->status == TRUJAMAN_OK)
		fail(x, here(x), "entities that the document declares are refused");
}

static void XMLCALL read_declaration(void *context, const char *version, const char *encoding,
                                     int standalone)
{
	struct xliff *x = context;
	char text[160];
	(void)version, (void)standalone;
	if (encoding == NULL || (strlen(encoding) == 5 && tj_same_letters(encoding, "utf-8", 5)))
		return;
	x->d->ascii_only = strlen(encoding) == 8 && tj_same_letters(encoding, "us-ascii", 8);
	snprintf(text, sizeof text, "the file is in %.40s; xmllint --encode UTF-8 converts it",
	         encoding);
	if (!x->d->ascii_only)
		fail(x, here(x), text);
}

/* --- All of it ---------------------------------------------------------------------- */

static void parse(struct xliff *x)
{
	enum { MOST = 1 << 30 }; /* expat counts in int */
	enum XML_Status status = XML_STATUS_OK;
	size_t at = 0;
	do {
		size_t n = x->d->n - at < MOST ? x->d->n - at : MOST;
		status = XML_Parse(x->parser, x->d->bytes + at, (int)n, at + n == x->d->n);
		at += n;
	} while (status == XML_STATUS_OK && at < x->d->n);
	if (status == XML_STATUS_OK || x->err->status != TRUJAMAN_OK)
		return;
	enum XML_Error code = XML_GetErrorCode(x->parser);
	char text[160];
	snprintf(text, sizeof text, "not well-formed XML: %s", XML_ErrorString(code));
	XML_Index where = XML_GetCurrentByteIndex(x->parser);
	if (code == XML_ERROR_NO_MEMORY)
		(void)tj_fail_memory(x->err, "a document", x->d->n);
	else
		(void)tj_document_fail(x->d, where >= 0 ? (size_t)where : x->d->n, text, x->err);
}

trujaman_status tj_xliff_read(struct tj_document *d, const char *source_language,
                              const char *target_language, struct tj_error *err)
{
	struct xliff x = { .d = d,
		           .languages = { source_language, target_language, 0, NULL },
		           .err = err,
		           .run = { .d = d } };
	x.parser = XML_ParserCreateNS(NULL, ' ');
	if (x.parser == NULL)
		return tj_fail_memory(err, "a document", d->n);
	XML_SetUserData(x.parser, &x);
	XML_SetElementHandler(x.parser, start_element, end_element);
	XML_SetCharacterDataHandler(x.parser, read_text);
	XML_SetSkippedEntityHandler(x.parser, read_reference);
	XML_SetEntityDeclHandler(x.parser, read_entity);
	XML_SetXmlDeclHandler(x.parser, read_declaration);
	parse(&x);
	XML_ParserFree(x.parser);
	tj_run_release(&x.run);
	free(x.levels);
	return err->status;
}

#else

trujaman_status tj_xliff_read(struct tj_document *d, const char *source_language,
                              const char *target_language, struct tj_error *err)
{
	(void)source_language, (void)target_language;
	return tj_fail(err, TRUJAMAN_ERROR_USAGE,
	               "%s: XLIFF is not read by this build, which was made without expat",
	               d->name);
}

#endif
