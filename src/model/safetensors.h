/* SPDX-License-Identifier: MIT */
/* A safetensors file, mapped read-only and checked before anything is used:
 * little-endian u64 header length, JSON header, tensor bytes. Layout as in
 * https://github.com/huggingface/safetensors#format */
#ifndef TJ_MODEL_SAFETENSORS_H
#define TJ_MODEL_SAFETENSORS_H

#include "src/base/status.h"
#include "src/model/tensors.h"

/* Map and check the whole structure of a file: header length against file size
 * (and 100 MB), JSON (duplicate keys refused), every tensor's dtype (F32, I8,
 * U8), shape (overflow), offsets (order, bounds, equal to the size of dtype x
 * shape), overlaps, gaps and bytes after the last tensor (refused, as the format
 * demands), names (non-empty, no control characters, no NUL), metadata values
 * strings. Host must be little endian. Each fault has a message of its own:
 * "FILE: tensor NAME: found …, wanted …". NULL on failure, nothing left open. */
struct tj_safetensors *tj_safetensors_open(const char *path, struct tj_error *err);
void tj_safetensors_close(struct tj_safetensors *s);

#endif
