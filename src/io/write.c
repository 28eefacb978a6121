/* SPDX-License-Identifier: MIT */
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
		/* Nothing taken and no error: waiting would be for ever. */
		int code = wrote == 0 ? EIO : errno;
		if (code == EPIPE)
			return tj_fail(err, TRUJAMAN_ERROR_CLOSED,
			               "cannot write %s: whoever read it has gone", name);
		if (code == EAGAIN || code == EWOULDBLOCK) {
			/* Somebody else made the descriptor non-blocking. Should poll fail,
			 * the next write says what is wrong. */
			struct pollfd ready = { .fd = fd, .events = POLLOUT };
			(void)poll(&ready, 1, -1);
		} else if (code != EINTR) {
			return tj_fail_errno(err, code, "write", name);
		}
	}
	return TRUJAMAN_OK;
}
