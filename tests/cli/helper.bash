# SPDX-License-Identifier: MIT
# Every .bats file here loads this. TRUJAMAN: the program; srcdir: the source tree.

bats_require_minimum_version 1.5.0

srcdir=$(cd "${srcdir:-.}" && pwd)
TRUJAMAN=$(realpath "${TRUJAMAN:-./trujaman}")
[ -x "$TRUJAMAN" ] || {
	echo "there is no program $TRUJAMAN" >&2
	exit 1
}
TINY=$srcdir/tests/fixtures/luong-general.safetensors # random weights: fast, meaningless output
SHIPPED=$srcdir/models/en-es.safetensors
SENTENCES=$srcdir/tests/cli/data/sentences.en
CR=$'\r'

# Every test starts in its own empty folder with a known environment.
start() {
	cd "$BATS_TEST_TMPDIR" || return
	unset TRUJAMAN_MODEL_PATH POSIXLY_CORRECT
	# A reader that stops early (head, grep -q) may therefore fail a writer that writes more than once.
	set -o pipefail
}

setup() {
	start
}

tiny() {
	"$TRUJAMAN" translate -m "$TINY" "$@"
}

shipped() {
	"$TRUJAMAN" translate -m "$SHIPPED" "$@"
}

# Prints the instruction sets that this machine can use, best first.
usable_isas() {
	"$TRUJAMAN" --version | sed -n 's/.*best first: //p'
}

# Like grep -q behind a pipe, but reads all: see start.
finds() {
	grep "$@" | cat >/dev/null
}

# Skips a test that compares many runs, or takes minutes where sanitizers make everything several
# times slower: other tests run the same code.
unless_sanitized() {
	[ -z "${TRUJAMAN_SANITIZED:-}" ] || skip "too slow under sanitizers"
}

count_lines() {
	tr -cd '\n' <"$1" | wc -c
}

# fails STATUS REGEX COMMAND…: COMMAND exits with STATUS, writes nothing to stdout, and writes one
# line "trujaman: …" to stderr that matches REGEX.
fails() {
	local wanted=$1 pattern=$2
	shift 2
	run --separate-stderr "$@"
	if [ "$status" -eq "$wanted" ] && [ -z "$output" ] && [ "${#stderr_lines[@]}" -eq 1 ] &&
		[[ $stderr == "trujaman: "* ]] && [[ $stderr =~ $pattern ]]; then
		return 0
	fi
	echo "wanted: exit $wanted, one line on stderr that matches: $pattern"
	echo "got:    exit $status, stdout: ${output:0:500}"
	echo "stderr: $stderr"
	return 1
}

# fails_after STATUS REGEX COMMAND…: as `fails`, but some lines were written before; a second line
# on stderr says where they are.
fails_after() {
	local wanted=$1 pattern=$2
	shift 2
	run --separate-stderr "$@"
	if [ "$status" -eq "$wanted" ] && [ -z "$output" ] && [ "${#stderr_lines[@]}" -eq 2 ] &&
		[[ ${stderr_lines[0]} == "trujaman: "* ]] && [[ ${stderr_lines[0]} =~ $pattern ]] &&
		[[ ${stderr_lines[1]} =~ \.partial\ has\ the\ first.*--resume ]]; then
		return 0
	fi
	echo "wanted: exit $wanted, two lines on stderr; the first matches: $pattern"
	echo "got:    exit $status, stdout: ${output:0:500}"
	echo "stderr: $stderr"
	return 1
}

# leave_counts: from now on the counts of a program with --coverage go to a folder here, for any
# user. Where they cannot be written it would say so on stderr, or spoil those of all runs.
leave_counts() {
	export GCOV_PREFIX=counts GCOV_ERROR_FILE=/dev/null
	mkdir -p counts
	chmod 777 counts
}

# limit_files KIB: from now on no file may be larger.
limit_files() {
	leave_counts
	ulimit -f "$1"
}

# misuse COMMAND REGEX ARGUMENT…: wrong usage of a command ("": of the program itself) gives a
# message that points to the matching --help.
misuse() {
	local command=$1 pattern=$2
	shift 2
	fails 2 "$pattern.*; see 'trujaman ${command:+$command }--help'\$" \
		"$TRUJAMAN" ${command:+"$command"} "$@"
}

# wait_for COMMAND…: waits until COMMAND succeeds, for two minutes at most.
wait_for() {
	local i
	for ((i = 0; i < 2400; i++)); do
		if "$@"; then
			return 0
		fi
		sleep 0.05
	done
	echo "waited in vain for: $*"
	return 1
}

# Checks that there is no half-written file left by a run with -o.
no_partial_file() {
	local left
	left=$(find . -name '*.partial*' -o -name '*.journal*')
	[ -z "$left" ] || {
		echo "left behind: $left"
		return 1
	}
}
