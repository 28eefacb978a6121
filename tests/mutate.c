/* SPDX-License-Identifier: MIT */
/* Makes dirty input for the tests: texts of all kinds, and random changes to bytes. */
#include "tests/mutate.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

struct token {
	const char *bytes;
	size_t n;
};
#define TOKEN(literal) { literal, sizeof literal - 1 }

static const struct token words[] = {
	TOKEN("the"),
	TOKEN("old"),
	TOKEN("clock"),
	TOKEN("stopped"),
	TOKEN("at"),
	TOKEN("seven"),
	TOKEN("Who is there?"),
	TOKEN("nobody"),
	TOKEN("12,5 %"),
	TOKEN("caf\xc3\xa9"),
	TOKEN("\xc2\xbfQu\xc3\xa9?"),
	TOKEN("\xe2\x82\xac"),
	TOKEN("\xf0\x9f\x8c\x8d"),
	TOKEN("a\tb"),
	TOKEN("NASA"),
	TOKEN("..."),
};

static const struct token oddities[] = {
	TOKEN("\n"),
	TOKEN("\r"),
	TOKEN("\r\n"),
	TOKEN("\n\n\n"),
	TOKEN("\0"),
	TOKEN("\0\n\0"),
	TOKEN("\t"),
	TOKEN("\v\f"),
	TOKEN(" \n "),
	TOKEN("\x1b[31m"),
	TOKEN("\x7f"),
	TOKEN("\xc2\x85"),
	TOKEN("\xc2\xa0"),
	TOKEN("\xe2\x80\xa8"),
	TOKEN("\xe2\x80\xa9"),
	TOKEN("\xe3\x80\x80"),
	TOKEN("\xe2\x80\x8b"),
	TOKEN("\xef\xbb\xbf"),
	TOKEN("\xe2\x96\x81"),
	TOKEN("\xe2\x80\xae"),
	TOKEN("e\xcc\x81\xcc\x82\xcc\x83"),
	TOKEN("\xef\xbf\xbd"),
	TOKEN("\xef\xbf\xbe"),
	TOKEN("\xf4\x8f\xbf\xbf"),
	TOKEN("\xf0\x9f\x91\xa9\xe2\x80\x8d"),
	TOKEN("\xc0\xaf"),
	TOKEN("\xed\xa0\x80"),
	TOKEN("\xf4\x90\x80\x80"),
	TOKEN("\xe2\x82"),
	TOKEN("\xf0\x9f"),
	TOKEN("\x80\x80\x80"),
	TOKEN("\xff\xfe"),
	TOKEN("\xe0\x80\x80"),
	TOKEN("<unk>"),
	TOKEN("</s>"),
	TOKEN("<s>"),
	TOKEN("<0x0A>"),
	TOKEN("\xef\xbc\xa1\xef\xbd\xb6"),
};

void bytes_add(struct bytes *b, const void *data, size_t n)
{
	if (b->capacity - b->n < n + 1) {
		b->capacity = 2 * (b->n + n + 1);
		b->data = realloc(b->data, b->capacity);
		cr_assert_not_null(b->data);
	}
	if (n > 0)
		memcpy(b->data + b->n, data, n);
	b->n += n;
	b->data[b->n] = '\0';
}

static const struct token *one_of(const struct token *tokens, size_t n)
{
	return &tokens[test_between(0, n - 1)];
}

void make_text(struct bytes *b, size_t n_lines)
{
	for (size_t i = 0; i < n_lines; i++) {
		size_t n_words = test_between(0, 3) == 0 ? 0 : test_between(1, 8);
		for (size_t k = 0; k < n_words; k++) {
			const struct token *t = one_of(words, LENGTH(words));
			bytes_add(b, " ", k > 0);
			bytes_add(b, t->bytes, t->n);
		}
		size_t end = test_between(0, 4) == 0 ? 2 : 1;
		bytes_add(b, end == 2 ? "\r\n" : "\n",
		          i + 1 < n_lines || test_between(0, 1) ? end : 0);
	}
}

/* Replaces the n bytes at `at` by other bytes. */
static void replace(struct bytes *b, size_t at, size_t n, const char *with, size_t n_with)
{
	struct bytes result = { NULL, 0, 0 };
	bytes_add(&result, b->data, at);
	bytes_add(&result, with, n_with);
	bytes_add(&result, b->data + at + n, b->n - at - n);
	free(b->data);
	*b = result;
}

static void put_oddities(struct bytes *b, size_t at)
{
	struct bytes odd = { NULL, 0, 0 };
	const struct token *t = one_of(oddities, LENGTH(oddities));
	/* Sometimes insert a very long word or a long run of marks. */
	size_t times = test_between(0, 60) == 0 ? test_between(50, 400) : 1;
	while (times-- > 0)
		bytes_add(&odd, t->bytes, t->n);
	replace(b, at, 0, odd.data, odd.n);
	free(odd.data);
}

static void mutate_once(struct bytes *b, int of_text)
{
	size_t at = test_between(0, b->n), left = b->n - at;
	size_t n = test_between(0, left < 20 ? left : 20);
	char byte = (char)test_random();
	switch (test_between(0, of_text ? 6 : 4)) {
	case 0: /* flip a bit */
		if (left > 0)
			b->data[at] ^= (char)(1 << test_between(0, 7));
		break;
	case 1:
		replace(b, at, left > 0, &byte, 1);
		break;
	case 2:
		replace(b, at, n, "", 0);
		break;
	case 3: { /* repeat */
		char copy[20];
		memcpy(copy, b->data + at, n);
		replace(b, at, 0, copy, n);
		break;
	}
	case 4: /* cut off, but rarely: otherwise most tests would have short texts */
		if (test_between(0, 4) == 0)
			replace(b, at, left, "", 0);
		else
			replace(b, at, 0, &byte, 1);
		break;
	default:
		put_oddities(b, at);
	}
}

void mutate(struct bytes *b, size_t most, int of_text)
{
	bytes_add(b, "", 0); /* makes sure that there is a buffer */
	for (size_t n = test_between(1, most); n > 0; n--)
		mutate_once(b, of_text);
}

size_t count_lines(const char *text, size_t n)
{
	size_t lines = n > 0 && text[n - 1] != '\n';
	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

int is_utf8(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	for (size_t i = 0, more; i < n; i += more + 1) {
		static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
		more = s[i] < 0x80 ? 0 : s[i] >= 0xf8 ? 4 : s[i] >= 0xf0 ? 3 : s[i] >= 0xe0 ? 2 : 1;
		if (more > 3 || (more > 0 && s[i] < 0xc0) || more > n - i - 1)
			return 0;
		uint32_t c = more == 0 ? s[i] : s[i] & (0x3fu >> more);
		for (size_t k = 1; k <= more; k++) {
			if ((s[i + k] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (s[i + k] & 0x3fu);
		}
		if (c < least[more] || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
			return 0;
	}
	return 1;
}
