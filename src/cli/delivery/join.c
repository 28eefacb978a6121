/* SPDX-License-Identifier: MIT */
/* Joins the parts that shards have written. */
#define _GNU_SOURCE /* asprintf */
#include "src/cli/delivery/join.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/memory.h"
#include "src/cli/delivery/journal.h"
#include "src/cli/delivery/outlet.h"
#include "src/cli/delivery/output.h"
#include "src/cli/delivery/partial.h"
#include "src/cli/delivery/shard.h"
#include "src/cli/show/message.h"
#include "src/io/names.h"
#include "src/io/replace.h"

struct join_part {
	char *path;
	struct tj_journal journal;
	int fd;
	uint64_t at;
};

struct join_parts {
	const char *out;
	unsigned n;
	struct join_part *part; /* [n] */
	size_t n_inputs;
};

static int fail(const char *what, const char *path)
{
	tj_cli_say("cannot %s %s: %s", what, path, strerror(errno));
	return TJ_EXIT_FAILED;
}

static int out_of_memory(void)
{
	return tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for the parts");
}

/* --- Finding the parts ---------------------------------------------------------------- */

/* Returns the glob pattern OUT.*-of-*, with the special characters in OUT escaped. The caller frees
 * it; NULL: out of memory. */
static char *pattern_of(const char *out)
{
	static const char suffix[] = ".*-of-*";
	char *pattern = malloc(2 * strlen(out) + sizeof suffix), *to = pattern;
	if (pattern == NULL)
		return NULL;
	for (; *out; out++) {
		if (strchr("*?[]\\", *out) != NULL)
			*to++ = '\\';
		*to++ = *out;
	}
	memcpy(to, suffix, sizeof suffix);
	return pattern;
}

/* Returns N of the files OUT.I-of-N; 0 on failure, which has already been reported. */
static unsigned count_parts(const char *out)
{
	glob_t found;
	unsigned n = 0, other = 0;
	char *pattern = pattern_of(out);
	if (pattern == NULL) {
		out_of_memory();
		return 0;
	}
	int code = glob(pattern, 0, NULL, &found);
	free(pattern);
	for (size_t i = 0; code == 0 && other == 0 && i < found.gl_pathc; i++) {
		unsigned part, of;
		if (!tj_name_read_part(found.gl_pathv[i] + strlen(out) + 1, &part, &of))
			continue;
		if (n != 0 && of != n)
			other = of;
		else
			n = of;
	}
	if (code == 0)
		globfree(&found);
	if (n > TJ_MAX_SHARDS)
		n = 0;
	if (n == 0 && other == 0)
		tj_cli_say("there are no parts %s.1-of-N%s", out,
		           access(out, F_OK) == 0 ? "; the file itself exists: it may be merged "
		                                    "already"
		                                  : "");
	if (other > 0)
		tj_cli_say("there are parts of %s by %u and by %u; remove those of one", out, n,
		           other);
	return other > 0 ? 0 : n;
}

/* --- Checking the parts --------------------------------------------------------------- */

static char *read_text(const char *path)
{
	char *text = NULL;
	size_t capacity = 0;
	FILE *f = fopen(path, "re");
	if (f == NULL || getdelim(&text, &capacity, '\0', f) < 0) {
		if (f != NULL && feof(f))
			errno = EINVAL; /* an empty journal */
		fail("read", path);
		free(text);
		text = NULL;
	}
	if (f != NULL)
		fclose(f);
	return text;
}

/* Returns the identity in the text of a journal, with its shard changed to i of n. The caller frees
 * it; NULL: out of memory. */
static char *identity_for(const char *journal, unsigned i, unsigned n)
{
	char *identity = NULL;
	size_t bytes = 0;
	FILE *f = open_memstream(&identity, &bytes);
	if (f == NULL)
		return NULL;
	for (const char *line = journal, *next; *line; line = next) {
		next = line + strcspn(line, "\n");
		next += *next != '\0';
		if (strncmp(line, "= shard ", 8) == 0)
			fprintf(f, "= shard %u/%u\n", i, n);
		else if (line[0] == '=')
			fwrite(line, 1, (size_t)(next - line), f);
	}
	if (fclose(f) == 0)
		return identity;
	free(identity);
	return NULL;
}

/* Check that the journal has one note for each input, then "done", which a shard that was killed
 * and resumed by an earlier version may have noted twice, and that the bytes in the notes add up to
 * the size of the file. */
static int check_notes(struct join_parts *p, const struct join_part *part)
{
	struct stat st;
	uint64_t bytes = 0, lines, n;
	size_t n_inputs = part->journal.n_notes;
	if (n_inputs == 0 || strcmp(part->journal.notes[n_inputs - 1], "done") != 0) {
		tj_cli_say("%s is not complete; run its shard again with --resume", part->path);
		return TJ_EXIT_FAILED;
	}
	while (n_inputs > 0 && strcmp(part->journal.notes[n_inputs - 1], "done") == 0)
		n_inputs--;
	int added, good = p->n_inputs == SIZE_MAX || p->n_inputs == n_inputs;
	p->n_inputs = n_inputs;
	for (size_t i = 0; i < n_inputs && good; i++) {
		good = sscanf(part->journal.notes[i], "input %" SCNu64 " %" SCNu64 " %d", &lines,
		              &n, &added) == 3 &&
		       n <= UINT64_MAX - bytes;
		bytes += good ? n : 0;
	}
	if (fstat(part->fd, &st) != 0)
		return fail("read", part->path);
	if (good && bytes == (uint64_t)st.st_size)
		return TJ_EXIT_DONE;
	tj_cli_say("%s is not what its journal says; translate this shard anew with --force",
	           part->path);
	return TJ_EXIT_FAILED;
}

static int open_part(struct join_parts *p, unsigned i, const char *first_journal)
{
	struct join_part *part = &p->part[i];
	part->path = tj_shard_path(p->out, &(struct tj_shard){ i + 1, p->n });
	char *path = part->path != NULL ? tj_journal_path(part->path) : NULL;
	char *identity = identity_for(first_journal, i + 1, p->n);
	int status = TJ_EXIT_FAILED;
	if (path == NULL || identity == NULL) {
		status = path != NULL ? out_of_memory() : TJ_EXIT_FAILED;
	} else if ((part->fd = open(part->path, O_RDONLY | O_CLOEXEC)) < 0) {
		status = fail("read", part->path);
	} else {
		status = tj_journal_name(&part->journal, path);
		if (status == TJ_EXIT_DONE)
			status = tj_journal_read(&part->journal, identity);
		if (status == TJ_EXIT_DONE)
			status = check_notes(p, part);
	}
	free(identity);
	free(path);
	return status;
}

static int open_parts(struct join_parts *p)
{
	char *path, *first;
	p->n = count_parts(p->out);
	p->part = p->n > 0 ? calloc(p->n, sizeof *p->part) : NULL;
	p->n_inputs = SIZE_MAX;
	if (p->part == NULL)
		return p->n > 0 ? out_of_memory() : TJ_EXIT_FAILED;
	for (unsigned i = 0; i < p->n; i++)
		p->part[i].fd = p->part[i].journal.fd = -1;
	if (asprintf(&path, "%s." TJ_NAME_PART TJ_NAME_JOURNAL, p->out, 1U, p->n) < 0)
		return out_of_memory();
	first = read_text(path);
	free(path);
	int status = first != NULL ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
	for (unsigned i = 0; i < p->n && status == TJ_EXIT_DONE; i++)
		status = open_part(p, i, first);
	free(first);
	return status;
}

/* --- Joining -------------------------------------------------------------------------- */

/* A reader that has closed the output (a pipe, so there is no partial file) is not a failure to
 * report: tj_cli_fail ends the process by SIGPIPE. */
static int exit_status_of(trujaman_status written)
{
	if (written == TRUJAMAN_ERROR_CLOSED)
		return tj_cli_fail(written, "");
	return written == TRUJAMAN_OK ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
}

static int put(struct tj_outlet *out, const char *bytes, size_t n)
{
	return exit_status_of(tj_outlet_write(out, bytes, n));
}

/* Copy the next n bytes of a part. */
static int copy(struct join_part *part, uint64_t n, struct tj_outlet *out)
{
	static char block[1 << 18]; /* used by the main thread only */
	while (n > 0) {
		size_t want = n < sizeof block ? (size_t)n : sizeof block;
		ssize_t got = pread(part->fd, block, want, (off_t)part->at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO; /* the file has shrunk */
		if (got <= 0)
			return fail("read", part->path);
		if (put(out, block, (size_t)got) != TJ_EXIT_DONE)
			return TJ_EXIT_FAILED;
		part->at += (uint64_t)got;
		n -= (uint64_t)got;
	}
	return TJ_EXIT_DONE;
}

/* Join input by input and, within an input, part by part. A newline that was added to a part must
 * not remain at the end of the output. So it is owed, and written only before the next bytes. */
static int join(struct join_parts *p, struct tj_outlet *out)
{
	int status = TJ_EXIT_DONE, owed = 0;
	for (size_t k = 0; k < p->n_inputs; k++)
		for (unsigned i = 0; i < p->n && status == TJ_EXIT_DONE; i++) {
			struct join_part *part = &p->part[i];
			uint64_t lines = 0, n = 0;
			int added = 0;
			(void)sscanf(part->journal.notes[k], "input %" SCNu64 " %" SCNu64 " %d",
			             &lines, &n, &added); /* check_notes has checked them */
			if (n == 0)
				continue;
			if (owed && put(out, "\n", 1) != TJ_EXIT_DONE)
				return TJ_EXIT_FAILED;
			owed = added == 1;
			status = copy(part, n - (uint64_t)owed, out);
			part->at += (uint64_t)owed;
		}
	return status;
}

static void close_parts(struct join_parts *p, int and_remove)
{
	for (unsigned i = 0; p->part != NULL && i < p->n; i++)
		if (p->part[i].fd >= 0)
			(void)close(p->part[i].fd);
	/* Remove them in one quick loop, so that a kill is unlikely to leave only some of them. */
	for (unsigned i = 0; p->part != NULL && i < p->n; i++) {
		struct join_part *part = &p->part[i];
		if (and_remove && unlink(part->path) != 0)
			fail("remove", part->path);
		tj_journal_close(&part->journal, and_remove);
		free(part->path);
	}
	free(p->part);
}

/* Keep two runs from removing each other's parts. On a file system without locks, the worst that
 * can happen is that one of them fails at its end. */
static int lock_parts(const struct join_parts *p)
{
	if (tj_lock(p->part[0].fd, p->part[0].path) == TJ_LOCKED)
		return TJ_EXIT_DONE;
	tj_cli_say("another run is merging %s", p->out);
	return TJ_EXIT_FAILED;
}

static int write_joined(struct join_parts *p, struct tj_output *out, enum tj_packing packing)
{
	struct tj_outlet outlet;
	int status = TJ_EXIT_FAILED;
	if (tj_outlet_open(&outlet, out->fd, out->name, packing, NULL, 0, 0) == TRUJAMAN_OK) {
		status = join(p, &outlet);
		if (status != TJ_EXIT_DONE)
			tj_outlet_abandon(&outlet);
		else
			status = exit_status_of(tj_outlet_finish(&outlet));
	}
	if (status == TJ_EXIT_DONE)
		return tj_output_commit(out);
	tj_output_abandon(out);
	return status;
}

int tj_join(const char *name, int keep, int force, int packing)
{
	struct join_parts p = { .out = name };
	struct tj_output out;
	int status = open_parts(&p);
	if (status == TJ_EXIT_DONE && !force && access(name, F_OK) == 0) {
		tj_cli_say("%s exists; --force replaces it", name);
		status = TJ_EXIT_FAILED;
	}
	if (status == TJ_EXIT_DONE)
		status = lock_parts(&p);
	if (status == TJ_EXIT_DONE)
		status = tj_output_open(&out, name);
	if (status == TJ_EXIT_DONE) {
		if (out.final != NULL) /* the parts still hold everything */
			tj_replace_sweep(out.final, out.partial);
		status = write_joined(&p, &out,
		                      packing >= 0 ? (enum tj_packing)packing
		                                   : tj_packing_of_path(name));
	}
	close_parts(&p, status == TJ_EXIT_DONE && !keep);
	return status;
}
