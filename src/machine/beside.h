/* SPDX-License-Identifier: MIT */
/* Work beside the caller's own: in a thread, if one can be had, else when the caller waits for it.
 */
#ifndef TJ_MACHINE_BESIDE_H
#define TJ_MACHINE_BESIDE_H

#include <pthread.h>

typedef void tj_beside_work(void *context);

struct tj_beside {
	tj_beside_work *work;
	void *context;
	pthread_t thread;
	int has_thread;
};

/* Begin `work`. It must not use what the caller changes before tj_beside_end, which must follow. No
 * signal is handled in its thread. */
void tj_beside_begin(struct tj_beside *b, tj_beside_work *work, void *context);

/* Wait until it is done. */
void tj_beside_end(struct tj_beside *b);

#endif
