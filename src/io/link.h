/* SPDX-License-Identifier: MIT */
/* Where a file comes to lie that is written through links. */
#ifndef TJ_IO_LINK_H
#define TJ_IO_LINK_H

/* Returns the path that `path` leads to if its last component is a link or a chain of links,
 * whether or not anything is there; otherwise a copy of `path`. The caller frees it. NULL on
 * failure, with errno set: ELOOP, too many links; EBADF, it leads into /proc, where descriptors of
 * this process have names (/dev/stdout does), and none of those may be replaced by a file. */
char *tj_link_follow(const char *path);

#endif
