/* SPDX-License-Identifier: MIT */
/* What is known of a line before any of it is translated: the spans that must not change, the text
 * as the network knows it, and its sentences. Each text has a map of byte offsets to the one that
 * it was made from. */
#ifndef TJ_DECODE_LINE_PLAN_H
#define TJ_DECODE_LINE_PLAN_H

#include "src/base/blocks.h"
#include "src/decode/constraint.h"
#include "src/decode/tools.h"
#include "src/decode/turn.h"
#include "src/text/mapped.h"
#include "src/text/placeables.h"
#include "src/text/sentences.h"
#include "src/text/spans.h"

/* A name that is to come through. */
struct tj_name {
	size_t first, n; /* bytes of plan->source */
	const char *was; /* [n_was], what it replaces in the best translation; NULL: nothing */
	size_t n_was;
};

struct tj_plan {
	const char *source; /* [n_source], the bytes of the line to translate; not owned */
	size_t n_source;
	struct tj_mapped normal;  /* the same normalised; maps to `source` */
	struct tj_fixed *spans;   /* [n_spans], offsets in `normal` */
	struct tj_fixed *origins; /* [n_spans], the same spans, offsets in `source` */
	size_t n_spans;
	struct tj_span *sentences; /* [n_sentences], in `normal`; no span lies partly in one */
	size_t n_sentences;
	struct tj_reading *readings; /* of its parts; for the release */
	struct tj_name *names;       /* [n_names], in their order (names.h) */
	size_t n_names;
};

enum tj_way {
	TJ_WAY_FREE,       /* a sentence without spans */
	TJ_WAY_PLACEABLES, /* spans are placeables */
	TJ_WAY_RAW,        /* spans are text like any other */
	TJ_WAY_BETWEEN,    /* a stretch between spans, which are copied */
	TJ_WAY_SPLIT,      /* did not succeed; the parts behind it are translated instead */
	TJ_WAY_COPIED      /* nothing is translated */
};

/* How a sentence, or a stretch of one, is given to the network: with its spans as they are, behind
 * placeables, or without any; as an ordinary sentence whatever its case. */
struct tj_reading {
	struct tj_reading *next; /* of the same plan */
	size_t first, end;       /* bytes of plan->normal */
	enum tj_way way;
	int exact; /* small numbers outside of the plan's spans are not written in digits */
	struct tj_mapped text; /* what the network reads; maps to plan->normal */
	struct tj_placeables placeables;
	struct tj_turn turn; /* how it was turned into a sentence */
};

/* Why a fragment is not what the network wrote for it, or why that is only stretches of it. */
enum tj_why {
	TJ_WHY_NOT,     /* it is */
	TJ_WHY_SCAN,    /* the judge found other spans in it than in the source */
	TJ_WHY_NUMBERS, /* small numbers are lost, or digits are its own */
	TJ_WHY_LENGTH,  /* so it did, and the search had met its length limit */
	TJ_WHY_EMPTY,   /* the translation is empty */
	TJ_WHY_MEETING, /* where the part meets its neighbour, a span was made or broken */
	TJ_WHY_LINE     /* the spans of the line were still others */
};

/* What a part stands for: as much of a reading as the network takes at once. */
struct tj_fragment {
	struct tj_chunk_line *line;
	struct tj_plan *plan;
	const struct tj_reading *reading;
	size_t text_first, text_end; /* of reading->text */
	size_t first, end;           /* bytes of plan->source, no white space at the ends */
	enum tj_way way;             /* the reading's, or SPLIT or COPIED */
	enum tj_why why;             /* it is SPLIT or COPIED */
	int tries;                   /* if the best hypothesis is not taken, another may be */
	int truncated;               /* the search met its length limit */
	int has_name;                /* what the network looked at will be asked */
	const char *wrote;           /* [n_wrote], what the network wrote, if that is to be
	                                explained; in the blocks */
	size_t n_wrote;
	struct tj_constraint constraint;
	const struct tj_part_prefix *prefix; /* as the part's */
};

/* Plans n bytes of valid UTF-8 in sentences that `splitter` finds; is_piece as in
 * tj_sentences_find. `source` must outlive the plan. Zero *p before; release it, also after a
 * failure. */
trujaman_status tj_plan_make(struct tj_plan *p, const char *source, size_t n, int is_piece,
                             const struct tj_language *l, struct tj_sentences *splitter,
                             struct tj_tools *tools, struct tj_blocks *blocks,
                             struct tj_error *err);
void tj_plan_release(struct tj_plan *p);

/* The offset in `source` of a byte of `normal`. */
size_t tj_plan_origin(const struct tj_plan *p, size_t at);

/* Sets *text to the bytes [first, end) of `source` with the terms of the glossary replaced, which
 * is what is written where nothing is translated. Returns their number; SIZE_MAX: no memory. */
size_t tj_plan_copy(const struct tj_plan *p, size_t first, size_t end, struct tj_blocks *blocks,
                    const char **text);

/* The spans that lie in the bytes [first, end) of `normal`: *n_spans of them from the one whose
 * index is returned. */
size_t tj_plan_spans(const struct tj_plan *p, size_t first, size_t end, size_t *n_spans);

/* The index of the first span of `origins` that begins at or behind a byte of `source`. */
size_t tj_plan_origins(const struct tj_plan *p, size_t first);

/* Makes spans of the numbers of one or two digits that stand alone in the bytes [first, end) of
 * `normal`. Indices of spans change. Returns 0 if memory is short. */
int tj_plan_add_numbers(struct tj_plan *p, size_t first, size_t end, struct tj_blocks *blocks);

/* Whether the bytes [first, end) of `normal` have a letter outside of spans. */
int tj_plan_has_letter(const struct tj_plan *p, size_t first, size_t end);

#endif
