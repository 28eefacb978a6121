/* SPDX-License-Identifier: MIT */
/* Trujamán: offline translation with LSTM and GRU encoder-decoders on CPUs.
 *
 * This is the whole public interface; libtrujaman(3) has an example. A trujaman_model is a model
 * file made ready, which nothing changes any more. A trujaman_translator translates and scores with
 * it by a set of options; any number of them share one model. The same model, input and decoding
 * options give the same bytes for every number of threads and every instruction set.
 *
 * Thread rule: any thread may call; make one call at a time with a trujaman_translator or a
 * trujaman_options. Everything else may be used by several threads at once, and so may several
 * translators of one model: calls at the same time have a team of threads each, and their threads
 * take different CPUs as long as there are any. After fork both processes may go on, unless a call
 * was running. Neither the locale nor the floating-point environment of the calling thread changes
 * a result; callbacks run in the default floating-point environment.
 *
 * Errors: a function that can fail returns a trujaman_status, and on failure writes a line of text
 * without a newline to `error`, up to n_error_bytes bytes with the final NUL. Both may be 0. On
 * success `error` holds "". The library never prints, exits or changes a signal handler.
 *
 * Later versions add functions, options and members of structs at their ends. A struct that the
 * caller makes begins with its `size`, which he sets to its sizeof: TRUJAMAN_ERROR_USAGE without.
 * The library never writes past it. Structs that the library makes are only read, by pointer.
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

/* The version of this header, and of the library that is running: "1.2.3", and 1002003. */
#define TRUJAMAN_VERSION_MAJOR 1
#define TRUJAMAN_VERSION_MINOR 0
#define TRUJAMAN_VERSION_PATCH 0
#define TRUJAMAN_VERSION_NUMBER \
	(TRUJAMAN_VERSION_MAJOR * 1000000 + TRUJAMAN_VERSION_MINOR * 1000 + TRUJAMAN_VERSION_PATCH)
TRUJAMAN_API const char *trujaman_version(void);
TRUJAMAN_API int trujaman_version_number(void);

typedef enum trujaman_status {
	TRUJAMAN_OK = 0,
	TRUJAMAN_ERROR_USAGE,  /* an argument or option is invalid; nothing was done */
	TRUJAMAN_ERROR_MEMORY, /* an allocation failed */
	TRUJAMAN_ERROR_IO,     /* opening, reading or writing failed, or a callback did */
	TRUJAMAN_ERROR_FORMAT, /* a model, vocabulary, checkpoint or compressed file is malformed */
	TRUJAMAN_ERROR_INPUT,  /* text that cannot be processed, such as invalid UTF-8 in strict
	                          mode, or two texts of unequal length; a training diverged */
	TRUJAMAN_ERROR_CLOSED, /* the reader of the output closed it (EPIPE) */
	TRUJAMAN_ERROR_STOPPED /* trujaman_stop or an observer ended the call */
} trujaman_status;

/* Options -------------------------------------------------------------------
 *
 * Options are set by name from text, as on the command line: trujaman-translate(1) tells what each
 * means, and trujaman_option_at what the library knows of it. */

typedef struct trujaman_options trujaman_options;

/* All options with their defaults. NULL if memory is short. */
TRUJAMAN_API trujaman_options *trujaman_options_new(void);

/* NULL is allowed. */
TRUJAMAN_API void trujaman_options_free(trujaman_options *options);

enum trujaman_option_kind {
	TRUJAMAN_OPTION_FLAG,   /* "true" or "false"; on the command line there is no value */
	TRUJAMAN_OPTION_WHOLE,  /* a whole number */
	TRUJAMAN_OPTION_NUMBER, /* a decimal number */
	TRUJAMAN_OPTION_WORD,   /* one of some words */
	TRUJAMAN_OPTION_TEXT,   /* any text */
	TRUJAMAN_OPTION_FILE    /* the name of a file */
};

enum { TRUJAMAN_FOR_TRANSLATING = 1, TRUJAMAN_FOR_SCORING = 2 };

/* An option: what the library, the command line and --help know of it. */
typedef struct trujaman_option {
	const char *name; /* as on the command line, without the dashes: "length-penalty" */
	enum trujaman_option_kind kind;
	int used_for;        /* TRUJAMAN_FOR_… */
	int changes_output;  /* 1: the bytes of the output depend on it */
	double low, high;    /* range of WHOLE and NUMBER */
	const char *words;   /* the choices, separated by bars: "auto|off"; NULL: no list */
	const char *initial; /* the default; NULL: it depends, as `help` says */
	const char *label;   /* stands for the value in a listing; NULL: there is none */
	const char *help;    /* {low}, {high} and {default} stand for the numbers above */
} trujaman_option;

/* Option i, from 0, of translating and scoring; NULL: there are no more. Static storage. */
TRUJAMAN_API const trujaman_option *trujaman_option_at(size_t i);

/* Set an option: "beam", "4"; a FLAG to "true" or "false". `value` is copied. An unknown option or
 * an invalid value is TRUJAMAN_ERROR_USAGE. */
TRUJAMAN_API trujaman_status trujaman_options_set(trujaman_options *options, const char *name,
                                                  const char *value, char *error,
                                                  size_t n_error_bytes);

/* The value of an option as text, valid until the next call with `options`. NULL: it has none, or
 * there is no such option. */
TRUJAMAN_API const char *trujaman_options_get(trujaman_options *options, const char *name);

/* What became of a line, and why, for people who wonder. Its text has records, one a line, with
 * tabs between their fields: the kind, the bytes FIRST-END of the line (from 0; END is the first
 * behind it), and what the manual page trujaman-translate(1) tells of the kind. Control characters
 * and backslashes are escaped as \n, \t, \xNN and \\; placeable k is \{k}. Later versions may
 * add kinds and fields. */
typedef struct trujaman_explanation {
	size_t input;     /* index of the input; 0 with texts in memory */
	uint64_t line;    /* number of the line in its input, or of the text, from 1 */
	const char *text; /* not NUL-terminated; valid during the call only */
	size_t len;
} trujaman_explanation;

/* Have `explain` called for each line (or stretch of a line that is not held at once), in order,
 * before the line is written, by one thread at a time; needs the option plain to be false. If it
 * returns nonzero, the call fails with TRUJAMAN_ERROR_IO. NULL: nothing is explained. Scoring
 * ignores it. */
TRUJAMAN_API void trujaman_options_explain(trujaman_options *options,
                                           int (*explain)(void *context,
                                                          const trujaman_explanation *explanation),
                                           void *context);

/* Have `attend` called for each translation or scored pair of a stream, in order, before its line
 * is written, by one thread at a time; this sets the option attention. `attention` is valid during
 * the call. If it returns nonzero, the call fails with TRUJAMAN_ERROR_IO. NULL: nobody is told.
 * Texts in memory have it in their result. */
struct trujaman_attention;
TRUJAMAN_API void trujaman_options_attend(trujaman_options *options,
                                          int (*attend)(void *context,
                                                        const struct trujaman_attention *attention),
                                          void *context);

/* Check that options go together; a beam that was not set becomes as wide as n-best needs.
 * trujaman_translator_new does the same. */
TRUJAMAN_API trujaman_status trujaman_options_check(trujaman_options *options, char *error,
                                                    size_t n_error_bytes);

/* Models -------------------------------------------------------------------- */

typedef struct trujaman_model trujaman_model;

/* Open `name`: a file, or a name such as "en-es" that is searched for in TRUJAMAN_MODEL_PATH and
 * where models are installed. Of the options it uses isa, precision and memory, and threads and smt
 * to choose the NUMA node where the weights lie. `options` may be NULL: the defaults. On failure
 * *model is NULL. */
TRUJAMAN_API trujaman_status trujaman_model_open(const char *name, const trujaman_options *options,
                                                 trujaman_model **model, char *error,
                                                 size_t n_error_bytes);

/* Close a model. Translators that were made from it go on to work. NULL is allowed. */
TRUJAMAN_API void trujaman_model_close(trujaman_model *model);

/* A model that trujaman_model_open finds by its name. */
typedef struct trujaman_named_model {
	const char *name, *path;
	/* As the file says; NULL: it does not. */
	const char *source_language, *target_language;
} trujaman_named_model;

/* List the models that can be named, folder by folder in the order of the search, and by name. A
 * file that another one of its name hides is left out, and so is one that is no model. *list gets n
 * models, to free with trujaman_list_free. `error` gets up to n_error_bytes bytes of a message:
 * after success, with n = 0, where was looked; after a failure, what failed. */
TRUJAMAN_API trujaman_status trujaman_list_models(size_t *n, trujaman_named_model ***list,
                                                  char *error, size_t n_error_bytes);
TRUJAMAN_API void trujaman_list_free(size_t n, trujaman_named_model **list);

/* Describes a model. All pointers are valid until it is closed. */
typedef struct trujaman_model_info {
	const char *path; /* the model file */
	uint64_t file_bytes;
	uint64_t parameters;                 /* trained numbers; a tied matrix counts once */
	const char *precision;               /* of the stored matrices: "F32", "I8" or "mixed" */
	const char *isa;                     /* instruction set of the kernels in use */
	const char *products;                /* precision of matrix products: "float32" or "int8" */
	uint32_t source_words, target_words; /* vocabulary sizes in pieces */
	size_t n_metadata;         /* all metadata entries of the file, known or unknown */
	const char *const *keys;   /* [n_metadata], sorted */
	const char *const *values; /* [n_metadata], in the order of keys */
	uint64_t copy_bytes;       /* bytes of one copy of the packed weights */
} trujaman_model_info;

TRUJAMAN_API const trujaman_model_info *trujaman_model_describe(const trujaman_model *model);

/* The value of a metadata key; NULL if the model has no such key. Valid until it is closed. */
TRUJAMAN_API const char *trujaman_model_metadata(const trujaman_model *model, const char *key);

/* The English name of a language of report.foreign_language or of a model's source_language and
 * target_language: "Spanish" for "es". NULL if the library does not know the code. */
TRUJAMAN_API const char *trujaman_language_name(const char *code);

/* Translators --------------------------------------------------------------- */

typedef struct trujaman_translator trujaman_translator;

/* Make a translator: this takes no weights apart from those of the model, so another beam is cheap.
 * Of the options, isa, precision and memory belong to the model: to set another value here is
 * TRUJAMAN_ERROR_USAGE. `options` may be NULL: the defaults. On failure *t is NULL. */
TRUJAMAN_API trujaman_status trujaman_translator_new(trujaman_model *model,
                                                     const trujaman_options *options,
                                                     trujaman_translator **t, char *error,
                                                     size_t n_error_bytes);

enum { TRUJAMAN_MOST_MODELS = 16 };

/* Make a translator of an ensemble of n_models, 1 to TRUJAMAN_MOST_MODELS, that translate and score
 * as one: the probabilities of the pieces are the average of theirs, or their logarithms are (the
 * option "ensemble"), and so are the attention weights of those that have some. Architectures may
 * differ. Vocabularies, the rules for text (the features normalization and placeables) and isa must
 * be equal, or the call fails with TRUJAMAN_ERROR_USAGE. Languages and other metadata are those of
 * the first. Results depend on the order of the models, at most by rounding. Memory and time are
 * the sum of what the models need alone. Otherwise as trujaman_translator_new. */
TRUJAMAN_API trujaman_status trujaman_translator_new_ensemble(size_t n_models,
                                                              trujaman_model *const *models,
                                                              const trujaman_options *options,
                                                              trujaman_translator **t, char *error,
                                                              size_t n_error_bytes);

/* NULL is allowed. */
TRUJAMAN_API void trujaman_translator_free(trujaman_translator *t);

/* The number of its threads, and of translations for each line (the option n-best). */
TRUJAMAN_API size_t trujaman_translator_threads(const trujaman_translator *t);
TRUJAMAN_API size_t trujaman_translator_n_best(const trujaman_translator *t);

/* Stop what the translator is doing, soon, and from now on anything that it is asked to do at once,
 * until trujaman_go_on. Texts in memory give TRUJAMAN_ERROR_STOPPED; a stream stops reading, writes
 * what it has read, and returns TRUJAMAN_OK with report.stopped set. Any thread may call it at any
 * time, and a signal handler may. */
TRUJAMAN_API void trujaman_stop(trujaman_translator *t);
TRUJAMAN_API void trujaman_go_on(trujaman_translator *t);

/* Have `progress` called while texts in memory are at work, with the number of those (of a
 * document, of its bytes) that are done, which grows up to n. One thread calls at a time, but it
 * may differ from the one that called the library. If it returns nonzero, the call ends with
 * TRUJAMAN_ERROR_STOPPED. NULL: nobody. */
TRUJAMAN_API void trujaman_observe(trujaman_translator *t,
                                   int (*progress)(void *context, size_t done, size_t n),
                                   void *context);

/* The part of the machine that the process may use, and how a translator uses it. */
typedef struct trujaman_cpu {
	unsigned number;   /* the operating system's number */
	size_t core, node; /* indices from 0; the CPUs of a core are adjacent */
	int speed;         /* larger is faster, if the cores are of several kinds */
	size_t threads;    /* threads bound to this CPU */
} trujaman_cpu;

typedef struct trujaman_node { /* a NUMA node */
	unsigned number;       /* the operating system's number */
	uint64_t bytes;        /* of memory; 0: unknown */
	size_t threads;        /* threads on this node; they share one copy of the weights */
} trujaman_node;

typedef struct trujaman_machine {
	size_t n_nodes, n_cores, n_cpus;
	const trujaman_node *const *nodes; /* [n_nodes] */
	const trujaman_cpu *const *cpus;   /* [n_cpus] */
	double quota;                      /* CPUs that the cgroup may use; 0: no limit */
	size_t n_copies;                   /* copies of the packed weights once all threads work */
} trujaman_machine;

/* Valid until `t` is freed. NULL if memory is short. */
TRUJAMAN_API const trujaman_machine *trujaman_translator_machine(trujaman_translator *t);

/* Texts in memory ----------------------------------------------------------- */

/* Translations or scores of n lines. */
typedef struct trujaman_result trujaman_result;

/* Translate n lines: src[i] has len[i] bytes of UTF-8 without a line terminator. Lines never affect
 * each other. On success *result is the caller's, to free with trujaman_result_free; on failure it
 * is NULL. */
TRUJAMAN_API trujaman_status trujaman_translate(trujaman_translator *t, size_t n,
                                                const char *const *src, const size_t *len,
                                                trujaman_result **result, char *error,
                                                size_t n_error_bytes);

/* Score n pairs: how probable the model finds tgt[i] as the translation of src[i]. The result has a
 * score for each line, and no text. Of a source of more than 16384 pieces the model sees the first
 * 16384. */
TRUJAMAN_API trujaman_status trujaman_score(trujaman_translator *t, size_t n,
                                            const char *const *src, const size_t *src_len,
                                            const char *const *tgt, const size_t *tgt_len,
                                            trujaman_result **result, char *error,
                                            size_t n_error_bytes);

struct trujaman_report;

/* Translate a document in memory: n_bytes of a format, one of trujaman_formats, as the contents of
 * a file that `trujaman translate --format` reads. *result is that of one line: the text of rank 0
 * is the document with translations in it, byte for byte what the program writes. It has no score.
 * `report`, which may be NULL, counts as with streams. An unknown format is TRUJAMAN_ERROR_USAGE, a
 * malformed document TRUJAMAN_ERROR_INPUT: the message has line and column. On failure *result is
 * NULL. */
TRUJAMAN_API trujaman_status trujaman_translate_document(trujaman_translator *t, const char *format,
                                                         const void *bytes, size_t n_bytes,
                                                         trujaman_result **result,
                                                         struct trujaman_report *report,
                                                         char *error, size_t n_error_bytes);

/* NULL is allowed. */
TRUJAMAN_API void trujaman_result_free(trujaman_result *result);

TRUJAMAN_API size_t trujaman_result_lines(const trujaman_result *result);

/* How many translations there are of a line: the option n-best, or fewer if the search finds fewer.
 * They all differ, and come by falling score. Those of a line of several sentences have the largest
 * sums of its sentences' scores; of equal sums the one comes first that has the better beginning,
 * up to the last sentence. */
TRUJAMAN_API size_t trujaman_result_count(const trujaman_result *result, size_t line);

/* Translation `rank` of a line, both from 0, followed by a NUL; it may also contain NUL bytes.
 * *len, if `len` is not NULL, gets its bytes. NULL: there is none. Valid until the result is
 * freed. */
TRUJAMAN_API const char *trujaman_result_text(const trujaman_result *result, size_t line,
                                              size_t rank, size_t *len);

/* The score of a translation: its natural-log probability / length^length-penalty, length in pieces
 * with `</s>`; 0 for a blank line, the sum over the parts of a divided line. Of a scored pair: its
 * natural-log probability, with `</s>`; with the option normalize, divided by that length. NaN:
 * there is none. */
TRUJAMAN_API double trujaman_result_score(const trujaman_result *result, size_t line, size_t rank);

/* Attention: what the network looked at while it wrote a stretch of text, mostly a sentence. Pieces
 * are those of the vocabularies, with U+2581 for a space; `</s>` ends those of the target, and
 * those of the source in most models. A span has two offsets: of the first byte of the text that a
 * piece or word stands for, and of the first one behind that. They are equal where it stands for
 * none. */
typedef struct trujaman_attention_part {
	size_t n_source, n_target;        /* pieces */
	const char *const *source_pieces; /* [n_source], NUL-terminated */
	const char *const *target_pieces; /* [n_target], NUL-terminated */
	const size_t (*source_spans)[2];  /* [n_source]: bytes of the source below */
	const size_t (*target_spans)[2];  /* [n_target]: bytes of the target below */
	const double *scores;             /* [n_target]: natural-log probability of each piece */
	const float *shares; /* [n_target][n_source], row by row: attention weights, 0 to 1, of the
	                        step that wrote the piece; the sum of a row is 1 but for rounding */
} trujaman_attention_part;

/* How a translation, or the score of a pair, came about. Words are what ASCII white space
 * separates, counted from 0. Texts are without other columns (option tsv), with U+FFFD for invalid
 * UTF-8, and followed by a NUL that len does not count. */
typedef struct trujaman_attention {
	size_t input;  /* index of the input; 0 with texts in memory */
	uint64_t line; /* number of the line in its input, or of the text, from 1 */
	size_t rank;   /* of the translation, from 0 */
	double score;  /* as in trujaman_result_score */
	const char *source, *target;
	size_t source_len, target_len; /* bytes */
	size_t n_source_words, n_target_words;
	const size_t (*source_words)[2]; /* [n_source_words]: spans of the source */
	const size_t (*target_words)[2]; /* [n_target_words]: spans of the target */
	const double *word_scores; /* [n_target_words]: the sum of the scores of its pieces; 0: it
	                              was copied */
	size_t n_links;
	const size_t (*links)[2]; /* [n_links]: source word, target word; sorted */
	const float *link_shares; /* [n_links]: of the target word's attention; at least the option
	                             alignments-threshold; 1: it was copied */
	size_t n_parts;           /* what was copied is in none, nor what has n_source * n_target
	                             above 2^22 */
	const trujaman_attention_part *const *parts; /* [n_parts], in the order of the target */
} trujaman_attention;

/* The attention of a translation, or with rank 0 of a scored pair. NULL: the option attention was
 * not set, or there is no such translation. Valid until the result is freed. */
TRUJAMAN_API const trujaman_attention *trujaman_result_attention(const trujaman_result *result,
                                                                 size_t line, size_t rank);

/* Streams ------------------------------------------------------------------- */

/* Counts of a stream. Set its size and zero the rest before the first use; later streams add to
 * it. */
typedef struct trujaman_report {
	size_t size;                /* sizeof(trujaman_report) */
	uint64_t lines, blank;      /* lines read; how many of them are blank */
	uint64_t split, short_rows; /* lines of several sentences; lines without column tsv */
	uint64_t over_long;         /* sentences cut because they exceed max_pieces, or because
	                               their line exceeds the 64 KiB that are held at once;
	                               when scoring: sources of which the first 16384 pieces
	                               counted */
	uint64_t sentences, cached; /* texts translated, each part of a cut sentence counted;
	                               how many came from the cache (depends on timing) */
	uint64_t truncated; /* translations ended by the limit of 3 * source pieces + 10 pieces */
	uint64_t source_words; /* separated by white space */
	uint64_t source_pieces, target_pieces;
	uint64_t invalid;        /* lines with invalid UTF-8 */
	uint64_t invalid_line;   /* the first of them: line number from 1, */
	uint64_t invalid_column; /* byte in the line from 1, */
	size_t invalid_input;    /* and index of the input */
	uint64_t over_long_line; /* the first line of which over_long counts something, from 1 */
	size_t over_long_input;  /* and index of its input */
	uint64_t invalid_latin;  /* lines with invalid UTF-8 that look like text in ISO 8859-1 or
	                            Windows-1252, */
	size_t latin_input;      /* and the input of the first of them */
	uint64_t foreign;        /* inputs that look as if they were not in the model's language:
	                            when translating, its source_language; when scoring, that or
	                            target_language. Only texts of 2000 letters and more are
	                            judged, by their first 20000, and only where the model names
	                            its language and the library knows it */
	size_t foreign_input;    /* the first of them: index of the input, */
	const char *foreign_language; /* and the language it looks like, as a code; constant */
	int stopped;                  /* 1: trujaman_stop ended it before the end of the inputs */
	uint64_t without_prefix;      /* lines whose translation does not begin with their prefix:
	                                 it has more than max_pieces pieces or separators, is not
	                                 UTF-8, or what must not change would have changed */
	uint64_t without_prefix_line; /* the first of them: line number from 1, */
	size_t without_prefix_input;  /* and index of its input */
} trujaman_report;

enum trujaman_output {
	TRUJAMAN_OUTPUT_PLAIN = 0, /* the translation */
	TRUJAMAN_OUTPUT_SCORES,    /* score, tab, translation */
	TRUJAMAN_OUTPUT_N_BEST     /* line number, tab, score, tab, text; up to n_best per line, as
	                              trujaman_result gives them */
};

/* Compressed inputs (gzip, bzip2, xz, zstd) are recognised by their content and unpacked. An input
 * that is no text in UTF-8 by its beginning (a byte-order mark of UTF-16 or UTF-32, the magic
 * number of an image, archive or the like, more than a tenth of NULs in the first 64 KiB) is
 * TRUJAMAN_ERROR_INPUT when its turn comes; the message says how to convert it. A byte-order mark
 * at the beginning of an input is no text: translating keeps it, scoring and evaluating leave it
 * out. */
typedef struct trujaman_input {
	size_t size;      /* sizeof(trujaman_input), the same in all elements of an array */
	const char *path; /* file to read; "-" or NULL: read fd instead */
	int fd;           /* an open descriptor; it stays open */
	/* Read only the lines that begin in bytes [from, to) of an uncompressed regular file; to 0
	 * means its end. Lines are numbered from the first one read. `from` > 0 with a compressed
	 * file is TRUJAMAN_ERROR_USAGE when its turn comes. */
	uint64_t from, to;
	int force_text; /* 1: read it even if it does not look like text in UTF-8 */
	uint64_t skip;  /* read, but do not give out, so many of these lines; fewer are an error */
	/* "text" or NULL: translate it line for line. Otherwise it is a document, whose text is
	 * translated while all other bytes stay: "jsonl", "html", "srt", "vtt", "paragraphs", "po",
	 * "xliff", "markdown". What is said of lines holds for the segments of a document, but for
	 * lines of jsonl. A document is held in memory; of jsonl, a line. It is USAGE with scores
	 * or n-best lists; with the option plain where it has tags. Scoring ignores it. */
	const char *format;
	/* Not NULL: read these bytes instead of a file; `path`, if it is not NULL, then only names
	 * them in messages. They must stay as they are during the call. */
	const void *bytes;
	size_t n_bytes;
} trujaman_input;

/* The names of all formats; ends with NULL. Static storage. */
TRUJAMAN_API const char *const *trujaman_formats(void);

/* The format that the ending of a file's name says: "text" where it says nothing. NULL: it says
 * that the file is something else, such as a picture or a program. */
TRUJAMAN_API const char *trujaman_format_of(const char *path);

/* Translate whole inputs, one after the other and line for line, and write to the descriptor
 * out_fd; `out_name` names it in messages. Line terminators are kept. If an input does not end
 * with one, a newline is written before the next input. Memory use does not grow with the
 * inputs. A complete line is translated and written without waiting for more input. `report`
 * may be NULL. On failure, what was written is a prefix of the correct output. */
TRUJAMAN_API trujaman_status trujaman_translate_stream(trujaman_translator *t, size_t n_inputs,
                                                       const trujaman_input *inputs, int out_fd,
                                                       const char *out_name,
                                                       enum trujaman_output output,
                                                       trujaman_report *report, char *error,
                                                       size_t n_error_bytes);

/* The translation of consecutive lines of one input. */
typedef struct trujaman_stretch {
	size_t input;      /* index of the input */
	const char *bytes; /* the translation; valid during the call only */
	size_t n_bytes;
	uint64_t lines;  /* input lines that end within these bytes */
	uint64_t words;  /* source words, separated by white space */
	uint64_t offset; /* bytes of the stored, perhaps compressed, input consumed so far */
} trujaman_stretch;

/* Receives translations. For every input, in order, begin is called, then write any number of
 * times in the order of the lines, then end. One thread calls at a time, but it may differ
 * from the one that called trujaman_translate_to. If a function returns nonzero, the run fails
 * with TRUJAMAN_ERROR_IO. All but write may be NULL. */
typedef struct trujaman_sink {
	size_t size;   /* sizeof(trujaman_sink) */
	void *context; /* passed to the functions */
	int joined;    /* 1: all inputs form one output, as in trujaman_translate_stream */
	uint64_t skip; /* skip this many lines, counted across all inputs from the first; fewer
	                  lines in the inputs are TRUJAMAN_ERROR_INPUT */
	int (*begin)(void *context, size_t input);
	int (*write)(void *context, const trujaman_stretch *stretch);
	int (*end)(void *context, size_t input);
	/* Called for each input that report.foreign counts, as soon as that is known: after the
	 * input has begun, for a small one perhaps after it has ended. May be NULL. */
	void (*foreign)(void *context, size_t input, const char *language);
	/* NULL: an input that cannot be opened or read to its end fails the run. Otherwise this is
	 * called in place of end, after what could be read was written, or in place of all three
	 * if there was nothing; `message` says what failed. If it returns 0, the run goes on. */
	int (*failed)(void *context, size_t input, const char *message);
} trujaman_sink;

/* Like trujaman_translate_stream, but pass the output to a sink. If sink->joined is 0, inputs
 * are treated separately: a missing final newline is not added, and n-best lists count the lines
 * of each input. All threads share all inputs. begin and end are also called for skipped inputs.
 * After a failure or a stop, end is not called for the input being written. */
TRUJAMAN_API trujaman_status trujaman_translate_to(trujaman_translator *t, size_t n_inputs,
                                                   const trujaman_input *inputs,
                                                   const trujaman_sink *sink,
                                                   enum trujaman_output output,
                                                   trujaman_report *report, char *error,
                                                   size_t n_error_bytes);

/* Score two inputs line by line and write "%.6f\n" to out_fd for each pair, with a decimal
 * point in every locale. Blank lines are scored as empty texts. Inputs with unequal numbers of
 * lines are TRUJAMAN_ERROR_INPUT; the message names both numbers. `report` may be NULL. */
TRUJAMAN_API trujaman_status trujaman_score_stream(trujaman_translator *t,
                                                   const trujaman_input *source,
                                                   const trujaman_input *target, int out_fd,
                                                   const char *out_name, trujaman_report *report,
                                                   char *error, size_t n_error_bytes);

/* Like trujaman_score_stream, but pass the scores to a sink. The pair counts as one input, number
 * 0; offsets, words and lines are those of the source. */
TRUJAMAN_API trujaman_status trujaman_score_to(trujaman_translator *t, const trujaman_input *source,
                                               const trujaman_input *target,
                                               const trujaman_sink *sink, trujaman_report *report,
                                               char *error, size_t n_error_bytes);

/* Which pairs are scored, and how the scores are written: "%.6f" as above. */
enum trujaman_pairs_kind {
	/* Two inputs, line by line: a score for each pair. */
	TRUJAMAN_PAIRS_LINES = 0,
	/* Two tab-separated columns of `source`: score, tab, the line. A line that lacks one of
	 * them has the score "-inf"; report.short_rows counts these. */
	TRUJAMAN_PAIRS_TSV,
	/* `target` is a list as TRUJAMAN_OUTPUT_N_BEST writes it: number of a line of `source`,
	 * rising; tab, a score, which is replaced; tab, text, which goes to the line's end. The
	 * translations of a line, at most 1024, are written best first; of equal ones the one that
	 * came first. Lines of the report are those of the list. sink->skip must be 0. */
	TRUJAMAN_PAIRS_N_BEST
};

/* Zero it, set its size, and what is needed of the rest. */
typedef struct trujaman_pairs {
	size_t size; /* sizeof(trujaman_pairs) */
	enum trujaman_pairs_kind kind;
	const trujaman_input *source, *target;
	int source_column, target_column; /* of TSV, from 1 */
	/* A translator of the other direction, with as many threads, which does nothing else
	 * meanwhile; NULL: none. It scores each source as a translation of its target: a tab and
	 * that score follow the first one; an n-best list has, and is ranked by, their sum. */
	trujaman_translator *reverse;
} trujaman_pairs;

/* Score pairs, as trujaman_score_to does. With the option normalize of `t`, each score is divided
 * by the number of pieces that it is of, with `</s>`. */
TRUJAMAN_API trujaman_status trujaman_score_pairs(trujaman_translator *t,
                                                  const trujaman_pairs *pairs,
                                                  const trujaman_sink *sink,
                                                  trujaman_report *report, char *error,
                                                  size_t n_error_bytes);

/* Training ------------------------------------------------------------------
 *
 * The same data, options and seed give a model file of the same bytes for every number of
 * threads and every instruction set, whether or not training was interrupted and resumed. */

typedef struct trujaman_entry {
	const char *key, *value;
} trujaman_entry;

enum { TRUJAMAN_MAX_ENTRIES = 32 };

/* Set its size, and begin with trujaman_train_options_default. All strings belong to the caller and
 * must stay valid until trujaman_train returns. The manual page trujaman-train(1) gives the
 * meaning, default and range of each option under the same name, spelled with dashes. */
typedef struct trujaman_train_options {
	size_t size;                         /* sizeof(trujaman_train_options) */
	const char *source, *target;         /* parallel text files, a line each; required unless
	                                        `corpora` has some; one of all texts may be "-",
	                                        standard input */
	const char *dev_source, *dev_target; /* both, or neither: hold out training pairs */
	const char *model;                   /* the file to write; required */
	const char *init;                    /* model to start from, file or name; NULL: none */

	/* The model's metadata (docs/MODEL.md): configuration keys, and keys such as name and
	 * license. A missing key gets the value from `init`, or its default without `init`. */
	size_t n_metadata;
	trujaman_entry metadata[TRUJAMAN_MAX_ENTRIES];
	int tied_output, tied_embeddings, attention_scale; /* 1, 0; -1: the default */

	const char *source_vocab, *target_vocab; /* SentencePiece models, or lists of tokens, one
	                                            a line; NULL: make them */
	int vocab_size;                          /* in pieces; 0: set from the text */
	const char *vocab_type;                  /* "unigram", "bpe" or "tokens"; NULL: the
	                                            default */
	int shared_vocab, byte_fallback;         /* 1, 0; -1: the default */
	double subword_sampling;                 /* 0: none */
	double character_coverage;               /* of the text's characters by pieces */
	int placeables;                          /* pieces for spans that must not change; 0:
	                                            none; -1: the default */
	double placeables_raw;                   /* share of the pairs that keep their spans */
	int normalization;                       /* 1, 0; -1: the default */

	/* Shares of the pairs, 0 to 1, that are varied on purpose. */
	double case_augmentation, punctuation_augmentation, copy_target;

	const char *optimizer; /* "adam", "sgd" */
	const char *schedule;  /* "constant", "inverse-sqrt", "plateau" */
	double learning_rate;
	int warmup, batch_tokens; /* -1: set from the text */
	int max_pieces;
	double clip, dropout, recurrent_dropout, label_smoothing, ema; /* 0: none */
	int seed;

	/* These only control when to stop and how to run; they may differ when resuming. */
	int updates, epochs;      /* 0: no limit */
	double minutes;           /* of training, including earlier runs; 0: no limit */
	int patience;             /* validations in a row without a new best; 0: no limit */
	int threads;              /* 0: the default of trujaman_options, smt 0 */
	const char *isa;          /* as in trujaman_options */
	double checkpoint_every;  /* minutes */
	int resume;               /* 1: resume from MODEL.checkpoint if it exists */
	int force;                /* 1: begin anew, replacing MODEL and MODEL.checkpoint */
	const volatile int *stop; /* once nonzero: write a checkpoint and stop; NULL: never. As
	                             in trujaman_options */
	double (*clock)(void);    /* seconds since any moment, for `minutes` and all reported
	                             times; NULL: CLOCK_MONOTONIC, which runs on while the
	                             process is suspended */

	int validate_every; /* updates; 0: set from the epoch's size; keep when resuming */
	int force_text;     /* 1: read the texts even if they do not look like UTF-8 */

	double attention_dropout; /* of attention weights; 0: none */
	int extend_vocab;         /* 1: the vocabularies of `init` get the characters that they
	                             lack, and `placeables`; the model gets `normalization` */

	const char *corpora;     /* a list of more texts and dev sets; NULL: none */
	int average_checkpoints; /* of so many validated models the mean is tried at the end; 0 and
	                            1: none */
	const char *log; /* a file that the observer writes; it must not be one of the texts.
	                    NULL: none */

	const char *guided_alignment;   /* word links of `source` and `target`, a line for each
	                                   pair; NULL: none */
	double guided_alignment_weight; /* of the loss of attention that looks elsewhere */
} trujaman_train_options;

/* Give all members after options->size, as far as it says that there are some, their defaults. */
TRUJAMAN_API void trujaman_train_options_default(trujaman_train_options *options);

/* Option i, from 0, of training; NULL: there are no more. Static storage. used_for is 0. */
TRUJAMAN_API const trujaman_option *trujaman_train_option_at(size_t i);

/* Set an option from text by its command-line name without the leading dashes: "hidden-size",
 * "512". `value` is not copied. An unknown option, an invalid value, or an option for which
 * options->size leaves no room returns TRUJAMAN_ERROR_USAGE and a line of text in `error`
 * (n_error_bytes, which may be 0). */
TRUJAMAN_API trujaman_status trujaman_train_set(trujaman_train_options *options, const char *name,
                                                const char *value, char *error,
                                                size_t n_error_bytes);

/* A training text: its pairs in the training, their weight and tag; or a dev set. */
typedef struct trujaman_train_text {
	const char *source, *target, *tag; /* tag NULL: none */
	uint64_t lines;
	double weight;
	int is_dev; /* 1: a dev set, of which `shared` sources are in the training text, too */
	uint64_t shared;
} trujaman_train_text;

typedef struct trujaman_train_start {
	uint64_t lines, pairs;                 /* lines of the training text; pairs used */
	uint64_t empty, too_long, invalid;     /* pairs left out because a side is blank, exceeds
	                                          max_pieces or is not UTF-8 */
	uint64_t source_pieces, target_pieces; /* of the pairs used, including added `</s>` */
	uint64_t dev_lines, dev_pairs;         /* 0: no validation */
	int held_out;                          /* 1: the dev set comes from the training text */
	uint64_t copies;                       /* pairs of the training text left out because a
	                                          held-out pair has the same source */
	uint64_t shared;                       /* pairs of a given dev set whose source is in the
	                                          training text, too */
	uint32_t source_words, target_words;   /* vocabulary sizes in pieces */
	uint64_t parameters;                   /* trained numbers */
	uint64_t batches;                      /* mini-batches of this run's first epoch */
	int validate_every, threads;           /* values in use; the former in updates */
	const char *isa;                       /* instruction set in use */
	const char *chosen;     /* the values that were set from the text, as options:
	                           "--vocab-size 1000 --warmup 280"; "" if none */
	int no_checkpoint;      /* 1: resuming was requested, but there is no checkpoint */
	uint64_t update;        /* updates done by earlier runs; 0: a new training */
	double seconds;         /* of training in earlier runs */
	uint64_t note[2];       /* set by the observer at the checkpoint; 0 in a new training */
	uint64_t invalid_latin; /* of the invalid ones: those that look like text in ISO 8859-1 or
	                           Windows-1252 */

	/* What became of the pairs of this run's first epoch. */
	uint64_t placeables;               /* spans of both sides that became placeables */
	uint64_t source_only, target_only; /* spans of one side only, which stay as they are */
	uint64_t cased, without_mark;      /* pairs in another letter case, without final mark */
	uint64_t copied_targets; /* targets added as sources of themselves; not in `pairs` */

	size_t n_texts; /* the texts in the order in which they were given, dev sets last */
	const trujaman_train_text *texts;
	double epoch_seconds;   /* what an epoch will take, by a few timed updates; 0: unknown */
	uint64_t timed_updates; /* these updates; they did not change the model */
	uint64_t linked_pairs;  /* pairs of this run's first epoch that have word links */
} trujaman_train_start;

typedef struct trujaman_train_update {
	uint64_t update, epoch; /* both from 1 */
	double loss, nll;       /* nats per target piece, with and without label smoothing */
	uint64_t pieces;        /* target pieces of the mini-batch, including `</s>` */
	double learning_rate, gradient_norm; /* the norm is before clipping */
	double seconds;                      /* of training so far, including earlier runs */
	double progress;         /* 0 to 1: the fraction done towards the nearest limit */
	uint64_t aligned_pieces; /* target pieces that have word links */
	double alignment_loss;   /* nats for each of them, without its weight; not in `loss` */
} trujaman_train_update;

typedef struct trujaman_train_validation {
	uint64_t update, epoch;
	double dev_nll, dev_bleu; /* nats per target piece; 0 to 100 */
	int best;                 /* 1: the best so far; the model file now holds it */
	double seconds;           /* of training so far, including earlier runs */
	double dev_chrf;          /* chrF2, 0 to 100 */

	/* The scores above are the means over all dev sets. Here are those of each, if there are
	 * several; else n_sets is 0. */
	size_t n_sets;
	const struct trujaman_train_dev_score *sets;
	int averaged; /* 0, or of how many validated models the weights are the mean; this comes
	                 last */
} trujaman_train_validation;

typedef struct trujaman_train_dev_score {
	double nll, bleu, chrf;
} trujaman_train_dev_score;

typedef struct trujaman_train_checkpoint {
	uint64_t update;
	uint64_t note[2]; /* for the observer to set; trujaman_train_start returns it on resuming */
} trujaman_train_checkpoint;

enum trujaman_train_end {
	TRUJAMAN_TRAIN_UPDATES,
	TRUJAMAN_TRAIN_EPOCHS,
	TRUJAMAN_TRAIN_MINUTES,
	TRUJAMAN_TRAIN_PATIENCE,
	TRUJAMAN_TRAIN_STOPPED /* by *stop: unfinished, can be resumed */
};

typedef struct trujaman_train_done {
	enum trujaman_train_end end;
	uint64_t update, epoch;
	uint64_t best_update; /* update whose weights the model file holds; 0: none yet */
	int validated;        /* 1: best_nll and best_bleu are its dev scores */
	double best_nll, best_bleu;
	double seconds; /* of training, including earlier runs */
	double best_chrf;
	int averaged; /* 0, or of how many validated models the weights are the mean */
} trujaman_train_done;

/* Receives events of trujaman_train, in the calling thread (in the child of a fork in another one,
 * while the calling thread waits). Any function may be NULL. If one
 * returns nonzero, the training fails with TRUJAMAN_ERROR_IO. */
typedef struct trujaman_train_observer {
	size_t size; /* sizeof(trujaman_train_observer) */
	void *context;
	int (*phase)(void *context, const char *what); /* a long step begins */
	int (*started)(void *context, const trujaman_train_start *start);
	int (*update)(void *context, const trujaman_train_update *update);
	int (*validation)(void *context, const trujaman_train_validation *validation);
	int (*checkpoint)(void *context,
	                  trujaman_train_checkpoint *checkpoint); /* before writing */
	int (*done)(void *context, const trujaman_train_done *done);
} trujaman_train_observer;

/* Train a model. MODEL.checkpoint, next to options->model, allows resuming a training that was
 * stopped or killed, or extending a finished one. If MODEL or the checkpoint exists, one of
 * options->resume and options->force must say what to do, otherwise the call fails with
 * TRUJAMAN_ERROR_USAGE; so it does if there is a MODEL to resume, but no checkpoint. MODEL.lock is
 * held during training, so a second training of the same model fails with TRUJAMAN_ERROR_IO. On
 * failure `error` has one line of text, and model and checkpoint stay as last written. `observer`
 * may be NULL. */
TRUJAMAN_API trujaman_status trujaman_train(const trujaman_train_options *options,
                                            const trujaman_train_observer *observer, char *error,
                                            size_t n_error_bytes);

/* Store the weight matrices of the model `in` (a file or a name) with 8 bits per weight, a
 * quarter of the size, in the file `out`, which may be `in`. Matrices that are already int8 are
 * kept. `out` is replaced only once everything is written. On failure it is unchanged and
 * `error` (n_error_bytes, which may be 0) has one line of text. */
TRUJAMAN_API trujaman_status trujaman_quantize(const char *in, const char *out, char *error,
                                               size_t n_error_bytes);

/* Store the model `in` in the file `out`, which may be `in`, with a list of the words that the text
 * `text` has several times: the text that the model was trained on, on its source side, a file of
 * UTF-8, compressed or not. Words of the list that the model has stay. With a list, names that the
 * network has not learnt come through (the option copy-names). A text of a language in which all
 * nouns have capitals is an error. On failure `out` is unchanged and `error` has one line. */
TRUJAMAN_API trujaman_status trujaman_learn_words(const char *in, const char *text, const char *out,
                                                  char *error, size_t n_error_bytes);

/* The similarity of translations (hypotheses) to human translations (references), computed as
 * sacreBLEU does by default: BLEU over words of the tokeniser 13a, chrF2 over characters. */
typedef struct trujaman_evaluation {
	size_t size; /* sizeof(trujaman_evaluation) */
	uint64_t lines;
	double bleu, chrf;             /* 0 to 100 */
	double precisions[4];          /* [n]: of n-grams of n + 1 words; percent, smoothed */
	double brevity_penalty;        /* 0 to 1 */
	uint64_t correct[4], total[4]; /* hypothesis n-grams: matched, and all */
	uint64_t hypothesis_words, reference_words;
} trujaman_evaluation;

/* Evaluate two UTF-8 texts line by line; the result has the same bits on every machine. Invalid
 * UTF-8, unequal line counts (the message names both) and no lines are TRUJAMAN_ERROR_INPUT. On
 * failure *evaluation is unchanged and `error` (n_error_bytes, may be 0) has one line of text. */
TRUJAMAN_API trujaman_status trujaman_evaluate(const trujaman_input *hypotheses,
                                               const trujaman_input *references,
                                               trujaman_evaluation *evaluation, char *error,
                                               size_t n_error_bytes);

/* The instruction sets usable on this machine, best first; ends with NULL. Static storage. */
TRUJAMAN_API const char *const *trujaman_isas(void);

#ifdef __cplusplus
}
#endif
#endif
