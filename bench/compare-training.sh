#!/bin/sh
# SPDX-License-Identifier: MIT
# Our trainer beside PyTorch on the same batches, in turn, ROUNDS times each (5):
#   [ROUNDS=N] [BENCH=bench/bench-training] bench/compare-training.sh BATCHES.jsonl [OPTION…]
# Run it where the programs were built; make-batches.py writes the batches. The options go
# to both programs; the last line has the medians and the ratio. Run nothing beside it.
set -eu

rounds=${ROUNDS:-5}
here=$(dirname "$0")
bench=${BENCH:-bench/bench-training}
test "$#" -ge 1 || {
	sed -n '3,6s/^# //p' "$0"
	exit 2
}
batches=$1
shift
test -x "$bench" || {
	echo "compare-training: there is no $bench: make $bench" >&2
	exit 1
}
/usr/bin/python3 -c 'import torch' 2>/dev/null || {
	echo "compare-training: skipped: PyTorch is not installed (Debian: python3-torch)"
	exit 77
}

# PyTorch at its best: OpenBLAS with OpenMP, and its AVX-512 kernels where the CPU has that
# (on AMD's it does not choose them by itself).
for folder in /usr/lib/*-linux-gnu/openblas-openmp; do
	test ! -d "$folder" || export LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
if grep -q avx512f /proc/cpuinfo; then
	export OPENBLAS_CORETYPE=SKYLAKEX
fi
# Keep freed memory: else every update maps its activations anew.
export MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_MMAP_THRESHOLD_=4294967296

results=$(mktemp)
trap 'rm -f "$results"' EXIT
round=0
while test "$round" -lt "$rounds"; do
	env -u MALLOC_TRIM_THRESHOLD_ -u MALLOC_MMAP_THRESHOLD_ \
		"$bench" "$@" "$batches" | tee -a "$results"
	"$here/train-torch.py" "$@" "$batches" | tee -a "$results"
	round=$((round + 1))
done

median() {
	sed -n "s/^$1 \([0-9]*\) target pieces.*/\1/p" "$results" | sort -n |
		awk '{ x[NR] = $1 } END { print (x[int((NR + 1) / 2)] + x[int(NR / 2) + 1]) / 2 }'
}

ours=$(median trujaman) theirs=$(median torch)
echo "medians of $rounds rounds: trujaman $ours, torch $theirs target pieces/s:" \
	"$(awk "BEGIN { printf \"%.2f\", $ours / $theirs }") times"
