/* SPDX-License-Identifier: MIT */
/* Subtitles: the text of the cues of SubRip (srt) and WebVTT (vtt). */
#ifndef TJ_DOCUMENT_SUBTITLES_H
#define TJ_DOCUMENT_SUBTITLES_H

#include "src/document/document.h"

/* Finds the segments. The lines of a cue are one, unless a dash begins a line: that is another
 * speaker. A sentence that goes on in the next cue is one, if neither has tags within it. Text
 * without any times, or a vtt without its first line, is an error. */
trujaman_status tj_subtitles_read(struct tj_document *d, struct tj_error *err);

/* Appends a translation in the rows of the segment. Returns 0 if memory is short. */
int tj_subtitles_write(const struct tj_document *d, size_t segment, struct tj_string *out);

#endif
