#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --beam-threshold and --exact: what is dropped depends on nothing but the sentence.

load helper

shipped() {
	"$TRUJAMAN" translate -q -m en-es --cache 0 "$@"
}

setup_file() {
	cat >"$BATS_FILE_TMPDIR/in" <<'TEXT'
The committee has not yet decided whether the bridge is to be closed in winter.
Where did you put the keys to the garden house?
Press the green button twice, then wait until the lamp goes out.
My aunt, who never liked travelling, has moved to the other end of the country.
It rains.
The report says that prices rose by 3.5 % while wages stayed where they were.
Nobody told us that the last train leaves at 22:40.
She read the letter, laughed, and threw it into the fire.
TEXT
	for i in 1 2 3 4 5 6 7 8 9 10; do cat "$BATS_FILE_TMPDIR/in"; done >"$BATS_FILE_TMPDIR/many"
}

@test "a beam with a threshold: instruction sets, threads and neighbours do not show" {
	in=$BATS_FILE_TMPDIR/in
	many=$BATS_FILE_TMPDIR/many
	shipped --scores "$many" >want
	for isa in $(usable_isas); do
		TRUJAMAN_ISA=$isa shipped --scores --threads 2 "$many" | cmp - want
	done
	for threads in 1 2 3; do
		shipped --scores --threads $threads "$many" | cmp - want
	done
	while IFS= read -r line; do
		printf '%s\n' "$line" | shipped --scores
	done <"$in" >alone
	head -n 8 want | cmp - alone
}

@test "--exact drops nothing, nor does --plain unless a threshold is given" {
	in=$BATS_FILE_TMPDIR/many
	shipped --scores --beam 12 --exact "$in" >exact
	shipped --scores --beam 12 --beam-threshold 0.2 "$in" >narrow
	run cmp -s exact narrow
	[ "$status" -eq 1 ]
	shipped --plain --scores --beam 12 "$in" >plain
	shipped --plain --exact --scores --beam 12 "$in" | cmp - plain
	shipped --plain --beam-threshold 0.2 --scores --beam 12 "$in" >plain-narrow
	run cmp -s plain plain-narrow
	[ "$status" -eq 1 ]
}

@test "a threshold changes neither greedy search nor lists" {
	in=$BATS_FILE_TMPDIR/in
	shipped --beam 1 --exact "$in" >greedy
	shipped --beam 1 --beam-threshold 0.01 "$in" | cmp - greedy
	shipped --beam 4 --n-best 4 --exact "$in" >lists
	shipped --beam 4 --n-best 4 --beam-threshold 0.01 "$in" | cmp - lists
}

@test "sentences with spans are searched with the whole beam" {
	cat >spans <<'TEXT'
Click <b>here</b> to open {name}.
Write to help@example.org before 10:30, or call 912 345 678.
TEXT
	shipped --exact spans >exact
	shipped --beam-threshold 0.01 spans | cmp - exact
}
