/* SPDX-License-Identifier: MIT */
/* What a model file has, compared with what it should have: one metadata key, one tensor at a
 * time. Every message names the file, the key or tensor, what was found and what was wanted. */
#ifndef TJ_MODEL_CONFIG_CHECK_H
#define TJ_MODEL_CONFIG_CHECK_H

#include "src/model/safetensors.h"

struct tj_config;

/* Limit of every size in a model: products of two, and a few times that, fit in 64 bits. */
enum { TJ_MAX_SIZE = 1 << 24 };

/* The state of all checks. After the first fault every check is a no-op. */
struct tj_check {
	const struct tj_safetensors *file;
	struct tj_config *c;
	struct tj_error *err;
	unsigned char *used; /* used[i]: the configuration needs file->tensors[i] */
};

static inline int tj_check_failed(const struct tj_check *k)
{
	return k->err->status != TRUJAMAN_OK;
}

/* Records that a key's value is not what was wanted. */
void tj_check_value_fault(struct tj_check *k, const char *key, const char *value,
                          const char *wanted);

/* The key's value; a missing one is a fault, and NULL. */
const char *tj_check_value(struct tj_check *k, const char *key, const char *wanted);

/* Records that the values of two keys do not go together. */
void tj_check_clash(struct tj_check *k, const char *key, const char *other, const char *wanted);

/* The index of the key's value in `words`, which ends with NULL; 0 on a fault. */
int tj_check_choice(struct tj_check *k, const char *key, const char *const *words);
int tj_check_boolean(struct tj_check *k, const char *key);

/* The value as decimal digits without sign, space or leading zero, at most TJ_MAX_SIZE. */
size_t tj_check_size(struct tj_check *k, const char *key, size_t least);

enum tj_tensor_kind { TJ_WEIGHT, TJ_VECTOR }; /* a matrix in F32, or in I8 with scales; F32 */

struct tj_shape_text {
	char text[TJ_MAX_RANK * 22 + 3];
};
struct tj_shape_text tj_show_shape(size_t rank, const size_t *shape);

void tj_check_tensor_fault(struct tj_check *k, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Finds a tensor, NULL if there is none, and marks it as used. */
const struct tj_tensor *tj_check_take(struct tj_check *k, const char *name);

/* Checks that the tensor with the formatted name exists and has this kind and shape ([rows,
 * columns], or [rows] for a vector). An I8 matrix needs its scales too. */
void tj_check_tensor(struct tj_check *k, enum tj_tensor_kind kind, size_t rows, size_t columns,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
