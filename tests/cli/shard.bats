#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A job in shards that are joined: the same bytes as in one run.

load helper

setup() {
	start
	{
		for i in $(seq 40); do
			printf 'Line %d of a text.\n\nWho wrote the %dth of them?\r\n' "$i" "$i"
		done
		printf 'The last line has no end'
	} >one
	printf 'A short one.\n' >two
	: >three
	printf 'no end' >four
}

# in_shards N OUT FILE…: translates the files in N shards.
in_shards() {
	local n=$1 out=$2 i
	shift 2
	for i in $(seq "$n"); do
		tiny --beam 1 --shard "$i/$n" -o "$out" "$@"
	done
}

@test "parts joined are the whole, for any number of them" {
	for files in "one" "one two" "two three four one" "four three" "three"; do
		# shellcheck disable=SC2086 # words of a list
		tiny --beam 1 -o whole $files
		for n in 1 2 3 7 64; do
			# shellcheck disable=SC2086
			in_shards $n out $files
			"$TRUJAMAN" merge out
			cmp out whole
			rm out
			left=$(compgen -G 'out*' || true)
			[ -z "$left" ]
		done
	done
}

@test "parts of compressed inputs, a compressed whole" {
	command -v gzip >/dev/null || skip "gzip is not installed"
	gzip -k one two
	tiny --beam 1 -o whole.gz one.gz two.gz four
	in_shards 3 out.gz one.gz two.gz four
	"$TRUJAMAN" merge out.gz
	cmp out.gz whole.gz
}

@test "--shard slurm and --shard sge" {
	tiny --beam 1 -o whole one
	for task in 5 7 9; do
		SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=9 \
			SLURM_ARRAY_TASK_STEP=2 tiny --beam 1 --shard slurm -o out one
	done
	[ -e out.2-of-3 ]
	"$TRUJAMAN" merge out
	cmp out whole
	for task in 1 2; do
		SGE_TASK_ID=$task SGE_TASK_FIRST=1 SGE_TASK_LAST=2 tiny --beam 1 --shard sge -o sge one
	done
	"$TRUJAMAN" merge sge
	cmp sge whole
	misuse translate "this is no array job" -m "$TINY" --shard slurm -o out one
	for wrong in 0/3 4/3 1 1/0 a/b 1/2/3 -1/3 1/9999999; do
		misuse translate "--shard" -m "$TINY" --shard "$wrong" -o out one
	done
	misuse translate "--shard needs --output" -m "$TINY" --shard 1/2 one
	misuse translate "--shard and --n-best exclude" -m "$TINY" --n-best 2 --shard 1/2 -o out one
	from_stdin() { tiny --shard 1/2 -o out <one; }
	fails 2 "--shard needs files" from_stdin
	[ ! -e out.1-of-2.partial ]
}

@test "merge: parts that are missing, incomplete, changed, or of other runs" {
	fails 1 "there are no parts out.1-of-N\$" "$TRUJAMAN" merge out
	: >out
	fails 1 "there are no parts out.1-of-N; the file itself exists: it may be merged already" \
		"$TRUJAMAN" merge out
	rm out
	in_shards 3 out one
	mv out.2-of-3 away
	fails 1 "cannot read out.2-of-3" "$TRUJAMAN" merge out
	mv away out.2-of-3
	sed -i '/^+ done/d' out.3-of-3.journal
	fails 1 "out.3-of-3 is not complete" "$TRUJAMAN" merge out
	echo '+ done' >>out.3-of-3.journal
	echo more >>out.1-of-3
	fails 1 "out.1-of-3 is not what its journal says" "$TRUJAMAN" merge out
	tiny --beam 1 --shard 1/3 -o out one
	tiny --beam 2 --shard 2/3 -o out one
	fails 1 "out.2-of-3.journal is of another run: beam was 2, is 1" "$TRUJAMAN" merge out
	tiny --beam 1 --shard 2/3 -o out one
	tiny --beam 1 --shard 1/2 -o out one
	fails 1 "there are parts of out by" "$TRUJAMAN" merge out
	rm out.1-of-2*
	echo precious >out
	fails 1 "out exists; --force" "$TRUJAMAN" merge out
	"$TRUJAMAN" merge --force --keep out
	tiny --beam 1 one | cmp - out
	[ -e out.3-of-3 ] && [ -e out.3-of-3.journal ]
}

@test "merge: one at a time; what a killed one has left is removed" {
	in_shards 2 out one
	exec 8<out.1-of-2
	flock -n 8
	fails 1 'another run is merging out$' "$TRUJAMAN" merge out
	exec 8<&-
	echo "of no use" >out.partial-99999
	echo mine >out.partial-mine
	mkdir folder
	cp out.partial-99999 out.partial-99999-7
	cp out.[12]* out.partial-99999* folder
	"$TRUJAMAN" merge --keep out
	[ ! -e out.partial-99999 ] && [ ! -e out.partial-99999-7 ]
	[ "$(cat out.partial-mine)" = mine ]
	"$TRUJAMAN" merge folder/out
	cmp out folder/out
	[ "$(ls folder)" = out ]
}

@test "a part is resumed; one that is complete is left as it is" {
	in_shards 2 out one two
	cp out.1-of-2 expected
	tiny --beam 1 --shard 1/2 --resume -o out one two
	sed '/^+ /d' out.1-of-2.journal >journal
	for at in 1 50 500; do
		rm -f out.1-of-2
		head -c $at expected >out.1-of-2.partial
		cp journal out.1-of-2.journal
		tiny --beam 1 --shard 1/2 --resume -o out one two
		cmp out.1-of-2 expected
	done
	"$TRUJAMAN" merge out
	tiny --beam 1 -o whole one two
	cmp out whole
}

@test "a part in an input folder's mirror" {
	mkdir tree
	cp one two four tree
	for i in 1 2; do
		tiny --beam 1 --shard $i/2 --output-dir out tree
	done
	(cd out && "$TRUJAMAN" merge one two four)
	for file in one two four; do
		tiny --beam 1 $file | cmp - out/$file
	done
}

# resumes PART: --resume completes PART of out, as if its last run had been killed just before the
# rename.
resumes() {
	mv "out.$1-of-2" "out.$1-of-2.partial"
	tiny --beam 1 --shard "$1/2" --resume -o out one four
	cmp "out.$1-of-2" "expected.$1"
	cmp "out.$1-of-2.journal" "journal.$1"
}

@test "a part is resumed wherever its last run was killed, and notes nothing twice" {
	tiny --beam 1 -o whole one four
	in_shards 2 out one four
	for i in 1 2; do
		cp out.$i-of-2 expected.$i
		cp out.$i-of-2.journal journal.$i
	done
	for i in 1 2; do
		# Killed between the note "done" and the rename.
		resumes $i
		# Killed after a note and before the newline that it counts.
		head -c -1 expected.$i >out.$i-of-2
		sed -i '/^+ done/d' out.$i-of-2.journal
		resumes $i
	done
	"$TRUJAMAN" merge out
	cmp out whole
}

@test "merge: a part that was noted as done twice is complete" {
	tiny --beam 1 -o whole one
	in_shards 2 out one
	echo '+ done' >>out.2-of-2.journal
	"$TRUJAMAN" merge out
	cmp out whole
}
