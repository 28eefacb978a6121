#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs one bats file for make check:
#   run-bats.sh FILE
# Skipped (status 77) if bats is missing. The tests get the program in TRUJAMAN, the source tree in
# srcdir (both absolute) and their own scratch folder in BATS_TEST_TMPDIR.
set -eu

if ! command -v bats >/dev/null 2>&1; then
	echo "skipped: bats is not installed (scripts/setup installs it)"
	exit 77
fi
srcdir=$(cd "${srcdir:-.}" && pwd)
TRUJAMAN=${TRUJAMAN:-$PWD/trujaman}
export srcdir TRUJAMAN
test -x "$TRUJAMAN" || {
	echo "no program at $TRUJAMAN" >&2
	exit 1
}
exec bats --print-output-on-failure "$@"
