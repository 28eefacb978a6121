/* SPDX-License-Identifier: MIT */
/* A C interface to SentencePiece: text to ids of pieces and back. No C++ exception leaves it.
 * src/text/pieces.h says what each function does. */
#ifndef TJ_TEXT_SPM_H
#define TJ_TEXT_SPM_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/base/string.h"
#include "src/text/piece_ids.h"

struct tj_spm; /* does not change once open; any number of threads may share one */

struct tj_spm *tj_spm_open(const void *model, size_t n_bytes, const char *name,
                           struct tj_error *err);
void tj_spm_close(struct tj_spm *p);
uint32_t tj_spm_size(const struct tj_spm *p);
int32_t tj_spm_unk(const struct tj_spm *p);
int32_t tj_spm_bos(const struct tj_spm *p);
int32_t tj_spm_eos(const struct tj_spm *p);
size_t tj_spm_placeables(const struct tj_spm *p);
int32_t tj_spm_placeable(const struct tj_spm *p, size_t k);
int tj_spm_starts_word(const struct tj_spm *p, int32_t id);
int tj_spm_has(const struct tj_spm *p, uint32_t c);
int tj_spm_have(const struct tj_spm *p, const char *text, size_t n);
int tj_spm_has_word(const struct tj_spm *p, const char *word, size_t n);
enum tj_piece_kind tj_spm_kind(const struct tj_spm *p, int32_t id, uint8_t *byte);
const char *tj_spm_text(const struct tj_spm *p, int32_t id, size_t *n);
trujaman_status tj_spm_encode(const struct tj_spm *p, const char *text, size_t n,
                              struct tj_ids *ids, struct tj_error *err);
trujaman_status tj_spm_starts(const struct tj_spm *p, const char *text, size_t n, size_t n_ids,
                              size_t *starts, struct tj_error *err);
trujaman_status tj_spm_sample(const struct tj_spm *p, const char *text, size_t n, double alpha,
                              uint64_t seed, struct tj_ids *ids, struct tj_error *err);
trujaman_status tj_spm_decode(const struct tj_spm *p, const int32_t *ids, size_t n,
                              struct tj_string *text, struct tj_error *err);

#endif
