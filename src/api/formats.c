/* SPDX-License-Identifier: MIT */
/* The formats of documents, by name. */
#include <pthread.h>
#include <stddef.h>

#include "src/document/format.h"
#include "trujaman.h"

static const char *names[TJ_N_FORMATS + 1]; /* written once */

static void list_names(void)
{
	for (int i = 0; i < TJ_N_FORMATS; i++)
		names[i] = tj_format_name((enum tj_format)i);
}

const char *const *trujaman_formats(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, list_names); /* cannot fail with these arguments */
	return names;
}

const char *trujaman_format_of(const char *path)
{
	int format = tj_format_of_path(path);
	return format >= 0 ? tj_format_name((enum tj_format)format) : NULL;
}
