/* SPDX-License-Identifier: MIT */
/* Follows the inputs through the chunks that are written, and asks about the language of each as
 * soon as enough of it is there. This happens after a chunk has been written, so nobody waits
 * for it; the beginning of an input is enough, so it costs next to nothing. */
#include "src/api/judge.h"

#include "src/text/languages.h"

trujaman_status tj_judge_open(struct tj_judge *j, int scoring, const char *source_language,
                              const char *target_language, struct tj_error *err)
{
	*j = (struct tj_judge){ .scoring = scoring };
	const char *expected[2] = { source_language, target_language };
	for (int side = 0; side < 1 + scoring; side++) {
		j->texts[side] = tj_foreign_open(expected[side], err);
		if (j->texts[side] == NULL)
			return err->status;
	}
	return TRUJAMAN_OK;
}

void tj_judge_close(struct tj_judge *j)
{
	tj_foreign_close(j->texts[0]);
	tj_foreign_close(j->texts[1]);
	*j = (struct tj_judge){ .texts = { NULL, NULL } };
}

static void judge(struct tj_judge *j, int side, trujaman_report *report, const trujaman_sink *sink)
{
	size_t input = j->scoring ? (size_t)side : j->input;
	int language = j->is_judged[side] ? -1 : tj_foreign_find(j->texts[side]);
	j->is_judged[side] = 1;
	if (language < 0)
		return;
	const char *code = tj_languages[language].code;
	if (report->foreign++ == 0) {
		report->foreign_input = input;
		report->foreign_language = code;
	}
	if (sink != NULL && sink->foreign != NULL)
		sink->foreign(sink->context, input, code);
}

static void add(struct tj_judge *j, int side, const struct tj_string *texts, size_t first, size_t n,
                trujaman_report *report, const trujaman_sink *sink)
{
	if (n > 0 && !j->is_judged[side] && tj_foreign_add(j->texts[side], texts->data + first, n))
		judge(j, side, report, sink);
}

void tj_judge_chunk(struct tj_judge *j, const struct tj_chunk *chunk, trujaman_report *report,
                    const trujaman_sink *sink)
{
	for (size_t i = 0; i < chunk->n_lines; i++) {
		const struct tj_chunk_line *line = &chunk->lines[i];
		if (line->draw > 0)
			continue;
		if (!j->scoring && line->input != j->input) {
			judge(j, 0, report, sink);
			j->input = line->input;
			j->is_judged[0] = 0;
			tj_foreign_begin(j->texts[0]);
		}
		add(j, 0, &chunk->text, line->first_byte + line->field, line->n_field, report,
		    sink);
		if (j->scoring)
			add(j, 1, &chunk->target_text, line->first_target, line->n_target, report,
			    sink);
	}
}

void tj_judge_rest(struct tj_judge *j, trujaman_report *report, const trujaman_sink *sink)
{
	for (int side = 0; side < 1 + j->scoring; side++)
		judge(j, side, report, sink);
}

const char *trujaman_language_name(const char *code)
{
	int language = code != NULL ? tj_language_find(code) : -1;
	return language >= 0 ? tj_languages[language].name : NULL;
}
