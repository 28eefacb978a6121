/* SPDX-License-Identifier: MIT */
/* Tests of replacing a file as a whole: names, links, what killed processes have left, and locks.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "src/io/replace.h"
#include "tests/model_files.h"

TestSuite(replace, .init = make_scratch, .fini = remove_scratch);

static void put(const char *name, const char *text)
{
	FILE *f = fopen(in_scratch(name), "w");
	cr_assert_not_null(f);
	cr_assert_geq(fputs(text, f), 0);
	cr_assert_eq(fclose(f), 0);
}

static const char *content(const char *name)
{
	static char text[64];
	FILE *f = fopen(in_scratch(name), "r");
	if (f == NULL)
		return "";
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	return text;
}

static int is_there(const char *name)
{
	struct stat st;
	return lstat(in_scratch(name), &st) == 0;
}

Test(replace, the_old_file_stays_until_the_new_one_is_complete)
{
	char path[PATH_MAX + 300], *partial;
	int fd;
	put("file", "old");
	snprintf(path, sizeof path, "%s", in_scratch("file"));
	cr_assert(tj_replace_create(path, &partial, &fd));
	cr_assert_eq(write(fd, "new", 3), 3);
	cr_expect_str_eq(content("file"), "old");
	cr_assert(tj_replace_close(fd));
	cr_expect_str_eq(content("file"), "old");
	cr_assert(tj_replace_rename(partial, path));
	cr_assert(tj_folder_sync(path));
	cr_expect_str_eq(content("file"), "new");
	cr_expect_eq(access(partial, F_OK), -1);
	free(partial);
}

/* The name of a killed process of the same number, also where it is a link, is not taken. */
Test(replace, names_that_are_taken)
{
	char name[64], *first, *second, path[PATH_MAX + 300];
	int fd[2];
	snprintf(path, sizeof path, "%s", in_scratch("file"));
	snprintf(name, sizeof name, "file.partial-%ld", (long)getpid());
	put("precious", "mine");
	cr_assert_eq(symlink("precious", in_scratch(name)), 0);
	cr_assert(tj_replace_create(path, &first, &fd[0]));
	cr_assert(tj_replace_create(path, &second, &fd[1]));
	cr_expect_str_neq(first, second);
	cr_assert_eq(write(fd[0], "a", 1), 1);
	cr_expect_str_eq(content("precious"), "mine");
	for (int i = 0; i < 2; i++)
		cr_assert(tj_replace_close(fd[i]));
	tj_replace_sweep(path, second);
	cr_expect_eq(access(first, F_OK), -1);
	cr_expect_eq(access(second, F_OK), 0);
	cr_expect_str_eq(content("precious"), "mine");
	free(first);
	free(second);
}

Test(replace, failures_say_why)
{
	char *partial;
	int fd;
	cr_expect_not(tj_replace_create(in_scratch("no/file"), &partial, &fd));
	cr_expect_eq(errno, ENOENT);
	cr_expect_eq(fd, -1);
	cr_assert_not_null(partial);
	free(partial);
	cr_expect_not(tj_folder_sync(in_scratch("no/file")));
	cr_expect_eq(errno, ENOENT);
	cr_expect_not(tj_replace_rename(in_scratch("none"), in_scratch("file")));
	cr_expect_eq(errno, ENOENT);
	cr_expect_not(tj_replace_close(-1));
	cr_expect_eq(errno, EBADF);
}

/* A pipe cannot be flushed, and that is no failure. A name without a folder lies here. */
Test(replace, what_cannot_be_flushed)
{
	int fds[2];
	cr_assert_eq(pipe(fds), 0);
	cr_expect(tj_replace_close(fds[1]));
	close(fds[0]);
	cr_assert_eq(chdir(in_scratch(".")), 0);
	cr_expect(tj_folder_sync("file"));
	cr_expect(tj_folder_sync("/file"));
}

Test(replace, only_left_overs_are_swept)
{
	static const char *const gone[] = { "m.partial-1", "m.partial-12-3",
		                            "m.partial-1.partial-2", "m.partial-1-2.partial-3-4" };
	static const char *const kept[] = { "m",           "m.partial",           "m.partial-",
		                            "m.partial-x", "m.partial-1.txt",     "m.partial-1x",
		                            "n.partial-1", "m.partial-1.journal", "mm.partial-1" };
	char path[PATH_MAX + 300];
	snprintf(path, sizeof path, "%s", in_scratch("m"));
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
		put(gone[i], "x");
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		put(kept[i], "x");
	tj_replace_sweep(path, NULL);
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
		cr_expect_not(is_there(gone[i]), "%s", gone[i]);
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		cr_expect(is_there(kept[i]), "%s", kept[i]);
}

Test(replace, one_process_has_the_lock)
{
	char path[PATH_MAX + 300];
	snprintf(path, sizeof path, "%s", in_scratch("file"));
	put("file", "");
	int a = open(path, O_RDWR), b = open(path, O_RDWR);
	cr_assert(a >= 0 && b >= 0);
	cr_expect_eq(tj_lock(a, path), TJ_LOCKED);
	cr_expect_eq(tj_lock(b, path), TJ_LOCK_TAKEN);
	close(a);
	cr_expect_eq(tj_lock(b, path), TJ_LOCKED);
	close(b);
	/* Who had the lock has given the file another name. */
	b = open(path, O_RDWR);
	put("other", "");
	cr_assert_eq(rename(in_scratch("other"), path), 0);
	cr_expect_eq(tj_lock(b, path), TJ_LOCK_STALE);
	cr_assert_eq(unlink(path), 0);
	cr_expect_eq(tj_lock(b, path), TJ_LOCK_STALE);
	close(b);
}
