#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares our kernels and our translator with OpenBLAS, oneDNN and PyTorch on one core, in turn:
#   [ROUNDS=5] [SECONDS_EACH=0.2] [LINES_EACH=6000] [BATCHES=16,32,64,128,256]
#       [MODEL=models/en-es.safetensors] bench/compare.sh
# Run it in the folder where the programs were built. The others are Debian packages; one that is
# missing is skipped with a message: libopenblas-openmp-dev, libdnnl-dev, python3-torch. Everything
# runs once per round. The output shows medians over the rounds, and their ratio.
#
# gemm       OpenBLAS: sgemm of the same shape.
# lstm       oneDNN: its LSTM primitive for one step; OpenBLAS: only sgemm of the same product,
#            without the gates.
# translate  PyTorch: make-model's model (size 512, 2 + 2 layers), greedy, 20 source and 20 target
#            pieces, with the batch size that is fastest in a trial; ids in and ids out. Our
#            time also includes opening the model, reading, tokenising and writing.
set -eu

rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-0.2}
model=${MODEL:-models/en-es.safetensors}
lines=${LINES_EACH:-6000}
batches=${BATCHES:-16,32,64,128,256}
torch_seconds=$(awk "BEGIN { print 10 * $seconds }")
here=$(dirname "$0")
for program in bench/bench-kernels bench/bench-translate bench/make-model trujaman; do
	test -x "$program" || {
		echo "compare: there is no $program: make $program" >&2
		exit 1
	}
done
isa=${TRUJAMAN_ISA:-$(bench/bench-kernels --list | sed -n '1s,.*/.*/\(.*\)/.*,\1,p')}
cases="^(gemm/float32/$isa/(1|8|64|256)x512x(512|8000)"
cases="$cases|lstm/(float32|int8)/$isa/(1|8|64|256)x1024x512)\$"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/compare.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
peers=

skip() {
	echo "$1 is skipped: it is not installed (Debian: $2)"
}

# has COMPILER LANGUAGE HEADER FLAG…
has() {
	compiler=$1 language=$2 header=$3
	shift 3
	echo "#include <$header>" | $compiler -x "$language" "$@" -E - >/dev/null 2>&1
}

# --- Programs -------------------------------------------------------------------------

blas_flags=$(pkg-config --cflags openblas 2>/dev/null || :)
blas_libraries=$(pkg-config --libs openblas 2>/dev/null || echo -lopenblas)
if has "${CC:-cc}" c cblas.h $blas_flags; then
	${CC:-cc} -O2 $blas_flags -o "$scratch/openblas" "$here/compare-openblas.c" $blas_libraries
	peers="$peers openblas"
else
	skip OpenBLAS libopenblas-openmp-dev
fi
if has "${CXX:-c++}" c++ oneapi/dnnl/dnnl.hpp; then
	${CXX:-c++} -std=c++17 -O2 -o "$scratch/onednn" "$here/compare-onednn.cc" -ldnnl
	peers="$peers onednn"
else
	skip oneDNN libdnnl-dev
fi
if /usr/bin/python3 -c 'import torch' 2>/dev/null; then
	peers="$peers torch"
else
	skip PyTorch 'python3-torch libopenblas0-openmp'
fi

# PyTorch also uses the OpenMP build of OpenBLAS; by default that does not know newer CPUs.
for folder in /usr/lib/*-linux-gnu/openblas-openmp; do
	test ! -d "$folder" || export LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
if grep -q avx512f /proc/cpuinfo; then
	export OPENBLAS_CORETYPE="${OPENBLAS_CORETYPE:-SKYLAKEX}"
fi
export OMP_NUM_THREADS=1

# --- What each does in a round ---------------------------------------------------------
# Each prints lines of "WHO CASE RATE": GFLOP/s or GOP/s of a kernel, target pieces/s of a
# translation.

trujaman() {
	bench/bench-kernels --isa "$isa" --seconds "$seconds" --format csv --filter "$cases" |
		awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
			{ print "trujaman", $at["kernel"] "/" $at["precision"] "/" $at["shape"],
				$at["gop_s"] }'
	for precision in float32 int8; do
		bench/bench-translate --model "$scratch/$precision" --isa "$isa" --beam 1 \
			--precision "$precision" --repeat 1 --format csv "$scratch/text" |
			awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
				{ print "trujaman", "translate/" $at["precision"], $at["target_pieces_s"] }'
	done
}

openblas() {
	"$scratch/openblas" "$seconds"
}

onednn() {
	"$scratch/onednn" "$seconds"
}

torch() {
	for precision in float32 int8; do
		best=$(sed -n "s/^$precision //p" "$scratch/batches")
		test -z "$best" || "$here/translate-torch.py" --precision "$precision" --batches "$best" \
			--seconds "$torch_seconds" 2>/dev/null
	done
}

if echo "$peers" | grep -q torch; then
	echo "trial of batch sizes:"
	"$here/translate-torch.py" --seconds "$torch_seconds" --batches "$batches" 2>&1 >/dev/null |
		tee "$scratch/trial"
	# Turns "torch: PRECISION, N sentences: RATE target pieces/s" into the best "PRECISION N".
	sed -n 's/^torch: \(.*\), \(.*\) sentences: \(.*\) target.*/\1 \2 \3/p' "$scratch/trial" |
		sort -k 1,1 -k 3,3nr | awk '!seen[$1]++ { print $1, $2 }' >"$scratch/batches"
fi
bench/make-model --from "$model" "$scratch/float32"
./trujaman quantize "$scratch/float32" "$scratch/int8"
bench/make-model --from "$model" --text --lines "$lines" --pieces 20-20 "$scratch/text"
round=1
while test "$round" -le "$rounds"; do
	for who in trujaman $peers; do
		echo "round $round of $rounds: $who" >&2
		$who >>"$scratch/results"
	done
	round=$((round + 1))
done

# --- Medians ---------------------------------------------------------------------------

echo "medians of $rounds rounds, one thread, $isa; GFLOP/s, GOP/s, target pieces/s"
sort -k 1,1 -k 2,2 -k 3,3n "$scratch/results" | awk '
	{ key = $1 " " $2; x[key, ++n[key]] = $3 }
	END {
		for (key in n)
			print key, (x[key, int((n[key] + 1) / 2)] + x[key, int(n[key] / 2) + 1]) / 2
	}' | sort -k 1,1 -k 2,2V | awk '
	$1 == "trujaman" { ours[$2] = $3; next }
	{ peer[++n] = $1; name[n] = $2; theirs[n] = $3 }
	END {
		printf "%-28s %10s  %-9s %10s %7s\n", "case", "trujaman", "peer", "", "ratio"
		for (i = 1; i <= n; i++)
			if (name[i] in ours)
				printf "%-28s %10.1f  %-9s %10.1f %7.2f\n", name[i], ours[name[i]],
					peer[i], theirs[i], ours[name[i]] / theirs[i]
	}'
