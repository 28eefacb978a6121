/* SPDX-License-Identifier: MIT */
/* Joins the parts that shards have written. */
#define _GNU_SOURCE /* asprintf */
#include "src/delivery/join.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/delivery/journal.h"
#include "src/delivery/outlet.h"
#include "src/delivery/output.h"
#include "src/delivery/partial.h"
#include "src/delivery/shard.h"
#include "src/io/names.h"
#include "src/io/replace.h"
#include "src/io/whole.h"

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

static trujaman_status fail(const char *what, const char *path, struct tj_error *err)
{
	return tj_fail_errno(err, errno, what, path);
}

static trujaman_status out_of_memory(struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for the parts");
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

/* Returns N of the files OUT.I-of-N; 0 on failure. */
static unsigned count_parts(const char *out, struct tj_error *err)
{
	glob_t found;
	unsigned n = 0, other = 0;
	char *pattern = pattern_of(out);
	if (pattern == NULL) {
		out_of_memory(err);
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
		tj_fail(err, TRUJAMAN_ERROR_INPUT, "there are no parts %s.1-of-N%s", out,
		        access(out, F_OK) == 0 ? "; the file itself exists: it may be merged "
		                                 "already"
		                               : "");
	if (other > 0)
		tj_fail(err, TRUJAMAN_ERROR_INPUT,
		        "there are parts of %s by %u and by %u; remove those of one", out, n,
		        other);
	return other > 0 ? 0 : n;
}

/* --- Checking the parts --------------------------------------------------------------- */

enum { MOST_MIB = 1 << 10, BLOCK = 1 << 18 }; /* of a journal; of a part at a time */

/* Returns the text of a journal, which the caller frees; NULL on failure. */
static char *read_text(const char *path, struct tj_error *err)
{
	struct tj_string text;
	if (tj_whole_read(path, MOST_MIB, &text, err) == TRUJAMAN_OK && text.n == 0) {
		tj_fail_errno(err, EINVAL, "read", path); /* an empty journal */
		free(text.data);
		text.data = NULL;
	}
	return text.data;
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
static trujaman_status check_notes(struct join_parts *p, const struct join_part *part,
                                   struct tj_error *err)
{
	struct stat st;
	uint64_t bytes = 0, lines, n;
	size_t n_inputs = part->journal.n_notes;
	if (n_inputs == 0 || strcmp(part->journal.notes[n_inputs - 1], "done") != 0)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%s is not complete; run its shard again with --resume", part->path);
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
		return fail("read", part->path, err);
	if (good && bytes == (uint64_t)st.st_size)
		return TRUJAMAN_OK;
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "%s is not what its journal says; translate this shard anew with --force",
	               part->path);
}

static trujaman_status open_part(struct join_parts *p, unsigned i, const char *first_journal,
                                 struct tj_error *err)
{
	struct join_part *part = &p->part[i];
	part->path = tj_shard_path(p->out, &(struct tj_shard){ i + 1, p->n }, err);
	char *path = part->path != NULL ? tj_journal_path(part->path, err) : NULL;
	char *identity = identity_for(first_journal, i + 1, p->n);
	trujaman_status status = err->status;
	if (status == TRUJAMAN_OK && identity == NULL)
		status = out_of_memory(err);
	if (status == TRUJAMAN_OK && (part->fd = open(part->path, O_RDONLY | O_CLOEXEC)) < 0)
		status = fail("read", part->path, err);
	if (status == TRUJAMAN_OK)
		status = tj_journal_name(&part->journal, path, err);
	if (status == TRUJAMAN_OK)
		status = tj_journal_read(&part->journal, identity, err);
	if (status == TRUJAMAN_OK)
		status = check_notes(p, part, err);
	free(identity);
	free(path);
	return status;
}

static trujaman_status open_parts(struct join_parts *p, struct tj_error *err)
{
	char *path, *first;
	p->n = count_parts(p->out, err);
	p->part = p->n > 0 ? calloc(p->n, sizeof *p->part) : NULL;
	p->n_inputs = SIZE_MAX;
	if (p->part == NULL)
		return p->n > 0 ? out_of_memory(err) : err->status;
	for (unsigned i = 0; i < p->n; i++)
		p->part[i].fd = p->part[i].journal.fd = -1;
	if (asprintf(&path, "%s." TJ_NAME_PART TJ_NAME_JOURNAL, p->out, 1U, p->n) < 0)
		return out_of_memory(err);
	first = read_text(path, err);
	free(path);
	trujaman_status status = first != NULL ? TRUJAMAN_OK : err->status;
	for (unsigned i = 0; i < p->n && status == TRUJAMAN_OK; i++)
		status = open_part(p, i, first, err);
	free(first);
	return status;
}

/* --- Joining -------------------------------------------------------------------------- */

/* Copy the next n bytes of a part through `block`. */
static trujaman_status copy(struct join_part *part, uint64_t n, char *block, struct tj_outlet *out,
                            struct tj_error *err)
{
	while (n > 0) {
		size_t want = n < BLOCK ? (size_t)n : BLOCK;
		ssize_t got = pread(part->fd, block, want, (off_t)part->at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO; /* the file has shrunk */
		if (got <= 0)
			return fail("read", part->path, err);
		if (tj_outlet_write(out, block, (size_t)got, err) != TRUJAMAN_OK)
			return err->status;
		part->at += (uint64_t)got;
		n -= (uint64_t)got;
	}
	return TRUJAMAN_OK;
}

/* Append what a part has of input number k. A newline that was added to a part must not remain at
 * the end of the output. So it is owed, and written only before the next bytes. */
static trujaman_status join_input(struct join_part *part, size_t k, int *owed, char *block,
                                  struct tj_outlet *out, struct tj_error *err)
{
	uint64_t lines = 0, n = 0;
	int added = 0;
	(void)sscanf(part->journal.notes[k], "input %" SCNu64 " %" SCNu64 " %d", &lines, &n,
	             &added); /* check_notes has checked them */
	if (n == 0)
		return TRUJAMAN_OK;
	if (*owed && tj_outlet_write(out, "\n", 1, err) != TRUJAMAN_OK)
		return err->status;
	*owed = added == 1;
	trujaman_status status = copy(part, n - (uint64_t)*owed, block, out, err);
	part->at += (uint64_t)*owed;
	return status;
}

/* Join input by input and, within an input, part by part. */
static trujaman_status join(struct join_parts *p, struct tj_outlet *out, struct tj_error *err)
{
	char *block = malloc(BLOCK);
	trujaman_status status = block != NULL ? TRUJAMAN_OK : out_of_memory(err);
	int owed = 0;
	for (size_t k = 0; k < p->n_inputs; k++)
		for (unsigned i = 0; i < p->n && status == TRUJAMAN_OK; i++)
			status = join_input(&p->part[i], k, &owed, block, out, err);
	free(block);
	return status;
}

/* Remove a part and its journal. What stays does no harm, and the output is complete. */
static void remove_part(struct join_part *part, const struct tj_listener *listener)
{
	struct tj_error err = { 0 };
	if (unlink(part->path) != 0)
		tj_tell(listener, TJ_NEWS_FAILURE, "cannot remove %s: %s", part->path,
		        strerror(errno));
	if (tj_journal_remove(&part->journal, &err) != TRUJAMAN_OK)
		tj_tell(listener, TJ_NEWS_FAILURE, "%s", err.text);
}

static void close_parts(struct join_parts *p, int and_remove, const struct tj_listener *listener)
{
	for (unsigned i = 0; p->part != NULL && i < p->n; i++)
		if (p->part[i].fd >= 0)
			(void)close(p->part[i].fd);
	/* Remove them in one quick loop, so that a kill is unlikely to leave only some of them. */
	for (unsigned i = 0; p->part != NULL && i < p->n; i++) {
		if (and_remove)
			remove_part(&p->part[i], listener);
		tj_journal_close(&p->part[i].journal);
		free(p->part[i].path);
	}
	free(p->part);
}

/* Keep two runs from removing each other's parts. On a file system without locks, the worst that
 * can happen is that one of them fails at its end. */
static trujaman_status lock_parts(const struct join_parts *p, struct tj_error *err)
{
	if (tj_lock(p->part[0].fd, p->part[0].path) == TJ_LOCKED)
		return TRUJAMAN_OK;
	return tj_fail_as(err, EBUSY, "another run is merging %s", p->out);
}

static trujaman_status write_joined(struct join_parts *p, struct tj_output *out,
                                    enum tj_packing packing, struct tj_error *err)
{
	struct tj_outlet outlet;
	trujaman_status status = tj_outlet_open(&outlet, out->fd, out->name, packing, NULL, 0, 0,
	                                        err);
	if (status == TRUJAMAN_OK) {
		status = join(p, &outlet, err);
		if (status != TRUJAMAN_OK)
			tj_outlet_abandon(&outlet);
		else
			status = tj_outlet_finish(&outlet, err);
	}
	if (status == TRUJAMAN_OK)
		return tj_output_commit(out, err);
	tj_output_abandon(out);
	return status;
}

trujaman_status tj_join(const char *name, const struct tj_joining *how, struct tj_error *err)
{
	struct join_parts p = { .out = name };
	struct tj_output out;
	trujaman_status status = open_parts(&p, err);
	if (status == TRUJAMAN_OK && !how->force && access(name, F_OK) == 0)
		status = tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s exists; --force replaces it", name);
	if (status == TRUJAMAN_OK)
		status = lock_parts(&p, err);
	if (status == TRUJAMAN_OK)
		status = tj_output_open(&out, name, err);
	if (status == TRUJAMAN_OK) {
		if (out.final != NULL) /* the parts still hold everything */
			tj_replace_sweep(out.final, out.partial);
		status = write_joined(&p, &out,
		                      how->packing >= 0 ? (enum tj_packing)how->packing
		                                        : tj_packing_of_path(name),
		                      err);
	}
	close_parts(&p, status == TRUJAMAN_OK && !how->keep, how->listener);
	return status;
}
