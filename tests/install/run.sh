#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests an installed copy as somebody outside the project uses it. pkg-config finds it. A program
# that knows only <trujaman.h> compiles as C99 and as C++17, with the shared and the static library,
# and runs. So does the example in README.md. The installed program runs. No name outside the
# project's prefixes is visible.
#
# In make check, from the build tree, the copy is installed with DESTDIR into a scratch folder. In
# make installcheck, INSTALLED_PREFIX is where make install put it.
set -eu
srcdir=$(cd "${srcdir:-.}" && pwd)
: "${CC:=cc}" "${CXX:=c++}" "${MAKE:=make}" "${PKG_CONFIG:=pkg-config}"

if ! command -v "$PKG_CONFIG" >/dev/null 2>&1; then
	echo "skipped: there is no pkg-config"
	exit 77
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/trujaman-install.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
status=0

fail() {
	echo "FAILED: $1"
	status=1
}

if test -n "${INSTALLED_PREFIX:-}"; then
	prefix=$INSTALLED_PREFIX
else
	# The outer make's jobs and variables do not concern this one.
	unset MAKEFLAGS MFLAGS MAKELEVEL
	"$MAKE" -s install DESTDIR="$scratch/root" >"$scratch/log" 2>&1 || {
		cat "$scratch/log"
		fail "make install"
		exit 1
	}
	prefix=$scratch/root
fi
pc=$(find "$prefix" -name trujaman.pc | head -n 1)
models=$(find "$prefix" -path '*/trujaman/en-es.safetensors' | head -n 1)
program=$(find "$prefix" -path '*/bin/trujaman' | head -n 1)
test -n "$pc" && test -n "$models" && test -n "$program" || {
	fail "trujaman.pc, the model or the program are not below $prefix"
	exit 1
}
if test -z "${INSTALLED_PREFIX:-}"; then
	# As pkg-config's own sysroot does, but only for this package.
	sed "s|^\([a-z_]*\)=/|\1=$scratch/root/|" "$pc" >"$scratch/trujaman.pc"
	pc=$scratch/trujaman.pc
fi
PKG_CONFIG_PATH=${pc%/*}${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
libdir=$($PKG_CONFIG --variable=libdir trujaman)

# What else somebody needs who has only the installed copy; and nothing that only libtool reads.
for file in bin/slurm-translate doc/trujaman/LICENSE doc/trujaman/CLUSTER.md \
	man1/trujaman-translate.1; do
	find "$prefix" -path "*/$file" | grep -q . || fail "$file is not installed"
done
find "$prefix" -name '*.la' | grep . && fail "a .la file is installed"

# try NAME LIBS [SOURCE [COMPILER]]: compiles the outside program, or SOURCE, with LIBS and runs it;
# NAME.out gets its output.
try() {
	if ! ${4:-$CC -std=c99} -pedantic -Wall -Wextra -Werror ${CFLAGS:-} \
		$($PKG_CONFIG --cflags trujaman) \
		-o "$scratch/$1" ${3:-$srcdir/tests/install/outside.c} $2 -lm; then
		fail "$1: cannot compile"
	elif ! (cd "$scratch" && TRUJAMAN_MODEL_PATH=${models%/*} "./$1" en-es) >"$scratch/$1.out"; then
		fail "$1: does not run"
	fi
}

shared=$(find "$libdir" -name 'libtrujaman.so' -o -name 'libtrujaman.dylib' | head -n 1)
if test -n "$shared"; then
	libs="$($PKG_CONFIG --libs trujaman) -Wl,-rpath,$libdir"
	try shared "$libs"
	try cplusplus "-x none $libs" "-xc++ $srcdir/tests/install/outside.c" "$CXX -std=c++17"
	sed -n '/^```c$/,/^```$/{/^```/!p;}' "$srcdir/README.md" >"$scratch/example.c"
	try example "$libs" "$scratch/example.c"
	test -s "$scratch/example.out" || fail "the example in README.md prints nothing"
	foreign=$(nm -D --defined-only "$shared" | awk '$3 !~ /^trujaman_/ { print $3 }')
	test -z "$foreign" || fail "the shared library exports other names: $foreign"
else
	echo "no shared library was installed: not tested"
fi

static=$libdir/libtrujaman.a
if test -e "$static"; then
	try static "$($PKG_CONFIG --static --libs trujaman | sed 's/-ltrujaman/-l:libtrujaman.a/')"
	# Weak names are C++ templates of the standard library, shared by all who use them.
	foreign=$(nm -g --defined-only "$static" 2>/dev/null |
		awk 'NF == 3 && $2 !~ /[VWu]/ && $3 !~ /^(trujaman_|tj_)/ { print $3 }')
	test -z "$foreign" || fail "the static library shows other names: $foreign"
else
	echo "no static library was installed: not tested"
fi
if test -n "$shared" && test -e "$static" && test $status -eq 0; then
	cmp "$scratch/shared.out" "$scratch/static.out" || fail "shared and static differ"
	cmp "$scratch/shared.out" "$scratch/cplusplus.out" || fail "C and C++ differ"
fi

# The installed program agrees with the library. It finds the model by itself, also in a scratch
# folder where it was not meant to stay, and after that was moved.
if test -z "${INSTALLED_PREFIX:-}"; then
	mv "$scratch/root" "$scratch/moved"
	program=$scratch/moved${program#"$scratch/root"}
fi
echo "The old clock in the kitchen has stopped." >"$scratch/in"
if ! (cd "$scratch" && "$program" translate -m en-es in) >"$scratch/program.out"; then
	fail "the installed program does not run"
elif test $status -eq 0; then
	cat "$scratch"/*.out
	for kind in shared static; do
		test ! -e "$scratch/$kind.out" || test "$(sed 1q "$scratch/$kind.out")" = \
			"$(cat "$scratch/program.out")" || fail "$kind library and program differ"
	done
fi

# The installed slurm-translate gives sbatch a script that exists: itself.
mkdir "$scratch/bin"
cat >"$scratch/bin/sbatch" <<'SBATCH'
#!/bin/sh
for argument; do
	case $argument in */slurm-translate) test -x "$argument" && echo 7 && exit ;; esac
done
exit 1
SBATCH
chmod +x "$scratch/bin/sbatch"
slurm=$(find "${program%/*}" -name slurm-translate)
test "$(cd "$scratch" && PATH=$scratch/bin:$PATH TRUJAMAN=$program "$slurm" -- -o slurm.out in \
	2>"$scratch/slurm.err")" = '7 7' || {
	cat "$scratch/slurm.err"
	fail "the installed slurm-translate queues nothing that exists"
}

# Made alone, the program finds the models of the source tree.
if test -z "${INSTALLED_PREFIX:-}"; then
	"$MAKE" -pn trujaman 2>/dev/null | grep -q '^trujaman[^ ]*:.* models\.stamp' ||
		fail "make trujaman does not make the link to the models"
fi
exit $status
