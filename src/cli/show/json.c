/* SPDX-License-Identifier: MIT */
/* Values and lines for jansson. */
#include "src/cli/show/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "src/base/number.h"
#include "src/base/utf8.h"

json_t *tj_json_number(double x)
{
	/* From here on "%.9g", which the log is written with, would need an exponent. */
	enum { FIRST_LONG = 1000000000 };
	if (!isfinite(x))
		return json_null();
	return fabs(x) < FIRST_LONG && trunc(x) == x ? json_integer((json_int_t)x) : json_real(x);
}

json_t *tj_json_text(const char *text, size_t n)
{
	if (tj_utf8_valid_prefix(text, n) == n)
		return json_stringn_nocheck(text, n);
	char *repaired = malloc(3 * n);
	if (repaired == NULL)
		return NULL;
	json_t *json = json_stringn_nocheck(repaired, tj_utf8_repair(text, n, repaired));
	free(repaired);
	return json;
}

json_t *tj_json_built(json_t *json, int went_well)
{
	if (went_well)
		return json;
	json_decref(json);
	return NULL;
}

static int append(const char *text, size_t n, void *line)
{
	return tj_string_append(line, text, n) ? 0 : -1;
}

int tj_json_line(json_t *object, size_t flags, struct tj_string *line)
{
	struct tj_number_mode mode;
	line->n = 0;
	if (object == NULL)
		return 0;
	tj_number_enter(&mode);
	int good = json_dump_callback(object, append, line, flags) == 0;
	tj_number_leave(&mode);
	json_decref(object);
	return good && tj_string_append(line, "\n", 1);
}
