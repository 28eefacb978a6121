#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares our kernels and our translator with OpenBLAS, oneDNN and PyTorch on one core, in turn:
#   [ROUNDS=5] [SECONDS_EACH=0.2] [LINES_EACH=6000] [BATCHES=8,16,32,64,128,256]
#       [WITH=COMMAND] [MODEL=models/en-es.safetensors] bench/compare.sh
# Run it in the folder where the programs were built. The others are Debian packages; one that is
# missing is skipped with a message: libopenblas-openmp-dev, libdnnl-dev, python3-torch. Everything
# runs once per round. The output shows medians over the rounds, and their ratio.
#
# gemm       OpenBLAS: sgemm of the same shape.
# lstm       oneDNN: its LSTM primitive for one step; OpenBLAS: only sgemm of the same product,
#            without the gates.
# translate  PyTorch: make-model's model (size 512, 2 + 2 layers), greedy, 20 source and 20 target
#            pieces; ids in and ids out. Our time also includes opening the model, reading,
#            tokenising and writing.
#
# Each peer runs with the settings that were fastest in a trial, which the output tells: OpenBLAS
# with the kernels (OPENBLAS_CORETYPE) that are best for each case; PyTorch, in each precision, with
# the best engine for quantised layers, kernels, batch size, library and malloc, found one after
# another. What stands in the environment does not count. WITH='COMMAND…' runs every measurement,
# for instance with `taskset -c 1`.
set -eu

rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-0.2}
model=${MODEL:-models/en-es.safetensors}
lines=${LINES_EACH:-6000}
batches=${BATCHES:-8,16,32,64,128,256}
trial_seconds=$(awk "BEGIN { print 2 * $seconds }")
torch_seconds=$(awk "BEGIN { print 10 * $seconds }")
with=${WITH:-env}
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

# The kernels to try, by the names of OpenBLAS: those that it chooses, and those for CPUs like this
# one, because by default it does not know newer CPUs.
unset OPENBLAS_CORETYPE MALLOC_TRIM_THRESHOLD_ MALLOC_MMAP_THRESHOLD_
cores=auto
if grep -q avx2 /proc/cpuinfo; then
	cores='auto HASWELL ZEN'
fi
if grep -q avx512f /proc/cpuinfo; then
	cores="$cores SKYLAKEX COOPERLAKE"
fi
# The libraries that PyTorch can use. The OpenMP build is tried first, because it shares PyTorch's
# threads; "default" is the one that the system has chosen.
libraries=
for folder in /usr/lib/*-linux-gnu/openblas-*; do
	test ! -d "$folder" || libraries="$libraries $folder"
done
first_library=default
for library in $libraries; do
	case $library in *-openmp) first_library=$library ;; esac
done
export OMP_NUM_THREADS=1

# --- What each does in a round ---------------------------------------------------------
# Each prints lines of "WHO CASE RATE": GFLOP/s or GOP/s of a kernel, target pieces/s of a
# translation.

trujaman() {
	$with bench/bench-kernels --isa "$isa" --seconds "$seconds" --format csv --filter "$cases" |
		awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
			{ print "trujaman", $at["kernel"] "/" $at["precision"] "/" $at["shape"],
				$at["gop_s"] }'
	for precision in float32 int8; do
		$with bench/bench-translate --model "$scratch/$precision" --isa "$isa" --beam 1 \
			--precision "$precision" --repeat 1 --format csv "$scratch/text" |
			awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
				{ print "trujaman", "translate/" $at["precision"], $at["target_pieces_s"] }'
	done
}

# with_core CORE COMMAND…
with_core() {
	core=$1
	shift
	if test "$core" = auto; then
		"$@"
	else
		OPENBLAS_CORETYPE=$core "$@"
	fi
}

# Only the cases that a core is best for count.
openblas() {
	for core in $(cut -d ' ' -f 2 "$scratch/best-openblas" | sort -u); do
		with_core "$core" $with "$scratch/openblas" "$seconds" |
			awk -v core="$core" 'NR == FNR { best[$1] = $2; next } best[$2] == core' \
				"$scratch/best-openblas" -
	done
}

onednn() {
	$with "$scratch/onednn" "$seconds" 2>/dev/null
}

# run_torch CORE LIBRARY MALLOC OPTION…: malloc "keeps" freed memory, or it is "default".
run_torch() {
	core=$1 library=$2 malloc=$3
	shift 3
	(
		test "$library" = default ||
			export LD_LIBRARY_PATH="$library${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
		test "$malloc" = default ||
			export MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_MMAP_THRESHOLD_=4294967296
		with_core "$core" $with "$here/translate-torch.py" "$@"
	)
}

torch() {
	while read -r precision _ batch engine core library malloc; do
		run_torch "$core" "$library" "$malloc" --precision "$precision" --engine "$engine" \
			--batches "$batch" --seconds "$torch_seconds" 2>/dev/null </dev/null
	done <"$scratch/best-torch"
}

# --- Trials ---------------------------------------------------------------------------

# Writes lines of "CASE CORE RATE".
try_openblas() {
	for core in $cores; do
		with_core "$core" $with "$scratch/openblas" "$trial_seconds" |
			awk -v core="$core" '{ print $2, core, $3 }'
	done >"$scratch/trial-openblas"
	sort -k 1,1 -k 3,3nr "$scratch/trial-openblas" | awk '!seen[$1]++' >"$scratch/best-openblas"
	echo "OpenBLAS: the fastest kernels for each case, and what the others reach (GFLOP/s):"
	awk 'NR == FNR { rates[$1] = rates[$1] "  " $2 " " $3; next }
		{ printf "  %-24s %-10s %s\n", $1, $2, rates[$1] }' \
		"$scratch/trial-openblas" "$scratch/best-openblas" | sort -V
}

# trial_torch CORE LIBRARY MALLOC OPTION…: adds lines of
# "PRECISION RATE BATCH ENGINE CORE LIBRARY MALLOC".
trial_torch() {
	run_torch "$@" --seconds "$trial_seconds" 2>&1 >/dev/null |
		sed -n 's/^torch: \(.*\), \(.*\) sentences: \(.*\) target.*/\3 \2 \1/p' |
		awk -v with="$1 $2 $3" '{ print $3, $1, $2, (NF > 3 ? $4 : "default"), with }' |
		tee -a "$scratch/trial-torch"
}

# best_torch PRECISION: sets batch, engine, core, library and malloc to the fastest so far.
best_torch() {
	grep "^$1 " "$scratch/trial-torch" | sort -k 2,2nr | sed 1q >"$scratch/fastest"
	test -s "$scratch/fastest" || return 1
	read -r _ _ batch engine core library malloc <"$scratch/fastest"
}

# One setting after another, each with the best of those before it.
try_torch() {
	: >"$scratch/trial-torch"
	: >"$scratch/best-torch"
	echo "trial of PyTorch: precision, target pieces/s, sentences, engine, kernels of OpenBLAS,"
	echo "library, malloc:"
	for precision in float32 int8; do
		trial_torch auto "$first_library" keeps --precision $precision --engine all --batches 64
		best_torch $precision || continue
		for kernels in $cores; do
			test "$kernels" = auto || trial_torch "$kernels" "$first_library" keeps \
				--precision $precision --engine "$engine" --batches 64
		done
		best_torch $precision
		trial_torch "$core" "$library" keeps --precision $precision --engine "$engine" \
			--batches "$batches"
		best_torch $precision
		fastest=$core
		for folder in default $libraries; do
			for kind in keeps default; do
				test "$folder $kind" = "$first_library keeps" || trial_torch "$fastest" \
					"$folder" $kind --precision $precision --engine "$engine" \
					--batches "$batch"
			done
		done
		best_torch $precision
		cat "$scratch/fastest" >>"$scratch/best-torch"
	done
	echo "PyTorch: the fastest:"
	sed 's/^/  /' "$scratch/best-torch"
}

case $peers in *openblas*) try_openblas ;; esac
case $peers in *torch*) try_torch ;; esac
case $peers in *onednn*)
	echo "oneDNN: its own choice of kernels and layouts:"
	$with "$scratch/onednn" 0.01 2>&1 >/dev/null | sed 's/^/  /'
	;;
esac
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
