#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Features of the network: linear readouts, residual layers, layer normalisation, attention heads,
# the context vector for all layers. They train, show in `info`, and give the same bytes everywhere.

load helper
load toy

# Options that use every feature, for the toy network.
ALL=(--encoder-layers 3 --decoder-layers 2 --attention additive --attention-size 12
	--attention-query previous --readout-activation none --residual-from 2 --layer-norm true
	--attention-heads 2 --context-to-all true)

fixture() {
	echo "$srcdir/tests/fixtures/$1.safetensors"
}

@test "network: threads, instruction sets and precisions do not show" {
	head -n 25 "$SENTENCES" >few
	for model in all-features all-features-gru heads-cosine-gru layer-norm; do
		for options in "--beam 1" "--beam 4 --scores" "--beam 3 --precision int8"; do
			# shellcheck disable=SC2086 # words of a list
			set -- -m "$(fixture $model)" $options
			TRUJAMAN_ISA=scalar "$TRUJAMAN" translate "$@" --threads 1 --memory 0 few >expected
			[ "$(count_lines expected)" -eq 25 ]
			for isa in $(usable_isas); do
				for threads in 1 3; do
					TRUJAMAN_ISA=$isa "$TRUJAMAN" translate "$@" \
						--threads $threads few | cmp - expected
				done
			done
			# Each line alone: neighbours do not show.
			while IFS= read -r line; do
				printf '%s\n' "$line" | "$TRUJAMAN" translate "$@"
			done <few | cmp - expected
		done
	done
}

@test "network: beam 1 is greedy search, and scores are those of score" {
	head -n 25 "$SENTENCES" >few
	for model in all-features residual-gru heads-general; do
		"$TRUJAMAN" translate -m "$(fixture $model)" --beam 1 few >greedy
		"$TRUJAMAN" translate -m "$(fixture $model)" --beam 1 --scores few | cut -f 2- |
			cmp - greedy
		"$TRUJAMAN" score -m "$(fixture $model)" few greedy >scores
		[ "$(count_lines scores)" -eq 25 ]
	done
}

@test "network: a model trained with each option, and with all, says so and translates" {
	for options in "--readout-activation none" "--residual-from 2 --encoder-layers 2" \
		"--layer-norm true" "--layer-norm true --cell gru" "--attention-heads 4" \
		"--attention-query previous --context-to-all true --encoder-layers 2"; do
		rm -f model*
		# shellcheck disable=SC2086 # words of a list
		train model --updates 3 $options
		"$TRUJAMAN" info model >info
		grep -qx 'format  *trujaman/1.1' info
		# shellcheck disable=SC2086
		set -- $options
		while [ $# -gt 0 ]; do
			grep -qx "$(echo "${1#--}" | tr - _)  *$2" info
			shift 2
		done
		"$TRUJAMAN" translate -m model toy.src >out
		[ "$(count_lines out)" -eq 300 ]
	done
	rm -f model*
	train model --updates 3 "${ALL[@]}"
	"$TRUJAMAN" info model >info
	grep '^features  *attention_heads,context_to_all,layer_norm,' info |
		finds ',readout_activation,residual_from,word_list$'
	"$TRUJAMAN" quantize model small
	"$TRUJAMAN" translate -m ./small toy.src >out
	[ "$(count_lines out)" -eq 300 ]
}

@test "network: it learns with all options" {
	train model --epochs 25 --patience 0 "${ALL[@]}"
	"$TRUJAMAN" translate --plain -m model toy.src | paste -d '\n' - toy.tgt | awk '
		NR % 2 { line = $0; next }
		{ n++; right += line == $0 }
		END { exit !(right > 0.9 * n) }'
}

@test "network: training gives the same bytes for threads and instruction sets" {
	local options=(--epochs 2 --dropout 0.1 --recurrent-dropout 0.1 --attention-dropout 0.2)
	for cell in lstm gru; do
		rm -f expected*
		TRUJAMAN_ISA=scalar train expected "${options[@]}" "${ALL[@]}" --cell $cell --threads 1
		for isa in $(usable_isas); do
			for threads in 1 2; do
				TRUJAMAN_ISA=$isa train got "${options[@]}" "${ALL[@]}" --cell $cell \
					--threads $threads
				cmp expected got
				rm got*
			done
		done
	done
	train other "${options[@]}" "${ALL[@]}" --cell gru --attention-dropout 0.3
	run cmp expected other
	[ "$status" -eq 1 ]
}

@test "network: stopped and resumed, it is as if never stopped" {
	local options=("${ALL[@]}" --attention-dropout 0.1 --epochs 20 --patience 0 --validate-every 60)
	train whole "${options[@]}"
	interrupted TERM 40 "$TRUJAMAN" train "${TOY[@]}" -m model "${options[@]}" --log log.jsonl
	[ "$status" -eq 143 ]
	run --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model "${options[@]}" \
		--attention-heads 4 --resume
	[ "$status" -eq 2 ]
	[[ $stderr =~ '--attention-heads was "2" and is "4" now' ]]
	train model "${options[@]}" --log log.jsonl --resume
	cmp whole model
}

@test "network: options at their defaults leave the format and the bytes as they were" {
	train expected --updates 5
	train got --updates 5 --readout-activation tanh --residual-from 0 --layer-norm false \
		--attention-heads 1 --context-to-all false --attention-dropout 0
	cmp expected got
	"$TRUJAMAN" info got >info
	for key in layer_norm attention_heads residual_from context_to_all readout_activation; do
		[ "$(grep -c "^$key" info)" -eq 0 ]
	done
}

@test "network: training goes on from a model with features" {
	train first --updates 3 "${ALL[@]}"
	"$TRUJAMAN" train --source toy.src --target toy.tgt --init ./first -m second --updates 3 \
		2>messages
	diff <("$TRUJAMAN" info ./first | grep '^[a-z_]*_\(norm\|from\|heads\|all\|activation\) ') \
		<("$TRUJAMAN" info ./second | grep '^[a-z_]*_\(norm\|from\|heads\|all\|activation\) ')
	run cmp first second
	[ "$status" -eq 1 ]
	for wrong in "--layer-norm false" "--attention-heads 1" "--residual-from 3"; do
		# shellcheck disable=SC2086 # words of a list
		fails 2 "as in ./first, the model to start from" "$TRUJAMAN" train --source toy.src \
			--target toy.tgt --init ./first -m third $wrong
	done
}

@test "network: options that do not go together" {
	bad() {
		fails 2 "$1" "$TRUJAMAN" train "${TOY[@]}" -m model "${@:2}"
		[ ! -e model ]
	}
	bad "--attention-heads must be a whole number from 1 to 16777216, not '0'" --attention-heads 0
	bad '--attention-heads 3 must divide --hidden-size, 32' --attention-heads 3
	bad '--attention-heads 4 must divide --attention-size, 6' --attention-heads 4 \
		--attention additive --attention-size 6
	bad '--attention-heads 2 needs an --attention, not none' --attention-heads 2 --attention none
	bad "--residual-from must be a whole number from 0 to 16777216, not 'x'" --residual-from x
	bad '--residual-from 1 must be 0, or a layer from 2 to --encoder-layers, 1' --residual-from 1
	bad '--residual-from 2 must be 0, or a layer from 2 to --encoder-layers, 1' --residual-from 2
	bad '--context-to-all true needs .*--attention-query previous, not current' \
		--context-to-all true
	bad '--context-to-all true needs an --attention' --context-to-all true --attention none \
		--attention-query previous
	bad '--readout-activation none needs a readout' --readout-activation none --readout-size 0 \
		--tied-output false
	bad "--readout-activation must be one of tanh.none, not 'relu'" --readout-activation relu
	bad "--layer-norm must be true or false, not 'yes'" --layer-norm yes
	bad "--attention-dropout must be a number from 0 to 0.9, not '1'" --attention-dropout 1
}
