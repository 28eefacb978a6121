/* SPDX-License-Identifier: MIT */
/* trujaman_quantize: finds the model and stores it as int8. */
#include "src/model/quantize.h"

#include <stdlib.h>

#include "src/api/find_model.h"
#include "src/base/float_mode.h"

static trujaman_status quantize(const char *in, const char *out, struct tj_error *err)
{
	if (*out == '\0')
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "the name of the file to write is empty");
	char *path = tj_find_model(in, err);
	if (path != NULL)
		tj_model_quantize(path, out, err);
	free(path);
	return err->status;
}

trujaman_status trujaman_quantize(const char *in, const char *out, char *error,
                                  size_t n_error_bytes)
{
	struct tj_error err = { 0 };
	struct tj_float_mode mode;
	tj_float_enter(&mode);
	quantize(in, out, &err);
	tj_float_leave(&mode);
	return tj_error_tell(&err, error, n_error_bytes);
}
