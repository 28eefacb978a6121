#!/bin/bash
# SPDX-License-Identifier: MIT
# Data races: runs the program built with TSan. LLVM's OpenMP and its tool Archer tell TSan how
# OpenMP's threads synchronise. Translates streams, folders and compressed files, resumes killed
# runs, scores and trains, all with more threads than there are cores.
#   tests/threads.sh [FOLDER]   FOLDER keeps the build; about a minute
# Status 77: skipped; the message says why. TSan cannot see GNU's OpenMP, so this needs clang's.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
fixtures=$root/tests/fixtures
folder=${1:-}
if [[ -z $folder ]]; then
	folder=$(mktemp -d "${TMPDIR:-/tmp}/trujaman-threads.XXXXXX") || exit 1
	trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder/build" "$folder/work" && cd "$folder/work" || exit 1
# Archer reports what OpenMP itself does; ignore accesses inside the OpenMP library.
export TSAN_OPTIONS="ignore_noninstrumented_modules=1 exitcode=66 \
suppressions=$root/tests/tsan.supp print_suppressions=0" OMP_WAIT_POLICY=passive

give_up() {
	echo "threads: FAILED: $*" >&2
	exit 1
}

# --- Does TSan see a race, and none where there is none? ---------------------------------

sum() {
	cat <<-C
		#include <stdio.h>
		int main(void)
		{
			long sum = 0;
		#pragma omp parallel for schedule(dynamic, 1) num_threads(3)
			for (long i = 0; i < 20000; i++) {
		$1
				sum += i;
			}
			return printf("%ld\n", sum) < 0;
		}
	C
}
sum '' >racy.c
sum '#pragma omp critical' >sound.c
for name in racy sound; do
	clang -g -fopenmp -fsanitize=thread $name.c -o $name 2>log || {
		echo "threads: skipped: no clang with OpenMP and TSan; scripts/setup --all installs it"
		exit 77
	}
done
./racy >log 2>&1
[[ $? -eq 66 ]] || give_up "TSan does not notice a race"
./sound >log 2>&1 || {
	grep -q 'data race' log || give_up "a program without a race: $(tail -n 3 log)"
	echo "threads: skipped: no Archer, so TSan does not know OpenMP; it comes with libomp-dev"
	exit 77
}

# --- The program -------------------------------------------------------------------------

# Without the kernels that take longest to compile: threads share nothing within a kernel.
[[ -e $root/configure ]] || (cd "$root" && autoreconf -i) || give_up 'no configure'
(cd "$folder/build" && { [[ -e Makefile ]] || "$root/configure" -q CC=clang CXX=clang++ \
	CFLAGS='-O1 -g' CXXFLAGS='-O1 -g' --disable-shared --enable-tsan --enable-plain-tests \
	tj_cv_avxvnni=no tj_cv_avx512=no tj_cv_avx512vnni=no; } &&
	make -s -j"$(getconf _NPROCESSORS_ONLN)" trujaman) >build.log 2>&1 ||
	give_up "no build: $(tail build.log)"
program=$folder/build/trujaman
n=0

# check ARGUMENT…: runs the program, which must succeed.
check() {
	"$program" "$@" >out 2>err || {
		local status=$?
		cat err >&2
		give_up "exit status $status: trujaman $*"
	}
	n=$((n + 1))
}

# same FILE: compares the output of the last `check` with FILE.
same() {
	cmp out "$1" || give_up 'another result than before'
}

for i in {1..5}; do
	sed "/[^[:space:]]/s/\$/ $i/" "$root/tests/cli/data/sentences.en"
done >text
for i in {1..3000}; do
	printf 'It was late %s. Nobody came! ' "$i"
done >long
echo >>long
mkdir library
for i in {1..30}; do
	head -n $((i * 7)) text >library/$i
done
gzip -k library/9 && mv library/9.gz library/packed.gz

for kind in luong-general bahdanau-sigmoid-gru; do
	tiny=(-m "$fixtures/$kind.safetensors")
	check translate "${tiny[@]}" --threads 1 text long
	cp out expected
	check translate "${tiny[@]}" --threads 4 text long
	same expected
	check translate "${tiny[@]}" --threads 4 --cache 1 --memory 0 --precision int8 text
	check translate "${tiny[@]}" --threads 3 --n-best 4 --scores text
	check translate "${tiny[@]}" --threads 3 --output-dir mirror --force --progress always library
	check translate "${tiny[@]}" --threads 3 --compress gzip -o packed.gz --stats - text \
		library/packed.gz
	head -n 331 expected | head -n "$(wc -l <text)" >scored
	check score "${tiny[@]}" --threads 3 text scored
	for delay in 0.05 0.1 0.2 0.3; do
		"$program" translate "${tiny[@]}" --threads 4 -o killed --force text long 2>err &
		sleep $delay
		kill -s KILL $! 2>/dev/null
		wait $! 2>/dev/null
		grep 'ThreadSanitizer' err && give_up 'a race in what was killed'
		check translate "${tiny[@]}" --threads 4 -o killed --resume text long
		cmp killed expected || give_up 'killed and resumed, it is another result'
		rm -f killed
	done
done
# A pipe whose lines come slowly: threads that read, translate and write wait for one another.
(for i in {1..20}; do sed -n "$((i * 10 - 9)),$((i * 10))p" text; sleep 0.02; done) |
	"$program" translate "${tiny[@]}" --threads 4 >out 2>err || give_up "a pipe: $(cat err)"
head -n 200 expected >wanted
same wanted

head -n 200 text | awk 'NF { print tolower($0) }' >pairs.source
awk '{ for (i = NF; i > 0; i--) printf "%s%s", $i, (i > 1 ? " " : "\n") }' \
	pairs.source >pairs.target
check train --source pairs.source --target pairs.target -m reversed --vocab-size 500 \
	--subword-sampling 0.2 --embedding-size 16 --hidden-size 32 --encoder-layers 2 \
	--input-feeding true --dropout 0.2 --batch-tokens 300 --updates 30 --validate-every 10 \
	--checkpoint-every 0 --threads 4
echo "threads: no data race in $n runs after $SECONDS s"
