#!/bin/sh
# SPDX-License-Identifier: MIT
# Every C and C++ file is as .clang-format wants it: check-format.sh [TREE]
#   check-format.sh --fix   writes them so
# It needs clang-format 19: other versions differ in details. Where there is none, the test is
# skipped (77).
set -eu
fix=
if test "${1:-}" = --fix; then
	fix=1
	shift
fi
cd "${1:-$(dirname "$0")/..}"

format=
for candidate in "${CLANG_FORMAT:-clang-format-19}" clang-format; do
	version=$("$candidate" --version 2>/dev/null | sed 's/.*version \([0-9]*\).*/\1/') || :
	test "$version" != 19 || { format=$candidate && break; }
done
if test -z "$format"; then
	echo "skipped: clang-format 19 is not installed (scripts/setup installs it)"
	exit 77
fi

# What is generated in a build tree that lies within this one is not ours.
folders=$(ls -d include simd src bench tests 2>/dev/null)
files=$(find $folders -path tests/fixtures -prune -o \( -name '*.[ch]' -o -name '*.cc' \) -print |
	LC_ALL=C sort)
test -n "$files" || { echo "no files to check"; exit 1; }
if test -n "$fix"; then
	"$format" -i $files
	exit
fi
"$format" --dry-run --Werror $files && exit
echo "scripts/check-format.sh --fix mends it"
exit 1
