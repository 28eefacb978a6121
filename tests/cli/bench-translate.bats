#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make-model and bench-translate: what they make and the format of the output; never the speed.
# BENCH: the folder of the programs.

load helper

setup() {
	start
	PROGRAMS=${BENCH:-${TRUJAMAN%/*}/bench}
	[ -x "$PROGRAMS/bench-translate" ] && [ -x "$PROGRAMS/make-model" ] ||
		skip "there are no programs in $PROGRAMS"
}

# make_model OUT OPTION…
make_model() {
	"$PROGRAMS/make-model" --embedding-size 16 --hidden-size 32 --readout-size 16 \
		--from "$SHIPPED" "${@:2}" "$1"
}

measure() {
	"$PROGRAMS/bench-translate" --repeat 1 --format csv "$@"
}

# Reads CSV from stdin and prints field NAME of the first line of data.
field() {
	awk -F , -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
		NR == 2 { print $at }'
}

@test "a made model answers with as many pieces as it is given" {
	make_model model
	for precision in float32 int8; do
		for beam in 1 4; do
			measure --model model --precision $precision --beam $beam "$SENTENCES" >csv
			[ "$(field source_pieces_s <csv)" = "$(field target_pieces_s <csv)" ]
		done
	done
}

@test "a made model with features of the network does so too" {
	make_model model --layers 3 --residual-from 2 --layer-norm --attention-heads 2 \
		--attention-query previous --context-to-all --readout-activation none
	"$TRUJAMAN" info ./model >info
	for key in layer_norm residual_from attention_heads context_to_all readout_activation; do
		grep -q "^$key " info
	done
	for precision in float32 int8; do
		measure --model model --precision $precision --beam 1 "$SENTENCES" >csv
		[ "$(field source_pieces_s <csv)" = "$(field target_pieces_s <csv)" ]
	done
}

@test "the same model and text every time" {
	for i in 1 2; do
		make_model model$i
		"$PROGRAMS/make-model" --from "$SHIPPED" --text --lines 20 --pieces 2-9 text$i
	done
	cmp model1 model2
	cmp text1 text2
	[ "$(count_lines text1)" -eq 20 ]
}

@test "a made text has the pieces that were asked for" {
	make_model model
	"$PROGRAMS/make-model" --from "$SHIPPED" --text --lines 30 --pieces 20-20 text
	[ "$(awk 'NF != 19' text)" = "" ]
	measure --model model --precision float32 --beam 1 text >csv
	awk -v s="$(field seconds <csv)" -v r="$(field source_pieces_s <csv)" \
		'BEGIN { exit !(s * r > 599.9 && s * r < 600.1) }'
}

@test "every combination is there, in every format, with figures" {
	make_model model
	head -n 8 "$SENTENCES" >text
	set -- --model model --precision float32,int8 --beam 1,2 --rows 4,0 --isa scalar text
	measure "$@" >csv
	[ "$(sed 1d csv | cut -d , -f 1-6)" = "model,scalar,float32,1,4,1
model,scalar,float32,1,64,1
model,scalar,float32,2,4,1
model,scalar,float32,2,64,1
model,scalar,int8,1,4,1
model,scalar,int8,1,64,1
model,scalar,int8,2,4,1
model,scalar,int8,2,64,1" ]
	awk -F , '{ for (i = 7; NR > 1 && i <= NF; i++) if (!($i > 0)) exit 1 }' csv
	"$PROGRAMS/bench-translate" --repeat 1 "$@" >table
	[ "$(count_lines table)" -eq 10 ] # peaks, column names, eight combinations
	command -v python3 >/dev/null || skip "there is no python3"
	measure --format json "$@" | python3 -c 'import json, sys
all = json.load(sys.stdin)
assert len(all) == 8 and all[7]["beam"] == 2 and all[0]["share"] > 0'
}

@test "what is wrong ends in an error" {
	make_model model
	run -2 "$PROGRAMS/bench-translate" --no-such-option "$SENTENCES"
	run -2 "$PROGRAMS/bench-translate" --format xml "$SENTENCES"
	run -2 "$PROGRAMS/bench-translate"
	run -1 --separate-stderr "$PROGRAMS/bench-translate" --isa mmx "$SENTENCES"
	[[ $stderr == *mmx* ]]
	run -1 --separate-stderr measure --model model no-such-text
	[[ $stderr == *no-such-text* ]]
	run -1 --separate-stderr measure --model no-such-model "$SENTENCES"
	[[ $stderr == *no-such-model* ]]
	run -1 --separate-stderr measure --model model --beam 4 --rows 3 "$SENTENCES"
	[[ $stderr == *rows* ]]
	run -2 "$PROGRAMS/make-model" model
	run -1 "$PROGRAMS/make-model" --from no-such-model out
}
