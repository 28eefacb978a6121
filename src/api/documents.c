/* SPDX-License-Identifier: MIT */
/* Gathers documents, gives out their segments, and composes what becomes of them. */
#include "src/api/documents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/stop.h"

/* --- Opening ----------------------------------------------------------------------- */

/* A model of tokens makes its translator plain, which nobody asked for. */
static trujaman_status refuse_markup(const trujaman_model *m, const char *format,
                                     struct tj_error *err)
{
	if (m->config.token_vocabulary)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "%s is a model of tokens, which takes text as it is cut: the markup "
		               "of %s would be lost",
		               m->info.path, format);
	return tj_fail(err, TRUJAMAN_ERROR_USAGE, "--plain would lose the markup of %s", format);
}

static trujaman_status take_format(struct tj_documents *d, size_t i, const char *name,
                                   enum trujaman_output output, struct tj_error *err)
{
	const trujaman_options *o = &d->stream->t->options;
	int format = name != NULL ? tj_format_by_name(name) : TJ_FORMAT_TEXT;
	if (format < 0)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "format: found \"%.40s\", no format",
		               name);
	if (format == TJ_FORMAT_TEXT)
		return TRUJAMAN_OK;
	if (output != TRUJAMAN_OUTPUT_PLAIN || o->alignments || o->word_scores || o->attention)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "%s has no room for scores, alignments, attention and n-best lists",
		               name);
	if (format == TJ_FORMAT_JSONL && d->options.fields == NULL)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "jsonl: which values to translate must be said (field)");
	if (o->plain && tj_format_has_markup((enum tj_format)format))
		return refuse_markup(d->stream->t->model, name, err);
	d->formats[i] = (uint8_t)format;
	return TRUJAMAN_OK;
}

/* Whether the segments of an input, not its lines, are what is skipped. */
static int counts_segments(const struct tj_documents *d, size_t input)
{
	return d->formats[input] != TJ_FORMAT_TEXT && d->formats[input] != TJ_FORMAT_JSONL;
}

/* The reader counts lines; what is to be skipped of documents is counted here. */
static trujaman_status take_skips(struct tj_documents *d, size_t n, uint64_t *skip,
                                  struct tj_error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!counts_segments(d, i))
			continue;
		if (*skip > 0 && n > 1)
			return tj_fail(err, TRUJAMAN_ERROR_USAGE,
			               "skip: found documents among several inputs");
		d->skips[i] = d->inputs[i].skip + *skip;
		d->inputs[i].skip = 0;
		*skip = 0;
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_documents_open(struct tj_documents *d, struct tj_stream *stream, size_t n,
                                  uint64_t *skip, enum trujaman_output output, struct tj_error *err)
{
	const trujaman_translator *t = stream->t;
	*d = (struct tj_documents){ .stream = stream };
	d->options = (struct tj_reading_options){
		t->fields, trujaman_model_metadata(t->model, "source_language"),
		trujaman_model_metadata(t->model, "target_language"), t->options.fuzzy
	};
	d->formats = calloc(n + 1, sizeof *d->formats);
	d->skips = calloc(n + 1, sizeof *d->skips);
	d->inputs = calloc(n + 1, sizeof *d->inputs);
	if (d->formats == NULL || d->skips == NULL || d->inputs == NULL)
		return tj_fail_memory(err, "inputs", n * sizeof *d->inputs);
	for (size_t i = 0; i < n; i++) {
		d->inputs[i] = stream->inputs[i];
		if (take_format(d, i, stream->inputs[i].format, output, err) != TRUJAMAN_OK)
			return err->status;
	}
	if (tj_flight_open(&d->flight, err) != TRUJAMAN_OK)
		return err->status;
	return take_skips(d, n, skip, err);
}

void tj_documents_close(struct tj_documents *d)
{
	tj_flight_close(&d->flight);
	free(d->formats);
	free(d->skips);
	free(d->inputs);
	free(d->gathered.data);
}

void tj_documents_wake(struct tj_documents *d)
{
	tj_flight_wake(&d->flight);
}

/* --- Gathering ---------------------------------------------------------------------- */

/* Turns a failure of the document that was gathered into one of its input. */
static void fail_input(struct tj_documents *d, struct tj_error *err)
{
	struct tj_stream *s = d->stream;
	if (d->formats[d->input] == TJ_FORMAT_JSONL) {
		(void)tj_stream_pass(s, d->reader, err);
		return;
	}
	/* All of it has been read; the reader may be elsewhere. */
	if (s->failures == NULL || err->status == TRUJAMAN_ERROR_MEMORY)
		return;
	s->failures[d->input] = tj_error_copy(err);
	if (s->failures[d->input] != NULL)
		tj_error_clear(err);
}

/* Count ill-formed UTF-8. */
static trujaman_status judge_utf8(struct tj_documents *d, const struct tj_flying *f)
{
	const struct tj_document *document = f->document;
	uint64_t line, column;
	if (document->invalid == SIZE_MAX)
		return TRUJAMAN_OK;
	tj_document_place(document, document->invalid, &line, &column);
	struct tj_line at = {
		.text = document->bytes, .n = document->n, .number = line, .input = f->input
	};
	return tj_stream_invalid(d->stream, &at, (size_t)column - 1);
}

/* Leaves out segments that an earlier run has written. */
static trujaman_status skip_segments(struct tj_documents *d, const struct tj_flying *f,
                                     struct tj_error *err)
{
	const struct tj_document *document = f->document;
	uint64_t *skip = &d->skips[f->input];
	d->next = 0;
	while (*skip > 0 && d->next < document->n_segments)
		*skip -= !document->segments[d->next++].is_nested;
	if (*skip == 0)
		return TRUJAMAN_OK;
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "%s has %llu segments less than were to be passed over", f->name,
	               (unsigned long long)*skip);
}

/* All bytes of a document are there. */
static trujaman_status finish_gathering(struct tj_documents *d, struct tj_error *err)
{
	struct tj_flying *f = calloc(1, sizeof *f);
	d->gathers = 0;
	if (f == NULL)
		return tj_fail_memory(err, "a document", sizeof *f);
	const char *name = tj_input_name(&d->inputs[d->input], f->name, sizeof f->name);
	if (name != f->name)
		snprintf(f->name, sizeof f->name, "%s", name);
	f->input = d->input;
	f->n_bytes = d->gathered.n;
	f->first_byte = d->first_byte;
	f->offset = d->offset;
	f->document = tj_document_read((enum tj_format)d->formats[d->input], f->name, d->first_line,
	                               d->gathered.data, d->gathered.n, &d->options, err);
	d->gathered = (struct tj_string){ NULL, 0, 0 };
	if (f->document == NULL) {
		free(f);
		fail_input(d, err);
		return err->status;
	}
	tj_flight_add(&d->flight, f);
	int skips = d->skips[d->input] > 0;
	if (judge_utf8(d, f) != TRUJAMAN_OK || skip_segments(d, f, err) != TRUJAMAN_OK) {
		tj_flight_release(&d->flight, f);
		fail_input(d, err);
		return err->status;
	}
	if (skips && d->next == f->document->n_segments)
		tj_flight_release(&d->flight, f); /* an earlier run has written all of it */
	else
		d->current = f;
	return TRUJAMAN_OK;
}

/* Adds d->line to what is gathered. */
static trujaman_status gather(struct tj_documents *d, struct tj_error *err)
{
	static const char *const ends[] = {
		[TJ_NO_NEWLINE] = "", [TJ_LF] = "\n", [TJ_CRLF] = "\r\n"
	};
	const struct tj_line *l = &d->line;
	const char *end = ends[l->terminator];
	if (!d->gathers) {
		d->gathers = 1;
		d->input = l->input;
		d->first_line = l->number;
		uint64_t n = l->n + strlen(end);
		d->first_byte = l->offset > n ? l->offset - n : 0;
	}
	d->offset = l->offset;
	d->has_line = 0;
	if (!tj_string_append(&d->gathered, l->text, l->n) ||
	    !tj_string_append(&d->gathered, end, strlen(end)))
		return tj_fail_memory(err, "a document", d->gathered.n);
	if (d->formats[l->input] == TJ_FORMAT_JSONL && !l->continues)
		return finish_gathering(d, err);
	return TRUJAMAN_OK;
}

/* --- Giving out --------------------------------------------------------------------- */

/* Sets what a job's line has of its own. */
static void note_segment(const struct tj_documents *d, size_t segment, struct tj_chunk_line *to)
{
	const struct tj_flying *f = d->current;
	const struct tj_document *document = f->document;
	int is_last = segment + 1 >= document->n_segments;
	int is_line = document->format == TJ_FORMAT_JSONL;
	to->owner = d->current;
	to->segment = segment;
	to->input = (uint32_t)f->input;
	to->number = document->first_line;
	to->offset = f->offset;
	if (!is_last && f->first_byte + document->segments[segment].range.end < f->offset)
		to->offset = f->first_byte + document->segments[segment].range.end;
	/* A line of JSON counts once; of other documents, what is a segment of its own. */
	to->continues = (uint8_t)(is_line ? !is_last
	                                  : document->n_segments == 0 ||
	                                        document->segments[segment].is_nested);
	to->short_row = (uint8_t)(is_line && is_last && document->lacks_field);
	to->ends_document = (uint8_t)is_last;
}

/* Adds a segment to the chunk; of a document without any, nothing that stands for it. */
static trujaman_status give_segment(struct tj_documents *d, struct tj_chunk *chunk,
                                    struct tj_error *err)
{
	const struct tj_stream *s = d->stream;
	const struct tj_document *document = d->current->document;
	size_t segment = d->next++;
	int is_there = segment < document->n_segments;
	const struct tj_document_segment *from = is_there ? &document->segments[segment] : NULL;
	struct tj_chunk_line *to = tj_chunk_add(chunk,
	                                        is_there ? document->text.data + from->text : "",
	                                        is_there ? from->n_text : 0, NULL, 0, NULL, NULL);
	if (to == NULL)
		return tj_fail_memory(err, "lines", is_there ? from->n_text : 1);
	note_segment(d, segment, to);
	to->breaks = (uint8_t)(d->unended && (s->sink == NULL || s->sink->joined));
	d->unended = 0;
	if (to->ends_document) {
		d->unended = document->n > 0 && document->bytes[document->n - 1] != '\n';
		d->current = NULL;
	}
	return TRUJAMAN_OK;
}

static int is_stopped(const struct tj_documents *d)
{
	return tj_is_stopped(&d->stream->t->stop);
}

/* Reads a line. */
static enum tj_read read_line(struct tj_documents *d, int may_block, const struct tj_chunk *chunk,
                              struct tj_error *err)
{
	may_block = may_block && chunk->n_lines == 0;
	if (!d->gathers && !tj_flight_may_begin(&d->flight, may_block))
		return TJ_READ_DRY;
	enum tj_read got = tj_reader_next(d->reader, may_block, &d->line, err);
	if (got == TJ_READ_LINE)
		d->has_line = 1;
	else if (d->gathers && (got == TJ_READ_END ||
	                        (got == TJ_READ_ERROR && tj_reader_input(d->reader) != d->input))) {
		/* The document is complete; the reader says the same again. */
		tj_error_clear(err);
		return finish_gathering(d, err) == TRUJAMAN_OK ? TJ_READ_SOME : TJ_READ_ERROR;
	} else if (got == TJ_READ_ERROR) {
		d->gathers = 0;
		d->gathered.n = 0;
		if (tj_stream_pass(d->stream, d->reader, err))
			return TJ_READ_SOME;
	}
	return got;
}

enum tj_read tj_documents_next(struct tj_documents *d, int may_block, struct tj_chunk *chunk,
                               int *is_text, struct tj_error *err)
{
	trujaman_status status = TRUJAMAN_OK;
	*is_text = 0;
	if (d->current != NULL && is_stopped(d))
		return TJ_READ_DRY;
	if (d->current != NULL)
		status = give_segment(d, chunk, err);
	else if (!d->has_line)
		return read_line(d, may_block, chunk, err);
	else if (d->gathers && d->line.input != d->input)
		status = finish_gathering(d, err);
	else if (d->formats[d->line.input] == TJ_FORMAT_TEXT)
		*is_text = 1;
	else
		status = gather(d, err);
	return status == TRUJAMAN_OK ? TJ_READ_SOME : TJ_READ_ERROR;
}

/* --- Composing ---------------------------------------------------------------------- */

trujaman_status tj_documents_keep(const struct tj_chunk *c, const struct tj_chunk_line *line,
                                  struct tj_error *err)
{
	const struct tj_flying *f = line->owner;
	const struct tj_joined *best = &c->joined[line->first_joined];
	if (line->segment >= f->document->n_segments || best->n == 0)
		return TRUJAMAN_OK;
	return tj_document_translate(f->document, line->segment, c->joined_text.data + best->first,
	                             best->n)
	           ? TRUJAMAN_OK
	           : tj_fail_memory(err, "a translation", best->n);
}

static int compose(const struct tj_flying *f, const struct tj_chunk_line *line,
                   struct tj_string *out)
{
	if (line->breaks && !tj_string_append(out, "\n", 1))
		return 0;
	return line->segment < f->document->n_segments
	           ? tj_document_write(f->document, line->segment, out)
	           : tj_document_write_rest(f->document, out);
}

trujaman_status tj_documents_compose(struct tj_documents *d, struct tj_chunk *c,
                                     struct tj_error *err)
{
	struct tj_string out = { NULL, 0, 0 };
	size_t i = 0, from = 0;
	int good = 1;
	while (i < c->n_lines && c->lines[i].owner == NULL)
		i++;
	if (i == c->n_lines)
		return TRUJAMAN_OK;
	for (i = 0; good && i < c->n_lines; i++) {
		struct tj_chunk_line *line = &c->lines[i];
		size_t to = line->out_end;
		if (line->owner != NULL)
			good = compose(line->owner, line, &out);
		else if (to > from)
			good = tj_string_append(&out, c->out.data + from, to - from);
		from = to;
		line->out_end = out.n;
		if (line->ends_document)
			tj_flight_release(&d->flight, line->owner);
	}
	free(c->out.data);
	c->out = out;
	return good ? TRUJAMAN_OK : tj_fail_memory(err, "documents", out.n);
}
