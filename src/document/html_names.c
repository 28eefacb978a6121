/* SPDX-License-Identifier: MIT */
/* Lists of elements of HTML. */
#include "src/document/html_names.h"

#include <string.h>

#include "src/base/string.h"

static const struct {
	enum tj_element element;
	const char *names; /* a space before and after each */
} lists[] = {
	{ TJ_ELEMENT_VOID, " img input wbr embed track source area " },
	{ TJ_ELEMENT_BLOCK,
	  " address article aside audio base blockquote body br button canvas caption center col "
	  "colgroup dd details dialog dir div dl dt fieldset figcaption figure footer form frame "
	  "frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li link main menu nav noscript "
	  "object ol optgroup option p param search section select summary table tbody td template "
	  "tfoot th thead tr ul video " },
	{ TJ_ELEMENT_KEPT, " code kbd samp var svg math " },
	{ TJ_ELEMENT_KEPT_BLOCK, " pre listing " },
	{ TJ_ELEMENT_RAW, " script style textarea xmp iframe noembed noframes plaintext " },
	{ TJ_ELEMENT_TITLE, " title " },
	{ TJ_ELEMENT_META, " meta " },
};

static int is_listed(const char *names, const char *name, size_t n)
{
	for (const char *at = names + 1, *space; (space = strchr(at, ' ')) != NULL; at = space + 1)
		if ((size_t)(space - at) == n && tj_same_letters(at, name, n))
			return 1;
	return 0;
}

enum tj_element tj_element_of(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (is_listed(lists[i].names, name, n))
			return lists[i].element;
	return TJ_ELEMENT_INLINE;
}

int tj_element_ends_alone(const char *name, size_t n)
{
	return is_listed(" p li dt dd td th tr option ", name, n);
}
