#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks the style rules that a machine can check:
#   check-style.sh [TREE]
# Every file needs a licence line, and under 500 lines of at most 100 columns (a tab counts 4)
# without trailing white space; manual pages and the public header may be longer. Sources and .bats
# files need a place in Makefile.am. Functions must have under 80 lines; this check needs Universal
# Ctags.
set -eu
cd "${1:-$(dirname "$0")/..}"
status=0

complain() {
	echo "$1"
	status=1
}

folders=$(ls -d include simd src bench tests scripts man python 2>/dev/null || :)
sources=$(find $folders -name '*.[ch]' -o -name '*.cc' -o -name '*.inc' | sort)
texts=$(find $folders \( -path tests/cli/data -o -path tests/fixtures \) -prune -o -type f \
	\( -path 'scripts/*' -o -name '*.sh' -o -name '*.bats' -o -name '*.py' -o -name '*.1' \) \
	-print | sort)
others='configure.ac Makefile.am tests/tests.am trujaman.pc.in .ci/run'

for file in $sources $texts $others; do
	test -e "$file" || continue
	head -n 2 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
		complain "$file:1: no line \"SPDX-License-Identifier: MIT\""
	columns=100 lines=499
	case $file in *.1 | *.pc.in) columns=9999 ;; esac # roff and pkg-config cannot break lines
	case $file in scripts/completions/*) columns=9999 ;; esac # made by scripts/make-completions
	case $file in *.1 | Makefile.am) lines=9999 ;; esac # a manual page is as long as what it tells
	case $file in include/trujaman.h) lines=999 ;; esac # the whole interface, in one file
	found=$(LC_ALL=C awk -v file="$file" -v columns="$columns" -v lines="$lines" '
		/[ \t\r]$/ { print file ":" NR ": white space at the end of the line" }
		{ gsub("\t", "    "); gsub("[\200-\277]", "") }
		length($0) > columns { print file ":" NR ": " length($0) " columns, " columns " at most" }
		END { if (NR > lines) print file ":" NR ": " NR " lines, " lines " at most" }' "$file")
	test -z "$found" || complain "$found"
done

# Under pipefail a reader that stops early fails its writer, if that is not done yet: now and then.
# Where that is what a test is about, it says so.
if found=$(grep -nE '\|[[:space:]]*(head -|grep -[a-zA-Z]*q)' tests/cli/*.bats /dev/null |
	grep -vE 'yes "|run -141|head -c (-1|"\$header"|\$\(\()'); then
	complain "$found: wanted a reader of all: sed -n 1,Np, or finds of tests/cli/helper.bash"
fi

# One version, wherever it is written; the first heading of CHANGELOG.md may say "not released".
versions=$(
	sed -n 's/^AC_INIT(\[trujaman\], \[\([0-9.]*\)\].*/\1/p' configure.ac 2>/dev/null
	sed -n 's/^#define TRUJAMAN_VERSION_M[AI][JN]OR \([0-9]*\)$/\1./p
		s/^#define TRUJAMAN_VERSION_PATCH \([0-9]*\)$/\1!/p' include/trujaman.h 2>/dev/null |
		tr -d '\n' | tr '!' '\n'
	sed -n '1s/^trujaman (\([0-9.]*\)).*/\1/p' debian/changelog 2>/dev/null
	sed -n '/not released/d; s/^## \([0-9][0-9.]*\).*/\1/p' CHANGELOG.md 2>/dev/null | sed 1q
)
test "$(echo "$versions" | sort -u | wc -l)" -eq 1 ||
	complain "versions differ: $(echo $versions) (configure.ac, trujaman.h, debian, CHANGELOG.md)"

# A file that Makefile.am does not name is neither built nor run nor shipped. It names a unit test
# without its .c.
for file in $sources $(find tests -name '*.bats') \
	$(find python tests/python -name '*.py' 2>/dev/null); do
	name=$file
	case $file in tests/test_*.c) name=${file%.c} ;; esac
	cat Makefile.am tests/tests.am 2>/dev/null | tr -s ' \t' '\n\n' | grep -qxF "$name" ||
		complain "$file:1: Makefile.am does not name it"
done

# The "+" fields of Universal Ctags give a function's first line (line) and last line (end).
if ctags --version 2>/dev/null | grep -q 'Universal Ctags'; then
	long=$(ctags -f - --languages=C,C++ --kinds-C=f --kinds-C++=f --fields=+ne $sources |
		awk -F '\t' '{
			line = end = 0
			for (i = 4; i <= NF; i++) {
				if ($i ~ /^line:/) line = substr($i, 6)
				if ($i ~ /^end:/) end = substr($i, 5)
			}
			if (end - line + 1 >= 80)
				print $2 ":" line ": " $1 " has " end - line + 1 " lines, 79 at most"
		}')
	test -z "$long" || complain "$long"
else
	echo "the length of functions was not checked: Universal Ctags is not installed"
fi
exit $status
