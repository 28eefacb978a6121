/* SPDX-License-Identifier: MIT */
/* Divides sentences at signs that stand between stretches of text, "• one • two", "Home / Shoes",
 * at groups in brackets, "[one] two", and behind the mark of a list: "- one", "[x] one", "a) one".
 * A network that met these would move or lose them. */
#ifndef TJ_DECODE_LINE_DIVIDE_H
#define TJ_DECODE_LINE_DIVIDE_H

#include "src/decode/line_plan.h"

/* Divides the plan's sentences, so that no sentence begins or ends with spans that are nothing but
 * signs, none has a bullet, a bar or a slash that stands by itself, and the first has no mark of a
 * list. All these come to lie between sentences, where everything is copied. */
trujaman_status tj_plan_divide(struct tj_plan *p, struct tj_blocks *blocks, struct tj_error *err);

#endif
