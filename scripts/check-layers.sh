#!/bin/sh
# SPDX-License-Identifier: MIT
# The structure of the source tree:
#   - which folder may include which, and who alone may touch a dependency
#   - no circle of includes (X.c and X.h count as one module)
#   - a .c in src/ implements the header of its own name; in src/cli a command and in src/api the
#     public header may stand for it
#   - no two structs, unions or enums share a tag
# Usage:
#   check-layers.sh [TREE]
# Each violation is printed as FILE:LINE: MESSAGE, and then the status is 1. Without TREE it checks
# this tree, and before that it breaks every rule in a scratch tree and must notice each time.
set -eu

# The layers, lowest first: a folder, and what it may include.
base='src/base trujaman.h'
text="src/text src/io src/machine simd $base"
decode="src/decode src/model src/metric $text"
document="src/document src/text $base"
train="src/train src/train/data src/train/net $decode"
rules="
src/base           $base
src/machine        src/machine $base
simd               simd src/base
src/io             src/io $base
src/text           src/text simd $base
src/metric         src/metric src/text simd $base
src/model          src/model simd src/io $base
src/decode         src/decode src/model $text
src/document       $document
src/train/net      src/train/net src/model simd $base
src/train/data     src/train/data src/train/net src/model $text
src/train          $train
src/api            src/api src/document $train
src/delivery       src/delivery src/io $base
src/cli/show       src/cli/show src/io $base
src/cli/plot       src/cli/plot src/cli/show src/base trujaman.h
src/cli            src/cli src/cli/show src/cli/plot src/delivery src/io $base
include            nothing
"

# What only some files may mention: PATTERN @ FILES @ who they are (the first two for awk).
# INCLUDE stands for the beginning of an include line.
json_files='^src\/(model\/|cli\/(attention|evaluate|plot\/|show\/(json|stats|train_log))[^\/]*\.c$)'
isa_files='^simd\/[a-z0-9_]*(avx|x86|neon|sve)'
owners="
INCLUDE([a-z0-9]*intrin|cpuid|arm_neon|arm_sve)\.h@$isa_files@the files of an ISA in simd/
__x86_64|__aarch64|__ARM_@$isa_files@the files of an ISA in simd/
__(AVX|SSE|FMA|F16C|BMI|ARM_FEATURE)@^\$@no file: CFLAGS set it; see V16_BYTE_DOT
FP_FAST_FMA@^simd\/scalar\.c\$@simd/scalar.c
INCLUDEsleef@^simd\/@simd
INCLUDEhwloc@^src\/machine\/@src/machine
INCLUDEomp\.h|#[ \t]*pragma[ \t]+omp|_Pragma.*omp@^src\/(decode|train)\/@src/decode and src/train
INCLUDEsentencepiece@^src\/text\/(spm|pieces(_extend|_train))\.cc\$@spm.cc and pieces_*.cc
INCLUDE(zlib|bzlib|lzma|zstd)@^src\/io\/(packer|unpacker)\.c\$@src/io/packer.c and unpacker.c
INCLUDEunicode\/@^src\/text\/@src/text
INCLUDEjansson@$json_files@model and parts of cli
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
			if (k < 2 || folder != word[1])
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

# Circles among all files, named on stdin. Modules that nothing outside a circle leads to or from
# are taken away until only circles are left.
check_circles() {
	xargs awk '
	BEGIN { n = 0 }
	function module(file) {
		sub("\\.(c|cc|h)$", "", file)
		return file
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\"")
		from = module(FILENAME)
		to = module(part[2])
		if (from != to && part[2] ~ "/" && !((from, to) in seen)) {
			seen[from, to] = 1
			a[n] = from
			b[n] = to
			place[n++] = FILENAME ":" FNR
		}
	}
	END {
		do {
			left = 0
			split("", out)
			split("", in_)
			for (i = 0; i < n; i++)
				if (!(i in gone)) {
					out[a[i]]++
					in_[b[i]]++
				}
			for (i = 0; i < n; i++)
				if (!(i in gone) && (!(a[i] in in_) || !(b[i] in out))) {
					gone[i] = 1
					left = 1
				}
		} while (left)
		for (i = 0; i < n; i++)
			if (!(i in gone)) {
				print place[i] ": " a[i] " includes " b[i] ", in or between circles"
				bad = 1
			}
		exit bad
	}'
}

# Tags that are defined more than once in the files named on stdin.
check_tags() {
	xargs awk '
	/^(static |const |typedef )*(struct|union|enum) [a-z_0-9]+ \{/ {
		line = $0
		sub("[ \t]*\\{.*", "", line)
		sub(".*[ \t]", "", line)
		if (line in first) {
			print FILENAME ":" FNR ": the tag " line " is taken by " first[line]
			bad = 1
		} else
			first[line] = FILENAME ":" FNR
	}
	END { exit bad }'
}

# The header of its own name is what a .c file of src/ implements.
check_own_header() {
	file=$1 header=${1%.c}.h
	case $file in
	src/cli/*/*) other='' ;;
	src/cli/*) other='^(const struct tj_command tj_command_|int main\()' ;;
	src/api/*) other='^[a-z].*[ *]trujaman_[a-z_]*\(' ;;
	*) other='' ;;
	esac
	test -e "$header" && grep -q "^#include \"$header\"" "$file" && return 0
	test -n "$other" && grep -Eq "$other" "$file" && return 0
	echo "$file:1: it does not include the header of its own name"
	return 1
}

check_tree() {
	cd "$1"
	status=0
	for file in $(find include simd src -name '*.[ch]' -o -name '*.cc' -o -name '*.inc' | sort); do
		check_file "$file" || status=1
		case $file in src/*.c) check_own_header "$file" || status=1 ;; esac
	done
	folders=$(ls -d include simd src bench 2>/dev/null)
	find $folders -name '*.[ch]' -o -name '*.cc' | sort >"$scratch/files"
	check_circles <"$scratch/files" || status=1
	check_tags <"$scratch/files" || status=1
	return $status
}

# Each line: a file, and an include or line that it must be blamed for.
violations='src/base/a.h #include "src/text/pieces.h"
src/base/b.h #include "simd/kernels.h"
src/base/c.h #include "src/machine/cores.h"
src/machine/a.h #include "src/io/write.h"
simd/c.c #include "src/model/config.h"
simd/d.c #include "trujaman.h"
src/io/a.h #include "src/text/pieces.h"
src/text/e.h #include "src/model/config.h"
src/text/f.h #include "src/io/lines.h"
src/metric/f.h #include "src/io/lines.h"
src/model/f.h #include "src/text/pieces.h"
src/model/g.h # include  "src/decode/search.h"
src/decode/h.h #include "src/api/translator.h"
src/document/a.h #include "src/decode/search.h"
src/text/g.h #include "src/document/document.h"
src/train/net/a.h #include "src/train/data/corpus.h"
src/train/data/a.h #include "src/train/options.h"
src/train/a.h #include "src/api/translator.h"
src/cli/i.h #include "src/decode/search.h"
src/cli/j.h #include "options.h"
src/cli/show/a.h #include "src/delivery/journal.h"
src/delivery/a.h #include "src/cli/show/message.h"
src/delivery/b.h #include "src/model/config.h"
src/api/a.h #include "src/delivery/journal.h"
src/cli/plot/a.h #include "src/delivery/journal.h"
src/new/k.h #include "src/base/status.h"
src/cli/new/k.h #include "src/base/status.h"
include/l.h #include "src/base/status.h"
simd/dispatch.c #include <immintrin.h>
simd/v16_avx2.h #ifdef __AVXVNNI__
simd/avx512.c #if !defined(__AVX512VNNI__)
simd/v16_neon.h #ifdef __ARM_FEATURE_DOTPROD
simd/body.h #if __FMA__
simd/matrix.c #ifdef FP_FAST_FMA
src/base/o.h _Pragma("omp simd")
src/decode/m.h #ifdef __AVX512F__
src/decode/n.h #include <hwloc.h>
src/base/n.h #include <hwloc.h>
src/base/o.h #pragma omp parallel
src/model/p.h #include <omp.h>
src/text/q.cc #include <sentencepiece_processor.h>
src/api/r.h #include <jansson.h>
src/decode/t.h #include <unicode/ubrk.h>
src/cli/plot.h #include <jansson.h>
src/io/lines.h #include <lzma.h>
src/delivery/output.h #include <zlib.h>
src/decode/s.h #include <sleef.h>
src/base/v.c int own_header;
src/cli/show/v.c const struct tj_command tj_command_v = { 0 };
src/api/v.c static int helper(void);'

allowed='src/base/status.h #include "trujaman.h"
src/machine/cores.h #include <hwloc.h>
simd/scalar.c #include "src/base/status.h"
simd/v16_avx2.h #include <immintrin.h>
simd/neon.c #ifdef __aarch64__
src/text/spm.cc #include <sentencepiece_processor.h>
src/model/config.h #include <jansson.h>
src/cli/plot/log.h #include "src/cli/show/message.h"
src/io/packer.c #include "src/io/packer.h"
src/text/sentences.h #include <unicode/ubrk.h>
src/decode/workers.h #pragma omp parallel
src/train/data/batches.h #include "src/train/net/batch.h"
src/api/api.h #include "src/decode/engine.h"
simd/body.h _Pragma("GCC unroll 4")
src/cli/main.c int main(int argc, char **argv)
src/cli/merge.c const struct tj_command tj_command_merge = {
src/api/score.c trujaman_status trujaman_score(trujaman *t)
src/delivery/join.h #include "src/io/packing.h"'

complain() {
	echo "self-test: $1"
	status=1
}

# Whether a scratch tree is blamed, and for the file.
blamed() {
	if (check_tree "$scratch/tree") >"$scratch/out"; then return 1; fi
	grep -q "^$1:[0-9]*: " "$scratch/out"
}

new_tree() {
	rm -rf "$scratch/tree"
	mkdir -p "$scratch/tree/include" "$scratch/tree/simd" "$scratch/tree/src/base"
}

# FILE TEXT …: `printf` formats.
add_file() {
	mkdir -p "$scratch/tree/${1%/*}"
	printf "$2" >"$scratch/tree/$1"
}

self_test_pairs() {
	new_tree
	add_file src/base/a.h '#include "src/base/b.h"\n'
	add_file src/base/b.h 'struct one {\n'
	blamed src/base/a.h && complain 'two headers were taken for a circle'
	add_file src/base/b.c '#include "src/base/b.h"\n#include "src/base/a.h"\n'
	blamed src/base/a.h || complain 'a circle through a .c file was not seen'
	new_tree
	add_file simd/a.h 'struct one {\n'
	add_file src/base/b.h '\nenum one {\n'
	blamed src/base/b.h || complain 'a tag that exists twice was not seen'
	add_file src/base/b.h 'struct other {\n\tstruct one {\n'
	blamed src/base/b.h && complain 'a struct within another was taken for its twin'
	return 0
}

self_test() {
	status=0
	for kind in violations allowed; do
		eval "cases=\$$kind"
		while read -r file text; do
			new_tree
			add_file "$file" '/* a comment */\n'
			printf '%s\n' "$text" >>"$scratch/tree/$file"
			case $file in src/*.c) test $kind = violations || add_file "${file%.c}.h" '' ;; esac
			if blamed "$file"; then found=violations; else found=allowed; fi
			test $found = $kind || complain "$file with '$text' is $found, not $kind"
		done <<EOF
$cases
EOF
	done
	self_test_pairs
	return $status
}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/layers.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
tree=${1:-$(dirname "$0")/..}
test $# -gt 0 || (self_test)
(check_tree "$tree")
