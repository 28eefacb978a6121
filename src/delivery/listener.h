/* SPDX-License-Identifier: MIT */
/* What the module says while it works. It prints nothing: a failure that ends the work goes up as
 * struct tj_error, and everything else is told to a listener. */
#ifndef TJ_DELIVERY_LISTENER_H
#define TJ_DELIVERY_LISTENER_H

enum tj_news {
	TJ_NEWS_FAILURE, /* what has failed while the run goes on, or what it leaves at its end */
	TJ_NEWS_WARNING,
	TJ_NEWS_REMARK /* good to know, and nothing to worry about */
};

struct tj_listener {
	void (*hear)(void *context, enum tj_news kind, const char *text);
	void *context;
};

/* Tells the listener (NULL: nobody) one line of text. Without memory for it, its beginning. */
void tj_tell(const struct tj_listener *l, enum tj_news kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
