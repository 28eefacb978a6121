#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What scripts/slurm-translate asks of Slurm, with an sbatch that only records its arguments.
# tests/slurm.sh uses a real one.

load helper

setup() {
	start
	mkdir bin
	cat >bin/sbatch <<-'SBATCH'
		#!/bin/bash
		n=$(ls asked-* 2>/dev/null | wc -l)
		printf '%s\n' "$@" >asked-$n
		echo "4$n;cluster"
	SBATCH
	chmod +x bin/sbatch
	PATH=$PWD/bin:$PATH
	export TRUJAMAN
	echo 'Good morning.' >'my book.en'
}

slurm() {
	"$srcdir/scripts/slurm-translate" "$@"
}

# refused STATUS REGEX ARGUMENT…: nothing is queued, and one line says why.
refused() {
	local wanted=$1 pattern=$2
	shift 2
	run --separate-stderr slurm "$@"
	echo "exit $status: $stderr"
	[ "$status" -eq "$wanted" ] && [ -z "$output" ] && [ "${#stderr_lines[@]}" -eq 1 ] &&
		[[ $stderr =~ $pattern ]] && [ ! -e asked-0 ]
}

misused() {
	local pattern=$1
	shift
	refused 2 "$pattern.*; see 'slurm-translate --help'" "$@"
}

@test "two jobs: an array, and one that waits for it; their numbers on stdout" {
	run --separate-stderr slurm -p long --shards 3 --time=10 -- --beam 2 -o 'my book.es' \
		'my book.en'
	[ "$status" -eq 0 ]
	[ "$output" = '40 41' ]
	grep -qx -e --array=1-3 asked-0
	grep -qx -e --requeue asked-0
	grep -qx -e --open-mode=append asked-0
	grep -qx -e --dependency=afterok:40 asked-1
	for file in asked-0 asked-1; do
		[ "$(grep -x -A 1 -e -p $file)" = $'-p\nlong' ]
		grep -qx -e --time=10 $file
		grep -qxF "$(realpath "$srcdir/scripts/slurm-translate")" $file
		grep -qxF "$TRUJAMAN" $file
		grep -qx 'my book.es' $file
	done
	[ "$(tail -n 5 asked-0)" = "$(printf '%s\n' --beam 2 -o 'my book.es' 'my book.en')" ]
}

@test "-o OUT is found however it is written" {
	for option in '-omy book.es' '--output=my book.es'; do
		rm -f asked-*
		slurm -- "$option" 'my book.en'
		[ "$(tail -n 1 asked-1)" = 'my book.es' ]
	done
}

@test "wrong usage is told, and nothing is queued" {
	misused 'there is no --'
	misused 'there is no --' -o out 'my book.en'
	misused 'an output is needed' -- 'my book.en'
	misused 'standard input' -- -o out -
	misused 'no file to be read' -- -o out missing.en
	misused 'no file to be read' -- -m en-es -o out
	misused 'whole number' --shards 0 -- -o out 'my book.en'
	misused 'whole number' --shards some -- -o out 'my book.en'
	misused '--shards says how many' --array=1-4 -- -o out 'my book.en'
	misused '--shards says how many' -N 2 -- -o out 'my book.en'
	misused 'for this script' -- --shard 1/2 -o out 'my book.en'
	misused 'one output' -- --output-dir out 'my book.en'
	misused 'would lose' -- --force -o out 'my book.en'
}

@test "what is in the way is told before anything is queued" {
	touch out
	refused 1 'out exists already' -- -o out 'my book.en'
	rm out
	touch out.1-of-4.partial
	refused 1 'by 4: go on with --shards 4' --shards 5 -- -o out 'my book.en'
	refused 1 'cannot write to the folder of missing/out' -- -o missing/out 'my book.en'
	slurm --shards 4 -- -o out 'my book.en'
}

@test "when the second job is not queued, it is told how to go without" {
	echo 'test ! -e asked-1' >>bin/sbatch
	run slurm -- -o out 'my book.en'
	[ "$status" -eq 1 ]
	[[ $output == *"job 40 is queued"*"trujaman merge 'out'"* ]]
}

@test "--help" {
	run slurm --help
	[ "$status" -eq 0 ]
	[[ $output == "Usage: slurm-translate"* ]]
}
