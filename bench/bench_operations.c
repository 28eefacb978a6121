/* SPDX-License-Identifier: MIT */
/* Counts the operations that a model needs for a text. */
#include "bench/bench_operations.h"

struct bench_operations bench_operations(const struct tj_config *c, double sentences, double source,
                                         double target)
{
	double e = (double)c->embedding_size, h = (double)c->hidden_size;
	double units = (double)tj_config_encoder_units(c), gates = (double)tj_config_gates(c);
	double directions = c->bidirectional ? 2 : 1, z = (double)tj_config_z_size(c);
	double readout = (double)c->readout_size, out = readout > 0 ? readout : z;
	double key = c->attention == TJ_ADDITIVE ? (double)c->attention_size : h;
	double a_source = 0, a_target = z * readout + out * (double)c->target_words, a_pair = 0;
	for (size_t k = 0; k < c->encoder_layers; k++)
		a_source += directions * gates * units * ((k == 0 ? e : h) + units);
	for (size_t k = 0; k < c->decoder_layers; k++)
		a_target += gates * h * ((k == 0 ? e + (double)tj_config_fed_size(c) : h) + h);
	if (c->attention == TJ_GENERAL || c->attention == TJ_ADDITIVE)
		a_source += h * key;
	if (c->attention == TJ_ADDITIVE)
		a_target += h * key;
	if (c->attention != TJ_ATTENTION_NONE)
		a_pair = key + h;
	/* Uses the mean source length for all sentences: attention is only some thousandths of
	 * the total. */
	double positions = sentences > 0 ? source / sentences : 0;
	return (struct bench_operations){ 2 * (source * a_source + target * a_target),
		                          2 * target * positions * a_pair };
}
