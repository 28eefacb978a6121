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
	int max_pieces;        /* longer source texts are cut; at least 8; default 256 */
	int strict;            /* 1: invalid UTF-8 is an error; 0: it becomes U+FFFD */
	const char *isa;       /* "scalar", "avx2", "avx512", "neon"; NULL: the best there is,
	                          or what the environment's TRUJAMAN_ISA names */
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
	const char *path;            /* the file */
	uint64_t file_bytes;
	uint64_t parameters;         /* trained numbers; a tied matrix counts once */
	const char *precision;       /* how the file stores weights: "F32", "I8" or "mixed" */
	const char *isa;             /* kernels in use */
	int threads;                 /* threads in use */
	uint32_t source_words, target_words; /* vocabulary sizes */
	size_t n_metadata;           /* every metadata entry of the file, known or not, */
	const char *const *keys;     /* sorted by key */
	const char *const *values;
} trujaman_info;

TRUJAMAN_API const trujaman_info *trujaman_get_info(const trujaman *t);

/* The value of a metadata key, NULL where the model does not have it. */
TRUJAMAN_API const char *trujaman_metadata(const trujaman *t, const char *key);

typedef struct trujaman_text {
	char *text;   /* UTF-8, NUL after the last byte; may hold NUL bytes within */
	size_t len;   /* bytes, the final NUL not counted */
	double score; /* log-probability / length^length_penalty; 0 for a blank line.
	                 A text cut by max_pieces has the sum over its parts */
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
	uint64_t lines, blank, cut;   /* lines read; of them blank; longer than max_pieces */
	uint64_t source_words;        /* words between white space */
	uint64_t source_pieces, target_pieces;
	uint64_t invalid;             /* lines that held invalid UTF-8 */
	uint64_t invalid_line;        /* the first of them: line and byte column, from 1, */
	uint64_t invalid_column;      /* and which input */
	size_t invalid_input;
} trujaman_report;

enum trujaman_output {
	TRUJAMAN_OUTPUT_PLAIN = 0, /* the translation */
	TRUJAMAN_OUTPUT_SCORES,    /* score, tab, translation */
	TRUJAMAN_OUTPUT_N_BEST     /* line number, tab, score, tab, text; n_best lines a line */
};

typedef struct trujaman_input {
	const char *path; /* read this file; "-" or NULL: use fd */
	int fd;           /* an open descriptor, left open */
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

/* Score two files line by line: one "%.6f\n" a pair into out_fd. An input is
 * as above. A pair of blank lines scores as empty texts. Files of unequal
 * length are an error that names both counts. */
TRUJAMAN_API trujaman_status trujaman_score_stream(trujaman *t, const trujaman_input *source,
                                                   const trujaman_input *target, int out_fd,
                                                   const char *out_name, trujaman_report *report);

/* Instruction sets usable here, best first, NULL at the end. */
TRUJAMAN_API const char *const *trujaman_isas(void);

TRUJAMAN_API const char *trujaman_version(void);

#ifdef __cplusplus
}
#endif
#endif
