#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The texts of a training: compressed ones, standard input, texts without a pair, repeated lines;
# and what is chosen from the size of the text.

load helper
load toy

SHORT=(--updates 6 --validate-every 3)

@test "train: compressed texts are unpacked" {
	train plain "${SHORT[@]}" --dev-source toy.src --dev-target toy.tgt
	n=0
	for tool in gzip bzip2 xz zstd; do
		command -v $tool >/dev/null || continue
		$tool -c <toy.src >source.packed
		$tool -c <toy.tgt >target.packed
		train packed "${SHORT[@]}" --source source.packed --dev-source source.packed \
			--dev-target toy.tgt
		cmp plain packed
		# The same text, however it is stored, is the same training.
		train packed --updates 7 --validate-every 3 --target target.packed \
			--dev-source toy.src --dev-target target.packed --resume
		rm packed packed.checkpoint
		n=$((n + 1))
	done
	[ "$n" -gt 0 ]
	# Unequal counts are counts of lines, and damage is told.
	head -n 299 toy.src | gzip >short.gz
	fails_at_end() {
		run -1 --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m no "${@:2}"
		[[ ${stderr_lines[-1]} =~ $1 ]]
	}
	fails_at_end 'short.gz has 299 lines and toy.tgt has 300' --source short.gz
	gzip -c <toy.src >whole.gz
	head -c 200 whole.gz >torn.gz
	fails_at_end 'torn.gz: corrupt at byte' --source torn.gz
}

@test "train: one text can be standard input" {
	train named "${SHORT[@]}"
	gzip -c <toy.src | train piped "${SHORT[@]}" --source -
	cmp named piped
	train piped "${SHORT[@]}" --source - --force <toy.src
	cmp named piped
	train piped "${SHORT[@]}" --target - --resume <toy.tgt
	fails 2 "only one of the texts can be standard input" "$TRUJAMAN" train "${TOY[@]}" \
		-m model --source - --target -
	fails 2 "--model cannot be standard output" "$TRUJAMAN" train "${TOY[@]}" -m -
	[ ! -e ./- ]
	head -n 3 toy.src >few.src
	run -1 --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model --source - <few.src
	[[ ${stderr_lines[-1]} =~ "standard input has 3 lines and toy.tgt has 300" ]]
}

@test "train: a text without a pair is named, and so is a dev set" {
	: >empty.src
	: >empty.tgt
	printf '\n \nx\n' >blank.src
	printf 'x\ny\n\377\n' >blank.tgt
	for _ in {1..40}; do printf 'mako '; done >long.src
	echo >>long.src
	echo brani >long.tgt
	refused() {
		run -1 --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model --max-pieces 30 \
			"${@:2}"
		[[ ${stderr_lines[-1]} =~ $1 ]]
		[ ! -e model ]
	}
	for kind in empty blank long; do
		case $kind in
		empty) why=' is empty: empty.src and empty.tgt have no line$' ;;
		blank) why=' has no usable sentence pair: each of the 3 lines of blank.src and ' ;;
		*) why=', long.src and long.tgt: no usable sentence pair: .* 1 are longer than 30 ' ;;
		esac
		refused "^trujaman: the dev set$why" --dev-source $kind.src --dev-target $kind.tgt
		[ $kind = long ] || refused "^trujaman: the training text$why" --source $kind.src \
			--target $kind.tgt
	done
	# Nor does a vocabulary that cannot be made hide its text.
	refused '^trujaman: toy.src: a vocabulary of 8 pieces is too small' --vocab-size 8
}

@test "train: what is held out is not in the training text again" {
	for _ in 1 2 3; do cat toy.src; done >many.src
	for _ in 1 2 3; do cat toy.tgt; done >many.tgt
	train model "${SHORT[@]}" --source many.src --target many.tgt
	held='^dev set: ([0-9]+) pairs of the training text, held out; ([0-9]+) more with the same'
	[[ $(grep '^dev set' messages) =~ $held ]]
	[ "${BASH_REMATCH[1]}" -eq 9 ]
	[ "${BASH_REMATCH[2]}" -ge 18 ]
	grep -q "^training text: $((900 - BASH_REMATCH[1] - BASH_REMATCH[2])) pairs" messages
	# One sentence only: there is nothing to judge by that was not learnt.
	for _ in {1..250}; do echo mako; done >same.src
	for _ in {1..250}; do echo brani; done >same.tgt
	train same --updates 1 --source same.src --target same.tgt --vocab-size 20
	grep -q '^training text: 250 pairs' messages
	grep -q '^dev set: none' messages
}

# Everything but the sizes, the batch, the warm-up and the interval.
FREE=(--source toy.src --target toy.tgt --vocab-type bpe --vocab-size 60 --byte-fallback false)

@test "train: what is chosen from the text is told, and can be given instead" {
	toy 400 3
	local few=(--source toy.src --target toy.tgt --updates 3 --threads 2)
	"$TRUJAMAN" train "${few[@]}" -m chosen --log log.jsonl 2>messages
	chosen=$(sed -n 's/^chosen from the text: //p' messages)
	sizes="--vocab-size 1000 --embedding-size 128 --hidden-size 256 --encoder-layers 1"
	[[ $chosen =~ ^"$sizes --decoder-layers 1 --batch-tokens 500 --warmup 100 \
--validate-every "[0-9]+$ ]]
	[ "$(head -n 1 log.jsonl)" = "{\"chosen\": \"$chosen\"}" ]
	grep -q 'pairs are too few to learn a language from.*--init MODEL' messages
	# shellcheck disable=SC2086 # words of a list
	"$TRUJAMAN" train "${few[@]}" -m given --log given.jsonl $chosen 2>messages
	cmp chosen given
	[ "$(grep -c '^chosen' messages)" -eq 0 ]
	[ "$(grep -c chosen given.jsonl)" -eq 0 ]
	# The choice is the same when resuming, and neither is printed into the log twice.
	"$TRUJAMAN" train "${few[@]}" -m chosen --log log.jsonl --resume --updates 5 2>messages
	grep -qxF "chosen from the text: $chosen" messages
	[ "$(grep -c chosen log.jsonl)" -eq 1 ]
	"$TRUJAMAN" plot log.jsonl >curve.svg
}

@test "train: one size that is set leaves the others as they are for a large text" {
	"$TRUJAMAN" train "${FREE[@]}" -m model --warmup 7 --updates 1 --hidden-size 16 2>messages
	"$TRUJAMAN" info model >info
	grep -qx 'embedding_size *256' info
	grep -qx 'encoder_layers *2' info
	[[ $(grep '^chosen' messages) =~ ^"chosen from the text: --validate-every "[0-9]+$ ]]
}

@test "train: --init is not warned of few pairs, and keeps its sizes" {
	train first "${SHORT[@]}"
	"$TRUJAMAN" train --source toy.src --target toy.tgt --init first -m second --updates 2 \
		2>messages
	[ "$(grep -c 'too few' messages)" -eq 0 ]
	grep -q '^chosen from the text: --batch-tokens 500 --warmup [0-9]' messages
	"$TRUJAMAN" info second | finds -x 'hidden_size *32'
}
