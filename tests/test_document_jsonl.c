/* SPDX-License-Identifier: MIT */
/* JSON Lines: which values are translated, and that nothing else changes. jansson says what a line
 * means. */
#include <jansson.h>

#include "src/document/fields.h"
#include "tests/document_case.h"

enum { LINES = 20000 };

TestSuite(document_jsonl, .init = test_start, .timeout = 600);

static struct tj_fields *fields_of(const char *paths)
{
	struct tj_error err = { 0 };
	struct tj_fields *f = tj_fields_read(paths, &err);
	CHECK(f != NULL, "%s: %s", paths, err.text);
	return f;
}

static void line(const char *paths, const char *text, const char *wanted)
{
	struct tj_reading_options o = { .fields = fields_of(paths) };
	becomes(TJ_FORMAT_JSONL, text, wanted, &o);
	tj_fields_free((struct tj_fields *)(uintptr_t)o.fields);
}

Test(document_jsonl, fields)
{
	line("text", "{ \"id\": 1e0,\"text\" :\"abc\", \"other\":\"def\" }\n",
	     "{ \"id\": 1e0,\"text\" :\"ABC\", \"other\":\"def\" }\n");
	line("a.b", "{\"a\":{\"b\":\"x\",\"a\":\"y\"},\"b\":\"z\"}",
	     "{\"a\":{\"b\":\"X\",\"a\":\"y\"},\"b\":\"z\"}");
	line("m[].t", "{\"m\":[{\"t\":\"x\"},3,{\"u\":\"y\",\"t\":\"z\"}]}\r\n",
	     "{\"m\":[{\"t\":\"X\"},3,{\"u\":\"y\",\"t\":\"Z\"}]}\r\n");
	line("m[1]", "{\"m\":[\"x\",\"y\",\"z\"]}", "{\"m\":[\"x\",\"Y\",\"z\"]}");
	line("[].a", "[{\"a\":\"x\"},{\"a\":{\"a\":\"y\"}}]",
	     "[{\"a\":\"X\"},{\"a\":{\"a\":\"y\"}}]");
	line("a\\.b,c\\,d", "{\"a.b\":\"x\",\"c,d\":\"y\",\"a\":\"z\"}",
	     "{\"a.b\":\"X\",\"c,d\":\"Y\",\"a\":\"z\"}");
	line("t", "{\"\\u0074\":\"x\"}", "{\"\\u0074\":\"X\"}");
	line("t", "{\"t\":\"x\",\"t\":\"y\"}", "{\"t\":\"X\",\"t\":\"Y\"}");
	line("t", "{\"t\":[\"x\"],\"u\":{\"t\":\"y\"}}", "{\"t\":[\"x\"],\"u\":{\"t\":\"y\"}}");
	line("t", "  \n", "  \n");
	line("t", "", "");
	line("t", "\xEF\xBB\xBF{\"t\":\"x\"}", "\xEF\xBB\xBF{\"t\":\"X\"}");
}

Test(document_jsonl, escapes)
{
	line("t", "{\"t\":\"a\\n\\\"b\\\" \\\\ \\/ \\t\\b\\f\\r c/\"}",
	     "{\"t\":\"A\\n\\\"B\\\" \\\\ / \\t\\b\\f\\r C/\"}");
	line("t", "{\"t\":\"a\\/b\"}", "{\"t\":\"A\\/B\"}");
	line("t", "{\"t\":\"x\\u00e9\\uD83D\\ude00\"}", "{\"t\":\"X\\u00e9\\ud83d\\ude00\"}");
	line("t", "{\"t\":\"x\\u00e9 \xC3\xA9\"}", "{\"t\":\"X\xC3\xA9 \xC3\xA9\"}");
	line("t", "{\"t\":\"x\\ud800y\\u0000z\"}", "{\"t\":\"X\\ufffdY\\u0000Z\"}");
	/* A value without letters stays as it is written. */
	line("t", "{\"t\":\"\\u0031\\/2\"}", "{\"t\":\"\\u0031\\/2\"}");
	line("t", "{\"t\":\"a\xFF\"}", "{\"t\":\"A\xEF\xBF\xBD\"}");
}

static void refused(const char *text, const char *message)
{
	struct tj_reading_options o = { .fields = fields_of("t") };
	is_refused(TJ_FORMAT_JSONL, text, &o, message);
	tj_fields_free((struct tj_fields *)(uintptr_t)o.fields);
}

Test(document_jsonl, refused)
{
	refused("text\n", "doc:1:1: not JSON");
	refused("{\"t\":\"x\"", "doc:1:9: not JSON: a comma or } should stand here");
	refused("{\"t\":\"x\t\"}", "doc:1:8: not JSON: a string has no control characters");
	refused("{\"t\":\"x\n\"}", "doc:1:6: not JSON: this string does not end");
	refused("{\"t\":\"x", "doc:1:6: not JSON: this string does not end");
	refused("{\"t\":\"\\x\"}", "doc:1:8: not JSON: there is no such escape");
	refused("{\"t\":\"\\u00g0\"}", "doc:1:11: not JSON: \\u takes four hexadecimal digits");
	refused("{\"t\":}", "doc:1:6: not JSON");
	refused("{\"t\":", "doc:1:6: not JSON: the line ends here");
	refused("{t:1}", "doc:1:2: not JSON: a key in quotes should stand here");
	refused("{\"t\" 1}", "doc:1:6: not JSON: a colon should stand here");
	refused("{\"t\":01}", "doc:1:6: not JSON: this is no number");
	refused("{\"t\":1.}", "doc:1:6: not JSON: this is no number");
	refused("{} {}", "doc:1:4: not JSON Lines: something follows the value");
	refused("{\"t\":1,}", "doc:1:8: not JSON: a key in quotes should stand here");
	refused("[1,]", "doc:1:4: not JSON");
	refused("[1}", "doc:1:3: not JSON: a comma or ] should stand here");
}

Test(document_jsonl, paths)
{
	static const char *const wrong[][2] = {
		{ "", "field '': a key is missing" },
		{ "a..b", "field 'a..b': a key is missing" },
		{ "a,", "field 'a,': a key is missing" },
		{ "a[x]", "field 'a[x]': a bracket has nothing or a number in it: [] or [3]" },
		{ "a[", "field 'a[': a bracket has nothing or a number in it: [] or [3]" },
		{ "a[]b", "field 'a[]b': a dot is missing behind a bracket" },
		{ "a\\", "field 'a\\': nothing follows the backslash" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct tj_error err = { 0 };
		struct tj_fields *f = tj_fields_read(wrong[i][0], &err);
		CHECK(f == NULL && strcmp(err.text, wrong[i][1]) == 0, "%s: %s", wrong[i][0],
		      err.text);
	}
}

/* --- Generated lines ------------------------------------------------------------- */

static void add(struct bytes *b, const char *text)
{
	bytes_add(b, text, strlen(text));
}

static void add_one_of(struct bytes *b, const char *const *list, size_t n)
{
	add(b, list[test_between(0, n - 1)]);
}
#define ADD_ONE_OF(b, list) add_one_of(b, list, sizeof(list) / sizeof *(list))

static void add_white(struct bytes *b)
{
	static const char *const white[] = { "", "", "", " ", "\t", "  " };
	ADD_ONE_OF(b, white);
}

static void make_string(struct bytes *b, int is_key)
{
	static const char *const keys[] = { "t", "u", "\\u0074", "v", "" };
	static const char *const parts[] = { "a",    "word ",       "\xC3\xA9", "\\u00e9",
		                             "\\n",  "\\/",         "/",        "\\\"",
		                             "\\\\", "1",           " ",        "\\ud83d\\ude00",
		                             "<b>",  "\xE2\x82\xAC" };
	add(b, "\"");
	for (size_t n = is_key ? 0 : test_between(0, 6); n > 0; n--)
		ADD_ONE_OF(b, parts);
	if (is_key)
		ADD_ONE_OF(b, keys);
	add(b, "\"");
}

static void make_value(struct bytes *b, int depth)
{
	static const char *const plain[] = { "1", "-0.5e+3", "true", "null", "1E400", "false" };
	static const char *const open[] = { "{", "[" }, *const close[] = { "}", "]" };
	size_t kind = test_between(0, depth > 4 ? 3 : 7);
	add_white(b);
	if (kind == 0) {
		ADD_ONE_OF(b, plain);
	} else if (kind <= 3) {
		make_string(b, 0);
	} else {
		int is_array = kind == 7;
		add(b, open[is_array]);
		for (size_t i = 0, n = test_between(0, 4); i < n; i++) {
			add(b, i > 0 ? "," : "");
			add_white(b);
			if (!is_array) {
				make_string(b, 1);
				add_white(b);
				add(b, ":");
			}
			make_value(b, depth + 1);
		}
		add_white(b);
		add(b, close[is_array]);
	}
	add_white(b);
}

static json_t *parse(const struct bytes *b)
{
	json_error_t error;
	return json_loadb(b->data, b->n, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL,
	                  &error);
}

/* The same after the strings at t, [].t, t.u and u[1] became capitals. */
static void compare(const json_t *a, const json_t *b, const char *path)
{
	static const char *const wanted[] = { "/t", "/[/t", "/t/u", "/u/1", "/[/[/t" };
	char inner[512];
	CHECK(json_typeof(a) == json_typeof(b), "%s has another type", path);
	if (json_is_string(a)) {
		struct bytes text = { NULL, 0, 0 };
		int is_wanted = 0;
		for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
			is_wanted |= strcmp(path, wanted[i]) == 0;
		if (is_wanted)
			in_capitals(json_string_value(a), json_string_length(a), &text);
		else
			bytes_add(&text, json_string_value(a), json_string_length(a));
		CHECK(same_bytes(text.data, text.n, json_string_value(b), json_string_length(b)),
		      "%s: \"%s\" became \"%s\"", path, json_string_value(a), json_string_value(b));
		free(text.data);
	} else if (json_is_array(a)) {
		CHECK(json_array_size(a) == json_array_size(b), "%s", path);
		for (size_t i = 0; i < json_array_size(a); i++) {
			int is_second = strcmp(path, "/u") == 0;
			snprintf(inner, sizeof inner, is_second ? "%s/%zu" : "%s/[", path, i);
			compare(json_array_get(a, i), json_array_get(b, i), inner);
		}
	} else if (json_is_object(a)) {
		const char *key;
		json_t *value;
		CHECK(json_object_size(a) == json_object_size(b), "%s", path);
		json_object_foreach((json_t *)(uintptr_t)a, key, value)
		{
			snprintf(inner, sizeof inner, "%s/%s", path, key);
			CHECK(json_object_get(b, key) != NULL, "%s is gone", inner);
			compare(value, json_object_get(b, key), inner);
		}
	} else {
		CHECK(json_equal(a, b), "%s has another value", path);
	}
}

/* Of generated lines, exactly the strings that were asked for are translated; without new
 * translations all bytes stay. */
Test(document_jsonl, generated)
{
	struct tj_reading_options o = { .fields = fields_of("t,[].t,t.u,u[1],[][].t") };
	for (int i = 0; i < LINES; i++) {
		struct bytes b = { NULL, 0, 0 };
		make_value(&b, 0);
		stays(TJ_FORMAT_JSONL, b.data, b.n, &o);
		struct bytes out = convert(TJ_FORMAT_JSONL, b.data, b.n, &o, in_capitals);
		json_t *one = parse(&b), *other = parse(&out);
		CHECK((one == NULL) == (other == NULL), "%.*s\nbecame\n%.*s", (int)b.n, b.data,
		      (int)out.n, out.data);
		if (one != NULL)
			compare(one, other, "");
		json_decref(one);
		json_decref(other);
		free(b.data);
		free(out.data);
	}
	tj_fields_free((struct tj_fields *)(uintptr_t)o.fields);
}

/* Damaged lines are refused, or come out as they are. What jansson takes is never refused. */
Test(document_jsonl, damaged)
{
	struct tj_reading_options o = { .fields = fields_of("t,[].t") };
	size_t refused_lines = 0;
	for (int i = 0; i < LINES; i++) {
		struct tj_error err = { 0 };
		struct bytes b = { NULL, 0, 0 };
		make_value(&b, 0);
		mutate(&b, 3, 1);
		struct tj_document *d = read_document(TJ_FORMAT_JSONL, b.data, b.n, &o, &err);
		/* jansson leaves out a NUL where a word may stand. */
		json_t *taken = b.n > 0 && memchr(b.data, 0, b.n) == NULL ? parse(&b) : NULL;
		CHECK(d != NULL || taken == NULL, "%.*s: %s", (int)b.n, b.data, err.text);
		if (d != NULL && d->invalid == SIZE_MAX) {
			translate_document(d, same_text);
			struct bytes out = write_document(d, 0);
			CHECK(same_bytes(out.data, out.n, b.data, b.n), "%.*s\nbecame\n%.*s",
			      (int)b.n, b.data, (int)out.n, out.data);
			free(out.data);
		}
		refused_lines += d == NULL;
		tj_document_free(d);
		json_decref(taken);
		free(b.data);
	}
	CHECK(refused_lines > LINES / 20 && refused_lines < LINES, "%zu", refused_lines);
	tj_fields_free((struct tj_fields *)(uintptr_t)o.fields);
}

/* Neither depth nor length is limited by the stack. */
Test(document_jsonl, deep)
{
	enum { DEPTH = 100000 };
	struct tj_reading_options o = { .fields = fields_of("t") };
	struct bytes b = { NULL, 0, 0 };
	for (int i = 0; i < DEPTH; i++)
		add(&b, i % 2 ? "{\"a\":" : "[");
	add(&b, "1");
	for (int i = DEPTH; i-- > 0;)
		add(&b, i % 2 ? "}" : "]");
	stays(TJ_FORMAT_JSONL, b.data, b.n, &o);
	free(b.data);
	tj_fields_free((struct tj_fields *)(uintptr_t)o.fields);
}
