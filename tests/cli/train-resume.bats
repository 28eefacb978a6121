#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Training that was stopped or killed, or that ended, and then resumed gives the same bytes as
# without the interruption; and what prevents resuming.

load helper
load toy

@test "train: stopped by SIGINT, SIGTERM or SIGHUP and resumed, it is as if never stopped" {
	train whole --epochs 50 --patience 0 --validate-every 90 --log whole.jsonl
	for signal in INT TERM HUP; do
		rm -f log.jsonl model*
		interrupted $signal 40 "$TRUJAMAN" train "${TOY[@]}" -m model --log log.jsonl \
			--epochs 50 --patience 0 --validate-every 90
		[ "$status" -eq $((128 + $(kill -l $signal))) ]
		[[ ${stderr_lines[-1]} =~ "stopped by SIG$signal after update "[0-9]+.*--resume ]]
		[ -e model.checkpoint ]
		train model --log log.jsonl --epochs 50 --patience 0 --validate-every 90 --resume
		cmp whole model
		cmp <(no_seconds whole.jsonl) <(no_seconds log.jsonl)
	done
}

@test "train: killed again and again and resumed, it is as if never killed" {
	local options=(--epochs 30 --patience 0 --validate-every 70 --log log.jsonl --resume)
	train whole --epochs 30 --patience 0 --validate-every 70 --log whole.jsonl
	for lines in 20 90 180; do
		interrupted KILL $lines "$TRUJAMAN" train "${TOY[@]}" -m model "${options[@]}" \
			--checkpoint-every 0
		[ "$status" -eq 137 ]
	done
	train model "${options[@]}"
	cmp whole model
	cmp <(no_seconds whole.jsonl) <(no_seconds log.jsonl)
	no_partial_file
}

@test "train: two trainings of one model at once: the second is told, the first goes on" {
	local options=(--epochs 30 --patience 0 --validate-every 70 --checkpoint-every 0)
	train whole "${options[@]}"
	"$TRUJAMAN" train "${TOY[@]}" -m model "${options[@]}" --log log.jsonl 2>messages 3>&- &
	wait_for has_lines log.jsonl 20
	kill -STOP $!
	for more in --resume --seed=2; do
		fails 1 'another training is writing model$' \
			"$TRUJAMAN" train "${TOY[@]}" -m model "${options[@]}" $more
	done
	kill -CONT $!
	wait $!
	cmp whole model
	[ ! -e model.lock ]
	# The lock file of a killed run holds up nobody.
	: >model.lock
	train model "${options[@]}" --resume
	cmp whole model
	[ ! -e model.lock ]
}

@test "train: it can go on for longer, and it does not show" {
	local options=(--subword-sampling 0.2 --vocab-type unigram --validate-every 50 --patience 0)
	train whole "${options[@]}" --epochs 5 --log whole.jsonl
	train model "${options[@]}" --updates 30 --log log.jsonl
	train model "${options[@]}" --epochs 3 --log log.jsonl --resume
	train model "${options[@]}" --minutes 0.000001 --log log.jsonl --resume
	grep -q 'the time is up' messages
	train model "${options[@]}" --epochs 5 --log log.jsonl --resume --threads 1
	cmp whole model
	cmp <(no_seconds whole.jsonl) <(no_seconds log.jsonl)
	# There is nothing more to do, so nothing changes.
	train model "${options[@]}" --epochs 5 --log log.jsonl --resume
	cmp whole model
	cmp <(no_seconds whole.jsonl) <(no_seconds log.jsonl)
}

@test "train: --resume without a checkpoint begins, a checkpoint without --resume is told" {
	train model --epochs 1 --resume
	grep -q '^trujaman: there is no checkpoint to resume from; starting' messages
	fails 2 'there is a checkpoint ./model.checkpoint: --resume goes on from it, --force' \
		"$TRUJAMAN" train "${TOY[@]}" -m model --epochs 1
}

@test "train: what it was not begun with is named when resuming" {
	train model --updates 5 --log log.jsonl
	refuse() {
		run --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model --resume "${@:2}"
		[ "$status" -eq 2 ]
		[[ ${stderr_lines[-1]} =~ ^"trujaman: cannot resume from ./model.checkpoint: $1 " ]]
	}
	refuse --dropout --dropout 0.5
	refuse --seed --seed 7
	refuse --vocab-size --vocab-size 70
	refuse --optimizer --optimizer sgd
	refuse --name --name other
	refuse --hidden-size --hidden-size 48
	cp toy.tgt kept.tgt
	sed -i '7s/.$/s/' toy.tgt
	refuse --target
	cp kept.tgt toy.tgt
	tail -n 20 toy.src >dev.src
	tail -n 20 toy.tgt >dev.tgt
	refuse --dev-source --dev-source dev.src --dev-target dev.tgt
	train model --updates 6 --log log.jsonl --resume
	# A log of another training run stays as it is.
	head -n 3 log.jsonl >other.jsonl
	echo '{}' | tee -a other.jsonl other.jsonl >>other.jsonl
	for i in 1 2 3 4 5 6 7 8 9; do cat other.jsonl; done >long.jsonl
	cp long.jsonl before
	run --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model --resume --updates 9 \
		--log long.jsonl
	[ "$status" -eq 2 ]
	[[ ${stderr_lines[-1]} == *"long.jsonl is not the log that belongs to the checkpoint"* ]]
	cmp before long.jsonl
}

@test "train: a damaged checkpoint is refused, and nothing else happens" {
	train model --updates 5
	cp model before
	size=$(wc -c <model.checkpoint)
	cp model.checkpoint sound
	head -c $((size - 1)) sound >model.checkpoint
	run --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model --resume
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[-1]} == "trujaman: ./model.checkpoint: "* ]]
	{ head -c $((size / 2)) sound && printf 'x' && tail -c +$((size / 2 + 2)) sound; } \
		>model.checkpoint
	run --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model --resume
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[-1]} == *"model.checkpoint: checksum: "*"damaged"* ]]
	cmp before model
}
