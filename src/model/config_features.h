/* SPDX-License-Identifier: MIT */
/* What the features of a network require of its other keys. */
#ifndef TJ_MODEL_CONFIG_FEATURES_H
#define TJ_MODEL_CONFIG_FEATURES_H

#include "src/model/config_check.h"

/* Checks k->c, whose values are good each by itself. */
void tj_config_check_features(struct tj_check *k);

#endif
