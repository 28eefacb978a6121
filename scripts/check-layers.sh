#!/bin/sh
# SPDX-License-Identifier: MIT
# Which folder may know which: DESIGN's layers, and who alone may touch a dependency.
#   check-layers.sh [TREE]
# Each violation is printed as FILE:LINE: MESSAGE, then the status is 1. Without TREE it is
# this one, and before it every rule is broken in a scratch tree and must be seen broken.
set -eu

# The layers, lowest first: a folder, and what it may include.
rules='
src/base      src/base trujaman.h
simd          simd src/base
src/text      src/text simd src/base trujaman.h
src/model     src/model simd src/base trujaman.h
src/decode    src/decode src/text src/model simd src/base trujaman.h
src/train     src/train src/decode src/text src/model simd src/base trujaman.h
src/api       src/api src/train src/decode src/text src/model simd src/base trujaman.h
src/cli       src/cli src/base trujaman.h
include       nothing
'

# What only some files may mention: PATTERN @ FILES @ who they are (the first two for awk).
# INCLUDE stands for the beginning of an include line.
isa_files='^simd\/[a-z0-9_]*(avx|x86|neon|sve)'
owners="
INCLUDE([a-z0-9]*intrin|cpuid|arm_neon|arm_sve)\.h@$isa_files@the files of an ISA in simd/
__AVX|__x86_64|__aarch64|__ARM_@$isa_files@the files of an ISA in simd/
INCLUDEsleef@^simd\/@simd
INCLUDEhwloc@^src\/base\/@src/base
INCLUDEomp\.h|#[ \t]*pragma[ \t]+omp|_Pragma.*omp@^src\/(decode|train)\/@src/decode and src/train
INCLUDEsentencepiece@^src\/text\/pieces(_train)?\.cc\$@src/text/pieces.cc and pieces_train.cc
INCLUDE(zlib|bzlib|lzma|zstd)@^src\/(base\/packer|text\/unpacker)\.c\$@packer.c, unpacker.c
INCLUDEunicode\/@^src\/text\/@src/text
INCLUDEjansson@^src\/(model\/|cli\/(plot_log|stats)\.c\$)@src/model, src/cli/plot/log.c and stats.c
"

# One file of the product, named from the top: its lines on stdin.
check_file() {
	file=$1 rules=$rules owners=$owners awk '
	BEGIN {
		file = ENVIRON["file"]
		folder = file
		sub("/[^/]*$", "", folder)
		n = split(ENVIRON["rules"], line, "\n")
		for (i = 1; i <= n; i++) {
			k = split(line[i], word, " ")
			if (k < 2 || (folder != word[1] && index(folder, word[1] "/") != 1))
				continue
			known = 1
			for (j = 2; j <= k; j++)
				sees[word[j]] = 1
		}
		if (!known)
			complain("no layer is known for the folder " folder)
		n_owners = split(ENVIRON["owners"], owner, "\n")
		for (i = 1; i <= n_owners; i++)
			sub("^INCLUDE", "#[ \t]*include[ \t]*[<\"]", owner[i])
	}
	function complain(text) {
		print file ":" NR ": " text
		bad = 1
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\"")
		name = part[2]
		from = name
		if (name == "config.h")
			next
		if (!sub("/[^/]*$", "", from) && name != "trujaman.h")
			complain("\"" name "\" is not written from the top of the tree")
		else if (!(from in sees))
			complain(folder " may not include \"" name "\"")
	}
	{
		for (i = 1; i <= n_owners; i++)
			if (split(owner[i], part, "@") == 3 && $0 ~ part[1] && file !~ part[2])
				complain("this belongs to " part[3])
	}
	END { exit bad }' <"$1"
}

check_tree() {
	cd "$1"
	status=0
	for file in $(find include simd src -name '*.[ch]' -o -name '*.cc' -o -name '*.inc' | sort); do
		check_file "$file" || status=1
	done
	return $status
}

# Each line: a file, and an include or line that it must be blamed for.
violations='src/base/a.c #include "src/base/utf8.h"
src/base/b.h #include "simd/kernels.h"
simd/c.c #include "src/model/config.h"
simd/d.c #include "trujaman.h"
src/text/e.c #include "src/model/config.h"
src/model/f.c #include "src/text/pieces.h"
src/model/g.c # include  "src/decode/search.h"
src/decode/h.c #include "src/api/handle.h"
src/cli/i.c #include "src/decode/search.h"
src/cli/j.c #include "options.h"
src/new/k.c #include "src/base/status.h"
include/l.h #include "src/base/status.h"
simd/dispatch.c #include <immintrin.h>
src/base/o.c _Pragma("omp simd")
src/decode/m.c #ifdef __AVX512F__
src/decode/n.c #include <hwloc.h>
src/base/o.c #pragma omp parallel
src/model/p.c #include <omp.h>
src/text/q.cc #include <sentencepiece_processor.h>
src/api/r.c #include <jansson.h>
src/decode/t.c #include <unicode/ubrk.h>
src/cli/plot.c #include <jansson.h>
src/io/lines.c #include <lzma.h>
src/cli/delivery/output.c #include <zlib.h>
src/decode/s.c #include <sleef.h>'

allowed='src/base/status.h #include "trujaman.h"
simd/scalar.c #include "src/base/status.h"
simd/v16_avx2.h #include <immintrin.h>
simd/neon.c #ifdef __aarch64__
src/text/pieces.cc #include <sentencepiece_processor.h>
src/model/config.c #include <jansson.h>
src/cli/plot/log.c #include <jansson.h>
src/io/packer.c #include <zstd.h>
src/text/sentences.c #include <unicode/ubrk.h>
src/decode/workers.c #pragma omp parallel
src/api/api.c #include "src/decode/engine.h"
simd/body.h _Pragma("GCC unroll 4")
src/cli/main.c #include "config.h"
src/cli/score.c #include "trujaman.h"'

self_test() {
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/layers.XXXXXX")
	trap 'rm -rf "$scratch"' EXIT
	status=0
	for kind in violations allowed; do
		eval "cases=\$$kind"
		while read -r file text; do
			rm -rf "$scratch/tree"
			mkdir -p "$scratch/tree/include" "$scratch/tree/simd" "$scratch/tree/${file%/*}"
			mkdir -p "$scratch/tree/src"
			printf '/* a comment */\n%s\n' "$text" >"$scratch/tree/$file"
			if (check_tree "$scratch/tree") >"$scratch/out"; then found=no; else found=yes; fi
			grep -q "^$file:[02]: " "$scratch/out" || test $kind = allowed || found=no
			if test $kind,$found = violations,no || test $kind,$found = allowed,yes; then
				echo "self-test: $file with '$text': found $found, but it is of the $kind"
				status=1
			fi
		done <<EOF
$cases
EOF
	done
	return $status
}

tree=${1:-$(dirname "$0")/..}
test $# -gt 0 || (self_test)
(check_tree "$tree")
