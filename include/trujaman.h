/* SPDX-License-Identifier: MIT */
/* Trujamán: offline translation with LSTM and GRU encoder-decoders on CPUs.
 *
 * The whole public interface. Everything is done through an opaque `trujaman`,
 * which holds one model, bound to one set of options. The same model, input
 * and decoding options give the same bytes for every number of threads and
 * every instruction set.
 *
 * Thread rule: one call at a time per trujaman, and every call that
 * translates or scores must come from the same thread of the process, because
 * the library runs OpenMP teams and a second thread would start a second team.
 *
 * Errors: functions that can fail return a trujaman_status; the text of the
 * last failure of a handle is trujaman_error(t). The library never prints,
 * never exits and changes no signal handler.
 */
#ifndef TRUJAMAN_H
#define TRUJAMAN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TRUJAMAN_API __attribute__((visibility("default")))
#else
#define TRUJAMAN_API
#endif

typedef enum trujaman_status {
	TRUJAMAN_OK = 0,
	TRUJAMAN_ERROR_USAGE,  /* an argument or option is wrong; nothing was done */
	TRUJAMAN_ERROR_MEMORY, /* an allocation failed */
	TRUJAMAN_ERROR_IO,     /* the system refused to open, read or write something */
	TRUJAMAN_ERROR_FORMAT, /* a file is not what it should be */
	TRUJAMAN_ERROR_INPUT,  /* text that strict mode does not accept */
	TRUJAMAN_ERROR_CLOSED  /* the reader of the output has gone (EPIPE) */
} trujaman_status;

typedef struct trujaman trujaman;

/* Always start from trujaman_options_default(): later versions add fields. */
typedef struct trujaman_options {
	int threads;           /* 0: one per physical core that the process may use */
	int beam;              /* beam width, 1 (greedy) to 64; default 4 */
	double length_penalty; /* a in score / length^a, at least 0; default 1 */
	int n_best;            /* translations per line, 1 to beam; default 1 */
	int max_pieces;        /* longer sentences are cut; at least 8; default 256 */
	int strict;            /* 1: invalid UTF-8 is an error; 0: it becomes U+FFFD */
	const char *isa;       /* one of trujaman_isas(); NULL: the best there is, or what the
	                          environment's TRUJAMAN_ISA names */
	const char *precision; /* of the products: "float32" or "int8"; NULL: int8 where the file
	                          stores its matrices so, else float32 */
	int memory;            /* MiB, 0 to 1048576, that may go into tables which spare work and
	                          fill up as pieces are met; all threads share them; default 256 */
	const char *split;     /* "auto": lines with several sentences are translated sentence by
	                          sentence; "off": whole; NULL: auto. Not for scoring */
	int tsv;               /* translate this column (from 1) of lines with tabs between columns
	                          and leave the rest, and lines without it, as they are; 0: whole
	                          lines. Not with scores or n-best lists, nor for scoring */
	int cache;             /* MiB, 0 to 1048576, that may go into remembering translations, so
	                          that a sentence that repeats is translated once; default 64 */
	const volatile int *stop; /* once nonzero (by a signal handler, say) a stream reads no
	                          further, writes what it has read, and ends well: report.stopped;
	                          NULL: never */
	int smt;                  /* 1: threads may take all CPUs of a core; 0: one of each */
} trujaman_options;

TRUJAMAN_API trujaman_options trujaman_options_default(void);

/* Open `model`, a file or a name such as "en-es" that is looked up in
 * TRUJAMAN_MODEL_PATH and where models are installed. `options` may be NULL.
 * On success *t is the caller's to close. On failure *t is either NULL (no
 * memory) or a handle good for trujaman_error and trujaman_close only. */
TRUJAMAN_API trujaman_status trujaman_open(const char *model, const trujaman_options *options,
                                           trujaman **t);

/* Close; NULL is allowed. */
TRUJAMAN_API void trujaman_close(trujaman *t);

/* What went wrong last: one line, no newline, "" if nothing did. Valid until
 * the next call with `t`. A NULL `t` gives the text for "out of memory". */
TRUJAMAN_API const char *trujaman_error(const trujaman *t);

/* What is open. All pointers live as long as the trujaman. */
typedef struct trujaman_info {
	const char *path; /* the file */
	uint64_t file_bytes;
	uint64_t parameters;   /* trained numbers; a tied matrix counts once */
	const char *precision; /* how the file stores weights: "F32", "I8" or "mixed" */
	const char *isa;       /* kernels in use */
	const char *products;  /* "float32" or "int8" */
	int threads;           /* threads in use */
	uint32_t source_words, target_words; /* vocabulary sizes */
	size_t n_metadata;                   /* every metadata entry of the file, known or not, */
	const char *const *keys;             /* sorted by key */
	const char *const *values;
} trujaman_info;

TRUJAMAN_API const trujaman_info *trujaman_get_info(const trujaman *t);

/* The machine as far as the process may use it, and what of it a trujaman uses. */
typedef struct trujaman_cpu {
	unsigned number;   /* the system's */
	size_t core, node; /* counted from 0; a core's CPUs follow one another */
	int speed;         /* larger is faster, where cores are of several kinds */
	size_t threads;    /* that are bound to it */
} trujaman_cpu;

typedef struct trujaman_node { /* of memory (NUMA) */
	unsigned number;       /* the system's */
	uint64_t bytes;        /* of memory; 0: not known */
	size_t threads;        /* where there are any, they share a copy of the weights */
} trujaman_node;

typedef struct trujaman_machine {
	size_t n_nodes, n_cores, n_cpus;
	const trujaman_node *nodes;
	const trujaman_cpu *cpus;
	double quota;        /* CPUs that the cgroup may use; 0: no limit */
	size_t n_copies;     /* of the packed weights, when all threads work */
	uint64_t copy_bytes; /* of each */
} trujaman_machine;

/* Lives as long as the trujaman. NULL on failure. */
TRUJAMAN_API const trujaman_machine *trujaman_get_machine(trujaman *t);

/* The value of a metadata key, NULL where the model does not have it. */
TRUJAMAN_API const char *trujaman_metadata(const trujaman *t, const char *key);

typedef struct trujaman_text {
	char *text;   /* UTF-8, NUL after the last byte; may hold NUL bytes within */
	size_t len;   /* bytes, the final NUL not counted */
	double score; /* log-probability / length^length_penalty; 0 for a blank line.
	                 A text of several sentences, or cut by max_pieces, has the sum */
} trujaman_text;

/* Release what trujaman_translate put into n texts (not the array). */
TRUJAMAN_API void trujaman_text_free(size_t n, trujaman_text *texts);

/* Translate n lines; src[i] has len[i] bytes of UTF-8 and no line terminator.
 * dst has room for n * n_best texts: line i's best is dst[i * n_best]. Where
 * the search found fewer than n_best, the rest have text NULL.
 * TRUJAMAN_OK: every text is the caller's (trujaman_text_free). Error: none is
 * set. Line i never depends on its neighbours. */
TRUJAMAN_API trujaman_status trujaman_translate(trujaman *t, size_t n, const char *const *src,
                                                const size_t *len, trujaman_text *dst);

/* Natural-log probability of tgt[i] given src[i], `</s>` counted, for n pairs. */
TRUJAMAN_API trujaman_status trujaman_score(trujaman *t, size_t n, const char *const *src,
                                            const size_t *src_len, const char *const *tgt,
                                            const size_t *tgt_len, double *scores);

/* What a stream met on its way. Zero before the first use; counts add up. */
typedef struct trujaman_report {
	uint64_t lines, blank;      /* lines read; of them blank */
	uint64_t split, short_rows; /* with several sentences; without the column of options.tsv */
	uint64_t over_long;         /* sentences that were cut, as longer than max_pieces or as
	                               their line is longer than is held at once (64 KiB) */
	uint64_t sentences,
	    cached;            /* texts translated, parts of cut sentences counted each; of
	                          them answered from the cache (which ones depends on timing) */
	uint64_t truncated;    /* translations ended by the limit, 3 times the pieces + 10 */
	uint64_t source_words; /* words between white space */
	uint64_t source_pieces, target_pieces;
	uint64_t invalid;        /* lines that held invalid UTF-8 */
	uint64_t invalid_line;   /* the first of them: line and byte column, from 1, */
	uint64_t invalid_column; /* and which input */
	size_t invalid_input;
	int stopped; /* by options.stop, before the end of the inputs */
} trujaman_report;

enum trujaman_output {
	TRUJAMAN_OUTPUT_PLAIN = 0, /* the translation */
	TRUJAMAN_OUTPUT_SCORES,    /* score, tab, translation */
	TRUJAMAN_OUTPUT_N_BEST     /* line number, tab, score, tab, text; n_best lines a line */
};

/* Compressed inputs (gzip, bzip2, xz, zstd) are told by their content and unpacked. */
typedef struct trujaman_input {
	const char *path; /* read this file; "-" or NULL: use fd */
	int fd;           /* an open descriptor, left open */
	/* Only the lines that begin in bytes [from, to) of a plain regular file; to 0: up to its
	 * end. Line numbers count from the first of them. */
	uint64_t from, to;
} trujaman_input;

/* Translate whole inputs, one after the other, into the descriptor out_fd,
 * line for line; `out_name` is for messages. Line terminators are kept; an input
 * that does not end with one is ended before the next input begins. Memory
 * does not grow with the inputs. A line that has arrived completely is
 * translated and written without waiting for more. `report` may be NULL.
 * On error what was written is the beginning of the right output. */
TRUJAMAN_API trujaman_status trujaman_translate_stream(trujaman *t, size_t n_inputs,
                                                       const trujaman_input *inputs, int out_fd,
                                                       const char *out_name,
                                                       enum trujaman_output output,
                                                       trujaman_report *report);

/* Consecutive lines of one input, translated. */
typedef struct trujaman_stretch {
	size_t input;
	const char *bytes; /* valid during the call only */
	size_t n_bytes;
	uint64_t lines;  /* lines of the input that end with these bytes */
	uint64_t words;  /* of the source, between white space */
	uint64_t offset; /* bytes of the input, as it is stored, read so far */
} trujaman_stretch;

/* Where translations go. The functions are called by one thread at a time, maybe not by the
 * one that called trujaman_translate_to, in the order of the inputs and of their lines:
 * begin, write any number of times, end, for every input. One that returns nonzero ends the
 * run as a failure of its own (TRUJAMAN_ERROR_IO). begin and end may be NULL. */
typedef struct trujaman_sink {
	void *context;
	int joined;    /* 1: to write one output of all inputs, as
	                  trujaman_translate_stream does */
	uint64_t skip; /* pass over the first lines of the inputs, so many in all */
	int (*begin)(void *context, size_t input);
	int (*write)(void *context, const trujaman_stretch *stretch);
	int (*end)(void *context, size_t input);
} trujaman_sink;

/* As trujaman_translate_stream, into a sink. Unless it is joined, every input is taken for
 * itself: its last line stays as it is, and n-best lists count its own lines. All threads
 * share all inputs, and those that are passed over begin and end too. After an error, and
 * when stopped, the input that was being written gets no end. */
TRUJAMAN_API trujaman_status trujaman_translate_to(trujaman *t, size_t n_inputs,
                                                   const trujaman_input *inputs,
                                                   const trujaman_sink *sink,
                                                   enum trujaman_output output,
                                                   trujaman_report *report);

/* Score two files line by line: one "%.6f\n" a pair into out_fd. An input is
 * as above. A pair of blank lines scores as empty texts. Files of unequal
 * length are an error that names both counts. */
TRUJAMAN_API trujaman_status trujaman_score_stream(trujaman *t, const trujaman_input *source,
                                                   const trujaman_input *target, int out_fd,
                                                   const char *out_name, trujaman_report *report);

/* Training ------------------------------------------------------------------
 *
 * The same data, options and seed give a model of the same bytes for every number of
 * threads and every instruction set, interrupted and resumed or not. */

typedef struct trujaman_entry {
	const char *key, *value;
} trujaman_entry;

enum { TRUJAMAN_MAX_ENTRIES = 32 };

/* Always start from trujaman_train_options_default(). All strings are the caller's and
 * must live until trujaman_train returns. What each option means, and its default and
 * range, stands in the manual page trujaman-train(1) under the same name with dashes. */
typedef struct trujaman_train_options {
	const char *source, *target;         /* text, a sentence a line; needed */
	const char *dev_source, *dev_target; /* both or none: then some pairs are held out */
	const char *model;                   /* the file to write; needed */
	const char *init;                    /* a model to start from, file or name; NULL: none */

	/* The model's metadata (docs/MODEL.md): keys of the configuration, and such as name and
	 * license. A key that is missing here has its default, or with `init` what that has. */
	size_t n_metadata;
	trujaman_entry metadata[TRUJAMAN_MAX_ENTRIES];
	int tied_output, tied_embeddings, attention_scale; /* 1, 0; -1: the default */

	const char *source_vocab, *target_vocab; /* SentencePiece models; NULL: make them */
	int vocab_size;                          /* 0: the default */
	const char *vocab_type;                  /* "unigram", "bpe"; NULL: the default */
	int shared_vocab, byte_fallback;         /* 1, 0; -1: the default */
	double subword_sampling;

	const char *optimizer; /* "adam", "sgd" */
	const char *schedule;  /* "constant", "inverse-sqrt", "plateau" */
	double learning_rate;
	int warmup, batch_tokens, max_pieces;
	double clip, dropout, recurrent_dropout, label_smoothing, ema; /* 0: none */
	int seed;

	/* These say only when to stop and how to run; they may change when resumed. */
	int updates, epochs;      /* 0: no limit */
	double minutes;           /* of training in total; 0: no limit */
	int patience;             /* validations without a new best; 0: no limit */
	int threads;              /* 0: one per physical core that may be used */
	const char *isa;          /* as in trujaman_options */
	double checkpoint_every;  /* minutes */
	int resume;               /* 1: from MODEL.checkpoint where there is one */
	const volatile int *stop; /* once nonzero (by a signal handler, say): write a
	                             checkpoint and end; NULL: never */

	int validate_every; /* updates; 0: chosen from the size of an epoch */
} trujaman_train_options;

TRUJAMAN_API trujaman_train_options trujaman_train_options_default(void);

/* Set an option by the name that it has on the command line, without dashes before it,
 * from text: "hidden-size", "512". TRUJAMAN_ERROR_USAGE, with a line of text in `error`
 * (n_error_bytes, which may be 0): no such option, or not a value of it. */
TRUJAMAN_API trujaman_status trujaman_train_set(trujaman_train_options *options, const char *name,
                                                const char *value, char *error,
                                                size_t n_error_bytes);

typedef struct trujaman_train_start {
	uint64_t lines, pairs;             /* of the training text; pairs that are used */
	uint64_t empty, too_long, invalid; /* left out: a side blank, over max_pieces, not UTF-8 */
	uint64_t source_pieces, target_pieces;
	uint64_t dev_lines, dev_pairs; /* 0: no validation */
	int held_out;                  /* the dev set was taken from the training text */
	uint32_t source_words, target_words;
	uint64_t parameters;
	uint64_t batches; /* of the first epoch */
	int validate_every, threads;
	const char *isa;
	int no_checkpoint; /* asked to resume, and there was nothing to resume */
	uint64_t update;   /* done before; 0: a new training */
	double seconds;
	uint64_t note[2]; /* what the checkpoint event put there; 0 when new */
} trujaman_train_start;

typedef struct trujaman_train_update {
	uint64_t update, epoch; /* both from 1 */
	double loss, nll;       /* per target piece; loss with label smoothing */
	uint64_t pieces;
	double learning_rate, gradient_norm; /* before clipping */
	double seconds;                      /* of training so far, earlier runs included */
	double progress;                     /* 0 to 1: how near the nearest limit is */
} trujaman_train_update;

typedef struct trujaman_train_validation {
	uint64_t update, epoch;
	double dev_nll, dev_bleu; /* nll per target piece */
	int best;                 /* the best so far: it is in the file now */
	double seconds;
} trujaman_train_validation;

typedef struct trujaman_train_checkpoint {
	uint64_t update;
	uint64_t note[2]; /* the observer's to set; handed back on resuming */
} trujaman_train_checkpoint;

enum trujaman_train_end {
	TRUJAMAN_TRAIN_UPDATES,
	TRUJAMAN_TRAIN_EPOCHS,
	TRUJAMAN_TRAIN_MINUTES,
	TRUJAMAN_TRAIN_PATIENCE,
	TRUJAMAN_TRAIN_STOPPED /* by *stop: not done, to be resumed */
};

typedef struct trujaman_train_done {
	enum trujaman_train_end end;
	uint64_t update, epoch;
	uint64_t best_update; /* whose weights the model file has; 0: none yet */
	int validated;        /* 1: and these are its scores */
	double best_nll, best_bleu;
	double seconds;
} trujaman_train_done;

/* What trujaman_train tells on its way, in the calling thread. Any function may be NULL.
 * One that returns nonzero ends the training as a failure of its own (TRUJAMAN_ERROR_IO). */
typedef struct trujaman_train_observer {
	void *context;
	int (*phase)(void *context, const char *what); /* something long begins */
	int (*started)(void *context, const trujaman_train_start *start);
	int (*update)(void *context, const trujaman_train_update *update);
	int (*validation)(void *context, const trujaman_train_validation *validation);
	int (*checkpoint)(void *context,
	                  trujaman_train_checkpoint *checkpoint); /* before writing */
	int (*done)(void *context, const trujaman_train_done *done);
} trujaman_train_observer;

/* Train a model. Beside options->model lies MODEL.checkpoint, from which a training that
 * was stopped or killed, or is to go on for longer, is resumed. MODEL.lock is held meanwhile:
 * a second training of the same model fails with TRUJAMAN_ERROR_IO. On failure `error` has one
 * line of text; model and checkpoint are as they were written last. Thread rule as for
 * trujaman_translate. `observer` may be NULL. */
TRUJAMAN_API trujaman_status trujaman_train(const trujaman_train_options *options,
                                            const trujaman_train_observer *observer, char *error,
                                            size_t n_error_bytes);

/* Store the weight matrices of the model `in`, a file or a name, in 8 bits each in the file
 * `out`, which may be `in`: a quarter of the size. Matrices that have 8 bits already stay as
 * they are. `out` is replaced when all is written. On failure it is as it was, and
 * `error` (n_error_bytes, which may be 0) has one line of text. */
TRUJAMAN_API trujaman_status trujaman_quantize(const char *in, const char *out, char *error,
                                               size_t n_error_bytes);

/* How near translations (hypotheses) are to those of a person (references), as sacreBLEU
 * reckons it by default: BLEU over words of the tokeniser 13a, chrF2 over characters. */
typedef struct trujaman_evaluation {
	uint64_t lines;
	double bleu, chrf;             /* 0 to 100 */
	double precisions[4];          /* of n-grams of n + 1 words: percent, smoothed */
	double brevity_penalty;        /* 0 to 1 */
	uint64_t correct[4], total[4]; /* n-grams of the hypotheses that precisions are from */
	uint64_t hypothesis_words, reference_words;
} trujaman_evaluation;

/* Evaluate two texts of UTF-8 line by line; an input is as above. Texts of unequal length
 * are an error that names both counts, and so are texts without lines. On failure `error`
 * (n_error_bytes, which may be 0) has one line of text. The same bits on every machine. */
TRUJAMAN_API trujaman_status trujaman_evaluate(const trujaman_input *hypotheses,
                                               const trujaman_input *references,
                                               trujaman_evaluation *evaluation, char *error,
                                               size_t n_error_bytes);

/* Instruction sets usable here, best first, NULL at the end. */
TRUJAMAN_API const char *const *trujaman_isas(void);

TRUJAMAN_API const char *trujaman_version(void);

#ifdef __cplusplus
}
#endif
#endif
