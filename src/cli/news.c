/* SPDX-License-Identifier: MIT */
/* Prints errors, news and failures of the delivery of results. */
#include "src/cli/news.h"

static void hear(void *context, enum tj_news kind, const char *text)
{
	const struct tj_talk *talk = context;
	if (kind == TJ_NEWS_WARNING)
		tj_cli_warn(talk, "%s", text);
	else if (kind == TJ_NEWS_FAILURE || !talk->quiet)
		tj_cli_say("%s", text);
}

struct tj_listener tj_news_listener(struct tj_talk *talk)
{
	return (struct tj_listener){ .hear = hear, .context = talk };
}

int tj_news_failed(const char *command, const struct tj_error *err)
{
	return err->status == TRUJAMAN_ERROR_USAGE ? tj_cli_usage(command, "%s", err->text)
	                                           : tj_cli_fail(err->status, err->text);
}

void tj_news_failures(const struct tj_failures *f, size_t n_inputs, const char *advice)
{
	if (f->n == 0)
		return;
	for (size_t i = 0; i < f->n_untold && i < TJ_FAILURES_KEPT; i++)
		tj_cli_say("%s", f->texts[i] != NULL ? f->texts[i]
		                                     : "a file failed; there was no memory to keep "
		                                       "the reason");
	if (f->n_untold > TJ_FAILURES_KEPT)
		tj_cli_say("… and %zu more", f->n_untold - TJ_FAILURES_KEPT);
	tj_cli_say("%zu of %zu input%s failed%s%s%s", f->n, n_inputs, tj_plural(n_inputs),
	           advice != NULL ? "; " : "", advice != NULL ? advice : "",
	           advice == NULL ? ""
	           : f->n == 1    ? " it again"
	                          : " them again");
}
