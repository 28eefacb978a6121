/* SPDX-License-Identifier: MIT */
/* make-model: makes an untrained model of any size for benchmarks, and a text for it.
 *
 *   make-model [--embedding-size E] [--hidden-size H] [--readout-size R] [--layers N]
 *              [--readout-activation none] [--residual-from K] [--layer-norm]
 *              [--attention-heads N] [--attention-query previous] [--context-to-all]
 *              --from MODEL.safetensors OUT.safetensors
 *   make-model --from MODEL.safetensors --text --lines N --pieces A-B OUT.txt
 *
 * The model: bidirectional LSTM with N encoder and N decoder layers (2), dot attention, input
 * feeding (unless the query is the previous state), sizes of 512, the vocabularies of MODEL and
 * random weights. Its translations are nonsense, but each has exactly as many pieces as its source,
 * in every precision. Unit 0 of the top forward encoder layer counts the source pieces in its cell.
 * The same unit of the decoder starts from that cell and counts down; at zero `</s>` wins.
 *
 * The text: lines of A to B pieces (</s> counts), made of random words of MODEL's source
 * vocabulary. The same arguments give the same bytes on every machine. */
#include <getopt.h>
#include <string.h>

#include "bench/bench_fail.h"
#include "src/base/random.h"
#include "src/text/pieces.h"
#include "src/train/save.h"

enum { SEED = 1 };

struct model_settings {
	size_t embedding, hidden, readout, layers, lines, pieces_from, pieces_to;
	size_t residual_from, heads;
	int text, linear, layer_norm, previous, context_to_all;
	const char *from, *out;
};

const char bench_program[] = "make-model";

/* --- The model --------------------------------------------------------------- */

static float *values_of(struct tj_parameters *p, const char *name, const struct tj_parameter **at)
{
	const struct tj_parameter *found = tj_parameters_find(p, name);
	if (found == NULL)
		bench_die("a tensor is missing");
	if (at != NULL)
		*at = found;
	return p->values + found->offset;
}

static void clear_row(struct tj_parameters *p, const char *name, size_t row)
{
	const struct tj_parameter *at;
	float *values = values_of(p, name, &at);
	memset(values + row * at->n_columns, 0, at->n_columns * sizeof *values);
}

/* Set the sums of the gates i, f, g, o of unit 0 of a layer of `units`, whatever its input is: its
 * weights are zero, and its gains if its sums are normalised. */
static void fix_gates(struct tj_parameters *p, const char *side, size_t layer, size_t units,
                      const float gates[4])
{
	char name[64];
	for (size_t gate = 0; gate < 4; gate++) {
		snprintf(name, sizeof name, "%s.rnn.weight_ih_l%zu", side, layer);
		clear_row(p, name, gate * units);
		snprintf(name, sizeof name, "%s.rnn.weight_hh_l%zu", side, layer);
		clear_row(p, name, gate * units);
		snprintf(name, sizeof name, "%s.rnn.bias_hh_l%zu", side, layer);
		clear_row(p, name, gate * units);
		snprintf(name, sizeof name, "%s.rnn.bias_ih_l%zu", side, layer);
		values_of(p, name, NULL)[gate * units] = gates[gate];
		snprintf(name, sizeof name, "%s.rnn.weight_ln_l%zu", side, layer);
		if (tj_parameters_find(p, name) != NULL)
			values_of(p, name, NULL)[gate * units] = 0;
	}
}

/* Make unit 0 a counter: its gates i, f, o are 1. So at every step it adds tanh(step) to its cell
 * and outputs tanh(cell). */
static void make_counter(struct tj_parameters *p, const char *side, size_t layer, size_t units,
                         float step)
{
	const float open = 30;
	fix_gates(p, side, layer, units, (const float[]){ open, open, step, open });
}

/* Make unit 0 of the decoder's layers below the counter zero, so that a residual layer adds nothing
 * to the counter. */
static void make_silent(struct tj_parameters *p, const struct tj_config *c)
{
	const float shut = -30;
	for (size_t layer = 0; c->residual_from > 0 && layer + 1 < c->decoder_layers; layer++)
		fix_gates(p, "decoder", layer, c->hidden_size,
		          (const float[]){ shut, shut, 0, shut });
}

/* Make unit 0 of the readout 1 while the decoder's counter is above half a step, then -1. It adds
 * -50 times its value to the logit of `</s>` and nothing to the other pieces. */
static void make_end(struct tj_parameters *p, const struct tj_config *c, float step, int32_t eos)
{
	const struct tj_parameter *readout, *output;
	const float slope = 200, large = 50;
	float *weights = values_of(p, "readout.weight", &readout);
	clear_row(p, "readout.weight", 0);
	weights[c->hidden_size] = slope; /* z = [context ; hidden state] */
	values_of(p, "readout.bias", NULL)[0] = -slope * step / 2;
	weights = values_of(p, "output.weight", &output);
	for (size_t word = 0; word < output->n_rows; word++)
		weights[word * output->n_columns] = 0;
	clear_row(p, "output.weight", (size_t)eos);
	weights[(size_t)eos * output->n_columns] = -large;
}

static void make_model(const struct model_settings *s, const struct tj_tensor *source_spm,
                       const struct tj_tensor *target_spm, const struct tj_pieces *source,
                       const struct tj_pieces *target)
{
	const float step = 0.1f;
	struct tj_error err = { 0 };
	struct tj_parameters p;
	struct tj_config c = {
		.cell = TJ_LSTM,
		.embedding_size = s->embedding,
		.hidden_size = s->hidden,
		.encoder_layers = s->layers,
		.decoder_layers = s->layers,
		.bidirectional = 1,
		.attention = TJ_DOT,
		.query_previous = s->previous,
		.input_feeding = !s->previous,
		.readout_size = s->readout,
		.readout_linear = s->linear,
		.residual_from = s->residual_from,
		.layer_norm = s->layer_norm,
		.attention_heads = s->heads,
		.context_to_all = s->context_to_all,
		.source_eos = 1,
		.source_words = tj_pieces_size(source),
		.target_words = tj_pieces_size(target),
	};
	if (tj_parameters_open(&p, &c, &err) != TRUJAMAN_OK)
		bench_die(err.text);
	tj_parameters_init(&p, &c, SEED);
	make_counter(&p, "encoder", s->layers - 1, tj_config_encoder_units(&c), step);
	make_counter(&p, "decoder", s->layers - 1, c.hidden_size, -step);
	make_silent(&p, &c);
	make_end(&p, &c, step, tj_pieces_eos(target));
	const struct tj_vocabularies v = {
		.source_spm = { (void *)(uintptr_t)source_spm->data, source_spm->n_bytes },
		.target_spm = { (void *)(uintptr_t)target_spm->data, target_spm->n_bytes },
	};
	if (tj_model_save(s->out, &c, &p, p.values, &v, 0, NULL, &err) != TRUJAMAN_OK)
		bench_die(err.text);
	tj_parameters_free(&p);
}

/* --- The text ---------------------------------------------------------------- */

/* The text of a piece, if it is a word of letters that is encoded as that piece alone; otherwise
 * the empty text. */
static void word_of(const struct tj_pieces *pieces, int32_t id, struct tj_string *text)
{
	struct tj_error err = { 0 };
	struct tj_ids ids = { NULL, 0, 0 };
	text->n = 0;
	if (!tj_pieces_starts_word(pieces, id) ||
	    tj_pieces_decode(pieces, &id, 1, text, &err) != TRUJAMAN_OK)
		return;
	size_t letters = 0;
	while (letters < text->n && text->data[letters] >= 'a' && text->data[letters] <= 'z')
		letters++;
	if (letters < text->n || tj_pieces_encode(pieces, text->data, text->n, &ids, &err) != 0 ||
	    ids.n != 1 || ids.data[0] != id)
		text->n = 0;
	free(ids.data);
}

static void make_text(const struct model_settings *s, const struct tj_pieces *pieces)
{
	uint32_t n_pieces = tj_pieces_size(pieces);
	uint64_t counter = 0, n_words = 0;
	struct tj_string *words = bench_need(calloc(n_pieces, sizeof *words));
	FILE *f = fopen(s->out, "w");
	if (f == NULL)
		bench_die("cannot open the text for writing");
	for (uint32_t id = 0; id < n_pieces; id++) {
		word_of(pieces, (int32_t)id, &words[n_words]);
		n_words += words[n_words].n > 0;
	}
	if (n_words == 0)
		bench_die("the vocabulary has no words");
	for (size_t line = 0; line < s->lines; line++) {
		size_t span = s->pieces_to - s->pieces_from + 1;
		size_t n = s->pieces_from + tj_random_below(SEED, counter++, span) - 1;
		for (size_t i = 0; i < n; i++) {
			const struct tj_string *word =
			    &words[tj_random_below(SEED, counter++, n_words)];
			fprintf(f, "%s%.*s", i > 0 ? " " : "", (int)word->n, word->data);
		}
		fputc('\n', f);
	}
	if (fclose(f) != 0)
		bench_die("cannot write the text");
	for (uint32_t id = 0; id < n_pieces; id++)
		free(words[id].data);
	free(words);
}

/* --- Options ----------------------------------------------------------------- */

static _Noreturn void usage(int status)
{
	fputs(
	    "usage: make-model [--embedding-size E] [--hidden-size H] [--readout-size R]\n"
	    "                  [--layers N] [--readout-activation none] [--residual-from K]\n"
	    "                  [--layer-norm] [--attention-heads N] [--attention-query previous]\n"
	    "                  [--context-to-all] --from MODEL.safetensors OUT.safetensors\n"
	    "       make-model --from MODEL.safetensors --text [--lines N] [--pieces A-B] OUT\n",
	    status == 0 ? stdout : stderr);
	exit(status);
}

static size_t number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);
	if (*end != '\0' || n < 1 || n > 1 << 20)
		usage(2);
	return n;
}

static void take_setting(struct model_settings *s, int option)
{
	switch (option) {
	case 'e':
		s->embedding = number(optarg);
		break;
	case 'h':
		s->hidden = number(optarg);
		break;
	case 'r':
		s->readout = number(optarg);
		break;
	case 'l':
		s->layers = number(optarg);
		break;
	case 'a':
		s->linear = strcmp(optarg, "none") == 0;
		break;
	case 'R':
		s->residual_from = number(optarg);
		break;
	case 'N':
		s->layer_norm = 1;
		break;
	case 'A':
		s->heads = number(optarg);
		break;
	case 'q':
		s->previous = strcmp(optarg, "previous") == 0;
		break;
	case 'c':
		s->context_to_all = 1;
		break;
	case 'f':
		s->from = optarg;
		break;
	case 't':
		s->text = 1;
		break;
	case 'n':
		s->lines = number(optarg);
		break;
	case 'p':
		if (sscanf(optarg, "%zu-%zu", &s->pieces_from, &s->pieces_to) == 2)
			break;
		usage(2);
	default:
		usage(option == 'H' ? 0 : 2);
	}
}

static void settings_read(struct model_settings *s, int argc, char **argv)
{
	static const struct option options[] = {
		{ "embedding-size", required_argument, NULL, 'e' },
		{ "hidden-size", required_argument, NULL, 'h' },
		{ "readout-size", required_argument, NULL, 'r' },
		{ "layers", required_argument, NULL, 'l' },
		{ "readout-activation", required_argument, NULL, 'a' },
		{ "residual-from", required_argument, NULL, 'R' },
		{ "layer-norm", no_argument, NULL, 'N' },
		{ "attention-heads", required_argument, NULL, 'A' },
		{ "attention-query", required_argument, NULL, 'q' },
		{ "context-to-all", no_argument, NULL, 'c' },
		{ "from", required_argument, NULL, 'f' },
		{ "text", no_argument, NULL, 't' },
		{ "lines", required_argument, NULL, 'n' },
		{ "pieces", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'H' },
		{ NULL, 0, NULL, 0 }
	};
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;)
		take_setting(s, c);
	if (s->residual_from == 1 || s->residual_from > s->layers ||
	    (s->heads > 1 && s->hidden % s->heads != 0) || (s->context_to_all && !s->previous))
		usage(2);
	if (optind + 1 != argc || s->from == NULL || s->hidden % 2 != 0 || s->pieces_from < 2 ||
	    s->pieces_to < s->pieces_from)
		usage(2);
	s->out = argv[optind];
}

int main(int argc, char **argv)
{
	struct model_settings s = { .embedding = 512,
		                    .hidden = 512,
		                    .readout = 512,
		                    .layers = 2,
		                    .lines = 2000,
		                    .pieces_from = 5,
		                    .pieces_to = 25 };
	struct tj_error err = { 0 };
	settings_read(&s, argc, argv);
	struct tj_safetensors *file = tj_safetensors_open(s.from, &err);
	if (file == NULL)
		bench_die(err.text);
	const struct tj_tensor *source_spm = tj_safetensors_find(file, "source.spm");
	const struct tj_tensor *target_spm = tj_safetensors_find(file, "target.spm");
	if (source_spm == NULL || target_spm == NULL)
		bench_die("there are no vocabularies in the file");
	struct tj_pieces *source = tj_pieces_open(source_spm->data, source_spm->n_bytes,
	                                          "source.spm", &err);
	struct tj_pieces *target = tj_pieces_open(target_spm->data, target_spm->n_bytes,
	                                          "target.spm", &err);
	if (source == NULL || target == NULL)
		bench_die(err.text);
	if (s.text)
		make_text(&s, source);
	else
		make_model(&s, source_spm, target_spm, source, target);
	tj_pieces_close(source);
	tj_pieces_close(target);
	tj_safetensors_close(file);
	return 0;
}
