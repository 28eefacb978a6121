/* SPDX-License-Identifier: MIT */
/* Helpers over the state that all parts of the network share. */
#include "src/train/net/state.h"

const float **tj_row_pointers(struct tj_network *net, size_t n, const float *rows, size_t ld)
{
	const float **p = tj_arena_pointers(&net->arena, n);
	for (size_t i = 0; p != NULL && i < n; i++)
		p[i] = rows + i * ld;
	return p;
}
