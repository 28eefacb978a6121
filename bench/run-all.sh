#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs all benchmarks of the translator and writes one report, bench-report.txt, in the current
# folder. That must be the folder where the programs were built (make bench).
#   [SHORT=1] bench/run-all.sh [TEXT]
# TEXT is the text to translate, English for the model that ships. Without it the text is made of
# random words, for which that model gives translations of odd lengths. SHORT: runs everything once
# with short texts, to see that everything works.
set -eu

text=${1:-}
here=$(dirname "$0")
model=${MODEL:-models/en-es.safetensors}
seconds=0.1 lines=2000 peer_lines=6000 repeat=3
if test -n "${SHORT:-}"; then
	seconds=0.01 lines=64 peer_lines=64 repeat=1
	export ROUNDS=1 BATCHES=16
fi
scratch=$(mktemp -d "${TMPDIR:-/tmp}/bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

machine() {
	./trujaman --version
	date -u '+%Y-%m-%d %H:%M UTC'
	uname -srm
	sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | uniq -c
	cat /proc/loadavg
}

translate() {
	if test -z "$text"; then
		text=$scratch/text
		bench/make-model --from "$model" --text --lines "$lines" "$text"
	fi
	bench/make-model --from "$model" "$scratch/made.safetensors"
	bench/bench-translate --model "$model,$scratch/made.safetensors" --repeat "$repeat" \
		--threads "1$(test "$(nproc)" -lt 2 || echo ,2)" "$text"
}

# One core's product, alone and on the first two CPUs at once. If those are siblings on one core,
# the pair is no faster than one, and results for two threads mean nothing.
siblings() {
	isa=$(bench/bench-kernels --list | sed -n '1s,.*/.*/\(.*\)/.*,\1,p')
	for cpus in 0 '0 1'; do
		for cpu in $cpus; do
			taskset -c "$cpu" bench/bench-kernels --isa "$isa" --seconds "$seconds" \
				--format csv --filter "^gemm/float32/$isa/64x512x512\$" |
				awk -F , -v cpus="$cpus" -v cpu="$cpu" '/^gemm/ {
					printf "CPU %s of %s: %.1f GFLOP/s\n", cpu, cpus, $6 }' &
		done
		wait
	done
}

# Prints a heading, then runs a command.
section() {
	echo
	echo "== $1 =="
	shift
	"$@"
}

{
	machine
	section 'Kernels (bench-kernels)' bench/bench-kernels --seconds "$seconds"
	test "$(nproc)" -lt 2 || section 'Two CPUs, before' siblings
	section 'Translation (bench-translate)' translate
	test "$(nproc)" -lt 2 || section 'Two CPUs, after' siblings
	section 'Peers (compare.sh)' env SECONDS_EACH="$seconds" LINES_EACH="$peer_lines" \
		MODEL="$model" sh "$here/compare.sh"
} >"$scratch/report"
cat "$scratch/report"
cp "$scratch/report" bench-report.txt
