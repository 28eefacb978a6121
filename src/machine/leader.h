/* SPDX-License-Identifier: MIT */
/* Threads of the library's own that enter OpenMP in the place of the calling thread. OpenMP keeps a
 * team of threads for each thread that has entered it. After fork the child has the calling thread
 * but not its team, and waits for that forever; it also would share the team with the calling
 * program's own use of OpenMP. A leader does not exist in the child either, so the child makes
 * another one, with another team. */
#ifndef TJ_MACHINE_LEADER_H
#define TJ_MACHINE_LEADER_H

typedef void tj_led_work(void *context);

/* Runs work(context) on a leader and waits until it returns. Leaders stay and serve later calls,
 * also those of other threads; calls at the same time have a leader each. If no thread can be made,
 * the calling one does the work. Any thread. */
void tj_lead(tj_led_work *work, void *context);

/* Runs work(context) on the calling thread, but in the child of a fork on a leader: for work that
 * shall be done by the calling thread where that can be. Any thread. */
void tj_lead_in_child(tj_led_work *work, void *context);

#endif
