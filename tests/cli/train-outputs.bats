#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a training does if its model, its checkpoint or its log exist already: the table in
# trujaman-train(1). Nothing that is finished is replaced without a word.

load helper
load toy

SHORT=(--updates 6 --validate-every 3)

# exists MODEL CHECKPOINT: makes the files of a finished training, and leaves only those whose
# argument is 1. Their bytes are in old.model and old.checkpoint.
exists() {
	rm -f model*
	cp old.model model
	cp old.checkpoint model.checkpoint
	[ "$1" -eq 1 ] || rm model
	[ "$2" -eq 1 ] || rm model.checkpoint
}

# An older training with another seed, so that its model is another one.
older() {
	train old "${SHORT[@]}"
	mv old old.model
	train new "${SHORT[@]}" --seed 2
}

# refuses REGEX OPTION…: exits with 2 and changes nothing.
refuses() {
	local sums
	sums=$(cksum model*)
	run -2 --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model "${SHORT[@]}" "${@:2}"
	[ -z "$output" ]
	[[ ${stderr_lines[-1]} =~ $1 ]]
	[ "$(cksum model*)" = "$sums" ]
}

@test "train: model and checkpoint exist or not, with --resume, --force or neither" {
	older
	# Nothing exists: all three begin.
	for option in --threads=1 --resume --force; do
		exists 0 0
		train model "${SHORT[@]}" "$option"
		cmp model old.model
	done
	# Only the model.
	exists 1 0
	refuses '^trujaman: model exists; name another --model, or replace it with --force'
	refuses 'model exists, but there is no checkpoint ./model.checkpoint.*--force' --resume
	train model "${SHORT[@]}" --seed 2 --force
	cmp model new
	# Only the checkpoint.
	exists 0 1
	refuses 'there is a checkpoint ./model.checkpoint: --resume .* --force'
	train model "${SHORT[@]}" --resume
	cmp model old.model
	exists 0 1
	train model "${SHORT[@]}" --seed 2 --force
	cmp model new
	# Both.
	exists 1 1
	refuses 'there is a checkpoint ./model.checkpoint: --resume .* --force'
	train model "${SHORT[@]}" --resume
	cmp model old.model
	exists 1 1
	refuses 'cannot resume from ./model.checkpoint: --seed was "1".*--force' --resume --seed 2
	train model "${SHORT[@]}" --seed 2 --force
	cmp model new
	exists 1 1
	refuses '^trujaman: --resume and --force exclude each other' --resume --force
}

@test "train: a finished training says what it keeps, and that it is finished" {
	train model "${SHORT[@]}"
	grep -q '^done (as many updates as asked for) after 6 updates' messages
	kept='\([0-9.]+ MB\) is kept: --resume with more --updates goes on; delete it otherwise$'
	grep -qE "^model\.checkpoint $kept" messages
	cp model before
	train model "${SHORT[@]}" --resume
	grep -q '^finished already (as many updates as asked for) after 6 updates' messages
	cmp model before
	train model --updates 8 --validate-every 3 --resume
	grep -q '^done (as many updates as asked for) after 8 updates' messages
}

@test "train: killed after its first model, it goes on" {
	local options=(--epochs 25 --patience 0 --validate-every 280 --checkpoint-every 60)
	train whole "${options[@]}" --log whole.jsonl
	interrupted KILL 150 "$TRUJAMAN" train "${TOY[@]}" -m model "${options[@]}" --log log.jsonl
	[ "$status" -eq 137 ]
	# The first model is not judged yet.
	"$TRUJAMAN" info model >info
	grep -qx 'metadata.trained_updates *100' info
	[ "$(grep -c dev_bleu info)" -eq 0 ]
	"$TRUJAMAN" translate -m model toy.src >out
	[ "$(count_lines out)" -eq 300 ]
	train model "${options[@]}" --log log.jsonl --resume
	grep -q '^resumed after update 100' messages
	cmp whole model
	cmp <(no_seconds whole.jsonl) <(no_seconds log.jsonl)
}

@test "train: --force leaves no checkpoint that another run could go on from" {
	older
	exists 1 1
	# It is killed before it has a checkpoint of its own.
	interrupted KILL 20 "$TRUJAMAN" train "${TOY[@]}" -m model --seed 2 --force --epochs 500 \
		--patience 0 --log log.jsonl --validate-every 100000
	[ "$status" -eq 137 ]
	[ ! -e model.checkpoint ]
	cmp model old.model
	# What is wrong is found before anything is removed.
	exists 1 1
	run ! "$TRUJAMAN" train "${TOY[@]}" -m model --force --source-vocab toy.src
	cmp model old.model
	cmp model.checkpoint old.checkpoint
}

@test "train: a file that is not empty is no new log without --force" {
	echo 'my notes' >log.jsonl
	cp log.jsonl notes
	run -2 --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model "${SHORT[@]}" \
		--log log.jsonl
	# Nothing is read before that.
	[[ $stderr == "trujaman: log.jsonl exists and is not empty; name another"* ]]
	run -2 --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model "${SHORT[@]}" \
		--log log.jsonl --resume
	cmp log.jsonl notes
	[ ! -e model ]
	train model "${SHORT[@]}" --log log.jsonl --force
	cp log.jsonl wanted
	rm model model.checkpoint
	# The log of another training, which came further than to its first checkpoint, is kept.
	run -2 --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model "${SHORT[@]}" \
		--log log.jsonl --resume
	[[ ${stderr_lines[-1]} == "trujaman: log.jsonl exists and is not empty; name another"* ]]
	cmp log.jsonl wanted
	# What a killed run has left before its first checkpoint is in nobody's way.
	grep -v dev_nll wanted | sed -n 1,5p >log.jsonl
	train model "${SHORT[@]}" --log log.jsonl --resume
	cmp <(no_seconds wanted) <(no_seconds log.jsonl)
}

@test "train: --log - is standard output" {
	train model "${SHORT[@]}" --log log.jsonl
	rm model model.checkpoint
	train model "${SHORT[@]}" --log - >out
	[ ! -e ./- ]
	cmp <(no_seconds out) <(no_seconds log.jsonl)
	train model --updates 9 --validate-every 3 --resume --log - >>out
	[ "$(field out update | sort -un | tr '\n' ' ')" = "1 2 3 4 5 6 7 8 9 " ]
	[ -w /dev/full ] || skip "there is no /dev/full"
	run -1 --separate-stderr sh -c '"$@" >/dev/full' sh "$TRUJAMAN" train "${TOY[@]}" -m other \
		"${SHORT[@]}" --log -
	[[ ${stderr_lines[-1]} == *": cannot write standard output: No space left on device" ]]
}

@test "train: a file that is called as its lock, but is none, stays" {
	echo diary >model.lock
	run -2 --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model "${SHORT[@]}"
	[[ ${stderr_lines[-1]} == "trujaman: ./model.lock exists and is no lock of trujaman; "* ]]
	[ "$(cat model.lock)" = diary ]
	[ "$(ls model*)" = model.lock ]
}

@test "train: a log that is a link to the model to come: the link stays, and no model is made" {
	ln -s model log.jsonl
	run -2 --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model "${SHORT[@]}" \
		--log log.jsonl
	[[ $stderr == *"log.jsonl is another file of this training"* ]]
	[ -L log.jsonl ]
	[ ! -e model ]
	run -2 --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m "" "${SHORT[@]}"
	[[ $stderr == *"--model, the file to write"* ]]
}

@test "train: a text that is wholly in Latin-1 gets the command that converts it" {
	for i in $(seq 40); do
		printf 'Caf\xe9 con le\xf1a n\xfamero %d\n' "$i"
	done >latin.tgt
	head -n 40 toy.src >few.src
	run -1 --separate-stderr "$TRUJAMAN" train --source few.src --target latin.tgt -m model
	[[ ${stderr_lines[-1]} == *"has no usable sentence pair"*"iconv -f WINDOWS-1252 -t UTF-8"* ]]
}

@test "train: a file of somebody's that is called as a file of the training could be" {
	echo diary >model.candidate
	train model "${SHORT[@]}"
	train model "${SHORT[@]}" --seed 2 --force
	[ "$(cat model.candidate)" = diary ]
	# What a killed run has left of its candidate goes.
	: >model.candidate.partial-12
	: >model.candidate.partial-12.partial-12
	: >model.candidate.partial-mine
	train model "${SHORT[@]}" --force
	[ "$(echo model.c*)" = "model.candidate model.candidate.partial-mine model.checkpoint" ]
}

@test "train: a reader of the log that has gone ends the training in silence" {
	run -141 --separate-stderr bash -c 'set -o pipefail; "$@" 2>messages | head -n 1' bash \
		"$TRUJAMAN" train "${TOY[@]}" -m model --epochs 50 --log -
	[[ $output == \{* ]]
	[ "$(grep -c trujaman: messages)" -eq 1 ] # few pairs
	[ ! -e model.lock ]
}

@test "train: one pair, one update" {
	head -n 1 toy.src >one
	run -0 --separate-stderr "$TRUJAMAN" train --source one --target one -m model --updates 1 \
		--hidden-size 16 --embedding-size 16 --vocab-size 300 \
		--validate-every 1
	[[ $stderr == *"training text: 1 pair, "* ]]
	[[ $stderr == *"warning: 1 pair is too few"* ]]
	[[ $stderr == *"an epoch: 1 update; a validation: every update; "* ]]
	[[ $stderr == *" after 1 update, 1 epoch, "* ]]
	[[ $stderr != *[!0-9]"1 "@(pair|update|epoch)"s "* ]]
	printf 'a b\n\n' >source
	printf 'a b\nb\n' >target
	run -0 --separate-stderr "$TRUJAMAN" train --source source --target target -m other \
		--updates 1 --hidden-size 16 --embedding-size 16 --vocab-size 300
	[[ $stderr == *"left out: 1 pair (1 with an empty side"* ]]
}

@test "train: a run without memory says which options take less" {
	local found=0 options=(--hidden-size 1024 --embedding-size 1024)
	for limit in 250000 300000 400000 500000; do
		(ulimit -v $limit && "$TRUJAMAN" train "${TOY[@]}" -m model --updates 1 --threads 1 \
			"${options[@]}") 2>messages && break
		if grep -q 'out of memory' messages; then
			grep -q '^trujaman: .*; with a smaller --hidden-size and --embedding-size' messages ||
				grep -q '; with fewer --batch-tokens (now 300) or --threads, or a' messages
			found=1
		fi
		rm -f model*
	done
	((found)) || skip "no limit makes memory short here"
}
