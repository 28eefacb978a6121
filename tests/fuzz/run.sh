#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzzes with libFuzzer, ASan and UBSan:
#   tests/fuzz/run.sh FOLDER SECONDS [TARGET]...
# builds in FOLDER, which it makes unless it is there, and runs each target (all of those in
# tests/fuzz/corpus) for so many seconds, from its kept inputs and from those that earlier runs have
# left in FOLDER/found. An input that breaks something is told and lies in FOLDER; mend the fault,
# and keep the input in tests/fuzz/corpus/TARGET. Needs clang; exits with 77 without it.
set -eu
test $# -ge 2 || {
	sed -n '4,5s/^# //p' "$0" >&2
	exit 2
}
srcdir=$(cd "$(dirname "$0")/../.." && pwd)
export srcdir
mkdir -p "$1"
folder=$(cd "$1" && pwd)
seconds=$2
shift 2
command -v clang >/dev/null 2>&1 || {
	echo "skipped: clang is not installed (scripts/setup --all installs it)"
	exit 77
}
test $# -gt 0 || set -- $(ls "$srcdir/tests/fuzz/corpus")

cd "$folder"
# Without the kernels that take longest to compile: they are not what is fuzzed.
test -e Makefile || "$srcdir/configure" -q CC="${CC:-clang}" CXX="${CXX:-clang++}" \
	CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' CXXFLAGS='-O1 -g -fsanitize=fuzzer-no-link' \
	--disable-shared --enable-sanitizers tj_cv_avxvnni=no tj_cv_avx512=no tj_cv_avx512vnni=no
make -s -j"$(getconf _NPROCESSORS_ONLN)" tests/fuzz/fuzz >build.log 2>&1 || {
	tail -n 20 build.log
	exit 1
}

ASAN_OPTIONS=allocator_may_return_null=1
LSAN_OPTIONS="suppressions=$srcdir/tests/lsan.supp:print_suppressions=0"
OMP_WAIT_POLICY=passive
export ASAN_OPTIONS LSAN_OPTIONS OMP_WAIT_POLICY
# fuzz TARGET: runs it, and tells what came of it; false if it found something.
fuzz() {
	target=$1
	seeds=$srcdir/tests/fuzz/corpus/$target
	mkdir -p "found/$target"
	case $target in # what tests keep anyway
	model) more=$folder/models longest=70000 ;;
	pieces) more=$folder/pieces longest=7000 ;;
	*) more='' longest=4096 ;;
	esac
	case $target in
	model) mkdir -p "$more" && cp "$srcdir"/tests/fixtures/heads-additive.safetensors "$more" ;;
	pieces) mkdir -p "$more" && cp "$srcdir"/tests/fixtures/*.model "$more" ;;
	esac
	if FUZZ_TARGET=$target tests/fuzz/fuzz -max_total_time="$seconds" -max_len=$longest \
		-timeout=60 -rss_limit_mb=4096 -artifact_prefix="$target-" \
		"found/$target" "$seeds" $more >"$target.log" 2>&1; then
		echo "$target: $(grep -c . "$target.log") lines of log," \
			"$(sed -n 's/^stat::number_of_executed_units: *//p;s/^Done \([0-9]*\) runs.*/\1/p' \
				"$target.log" | tail -n 1) runs, nothing found"
		return 0
	fi
	echo "$target: FOUND, see $folder/$target.log:"
	# Base64 is the input itself, if it is short: who reads a log elsewhere has no FOLDER.
	grep -E 'ERROR|SUMMARY|broken promise|runtime error|Test unit written|Base64' "$target.log" |
		tail -n 10
	tail -n 3 "$target.log"
	return 1
}

for target; do
	test -d "$srcdir/tests/fuzz/corpus/$target" || {
		echo "fuzz: there is no $srcdir/tests/fuzz/corpus/$target" >&2
		exit 2
	}
done
# One on each CPU; each takes the same time.
rm -f ./*.failed
cpus=$(getconf _NPROCESSORS_ONLN) running=0
for target; do
	{ fuzz "$target" >"$target.told" || : >"$target.failed"; } &
	running=$((running + 1))
	test $running -lt "$cpus" || {
		wait
		running=0
	}
done
wait
for target; do
	cat "$target.told"
done
test -z "$(ls ./*.failed 2>/dev/null)"
