/* SPDX-License-Identifier: MIT */
/* Writes bytes to a descriptor completely, with write(2) and poll(2). */
#include "src/io/write.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* POSIX leaves write(2) of more than SSIZE_MAX bytes undefined. */
static const size_t LARGEST_WRITE = (size_t)1 << 30;

trujaman_status tj_write_all(int fd, const char *name, const void *bytes, size_t n,
                             struct tj_error *err)
{
	const char *p = bytes;
	while (n > 0) {
		ssize_t wrote = write(fd, p, n < LARGEST_WRITE ? n : LARGEST_WRITE);
		if (wrote > 0) {
			p += wrote;
			n -= (size_t)wrote;
			continue;
		}
		/* Nothing written and no error: a retry could loop forever. */
		int code = wrote == 0 ? EIO : errno;
		if (code == EPIPE)
			return tj_fail(err, TRUJAMAN_ERROR_CLOSED,
			               "cannot write %s: whoever read it has gone", name);
		if (code == EAGAIN || code == EWOULDBLOCK) {
			/* Someone else made the descriptor non-blocking. If poll fails, the
			 * next write reports the error. */
			struct pollfd ready = { .fd = fd, .events = POLLOUT };
			(void)poll(&ready, 1, -1);
		} else if (code != EINTR) {
			return tj_fail_errno(err, code, "write", name);
		}
	}
	return TRUJAMAN_OK;
}
