/* SPDX-License-Identifier: MIT */
/* The header of a safetensors file: JSON that a stranger may have written. Private to
 * safetensors.c. */
#ifndef TJ_MODEL_SAFETENSORS_HEADER_H
#define TJ_MODEL_SAFETENSORS_HEADER_H

#include "src/base/status.h"
#include "src/model/tensors.h"

/* Bytes of the little-endian length that the file begins with. */
enum { TJ_HEADER_LENGTH_BYTES = 8 };

/* Parse and check the header of a mapped file of at least TJ_HEADER_LENGTH_BYTES: fills the
 * tensors and the metadata, both sorted. After a failure what was filled is still to be
 * released by tj_safetensors_close. */
trujaman_status tj_safetensors_parse(struct tj_safetensors *s, struct tj_error *err);

#endif
