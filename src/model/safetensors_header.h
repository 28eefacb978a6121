/* SPDX-License-Identifier: MIT */
/* The header of a safetensors file: JSON from an untrusted source. Private to safetensors.c. */
#ifndef TJ_MODEL_SAFETENSORS_HEADER_H
#define TJ_MODEL_SAFETENSORS_HEADER_H

#include "src/base/status.h"
#include "src/model/tensors.h"

/* The file begins with the header length, little-endian, in this many bytes. */
enum { TJ_HEADER_LENGTH_BYTES = 8 };

/* Parse and check the header of a mapped file of at least TJ_HEADER_LENGTH_BYTES. Fills in the
 * tensors and the metadata, both sorted. After a failure the caller must still release what was
 * filled in, with tj_safetensors_close. */
trujaman_status tj_safetensors_parse(struct tj_safetensors *s, struct tj_error *err);

#endif
