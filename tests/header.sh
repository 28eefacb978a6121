#!/bin/sh
# SPDX-License-Identifier: MIT
# The public header compiles by itself, as C99 and as C++17, without a warning, and twice.
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
