/* SPDX-License-Identifier: MIT */
/* Reads whole files block by block: their size need not be known, or may change. */
#include "src/io/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/memory.h"

enum { BLOCK = 1 << 16 };

static trujaman_status read_all(int fd, const char *path, unsigned most_mib, struct tj_string *all,
                                struct tj_error *err)
{
	const size_t most = (size_t)most_mib << 20;
	for (;;) {
		if (!tj_reserve(&all->data, &all->capacity, all->n + BLOCK, 1))
			return tj_fail_memory(err, path, all->n + BLOCK);
		ssize_t n = read(fd, all->data + all->n, all->capacity - all->n - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return tj_fail_errno(err, errno, "read", path);
		all->n += (size_t)n;
		if (all->n > most)
			return tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s: more than %u MiB", path,
			               most_mib);
		if (n == 0) {
			all->data[all->n] = '\0';
			return TRUJAMAN_OK;
		}
	}
}

trujaman_status tj_whole_read_fd(int fd, const char *path, unsigned most_mib, struct tj_string *all,
                                 struct tj_error *err)
{
	*all = (struct tj_string){ NULL, 0, 0 };
	trujaman_status status = read_all(fd, path, most_mib, all, err);
	if (status != TRUJAMAN_OK) {
		free(all->data);
		*all = (struct tj_string){ NULL, 0, 0 };
	}
	return status;
}

trujaman_status tj_whole_read(const char *path, unsigned most_mib, struct tj_string *all,
                              struct tj_error *err)
{
	*all = (struct tj_string){ NULL, 0, 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return tj_fail_errno(err, errno, "read", path);
	trujaman_status status = tj_whole_read_fd(fd, path, most_mib, all, err);
	(void)close(fd);
	return status;
}
