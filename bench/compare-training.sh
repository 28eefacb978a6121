#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares our trainer with PyTorch on the same batches, in turn, ROUNDS times each (5):
#   [ROUNDS=N] [BENCH=bench/bench-training] bench/compare-training.sh BATCHES.jsonl [OPTION…]
# Run it in the folder where the programs were built; make-batches.py writes the batches. Both
# programs get the options. The last line shows the medians and their ratio. PyTorch runs with the
# settings that are fastest in a short trial. Run nothing else at the same time: two threads that
# wait for each other suffer most from that.
set -eu

rounds=${ROUNDS:-5}
here=$(dirname "$0")
bench=${BENCH:-bench/bench-training}
test "$#" -ge 1 || {
	sed -n '3,8s/^# //p' "$0"
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

# The OpenMP build of OpenBLAS, because it shares PyTorch's threads.
libraries=
for folder in /usr/lib/*-linux-gnu/openblas-openmp; do
	test ! -d "$folder" || libraries=$folder
done
# The kernels that OpenBLAS chooses by default may not be the fastest; those that stand in the
# environment do not count.
unset OPENBLAS_CORETYPE
cores=auto
if grep -q avx512f /proc/cpuinfo; then
	cores='auto SKYLAKEX ZEN'
fi

# torch CORE ENCODER OPTION…: runs PyTorch. malloc keeps freed memory; otherwise every update would
# map its activations again, which costs a fifth of the time.
torch() {
	core=$1 encoder=$2
	shift 2
	(
		test "$core" = auto || export OPENBLAS_CORETYPE="$core"
		export LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
		export MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_MMAP_THRESHOLD_=4294967296
		exec "$here/train-torch.py" --encoder "$encoder" "$@" "$batches"
	)
}

# Prints the pieces per second from the output of PROGRAM.
rates() {
	sed -n "s/^$1 \([0-9]*\) target pieces.*/\1/p"
}

best=0
for core in $cores; do
	for encoder in packed padded; do
		rate=$(torch "$core" "$encoder" "$@" --updates 6 | rates torch)
		echo "trial of torch: OpenBLAS for $core, $encoder encoder: $rate target pieces/s"
		if test "$rate" -gt "$best"; then
			best=$rate best_core=$core best_encoder=$encoder
		fi
	done
done

results=$(mktemp)
trap 'rm -f "$results"' EXIT
round=0
while test "$round" -lt "$rounds"; do
	"$bench" "$@" "$batches" | tee -a "$results"
	torch "$best_core" "$best_encoder" "$@" | tee -a "$results"
	round=$((round + 1))
done

median() {
	rates "$1" <"$results" | sort -n |
		awk '{ x[NR] = $1 } END { print (x[int((NR + 1) / 2)] + x[int(NR / 2) + 1]) / 2 }'
}

ours=$(median trujaman) theirs=$(median torch)
echo "medians of $rounds rounds: trujaman $ours, torch $theirs target pieces/s:" \
	"$(awk "BEGIN { printf \"%.2f\", $ours / $theirs }") times"
