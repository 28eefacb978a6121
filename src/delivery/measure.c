/* SPDX-License-Identifier: MIT */
/* Measures outputs by their lines, and by the notes in their journals. */
#include "src/delivery/measure.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct measured {
	int fd;
	const char *path;
	struct tj_journal *journal;
	struct tj_extent *has;
};

static trujaman_status fail(const struct measured *m, struct tj_error *err)
{
	return tj_fail_errno(err, errno, "read", m->path);
}

static trujaman_status measure_lines(struct measured *m, struct tj_error *err)
{
	enum { BLOCK = 1 << 18 };
	uint64_t at = 0;
	ssize_t got;
	char *block = malloc(BLOCK);
	if (block == NULL)
		return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for reading a file");
	while ((got = pread(m->fd, block, BLOCK, (off_t)at)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		const char *next = block, *end = block + got, *newline;
		while ((newline = memchr(next, '\n', (size_t)(end - next))) != NULL) {
			next = newline + 1;
			m->has->lines++;
			m->has->bytes = at + (uint64_t)(next - block);
		}
		at += (uint64_t)got;
	}
	free(block);
	return got == 0 ? TRUJAMAN_OK : fail(m, err);
}

/* Each line begins with the number of its input line, and several lines may have the same number.
 * Whether the lines with the last number are all present cannot be known, so drop them. */
static trujaman_status measure_numbers(struct measured *m, struct tj_error *err)
{
	int copy = dup(m->fd);
	FILE *f = copy >= 0 ? fdopen(copy, "r") : NULL;
	char *line = NULL;
	size_t capacity = 0;
	uint64_t at = 0, number = 0;
	ssize_t n;
	if (f == NULL) {
		if (copy >= 0)
			(void)close(copy);
		return fail(m, err);
	}
	rewind(f);
	while ((n = getline(&line, &capacity, f)) > 0 && line[n - 1] == '\n') {
		uint64_t found = strtoull(line, NULL, 10);
		if (found != number) {
			m->has->lines = number;
			m->has->bytes = at;
		}
		number = found;
		at += (uint64_t)n;
	}
	trujaman_status status = ferror(f) ? fail(m, err) : TRUJAMAN_OK;
	free(line);
	fclose(f);
	return status;
}

/* Find the last member that is complete. The notes after it describe lost data, so drop them. */
static trujaman_status measure_members(struct measured *m, struct tj_error *err)
{
	struct stat st;
	size_t n_kept = 0;
	if (fstat(m->fd, &st) != 0)
		return fail(m, err);
	for (size_t i = 0; i < m->journal->n_notes; i++) {
		uint64_t bytes, lines;
		if (sscanf(m->journal->notes[i], "member %" SCNu64 " %" SCNu64, &bytes, &lines) !=
		        2 ||
		    bytes > (uint64_t)st.st_size)
			continue;
		m->has->bytes = bytes;
		m->has->lines = lines;
		n_kept = i + 1;
	}
	tj_journal_cut(m->journal, n_kept);
	return TRUJAMAN_OK;
}

/* Keep the "input" notes that the lines bear out. Drop the others and what follows them ("done"):
 * they count more than the file holds, or will be noted again. */
static trujaman_status measure_part(struct measured *m, struct tj_error *err)
{
	size_t n = 0;
	trujaman_status status = measure_lines(m, err);
	if (status != TRUJAMAN_OK)
		return status;
	for (; n < m->journal->n_notes; n++) {
		uint64_t lines, bytes;
		if (sscanf(m->journal->notes[n], "input %" SCNu64 " %" SCNu64, &lines, &bytes) !=
		        2 ||
		    lines > m->has->lines - m->has->noted_lines ||
		    bytes > m->has->bytes - m->has->noted_bytes)
			break;
		m->has->noted_lines += lines;
		m->has->noted_bytes += bytes;
	}
	tj_journal_cut(m->journal, n);
	return TRUJAMAN_OK;
}

/* The same of a document, whose lines say nothing: only what is noted counts. */
static trujaman_status measure_whole_part(struct measured *m, struct tj_error *err)
{
	struct stat st;
	uint64_t lines, bytes;
	size_t n = m->journal->n_notes > 0 ? 1 : 0;
	if (fstat(m->fd, &st) != 0)
		return fail(m, err);
	if (n > 0 &&
	    sscanf(m->journal->notes[0], "input %" SCNu64 " %" SCNu64, &lines, &bytes) == 2 &&
	    bytes <= (uint64_t)st.st_size) {
		m->has->lines = m->has->noted_lines = lines;
		m->has->bytes = m->has->noted_bytes = bytes;
	} else {
		n = 0;
	}
	tj_journal_cut(m->journal, n);
	return TRUJAMAN_OK;
}

trujaman_status tj_measure(int fd, const char *path, struct tj_journal *journal,
                           enum tj_content content, struct tj_extent *has, struct tj_error *err)
{
	struct measured m = { fd, path, journal, has };
	*has = (struct tj_extent){ 0 };
	switch (content) {
	case TJ_CONTENT_PACKED:
		return measure_members(&m, err);
	case TJ_CONTENT_NUMBERED:
		return measure_numbers(&m, err);
	case TJ_CONTENT_PART:
		return measure_part(&m, err);
	case TJ_CONTENT_WHOLE_PART:
		return measure_whole_part(&m, err);
	default:
		return measure_lines(&m, err);
	}
}
