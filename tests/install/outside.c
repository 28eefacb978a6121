/* SPDX-License-Identifier: MIT */
/* A program outside the project that knows only the installed header, in C and in C++.
 *   outside MODEL   translates two lines and scores both with the translation of the first
 * Exit status 0 if every call did what the header promises. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <trujaman.h>

static char error[1024];

static int failed(const char *what)
{
	fprintf(stderr, "outside: %s: %s\n", what, error);
	return 1;
}

static int check(int holds, const char *what)
{
	if (!holds)
		fprintf(stderr, "outside: this does not hold: %s\n", what);
	return !holds;
}

/* Scores both sources with the translation of the first. It must fit its own source better. */
static int compare_scores(trujaman_translator *t, const char *const *sources, const size_t *len,
                          const trujaman_result *translations)
{
	size_t n;
	trujaman_result *r;
	const char *best = trujaman_result_text(translations, 0, 0, &n);
	const char *const targets[2] = { best, best };
	const size_t target_len[2] = { n, n };
	if (trujaman_score(t, 2, sources, len, targets, target_len, &r, error, sizeof error) !=
	    TRUJAMAN_OK)
		return failed("cannot score");
	double own = trujaman_result_score(r, 0, 0), other = trujaman_result_score(r, 1, 0);
	trujaman_result_free(r);
	printf("%.6f\t%.6f\n", own, other);
	return check(own > -1e6 && own < 0, "a score is a finite log-probability") +
	       check(own > other, "a translation fits its own source best");
}

/* What the network looked at while it wrote a translation. */
static int check_attention(const trujaman_result *r)
{
	const trujaman_attention *a = trujaman_result_attention(r, 0, 0);
	if (a == NULL || a->n_parts != 1)
		return check(0, "the attention of one sentence is one part");
	const trujaman_attention_part *p = a->parts[0];
	double sum = 0;
	for (size_t i = 0; i < p->n_source; i++)
		sum += p->shares[i];
	return check(a->n_source_words == 8, "the words are counted") +
	       check(fabs(sum - 1) < 1e-4, "the shares of a piece are all of them") +
	       check(strcmp(p->target_pieces[p->n_target - 1], "</s>") == 0, "the last piece") +
	       check(a->n_links > 0 && a->links[0][0] < 8, "a link names a word");
}

static int use(trujaman_translator *t)
{
	static const char *const lines[2] = {
		"The old clock in the kitchen has stopped.",
		"Bring me two cups of coffee, please.",
	};
	const size_t len[2] = { strlen(lines[0]), strlen(lines[1]) };
	trujaman_result *r;
	int bad = 0;
	if (trujaman_translate(t, 2, lines, len, &r, error, sizeof error) != TRUJAMAN_OK)
		return failed("cannot translate");
	for (size_t i = 0; i < trujaman_result_lines(r); i++) {
		size_t n;
		const char *text = trujaman_result_text(r, i, 0, &n);
		if (text == NULL)
			return check(0, "a line gives a text");
		bad += check(n > 0, "the text of these lines is not empty");
		bad += check(strlen(text) == n, "its length is told");
		printf("%s\n", text);
	}
	bad += compare_scores(t, lines, len, r) + check_attention(r);
	trujaman_result_free(r);
	return bad;
}

int main(int argc, char **argv)
{
	trujaman_model *model;
	trujaman_translator *t;
	if (argc != 2) {
		fprintf(stderr, "usage: outside MODEL\n");
		return 2;
	}
	trujaman_options *options = trujaman_options_new();
	if (options == NULL ||
	    trujaman_options_set(options, "threads", "1", error, sizeof error) != TRUJAMAN_OK ||
	    trujaman_options_set(options, "attention", "true", error, sizeof error) != TRUJAMAN_OK)
		return failed("no options");
	if (trujaman_model_open(argv[1], options, &model, error, sizeof error) != TRUJAMAN_OK)
		return failed("cannot open");
	if (trujaman_translator_new(model, options, &t, error, sizeof error) != TRUJAMAN_OK)
		return failed("no translator");
	int bad = check(strcmp(error, "") == 0, "no error after success");
	bad += check(trujaman_translator_threads(t) == 1, "one thread was asked for");
	bad += check(trujaman_version_number() == TRUJAMAN_VERSION_NUMBER, "its version");
	bad += use(t);
	trujaman_translator_free(t);
	trujaman_model_close(model);

	bad += check(trujaman_model_open("no-such-model", NULL, &model, error, sizeof error) !=
	                 TRUJAMAN_OK,
	             "no such model");
	bad += check(error[0] != '\0' && model == NULL, "a failure has a text, and no model");
	bad += check(trujaman_options_set(options, "beam", "0", error, sizeof error) ==
	                 TRUJAMAN_ERROR_USAGE,
	             "no such beam");
	trujaman_options_free(options);
	if (fflush(stdout) != 0)
		bad++;
	return bad ? 1 : 0;
}
