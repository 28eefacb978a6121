/* SPDX-License-Identifier: MIT */
/* Checks a kernel table before it is used: a table that this build or this machine has broken must
 * not translate. */
#ifndef TJ_SIMD_SELF_TEST_H
#define TJ_SIMD_SELF_TEST_H

#include <stdint.h>

#include "simd/kernels.h"

/* Runs every function of `table` that a result depends on, on small inputs: every tile, and sizes
 * that leave tails. *broken becomes NULL if all results have the bits of the scalar kernels; else
 * it becomes a fixed text that says what differs, such as "exp". Those bits are recorded here as
 * fingerprints, so that the scalar kernels of a build are tested as well; what takes a logarithm is
 * compared with `reference`, the scalar kernels of this build. The status is an error only if
 * memory is missing, about 200 KiB. Takes about 0.3 ms. */
trujaman_status tj_self_test(const struct tj_kernels *table, const struct tj_kernels *reference,
                             const char **broken, struct tj_error *err);

/* For the tests, and for who changes what a kernel computes: the fingerprint of what part number i
 * of the self-test, *name, gives with `table`, and the recorded one (0: none). Fails for memory;
 * *name is NULL beyond the last part. */
trujaman_status tj_self_test_part(const struct tj_kernels *table, size_t i, const char **name,
                                  uint64_t *got, uint64_t *expected, struct tj_error *err);

#endif
