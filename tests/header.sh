#!/bin/sh
# SPDX-License-Identifier: MIT
# The public header compiles by itself, as C99 and as C++17, without a warning, and twice. Its
# functions are those that the library exports, that debian/libtrujaman0.symbols lists, since a
# package is refused otherwise, and that the manual page names.
set -eu
srcdir=$(cd "${srcdir:-.}" && pwd)
: "${CC:=cc}" "${CXX:=c++}"
scratch=$(mktemp -d "${TMPDIR:-/tmp}/trujaman-header.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
printf '#include "trujaman.h"\n#include "trujaman.h"\nint main(void) { return 0; }\n' \
	>"$scratch/a.c"
cp "$scratch/a.c" "$scratch/a.cc"
warnings='-pedantic -Wall -Wextra -Wshadow -Werror'
# shellcheck disable=SC2086 # lists of words
$CC -std=c99 $warnings -Wstrict-prototypes -I"$srcdir/include" -fsyntax-only "$scratch/a.c"
# shellcheck disable=SC2086
$CXX -std=c++17 $warnings -I"$srcdir/include" -fsyntax-only "$scratch/a.cc"

status=0
# same WHAT FILE: the file holds the names of the header's functions, sorted
same() {
	test -s "$scratch/declared" && diff "$scratch/declared" "$2" >"$scratch/diff" && return
	echo "$1 and include/trujaman.h do not agree (<: only in the header):"
	cat "$scratch/diff"
	status=1
}

LC_ALL=C
export LC_ALL
tr '\n' ' ' <"$srcdir/include/trujaman.h" | tr ';' '\n' |
	sed -n 's/.*TRUJAMAN_API[^(]*[ *]\(trujaman_[a-z0-9_]*\)(.*/\1/p' | sort >"$scratch/declared"
symbols=$srcdir/debian/libtrujaman0.symbols
if test -e "$symbols"; then
	sed -n 's/^ \(trujaman_[a-z0-9_]*\)@Base .*/\1/p' "$symbols" | sort >"$scratch/listed"
	same "$symbols" "$scratch/listed"
fi
library=.libs/libtrujaman.so # in the build tree, where `make check` runs; not if it is only static
if test -e "$library"; then
	${NM:-nm} -D --defined-only "$library" | sed -n 's/.* \(trujaman_[a-z0-9_]*\)$/\1/p' |
		sort >"$scratch/exported"
	same "$library" "$scratch/exported"
fi
while read -r name; do
	grep -q -w "$name" "$srcdir/man/libtrujaman.3" || {
		echo "man/libtrujaman.3 does not name $name"
		status=1
	}
done <"$scratch/declared"
exit $status
