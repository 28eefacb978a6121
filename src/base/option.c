/* SPDX-License-Identifier: MIT */
/* Reads, checks and shows the values of options. */
#include "src/base/option.h"

#include <stdio.h>
#include <string.h>

static const char *const *text_of(const void *options, const struct tj_option *t)
{
	return (const char *const *)((const char *)options + t->field);
}

static const int *whole_of(const void *options, const struct tj_option *t)
{
	return (const int *)((const char *)options + t->field);
}

static const double *number_of(const void *options, const struct tj_option *t)
{
	return (const double *)((const char *)options + t->field);
}

int tj_option_word(const char *word, const char *words)
{
	size_t n = strlen(word);
	for (int i = 0; *words; i++) {
		size_t length = strcspn(words, "|");
		if (length == n && memcmp(word, words, n) == 0)
			return i;
		words += length + (words[length] == '|');
	}
	return -1;
}

trujaman_status tj_option_fault(const struct tj_option *t, const char *value, struct tj_error *err)
{
	const trujaman_option *o = &t->about;
	char low[TJ_NUMBER_TEXT], high[TJ_NUMBER_TEXT];
	if (o->words != NULL)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "--%s must be one of %s, not '%s'",
		               o->name, o->words, value);
	switch (o->kind) {
	case TRUJAMAN_OPTION_WHOLE:
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--%s must be a whole number from %.0f to %.0f, not '%s'", o->name,
		               o->low, o->high, value);
	case TRUJAMAN_OPTION_NUMBER:
		tj_number_print(low, sizeof low, "%g", o->low);
		tj_number_print(high, sizeof high, "%g", o->high);
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--%s must be a number from %s to %s, not '%s'", o->name, low, high,
		               value);
	default:
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "--%s must be true or false, not '%s'",
		               o->name, value);
	}
}

static int in_range(const struct tj_option *t, double value)
{
	return value >= t->about.low && value <= t->about.high;
}

/* Whether `text` is a value of the option, which is a number; only digits are a WHOLE. */
static int read_number(const struct tj_option *t, const char *text, double *value)
{
	if (t->about.words != NULL && tj_option_word(text, t->about.words) < 0)
		return 0;
	if (t->about.kind == TRUJAMAN_OPTION_WHOLE && text[strspn(text, "0123456789")] != '\0')
		return 0;
	return tj_number_read(text, value) && in_range(t, *value);
}

trujaman_status tj_option_check_text(const struct tj_option *t, const char *value,
                                     struct tj_error *err)
{
	double number;
	int good = 1;
	switch (t->about.kind) {
	case TRUJAMAN_OPTION_FLAG:
		good = tj_option_word(value, "false|true") >= 0;
		break;
	case TRUJAMAN_OPTION_WORD:
		good = tj_option_word(value, t->about.words) >= 0;
		break;
	case TRUJAMAN_OPTION_WHOLE:
	case TRUJAMAN_OPTION_NUMBER:
		good = read_number(t, value, &number);
		break;
	default:
		break;
	}
	return good ? TRUJAMAN_OK : tj_option_fault(t, value, err);
}

trujaman_status tj_option_set(void *options, const struct tj_option *t, const char *value,
                              struct tj_error *err)
{
	void *field = (char *)options + t->field;
	double number = 0;
	if (tj_option_check_text(t, value, err) != TRUJAMAN_OK)
		return err->status;
	switch (t->about.kind) {
	case TRUJAMAN_OPTION_FLAG:
		*(int *)field = tj_option_word(value, "false|true");
		break;
	case TRUJAMAN_OPTION_WHOLE:
		(void)read_number(t, value, &number);
		*(int *)field = (int)number;
		break;
	case TRUJAMAN_OPTION_NUMBER:
		(void)read_number(t, value, &number);
		*(double *)field = number;
		break;
	default:
		*(const char **)field = value;
		break;
	}
	return TRUJAMAN_OK;
}

const char *tj_option_show(const void *options, const struct tj_option *t,
                           char digits[TJ_NUMBER_TEXT])
{
	switch (t->about.kind) {
	case TRUJAMAN_OPTION_WHOLE:
		snprintf(digits, TJ_NUMBER_TEXT, "%d", *whole_of(options, t));
		return digits;
	case TRUJAMAN_OPTION_NUMBER:
		tj_number_print(digits, TJ_NUMBER_TEXT, "%.17g", *number_of(options, t));
		return digits;
	case TRUJAMAN_OPTION_FLAG:
		return *whole_of(options, t) < 0 ? NULL : *whole_of(options, t) ? "true" : "false";
	default:
		return *text_of(options, t);
	}
}

trujaman_status tj_option_check(const void *options, const void *defaults,
                                const struct tj_option *t, struct tj_error *err)
{
	char digits[TJ_NUMBER_TEXT];
	const char *value = tj_option_show(options, t, digits);
	int good = 1;
	switch (t->about.kind) {
	case TRUJAMAN_OPTION_FLAG:
		good = *whole_of(options, t) >= -1 && *whole_of(options, t) <= 1;
		break;
	case TRUJAMAN_OPTION_WHOLE:
		good = *whole_of(options, t) == *whole_of(defaults, t) ||
		       (in_range(t, *whole_of(options, t)) &&
		        (t->about.words == NULL || tj_option_word(value, t->about.words) >= 0));
		break;
	case TRUJAMAN_OPTION_NUMBER:
		good = in_range(t, *number_of(options, t));
		break;
	case TRUJAMAN_OPTION_WORD:
		good = value == NULL || tj_option_word(value, t->about.words) >= 0;
		break;
	default:
		break;
	}
	return good ? TRUJAMAN_OK : tj_option_fault(t, value, err);
}
