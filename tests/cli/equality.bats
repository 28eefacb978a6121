#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The same bytes for every number of threads, every instruction set and every order of lines.

load helper

# same_everywhere MODEL FILE OPTION…: for all numbers of threads (THREADS) and instruction sets.
same_everywhere() {
	local model=$1 file=$2
	shift 2
	TRUJAMAN_ISA=scalar "$TRUJAMAN" translate -m "$model" --threads 1 "$@" "$file" >expected
	[ -s expected ]
	for isa in $(usable_isas); do
		for threads in ${THREADS:-1 2 3 7}; do
			TRUJAMAN_ISA=$isa "$TRUJAMAN" translate -m "$model" --threads "$threads" "$@" \
				"$file" >got
			cmp expected got || {
				echo "model $model, options $*, $isa, $threads threads"
				return 1
			}
		done
	done
}

@test "threads and instruction sets, greedy" {
	for model in luong-general bahdanau-sigmoid-gru none-gru-bi; do
		same_everywhere "$srcdir/tests/fixtures/$model.safetensors" "$SENTENCES" --beam 1
	done
}

@test "threads and instruction sets, beam 5 with scores" {
	for model in additive-relu-current odd-sizes cosine-previous-gru; do
		same_everywhere "$srcdir/tests/fixtures/$model.safetensors" "$SENTENCES" --beam 5 --scores
	done
}

@test "threads and instruction sets, lists of the five best" {
	head -n 12 "$SENTENCES" >few
	same_everywhere "$TINY" few --n-best 5
}

@test "threads and instruction sets, the shipped model" {
	head -n 5 "$SENTENCES" >few
	local THREADS="1 3"
	same_everywhere "$SHIPPED" few --beam 1
	same_everywhere "$SHIPPED" few --beam 5 --scores
}

@test "tables of --memory, in both precisions and with several threads filling them" {
	for precision in float32 int8; do
		tiny --precision "$precision" --memory 0 "$SENTENCES" >expected
		tiny --precision "$precision" --memory 1000 --threads 3 "$SENTENCES" | cmp - expected
	done
	head -n 20 "$SENTENCES" >few
	"$TRUJAMAN" translate -m "$SHIPPED" --memory 0 few >expected
	for memory in 1 5 16 300; do # tables of few, some and all pieces
		"$TRUJAMAN" translate -m "$SHIPPED" --memory $memory --threads 2 few | cmp - expected
	done
	"$TRUJAMAN" translate -m "$SHIPPED" few | cmp - expected
}

@test "the order of the lines" {
	local -a lines results
	local n i
	mapfile -t lines <"$SENTENCES"
	n=${#lines[@]}
	for ((i = 0; i < n; i++)); do # 37 and n have no common divisor, so this is a permutation
		printf '%s\n' "${lines[37 * i % n]}"
	done >shuffled
	sort "$SENTENCES" >a
	sort shuffled | cmp - a
	for beam in 1 5; do
		tiny --beam "$beam" "$SENTENCES" >expected
		mapfile -t results < <(tiny --beam "$beam" --threads 3 shuffled)
		for ((i = 0; i < n; i++)); do
			lines[37 * i % n]=${results[i]}
		done
		printf '%s\n' "${lines[@]}" | cmp - expected
	done
}

@test "one line at a time, and all at once" {
	tiny "$SENTENCES" >expected
	while IFS= read -r line; do
		printf '%s\n' "$line" | tiny
	done <"$SENTENCES" | cmp - expected
}

@test "one line at a time, and all at once: the shipped model" {
	head -n 12 "$SENTENCES" >few
	shipped few >expected
	while IFS= read -r line; do
		printf '%s\n' "$line" | shipped
	done <few | cmp - expected
}

@test "many copies: every one has the same translation" {
	for ((i = 0; i < 20; i++)); do
		cat "$SENTENCES"
	done >many
	tiny --beam 1 "$SENTENCES" >once
	for ((i = 0; i < 20; i++)); do
		cat once
	done >expected
	tiny --beam 1 --threads 2 many | cmp - expected
}

@test "chunks of a pipe" {
	tiny "$SENTENCES" >expected
	{
		head -c 700 "$SENTENCES"
		sleep 0.3
		tail -c +701 "$SENTENCES"
	} | tiny | cmp - expected
}

@test "the shipped model translates" {
	printf "Who is there?\nThank you very much.\n" | shipped >out
	sed -n 1p out | finds "^¿Quién .*?$"
	sed -n 2p out | finds -i "gracias"
}
