#!/bin/bash
# SPDX-License-Identifier: MIT
# How much slower are 1,000 small files than the same lines in one file? Runs both in turn and
# prints the medians and their ratio:
#   many-files.sh PROGRAM MODEL [FILES [LINES [RUNS [OPTION]...]]]
set -eu
program=$(realpath "${1:?the program}") model=$2 files=${3:-1000} lines=${4:-20} runs=${5:-7}
shift $(($# < 5 ? $# : 5))
case $model in */*) model=$(realpath "$model") ;; esac
scratch=$(mktemp -d "${TMPDIR:-/tmp}/trujaman-files.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM
cd "$scratch"

# All sentences differ, so that no cache can help one side.
mkdir in
awk -v files="$files" -v lines="$lines" 'BEGIN {
	n = split("the old clock in kitchen stopped at seven and nobody knows why a train leaves " \
		"every morning along river we walked home talking about nothing", word, " ")
	srand(5)
	for (f = 1; f <= files; f++) {
		name = sprintf("in/%05d", f)
		for (l = 1; l <= lines; l++) {
			text = "Number " f "-" l
			for (w = 4 + int(rand() * 8); w > 0; w--)
				text = text " " word[1 + int(rand() * n)]
			print text "." >name
		}
		close(name)
	}
}'
cat in/* >one

# Runs the program and stores the seconds in the variable named $1.
measure() {
	local into=$1 begin=$EPOCHREALTIME
	shift
	"$program" translate -m "$model" --beam 1 "$@" 2>messages || {
		cat messages >&2
		exit 1
	}
	awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }' >>"$into"
}

median() {
	sort -g "$1" |
		awk '{ x[NR] = $1 } END { print (x[int((NR + 1) / 2)] + x[int((NR + 2) / 2)]) / 2 }'
}

for ((i = 0; i < runs; i++)); do
	rm -rf out
	measure one.seconds "$@" --force -o one.out one
	measure many.seconds "$@" --output-dir out in
done
cat out/* | cmp - one.out
one=$(median one.seconds) many=$(median many.seconds)
awk -v files="$files" -v lines="$lines" -v one="$one" -v many="$many" 'BEGIN {
	printf "one file %.3f s, %d files of %d lines %.3f s: ratio %.3f\n", one, files, lines, many,
		many / one
}'
