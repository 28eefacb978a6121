/* SPDX-License-Identifier: MIT */
/* The table of options, and the functions of the library that use it. */
#include "src/api/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/option.h"
#include "src/decode/search.h"

enum {
	MOST_MIB = 1 << 20,
	TRANSLATING = TRUJAMAN_FOR_TRANSLATING,
	SCORING = TRUJAMAN_FOR_SCORING,
	BOTH = 3
};

#define AT(name) .field = offsetof(trujaman_options, name)
#define FLAG(option, use) \
	.name = option, .kind = TRUJAMAN_OPTION_FLAG, .used_for = use, .initial = "false"
#define WHOLE(option, use, least, most) \
	.name = option, .kind = TRUJAMAN_OPTION_WHOLE, .used_for = use, .low = least, .high = most
#define NUMBER(option, use, least, most) \
	.name = option, .kind = TRUJAMAN_OPTION_NUMBER, .used_for = use, .low = least, .high = most
#define WORD(option, use, choices) \
	.name = option, .kind = TRUJAMAN_OPTION_WORD, .used_for = use, .words = choices, \
	.label = choices
#define FILE_NAME(option, use) \
	.name = option, .kind = TRUJAMAN_OPTION_FILE, .used_for = use, .label = "FILE"

static const struct tj_option table[] = {
	{ { WHOLE("threads", BOTH, 1, 4096), .label = "N",
	    .help = "threads; default one for each core it may use" },
	  AT(threads) },
	{ { FLAG("smt", BOTH), .help = "let threads take all CPUs of a core, not one of each" },
	  AT(smt) },
	{ { WORD("ensemble", BOTH, "mean|log"), .changes_output = 1, .initial = "mean",
	    .help = "of several models: average probabilities, or their logarithms; default "
	            "{default}" },
	  AT(ensemble) },
	{ { WHOLE("beam", TRANSLATING, 1, TJ_MAX_BEAM), .changes_output = 1, .initial = "4",
	    .label = "K",
	    .help = "beam width of the search, {low} to {high}; default {default}; 1 is fastest" },
	  AT(beam) },
	{ { NUMBER("beam-threshold", TRANSLATING, 0.01, 100), .changes_output = 1, .initial = "2",
	    .label = "X",
	    .help = "drop translations that are less likely than the best of the beam by more than "
	            "e^X, {low} to {high}; default {default}" },
	  AT(beam_threshold) },
	{ { FLAG("exact", TRANSLATING), .changes_output = 1,
	    .help = "drop none: the whole beam, at a higher price; so does --plain" },
	  AT(exact) },
	{ { NUMBER("length-penalty", TRANSLATING, 0, 100), .changes_output = 1, .initial = "1",
	    .label = "A", .help = "rank translations by score / length^A; default {default}" },
	  AT(length_penalty) },
	{ { WHOLE("n-best", TRANSLATING, 1, TJ_MAX_BEAM), .changes_output = 1, .initial = "1",
	    .label = "K",
	    .help = "print the K best translations of each line, all different, as line number, "
	            "tab, score, tab, text; widens the beam to K where --beam is not given" },
	  AT(n_best) },
	{ { FLAG("sample", TRANSLATING), .changes_output = 1,
	    .help = "draw translations from the network's distribution; with --n-best K of them, "
	            "which may repeat" },
	  AT(sample) },
	{ { NUMBER("temperature", TRANSLATING, 0.01, 100), .changes_output = 1, .initial = "1",
	    .label = "T",
	    .help = "with --sample: divide logits by T, {low} to {high}; default "
	            "{default}" },
	  AT(temperature) },
	{ { WHOLE("top-k", TRANSLATING, 0, 65536), .changes_output = 1, .initial = "0",
	    .label = "K",
	    .help = "with --sample: draw from the K likeliest pieces; default {default}, all" },
	  AT(top_k) },
	{ { NUMBER("top-p", TRANSLATING, 0, 1), .changes_output = 1, .initial = "1", .label = "P",
	    .help = "with --sample: draw from the likeliest pieces that have a share of P; default "
	            "{default}, all" },
	  AT(top_p) },
	{ { WHOLE("seed", TRANSLATING, 0, 2147483647), .changes_output = 1, .initial = "1",
	    .label = "N", .help = "with --sample: another N draws others; default {default}" },
	  AT(seed) },
	{ { WORD("split", TRANSLATING, "auto|off"), .changes_output = 1, .initial = "auto",
	    .help = "translate a line of several sentences sentence by sentence, or as a whole; "
	            "default {default}" },
	  AT(split) },
	{ { WHOLE("max-pieces", TRANSLATING, 8, 65536), .changes_output = 1, .initial = "256",
	    .label = "N",
	    .help = "translate sentences of more than N pieces in parts; default {default}" },
	  AT(max_pieces) },
	{ { WHOLE("tsv", TRANSLATING, 1, 1 << 20), .changes_output = 1, .initial = NULL,
	    .label = "FIELD",
	    .help = "translate column FIELD (from 1) of lines with tabs between columns; all else "
	            "stays as it is" },
	  AT(tsv) },
	{ { WHOLE("prefix", TRANSLATING, 1, 1 << 20), .changes_output = 1, .initial = NULL,
	    .label = "FIELD",
	    .help = "with --tsv: column FIELD has what the translation is to begin with" },
	  AT(prefix) },
	{ { .name = "field",
	    .kind = TRUJAMAN_OPTION_TEXT,
	    .used_for = TRANSLATING,
	    .changes_output = 1,
	    .label = "PATH",
	    .help = "jsonl: translate the strings at PATH: text, a.b, list[].c; may be given "
	            "several times" },
	  AT(field) },
	{ { FLAG("fuzzy", TRANSLATING), .changes_output = 1,
	    .help = "po: translate entries marked fuzzy anew, too" },
	  AT(fuzzy) },
	{ { FILE_NAME("keep", TRANSLATING), .changes_output = 1,
	    .help = "what FILE's regular expressions, one a line, find must not change either" },
	  AT(keep) },
	{ { FILE_NAME("glossary", TRANSLATING), .changes_output = 1,
	    .help = "translate terms as FILE says: source, tab, target" },
	  AT(glossary) },
	{ { FLAG("localize-numbers", TRANSLATING), .changes_output = 1,
	    .help = "write decimal signs and groups of digits as the target language does: 1,234.5 "
	            "becomes 1234,5" },
	  AT(localize_numbers) },
	{ { WORD("copy-names", TRANSLATING, "auto|off"), .changes_output = 1, .initial = "auto",
	    .help =
	        "let names that the network has not learnt come through, where it looks at them "
	        "and the model has a list of words; default {default}" },
	  AT(copy_names) },
	{ { FLAG("replace-unknown", TRANSLATING), .changes_output = 1,
	    .help = "of a model of tokens: where it writes a word that it does not know, write the "
	            "word of the source that it looks at most" },
	  AT(replace_unknown) },
	{ { WORD("case", TRANSLATING, "auto|keep"), .changes_output = 1, .initial = "auto",
	    .help = "translate capitals, lower case and title case as sentences and bring the case "
	            "back, or leave it to the network; default {default}" },
	  AT(letter_case) },
	{ { WHOLE("no-repeat-ngram", TRANSLATING, 0, TJ_REPEAT_NGRAM), .changes_output = 1,
	    .words = "0|4", .initial = "4", .label = "0|4",
	    .help = "let no 4 pieces in a row repeat unless the source repeats words: {default}, "
	            "the default, or 0, off" },
	  AT(no_repeat_ngram) },
	{ { NUMBER("coverage-penalty", TRANSLATING, 0, 100), .changes_output = 1, .initial = "0",
	    .label = "B",
	    .help = "prefer translations of all of the source by B, {low} to {high}; default "
	            "{default}" },
	  AT(coverage_penalty) },
	{ { FILE_NAME("suppress", TRANSLATING), .changes_output = 1,
	    .help = "let the network write none of FILE's words and phrases, one a line" },
	  AT(suppress) },
	{ { WHOLE("min-length", TRANSLATING, 0, 65536), .changes_output = 1, .initial = "0",
	    .label = "N", .help = "let no sentence become fewer than N pieces; default {default}" },
	  AT(min_length) },
	{ { FLAG("normalize", SCORING), .changes_output = 1,
	    .help = "divide each score by the number of the translation's pieces and its end" },
	  AT(normalize) },
	{ { FLAG("alignments", BOTH), .changes_output = 1,
	    .help = "and a column after a tab: which word of the source, from 0, belongs to which "
	            "of the translation, as in 0-0 1-2" },
	  AT(alignments) },
	{ { NUMBER("alignments-threshold", BOTH, 0, 1), .changes_output = 1, .initial = "0.3",
	    .label = "X",
	    .help = "link a word with those that get X or more of its attention; default "
	            "{default}" },
	  AT(alignments_threshold) },
	{ { FLAG("word-scores", BOTH), .changes_output = 1,
	    .help = "and a column with the natural logarithm of the probability of each word of "
	            "the translation" },
	  AT(word_scores) },
	{ { FLAG("attention", BOTH), .changes_output = 1,
	    .help = "keep what the network looked at" },
	  AT(attention) },
	{ { FLAG("plain", BOTH), .changes_output = 1,
	    .help = "the network alone: nothing is kept from it, and quotes, case and repeats are "
	            "left to it" },
	  AT(plain) },
	{ { WHOLE("cache", TRANSLATING, 0, MOST_MIB), .initial = "64", .label = "MIB",
	    .help = "remember translations in up to so much memory, and translate a repeated "
	            "sentence once; default {default}" },
	  AT(cache) },
	{ { WORD("precision", BOTH, "float32|int8"), .changes_output = 1,
	    .help = "compute products in float32 or int8; default int8 where the model is stored "
	            "so, else float32" },
	  AT(precision) },
	{ { WHOLE("memory", BOTH, 0, MOST_MIB), .initial = "16", .label = "MIB",
	    .help =
	        "spend up to so much on tables that spare work, for the commonest pieces, shared by "
	        "all threads; default {default}" },
	  AT(memory) },
	{ { FLAG("strict", BOTH), .changes_output = 1,
	    .help = "invalid UTF-8 is an error; else it becomes U+FFFD" },
	  AT(strict) },
	{ { .name = "isa",
	    .kind = TRUJAMAN_OPTION_TEXT,
	    .label = "NAME",
	    .help =
	        "the kernels to use; default the environment variable TRUJAMAN_ISA, or else the "
	        "best usable ones" },
	  AT(isa) },
};
enum { N_OPTIONS = sizeof table / sizeof *table };
_Static_assert((int)N_OPTIONS <= (int)TJ_MOST_OPTIONS, "struct trujaman_options has room for each");
_Static_assert(sizeof((trujaman_options *)0)->shown[0] >= TJ_NUMBER_TEXT, "numbers fit");
_Static_assert(TJ_REPEAT_NGRAM == 4, "the words of --no-repeat-ngram");

static int find(const char *name)
{
	int i = 0;
	while (i < N_OPTIONS && strcmp(table[i].about.name, name) != 0)
		i++;
	return i;
}

const trujaman_option *trujaman_option_at(size_t i)
{
	return i < N_OPTIONS ? &table[i].about : NULL;
}

trujaman_options tj_options_default(void)
{
	struct tj_error err = { 0 };
	trujaman_options o = { .threads = 0 };
	for (int i = 0; i < N_OPTIONS; i++)
		if (table[i].about.initial != NULL)
			(void)tj_option_set(&o, &table[i], table[i].about.initial, &err);
	return o;
}

trujaman_options *trujaman_options_new(void)
{
	trujaman_options *o = malloc(sizeof *o);
	if (o != NULL)
		*o = tj_options_default();
	return o;
}

void tj_options_release(trujaman_options *o)
{
	for (size_t i = 0; i < TJ_MOST_OPTIONS; i++)
		free(o->owned[i]);
}

void trujaman_options_free(trujaman_options *options)
{
	if (options != NULL)
		tj_options_release(options);
	free(options);
}

static int is_string(int i)
{
	enum trujaman_option_kind kind = table[i].about.kind;
	return kind == TRUJAMAN_OPTION_WORD || kind == TRUJAMAN_OPTION_TEXT ||
	       kind == TRUJAMAN_OPTION_FILE;
}

static const char **string_of(trujaman_options *o, int i)
{
	return (const char **)((char *)o + table[i].field);
}

/* Makes the options own a copy of the string that they have. Returns 0 if memory is short. */
static int own(trujaman_options *o, int i)
{
	const char **field = string_of(o, i);
	char *copy = *field != NULL ? strdup(*field) : NULL;
	int good = (copy == NULL) == (*field == NULL);
	*field = copy;
	free(o->owned[i]);
	o->owned[i] = copy;
	return good;
}

int tj_options_copy(trujaman_options *to, const trujaman_options *from)
{
	int good = 1;
	*to = *from;
	memset(to->owned, 0, sizeof to->owned);
	for (int i = 0; i < N_OPTIONS; i++)
		if (is_string(i))
			good &= own(to, i);
	return good;
}

static trujaman_status set(trujaman_options *o, int i, const char *value, struct tj_error *err)
{
	const char *before = is_string(i) ? *string_of(o, i) : NULL;
	if (tj_option_set(o, &table[i], value, err) != TRUJAMAN_OK)
		return err->status;
	if (is_string(i)) {
		char *copy = strdup(value);
		*string_of(o, i) = copy != NULL ? copy : before;
		if (copy == NULL)
			return tj_fail_memory(err, "an option", strlen(value));
		free(o->owned[i]);
		o->owned[i] = copy;
	}
	o->given |= (uint64_t)1 << i;
	return TRUJAMAN_OK;
}

trujaman_status trujaman_options_set(trujaman_options *options, const char *name, const char *value,
                                     char *error, size_t n_error_bytes)
{
	struct tj_error err = { 0 };
	int i = find(name);
	if (i == N_OPTIONS)
		tj_fail(&err, TRUJAMAN_ERROR_USAGE, "there is no option --%s", name);
	else
		set(options, i, value, &err);
	return tj_error_tell(&err, error, n_error_bytes);
}

const char *trujaman_options_get(trujaman_options *options, const char *name)
{
	int i = find(name);
	return i < N_OPTIONS ? tj_option_show(options, &table[i], options->shown[i]) : NULL;
}

void trujaman_options_explain(trujaman_options *options,
                              int (*explain)(void *context,
                                             const trujaman_explanation *explanation),
                              void *context)
{
	options->explain = explain;
	options->explain_context = context;
}

void trujaman_options_attend(trujaman_options *options,
                             int (*attend)(void *context, const trujaman_attention *attention),
                             void *context)
{
	options->attend = attend;
	options->attend_context = context;
	options->attention |= attend != NULL;
}

int tj_options_given(const trujaman_options *o, const char *name)
{
	return (o->given >> find(name) & 1) != 0;
}

/* What goes with --sample and what without. */
static trujaman_status check_sampling(const trujaman_options *o, struct tj_error *err)
{
	static const char *const others[] = { "temperature", "top-k", "top-p", "seed" };
	/* `exact` may have been set for --plain, which goes with it. */
	int searches = tj_options_given(o, "beam") || tj_options_given(o, "beam-threshold") ||
	               (o->exact && tj_options_given(o, "exact")) || o->coverage_penalty > 0;
	if (o->sample && searches)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--sample goes without --beam, --beam-threshold, --exact and "
		               "--coverage-penalty");
	for (int i = 0; i < 4 && !o->sample; i++)
		if (tj_options_given(o, others[i]))
			return tj_fail(err, TRUJAMAN_ERROR_USAGE, "--%s needs --sample", others[i]);
	return TRUJAMAN_OK;
}

trujaman_status tj_options_check(trujaman_options *o, struct tj_error *err)
{
	const trujaman_options defaults = tj_options_default();
	for (int i = 0; i < N_OPTIONS; i++)
		if (tj_option_check(o, &defaults, &table[i], err) != TRUJAMAN_OK)
			return err->status;
	if (check_sampling(o, err) != TRUJAMAN_OK)
		return err->status;
	if (o->n_best > o->beam &&
	    (o->sample || (tj_options_given(o, "n-best") && !tj_options_given(o, "beam"))))
		o->beam = o->n_best;
	if (o->n_best > o->beam)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--n-best %d needs a --beam of at least as much, not %d", o->n_best,
		               o->beam);
	if (o->tsv > 0 && o->n_best > 1)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--tsv goes with neither --scores nor --n-best");
	if (o->exact && tj_options_given(o, "beam-threshold"))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--exact drops nothing, so it goes without --beam-threshold");
	/* The network alone is searched as it always was. */
	if (o->plain && !tj_options_given(o, "beam-threshold"))
		o->exact = 1;
	if (o->prefix > 0 && o->tsv == 0)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--prefix needs --tsv, the column to translate");
	if (o->prefix > 0 && o->prefix == o->tsv)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "--prefix and --tsv name one column, %d",
		               o->tsv);
	if (o->plain && (o->keep != NULL || o->glossary != NULL || tj_options_given(o, "case") ||
	                 o->coverage_penalty > 0))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--plain goes without --keep, --glossary, --case and "
		               "--coverage-penalty");
	if (o->localize_numbers &&
	    (o->plain || o->alignments || o->word_scores || o->attention || o->prefix > 0))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--localize-numbers goes without --plain, --prefix, --alignments, "
		               "--word-scores and --attention");
	if (tj_options_given(o, "alignments-threshold") && !o->alignments && !o->attention)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--alignments-threshold needs --alignments or --attention");
	if (o->plain && o->explain != NULL)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--plain goes without --explain: the network alone has no reasons");
	return TRUJAMAN_OK;
}

trujaman_status trujaman_options_check(trujaman_options *options, char *error, size_t n_error_bytes)
{
	struct tj_error err = { 0 };
	(void)tj_options_check(options, &err);
	return tj_error_tell(&err, error, n_error_bytes);
}
