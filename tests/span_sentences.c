/* SPDX-License-Identifier: MIT */
/* Makes sentences with spans from templates. */
#include "tests/span_sentences.h"

#include <string.h>

#include "tests/support.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static const char *const words[] = {
	"table",  "window", "river",    "garden",  "letter", "stone",   "morning", "children",
	"yellow", "slowly", "mesa",     "ventana", "río",    "jardín",  "carta",   "mañana",
	"niños",  "verde",  "despacio", "cuando",  "entre",  "through", "because", "nothing",
};
static const char *const plain_words[] = { "silver", "paper",  "orange", "bridge", "summer",
	                                   "winter", "market", "forest", "castle", "button" };

/* "^" and a letter stand for what put() makes of them. */
static const char *const addresses[] = { "https://^w.^w.org/^w?^l=^d^d",
	                                 "http://^w.com/^w/^w.html",
	                                 "www.^w.net",
	                                 "ftp://^w.edu/^w_^d",
	                                 "^w.^w@^w.org",
	                                 "^w^d^d@^w.co.uk",
	                                 "/usr/^w/^w.txt",
	                                 "~/^w/^w",
	                                 "./^w/^w.sh",
	                                 "C:\\^w\\^w.exe",
	                                 "src/^w/^w.c",
	                                 "^w-^w.pdf",
	                                 "@^w",
	                                 "#^w",
	                                 "@^w_^d",
	                                 "^w.com",
	                                 "^w.^w@^w",
	                                 "^w@^w.com:^w/^w.git",
	                                 "\"^w ^w\"@^w.org",
	                                 "..\\^w\\^w",
	                                 "^w\\^w.txt",
	                                 "Makefile.^w" };
static const char *const codes[] = { "^w_^w",   "^w_^w_^d", "--^w-^w", "--^w=^d^d", "^w()",
	                             "^w.^w()", "^w::^w",   "^w->^w",  "^w^W",      "^U^U^U-^d^d^d",
	                             "`^w ^w`", "^U^d^d",   "^U_^U",   "^w=^w",     "v^D.^d.^d",
	                             "^U&^U",   "^w+^w",    "^W++",    "^U#" };
static const char *const placeholders[] = { "%s",        "%d",
	                                    "%^D$s",     "%.^df",
	                                    "{^w}",      "{^d}",
	                                    "{}",        "${^w}",
	                                    "$^U^U^U",   "%(^w)s",
	                                    "{{^w}}",    "{{ ^w.^w }}",
	                                    "{% ^w %}",  "{^w, plural, one {# ^w} other {# ^w}}",
	                                    "#{^w}",     "%^U^U^U%",
	                                    "<br/>",     "<img src=\"^w.png\"/>",
	                                    "<^w/>",     "&amp;",
	                                    "&#^D^d^d;", "&#x^h^h^h;",
	                                    "&nbsp;" };
static const char *const numbers[] = { "^D^d^d",
	                               "^D,^d^d^d.^d^d",
	                               "^D^d.^d^d^d,^d^d €",
	                               "$^D^d",
	                               "€^D.^d",
	                               "^D^d%",
	                               "^D %",
	                               "^d^d:^d^d",
	                               "^d^d/^d^d/^D^d^d^d",
	                               "^D^d^d^d-^d^d-^d^d",
	                               "+^D^d ^D^d^d ^d^d^d ^d^d^d",
	                               "(^D^d^d) ^d^d^d-^d^d^d^d",
	                               "^D.^d kg",
	                               "^D^d km/h",
	                               "-^D^d",
	                               "^D^d^d.^d^d^d.^d^d^d.^d^d^d",
	                               "^D^d °C",
	                               "USD ^D^d",
	                               "^D^d €",
	                               "^D/^D",
	                               "^D^d^d ^d^d^d",
	                               "0x^h^h^h^h" };
static const char *const emoji[] = {
	"😊", "👍🏽", "❤️", "👨‍👩‍👧", "🇪🇸", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "🎂"
};

/* That stand by themselves. */
static const char *const signs[] = { "•", "*",  "//", "#", "+",     "§", "→", "|", "%", "@",
	                             "·", "**", "=",  "±", "_____", "°", "†", ">", "$", "\\" };

struct template_list {
	const char *const *list;
	size_t n;
};

static const struct template_list kinds[] = {
	{ addresses, LENGTH(addresses) },
	{ codes, LENGTH(codes) },
	{ placeholders, LENGTH(placeholders) },
	{ numbers, LENGTH(numbers) },
	{ emoji, LENGTH(emoji) },
	{ signs, LENGTH(signs) },
};

static void add(struct bytes *b, const char *text)
{
	bytes_add(b, text, strlen(text));
}

static const char *one_of(const char *const *list, size_t n)
{
	return list[test_between(0, n - 1)];
}

/* Appends what the letter of a template stands for. */
static void put(struct bytes *b, char what)
{
	char c = '?';
	size_t at = b->n;
	switch (what) {
	case 'd': /* a digit */
		c = (char)('0' + test_between(0, 9));
		break;
	case 'D': /* a digit other than 0 */
		c = (char)('1' + test_between(0, 8));
		break;
	case 'l':
		c = (char)('a' + test_between(0, 25));
		break;
	case 'U':
		c = (char)('A' + test_between(0, 25));
		break;
	case 'h':
		c = "0123456789abcdef"[test_between(0, 15)];
		break;
	default: /* w: a word; W: a word with a capital */
		add(b, one_of(plain_words, LENGTH(plain_words)));
		if (what == 'W')
			b->data[at] = (char)(b->data[at] - 'a' + 'A');
		return;
	}
	bytes_add(b, &c, 1);
}

/* Appends a span. */
static void add_span(struct span_sentence *s, const char *template)
{
	size_t first = s->text.n;
	for (const char *c = template; *c != '\0'; c++)
		if (*c == '^')
			put(&s->text, *++c);
		else
			bytes_add(&s->text, c, 1);
	s->spans[s->n_spans++] = (struct made_span){ first, s->text.n - first };
}

/* Puts one change into the bytes of a text behind the first one, which it keeps, as it does the
 * last. Nothing of it opens or closes what might reach over a span: a quotation, a bracket. */
static void damage(struct bytes *b, size_t first)
{
	static const char *const odd[] = { "\xff",
		                           "\xc3",
		                           "\xe2\x82",
		                           "\xef\xbf\xbd",
		                           "\xc2\xa0",
		                           "\xe2\x80\x8b",
		                           "\xcc\x81",
		                           "\xe2\x96\x81",
		                           "\x01",
		                           "\x7f",
		                           "  ",
		                           " \xe2\x80\x94 ",
		                           "\xf3\xb0\x80\x80",
		                           "Q",
		                           "9",
		                           "17",
		                           ".",
		                           "!?",
		                           " - ",
		                           "\xd0\xb6",
		                           "\xe7\x8c\xab",
		                           "\xd8\xb9",
		                           "\xc5\x81",
		                           "aaaaaaaaaaaaaaaa" };
	if (b->n - first < 3)
		return;
	size_t at = test_between(first + 1, b->n - 2), rest = b->n - at;
	if (test_between(0, 2) == 0) {
		memmove(b->data + at, b->data + at + 1, rest - 1);
		b->n--;
		return;
	}
	const char *text = one_of(odd, LENGTH(odd));
	size_t n = strlen(text);
	bytes_add(b, text, n);
	memmove(b->data + at + n, b->data + at, rest);
	memcpy(b->data + at, text, n);
}

static void add_words(struct span_sentence *s, size_t least, size_t most, enum span_manner manner)
{
	size_t first = s->text.n;
	for (size_t n = test_between(least, most), i = 0; i < n; i++) {
		if (i > 0)
			add(&s->text, test_between(0, 9) == 0 ? ", " : " ");
		add(&s->text, one_of(words, LENGTH(words)));
	}
	for (size_t n = manner == SPANS_DAMAGED ? test_between(0, 3) : 0; n > 0; n--)
		damage(&s->text, first);
}

/* Appends what stands between two spans. */
static void add_gap(struct span_sentence *s, enum span_manner manner)
{
	static const char *const crowded[] = {
		"", " ", "  ", ", ", "-", "/", ": ", "(", ") ", "\""
	};
	if (manner == SPANS_CROWDED && test_between(0, 2) > 0) {
		add(&s->text, one_of(crowded, LENGTH(crowded)));
		return;
	}
	add(&s->text, test_between(0, 7) == 0 ? ", " : " ");
	add_words(s, 1, 4, manner);
	add(&s->text, test_between(0, 15) == 0 ? " (" : " ");
}

void make_span_sentence(struct span_sentence *s, size_t most, enum span_manner manner)
{
	static const char *const ends[] = { "", ".", "!", "?", "...", ",", ")." };
	size_t n = test_between(0, most);
	s->text.n = s->n_spans = 0;
	if (test_between(0, 3) > 0 || n == 0) {
		add_words(s, 1, 5, manner);
		add(&s->text, " ");
	}
	while (s->n_spans < n) {
		if (s->n_spans > 0)
			add_gap(s, manner);
		if (s->n_spans + 2 <= n && test_between(0, 9) == 0) {
			const char *pairs[][2] = { { "<b>", "</b>" },
				                   { "<a href=\"^w\">", "</a>" },
				                   { "[i]", "[/i]" } };
			size_t pair = test_between(0, LENGTH(pairs) - 1);
			add_span(s, pairs[pair][0]);
			add_words(s, 1, 3, manner);
			add_span(s, pairs[pair][1]);
			continue;
		}
		const struct template_list *k = &kinds[test_between(0, LENGTH(kinds) - 1)];
		add_span(s, one_of(k->list, k->n));
	}
	if (test_between(0, 1) == 1) {
		add(&s->text, " ");
		add_words(s, 1, 4, manner);
		add(&s->text, one_of(ends, LENGTH(ends)));
	}
}

static size_t count(const char *text, size_t n, const char *value, size_t n_value)
{
	size_t found = 0;
	const char *at = text, *end = text + n;
	while ((size_t)(end - at) >= n_value) {
		at = memchr(at, *value, (size_t)(end - at) - n_value + 1);
		if (at == NULL)
			break;
		int is_here = memcmp(at, value, n_value) == 0;
		found += (size_t)is_here;
		at += is_here ? n_value : 1;
	}
	return found;
}

size_t find_missing_span(const struct span_sentence *s, const char *output, size_t n)
{
	for (size_t i = 0; i < s->n_spans; i++) {
		const char *value = s->text.data + s->spans[i].first;
		size_t wanted = 0;
		for (size_t k = 0; k < s->n_spans; k++)
			wanted += s->spans[k].n == s->spans[i].n &&
			          memcmp(s->text.data + s->spans[k].first, value, s->spans[i].n) ==
			              0;
		if (count(output, n, value, s->spans[i].n) < wanted)
			return i;
	}
	return s->n_spans;
}
