/* SPDX-License-Identifier: MIT */
/* The names of the files that the program makes beside an output X while it works: the only place
 * that spells them.
 *
 *   X.partial          the output as far as it has come
 *   X.journal          says which run X.partial or X.I-of-N belongs to
 *   X.journal.new      a journal that is being replaced
 *   X.partial-PID      an output that no run can go on with; X.partial-PID-I if that name is taken
 *   X.I-of-N           part I of N, by a shard */
#ifndef TJ_IO_NAMES_H
#define TJ_IO_NAMES_H

#define TJ_NAME_PARTIAL ".partial"
#define TJ_NAME_JOURNAL ".journal"
#define TJ_NAME_NEW ".new"
#define TJ_NAME_TEMPORARY ".partial-" /* and the number of the process */
#define TJ_NAME_PART "%u-of-%u"       /* after a dot */
#define TJ_NAME_FOLDER_JOURNAL ".trujaman-journal"

enum tj_name_kind {
	TJ_NAME_OTHER,
	TJ_NAME_IS_UNFINISHED, /* X.partial, X.partial-PID, X.partial-PID-I */
	TJ_NAME_IS_JOURNAL,    /* X.journal, X.journal.new */
	TJ_NAME_IS_PART        /* X.I-of-N */
};

/* Tells what a file of this name is if the program made it. Somebody else may use such a name too:
 * a journal is known by its content, and a part has a journal beside it. */
enum tj_name_kind tj_name_kind(const char *name);

/* Reads "I-of-N", all of `text`, with 1 <= I <= N. Returns 0 if it is something else. */
int tj_name_read_part(const char *text, unsigned *i, unsigned *n);

#endif
