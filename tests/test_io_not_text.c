/* SPDX-License-Identifier: MIT */
/* Tests of what is told apart from text, and of the readers that refuse it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "src/base/latin.h"
#include "src/io/not_text.h"
#include "src/train/data/pair_text.h"
#include "tests/packed_text.h"
#include "tests/text_lines.h"

TestSuite(not_text, .init = make_folder, .fini = remove_folder);

struct content {
	const char *bytes;
	size_t n;
	const char *what; /* NULL: text */
};
#define CONTENT(literal, what) { literal, sizeof(literal) - 1, what }

static const struct content contents[] = {
	CONTENT("", NULL),
	CONTENT("A text.\n", NULL),
	CONTENT("\xef\xbb\xbf"
	        "A text with a byte-order mark.\n",
	        NULL),
	CONTENT("caf\xe9 \xff\xfe\n", NULL),
	CONTENT("One NUL in twenty-one\0", NULL),
	CONTENT("\xff\xfe"
	        "A\0",
	        "UTF-16"),
	CONTENT("\xfe\xff\0A", "UTF-16"),
	CONTENT("\xff\xfe", "UTF-16"),
	CONTENT("\xff\xfe\0\0"
	        "A\0\0\0",
	        "UTF-32"),
	CONTENT("\0\0\xfe\xff\0\0\0A", "UTF-32"),
	CONTENT("G\0o\0.\0\n\0", "UTF-16"),
	CONTENT("\0G\0o\0.\0\n", "UTF-16"),
	CONTENT("G\0\0\0o\0\0\0", "UTF-32"),
	CONTENT("\0\0\0G\0\0\0o", "UTF-32"),
	CONTENT("abcdefghij\0kl\0mn\0", "binary"),
	CONTENT("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
	CONTENT("%PDF-1.7 is what a PDF begins with.\n", NULL),
	CONTENT("PK\3\4\x14\0\6\0\x08\0\0\0!\0", "ZIP"),
	CONTENT("PK meant Philip Katz.\n", NULL),
	CONTENT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
	CONTENT("\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
	CONTENT("GIF89a\x20\3\x58\2\xf7\0\0", "GIF"),
	CONTENT("GIF89a is a kind of image.\n", NULL),
	CONTENT("GIF89a\nGIF87a\n", NULL),
	CONTENT("\x7f"
	        "ELF\2\1\1\0",
	        "ELF"),
	CONTENT("7z\xbc\xaf\x27\x1c\0\4", "7z"),
	CONTENT("Rar!\x1a\7\1\0", "RAR"),
	CONTENT("SQLite format 3\0\x10", "SQLite"),
	CONTENT("\xca\xfe\xba\xbe\0\0\0\x34", "Java"),
	CONTENT("OggS\0\2", "Ogg"),
	CONTENT("\0\0\0\x20"
	        "ftypisom",
	        "MP4"),
	CONTENT("RIFF\x24\x08\0\0WAVEfmt ", "RIFF"),
	CONTENT("RIFF and RAFF.\n", NULL),
	CONTENT("\x50\3\0\0\0\0\0\0{\"__metadata__\":{", "safetensors"),
	CONTENT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
};
enum { N_CONTENTS = sizeof contents / sizeof *contents };

Test(not_text, is_told)
{
	for (size_t i = 0; i < N_CONTENTS; i++) {
		const struct content *c = &contents[i];
		struct tj_not_text found;
		int not_text = tj_not_text_find(c->bytes, c->n, &found);
		cr_expect_eq(not_text, c->what != NULL, "content %zu: %s", i,
		             not_text ? found.what : "text");
		if (not_text && c->what != NULL)
			cr_expect_not_null(strstr(found.what, c->what), "content %zu: %s", i,
			                   found.what);
	}
	char tar[512] = "file.txt";
	struct tj_not_text found;
	memset(tar + 8, 'x', sizeof tar - 8);
	memcpy(tar + 257,
	       "ustar\0"
	       "00",
	       8);
	cr_assert(tj_not_text_find(tar, sizeof tar, &found));
	cr_expect_not_null(strstr(found.what, "tar"));
}

/* Exactly a tenth is text; one more is not. NULs after 64 KiB do not count. */
Test(not_text, nuls_are_counted_at_the_beginning)
{
	enum { N = TJ_NOT_TEXT_HEAD + 1000 };
	static char text[N];
	struct tj_not_text found;
	memset(text, 'x', N);
	memset(text + 1000, 0, 6553);
	cr_expect_not(tj_not_text_find(text, N, &found));
	text[TJ_NOT_TEXT_HEAD] = text[N - 1] = 0;
	cr_expect_not(tj_not_text_find(text, N, &found));
	text[TJ_NOT_TEXT_HEAD - 1] = 0;
	cr_expect(tj_not_text_find(text, N, &found));
	cr_expect_str_eq(found.what, "binary data");
}

static void expect_message(const char *bytes, size_t n, const char *name, int is_path,
                           const char *wanted)
{
	struct tj_not_text found;
	struct tj_error err = { 0 };
	cr_assert(tj_not_text_find(bytes, n, &found));
	cr_expect_eq(tj_not_text_refuse(&found, name, is_path, &err), TRUJAMAN_ERROR_INPUT);
	cr_expect_str_eq(err.text, wanted);
}

Test(not_text, the_message_has_the_command)
{
	expect_message("\xff\xfe"
	               "A\0",
	               4, "a b.txt", 1,
	               "a b.txt is no text in UTF-8: it is text in UTF-16; convert it first: "
	               "iconv -f UTF-16 -t UTF-8 'a b.txt' (--force-text reads it as it is)");
	expect_message(
	    "A\0B\0", 4, "standard input", 0,
	    "standard input is no text in UTF-8: it is text in UTF-16; convert it first: "
	    "iconv -f UTF-16LE -t UTF-8 (--force-text reads it as it is)");
	expect_message("%PDF-1.4\n", 9, "x.pdf", 1,
	               "x.pdf is no text in UTF-8: it is a PDF file; convert it first: "
	               "pdftotext x.pdf - (--force-text reads it as it is)");
	expect_message(
	    "\x89PNG\r\n\x1a\n", 8, "x", 1,
	    "x is no text in UTF-8: it is a PNG image; --force-text reads it nevertheless");
}

Test(not_text, latin_letters_in_words)
{
	static const char *const latin[] = { "caf\xe9", "\xbfqu\xe9 tal?",
		                             "Stra\337e \x96 \x93ja\x94" };
	static const char *const other[] = { "cafe",        "caf\xc3\xa9", "caf\xc3\xa9 caf\xe9",
		                             "\xff\xfe",    "a\x81\351b",  "\xe9 \xe8",
		                             "\xf0\x9f\x98" };
	for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
		cr_expect(tj_is_latin(latin[i], strlen(latin[i])), "%zu", i);
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		cr_expect_not(tj_is_latin(other[i], strlen(other[i])), "%zu", i);
	cr_expect_str_eq(tj_latin_advice(0, 5), "");
	cr_expect_str_eq(tj_latin_advice(1, 3), "");
	cr_expect_str_neq(tj_latin_advice(2, 3), "");
}

/* ---- readers ---- */

static enum tj_read first(const trujaman_input *input, struct tj_error *err)
{
	struct tj_line line;
	struct tj_reader *r = open_reader(1, input, 1000);
	memset(err, 0, sizeof *err);
	enum tj_read state = tj_reader_next(r, 1, &line, err);
	tj_reader_close(r);
	return state;
}

/* From files, pipes and compressed files alike, before any line; and with force_text not. */
Test(not_text, readers_refuse_it)
{
	for (size_t i = 0; i < N_CONTENTS; i++) {
		const struct content *c = &contents[i];
		enum tj_read wanted = c->what != NULL ? TJ_READ_ERROR
		                      : c->n == 0     ? TJ_READ_END
		                                      : TJ_READ_LINE;
		struct path path = write_file("a", c->bytes, c->n);
		trujaman_input input = { .path = path.text, .fd = -1 };
		struct tj_error err = { 0 };
		cr_expect_eq(tj_reader_check(&input, &err),
		             c->what ? TRUJAMAN_ERROR_INPUT : TRUJAMAN_OK);
		cr_expect_eq(first(&input, &err), wanted, "content %zu", i);
		input.force_text = 1;
		err = (struct tj_error){ 0 };
		cr_expect_eq(tj_reader_check(&input, &err), TRUJAMAN_OK);
		cr_expect_eq(first(&input, &err), c->n == 0 ? TJ_READ_END : TJ_READ_LINE);
		int ends[2];
		cr_assert_eq(pipe(ends), 0);
		put(ends[1], c->bytes, c->n);
		close(ends[1]);
		input = (trujaman_input){ .fd = ends[0] };
		cr_expect_eq(first(&input, &err), wanted, "content %zu, piped", i);
		close(ends[0]);
	}
}

/* Every part of a file agrees, wherever it begins. */
Test(not_text, parts_of_a_file_agree)
{
	enum { N = 300000 };
	char *bytes = malloc(N);
	cr_assert_not_null(bytes);
	for (int not_text = 0; not_text < 2; not_text++) {
		memset(bytes, not_text ? 'x' : 0, N);
		for (size_t i = 0; i < TJ_NOT_TEXT_HEAD; i++)
			bytes[i] = i % 9 ? 'x' : not_text ? '\0' : '\n';
		for (size_t i = 0; i < N; i += 50)
			bytes[i] = '\n';
		struct path path = write_file("a", bytes, N);
		for (uint64_t from = 0; from < N; from += 70000) {
			trujaman_input input = { .path = path.text,
				                 .from = from,
				                 .to = from + 70000 };
			struct tj_error err;
			cr_expect_eq(first(&input, &err), not_text ? TJ_READ_ERROR : TJ_READ_LINE,
			             "from %d", (int)from);
			input.force_text = 1;
			cr_expect_eq(first(&input, &err), TJ_READ_LINE);
		}
	}
	free(bytes);
}

/* A line that has arrived is given out although the pipe stays open; one that tells against the
 * input is an error at once. */
Test(not_text, a_pipe_does_not_wait)
{
	int ends[2];
	struct tj_line line;
	struct tj_error err = { 0 };
	cr_assert_eq(pipe(ends), 0);
	trujaman_input input = { .fd = ends[0] };
	struct tj_reader *r = open_reader(1, &input, 1000);
	put(ends[1], "P", 1);
	cr_expect_eq(tj_reader_next(r, 0, &line, &err), TJ_READ_DRY);
	put(ends[1], "ut.\n", 4);
	cr_expect_eq(tj_reader_next(r, 1, &line, &err), TJ_READ_LINE);
	put(ends[1], "\0\0\n", 3);
	cr_expect_eq(tj_reader_next(r, 1, &line, &err), TJ_READ_LINE);
	tj_reader_close(r);
	r = open_reader(1, &input, 1000);
	put(ends[1], "P\0u\0\n\0", 6);
	cr_expect_eq(tj_reader_next(r, 1, &line, &err), TJ_READ_ERROR);
	cr_expect_not_null(strstr(err.text, "UTF-16"), "%s", err.text);
	tj_reader_close(r);
	close(ends[0]);
	close(ends[1]);
}

Test(not_text, an_offset_beyond_all_files)
{
	struct path path = write_file("a", "text\n", 5);
	trujaman_input input = { .path = path.text, .from = UINT64_MAX };
	struct tj_error err;
	errno = 0;
	cr_expect_eq(first(&input, &err), TJ_READ_ERROR);
	cr_expect_not_null(strstr(err.text, strerror(EOVERFLOW)), "%s", err.text);
}

Test(not_text, byte_order_marks_are_in_no_line)
{
	static const char text[] = "\xef\xbb\xbf\xef\xbb\xbfx";
	struct tj_line line = { .text = text, .n = 7, .number = 1 };
	tj_line_skip_mark(&line);
	cr_expect(line.text == text + 3 && line.n == 4 && line.column == 3);
	tj_line_skip_mark(&line);
	cr_expect_eq(line.n, 4, "only the first");
	line = (struct tj_line){ .text = text, .n = 7, .number = 2 };
	tj_line_skip_mark(&line);
	cr_expect_eq(line.n, 7);
	line = (struct tj_line){ .text = text, .n = 2, .number = 1 };
	tj_line_skip_mark(&line);
	cr_expect_eq(line.n, 2);
}

/* ---- the texts of a training ---- */

static struct tj_pair_text *open_pair(struct path a, struct path b, struct tj_error *err)
{
	memset(err, 0, sizeof *err);
	return tj_pair_text_open(a.text, b.text, 0, err);
}

Test(not_text, pair_texts_refuse_it)
{
	struct tj_error err;
	struct path text = write_file("a", "one\n", 4), wide = write_file("b", "o\0\n\0", 4);
	cr_expect_null(open_pair(text, wide, &err));
	cr_expect_not_null(strstr(err.text, "iconv -f UTF-16LE"), "%s", err.text);
	cr_expect_null(open_pair(wide, text, &err));
	cr_expect_not_null(strstr(err.text, "iconv -f UTF-16LE"), "%s", err.text);
	err = (struct tj_error){ 0 };
	struct tj_pair_text *t = tj_pair_text_open(wide.text, wide.text, 1, &err);
	cr_expect_not_null(t, "%s", err.text);
	tj_pair_text_close(t);
}

Test(not_text, pair_texts_leave_out_byte_order_marks)
{
	struct tj_error err;
	struct path a = write_file("a", "\xef\xbb\xbfo\n\xef\xbb\xbfx\n", 10),
		    b = write_file("b", "\xef\xbb\xbf\n\n", 5);
	struct tj_pair_text *t = open_pair(a, b, &err);
	size_t n;
	cr_assert_not_null(t, "%s", err.text);
	cr_expect_eq(tj_pair_text_line(t, 0, 0, &n)[0], 'o');
	cr_expect_eq(n, 1);
	(void)tj_pair_text_line(t, 0, 1, &n);
	cr_expect_eq(n, 4, "only the first");
	(void)tj_pair_text_line(t, 1, 0, &n);
	cr_expect_eq(n, 0);
	tj_pair_text_close(t);
}
