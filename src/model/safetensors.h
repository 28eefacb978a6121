/* SPDX-License-Identifier: MIT */
/* A safetensors file, mapped read-only and checked before anything is used: little-endian u64
 * header length, JSON header, tensor bytes. The layout is that of
 * https://github.com/huggingface/safetensors#format */
#ifndef TJ_MODEL_SAFETENSORS_H
#define TJ_MODEL_SAFETENSORS_H

#include "src/base/status.h"
#include "src/model/tensors.h"

/* Map a file and check its whole structure:
 *   header length  at most 100 MB and within the file
 *   JSON           valid, no duplicate keys
 *   tensors        dtype F32, I8 or U8; a shape whose size does not overflow; ordered offsets
 *                  within the file that match dtype and shape
 *   data           no overlaps, no gaps, no bytes after the last tensor (as the format demands)
 *   names, keys    not empty, no control characters, no NUL
 *   metadata       all values are strings
 * The host must be little endian. Each fault has its own message: "FILE: tensor NAME: found …,
 * wanted …". On failure returns NULL and leaves nothing open. */
struct tj_safetensors *tj_safetensors_open(const char *path, struct tj_error *err);

/* What was read will hardly be read again: its pages need not stay in this process's memory. */
void tj_safetensors_forget(const struct tj_safetensors *s);
void tj_safetensors_close(struct tj_safetensors *s);

#endif
