#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the tests of the Python package trujaman (tests/python), with the library of the build tree,
# its doctests, and the examples of docs/PYTHON.md. Skipped where python3-cffi, python3-pytest or
# the shared library are missing.
set -eu
tree=$(cd "$(dirname "$0")/.." && pwd)
build=$PWD
python=
for candidate in "${PYTHON:-python3}" /usr/bin/python3; do
	if "$candidate" -c 'import cffi, pytest, sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null
	then
		python=$candidate
		break
	fi
done
if test -z "$python"; then
	echo "skipped: python3-cffi or python3-pytest is missing (scripts/setup installs them)"
	exit 77
fi
library=$build/.libs/libtrujaman.so.0
if ! test -e "$library"; then
	echo "skipped: there is no shared library in this build"
	exit 77
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/trujaman-python.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
cp -r "$tree/python/trujaman" "$scratch"
chmod -R u+w "$scratch"
"$python" "$tree/python/declarations.py" "$scratch" >/dev/null
TRUJAMAN_TREE=$tree TRUJAMAN_PROGRAM=$build/trujaman TRUJAMAN_LIBRARY=$library
TRUJAMAN_MODEL_PATH=$tree/models PYTHONPATH=$scratch PYTHONDONTWRITEBYTECODE=1
OMP_WAIT_POLICY=passive OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
export TRUJAMAN_TREE TRUJAMAN_PROGRAM TRUJAMAN_LIBRARY TRUJAMAN_MODEL_PATH PYTHONPATH \
	PYTHONDONTWRITEBYTECODE OMP_WAIT_POLICY OMP_NUM_THREADS OPENBLAS_NUM_THREADS
cd "$scratch"
"$python" -m pytest -q -p no:cacheprovider --doctest-modules --doctest-glob=PYTHON.md \
	"$tree/tests/python" "$scratch/trujaman" "$tree/docs/PYTHON.md" "$@"
