/* SPDX-License-Identifier: MIT */
/* A program outside the project that knows only the installed header.
 *   outside MODEL   translates two lines and scores both with the translation of the first
 * Exit status 0 if every call did what the header promises. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <trujaman.h>

static int failed(const char *what, const trujaman *t)
{
	fprintf(stderr, "outside: %s: %s\n", what, trujaman_error(t));
	return 1;
}

static int check(int holds, const char *what)
{
	if (!holds)
		fprintf(stderr, "outside: this does not hold: %s\n", what);
	return !holds;
}

/* Scores both sources with the translation of the first. It must fit its own source better. */
static int compare_scores(trujaman *t, const char *const *sources, const size_t *len,
                          const trujaman_text *best)
{
	const char *const targets[2] = { best->text, best->text };
	const size_t target_len[2] = { best->len, best->len };
	double scores[2] = { 0, 0 };
	if (trujaman_score(t, 2, sources, len, targets, target_len, scores) != TRUJAMAN_OK)
		return failed("cannot score", t);
	printf("%.6f\t%.6f\n", scores[0], scores[1]);
	return check(isfinite(scores[0]) && scores[0] < 0, "a score is a finite log-probability") +
	       check(scores[0] > scores[1], "a translation fits its own source best");
}

static int use(trujaman *t)
{
	static const char *const lines[2] = {
		"The old clock in the kitchen has stopped.",
		"Bring me two cups of coffee, please.",
	};
	size_t len[2] = { strlen(lines[0]), strlen(lines[1]) };
	trujaman_text texts[2];
	if (trujaman_translate(t, 2, lines, len, texts) != TRUJAMAN_OK)
		return failed("cannot translate", t);
	int bad = 0;
	for (int i = 0; i < 2; i++) {
		if (texts[i].text == NULL)
			return check(0, "a line gives a text");
		bad += check(texts[i].len > 0, "the text of these lines is not empty");
		bad += check(strlen(texts[i].text) == texts[i].len, "len is the text's length");
		printf("%s\n", texts[i].text);
	}
	bad += compare_scores(t, lines, len, &texts[0]);
	trujaman_text_free(2, texts);
	return bad;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: outside MODEL\n");
		return 2;
	}
	trujaman_options options = trujaman_options_default();
	options.threads = 1;
	trujaman *t = NULL;
	if (trujaman_open(argv[1], &options, &t) != TRUJAMAN_OK) {
		failed("cannot open", t);
		trujaman_close(t);
		return 1;
	}
	int bad = check(strcmp(trujaman_error(t), "") == 0, "no error after success");
	bad += check(trujaman_get_info(t)->threads == 1, "one thread was asked for");
	bad += use(t);
	trujaman_close(t);

	t = NULL;
	bad += check(trujaman_open("no-such-model", NULL, &t) != TRUJAMAN_OK, "no such model");
	bad += check(*trujaman_error(t) != '\0', "a failure has a text");
	trujaman_close(t);
	if (fflush(stdout) != 0)
		bad++;
	return bad ? 1 : 0;
}
