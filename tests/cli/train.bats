#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Training: it learns, gives the same bytes on every machine, and reports what is wrong.

load helper
load toy

@test "train: it learns, and translates what it has not seen" {
	train model.safetensors --epochs 15 --name toy --source-language xx --license CC0
	toy 40 999
	"$TRUJAMAN" translate -m model.safetensors toy.src | cmp - toy.tgt
	"$TRUJAMAN" info model.safetensors >info
	grep -qx 'name  *toy' info
	grep -qx 'source_language  *xx' info
	grep -qx 'license  *CC0' info
	grep -qx 'hidden_size  *32' info
	grep -q 'metadata.trained_updates' info
	no_partial_file
	[ ! -e model.safetensors.candidate ]
}

@test "train: the same bytes for every number of threads and instruction set" {
	local options=(--epochs 2 --recurrent-dropout 0.1 --subword-sampling 0.3 --vocab-type unigram)
	TRUJAMAN_ISA=scalar train expected "${options[@]}" --threads 1
	for isa in $(usable_isas); do
		for threads in 1 2 3; do
			TRUJAMAN_ISA=$isa train got "${options[@]}" --threads "$threads"
			cmp expected got
			rm got*
		done
	done
}

@test "train: another seed gives another model" {
	train one --epochs 1
	train two --epochs 1 --seed 2
	run cmp one two
	[ "$status" -eq 1 ]
}

@test "train: the log has every figure of every update and validation" {
	train model --epochs 3 --validate-every 20 --log log.jsonl --label-smoothing 0.1
	n='-?[0-9][0-9.e+-]*'
	grep -vE "^\{\"update\": [0-9]+, \"epoch\": [0-9]+, (\"loss\": $n, \"nll\": $n, \"pieces\": \
[0-9]+, \"learning_rate\": $n, \"gradient_norm\": $n|\"dev_nll\": $n, \"dev_bleu\": $n, \
\"dev_chrf\": $n, \
\"best\": (true|false)), \"seconds\": $n\}\$" log.jsonl && return 1
	grep '"nll"' log.jsonl >updates
	field updates update | cmp - <(seq "$(count_lines updates)")
	[ "$(field updates epoch | sort -un | tr '\n' ' ')" = "1 2 3 " ]
	field updates learning_rate | sort -u | finds -x 0.02
	# The model is validated at the end of training, too.
	grep dev_nll log.jsonl | tail -n 1 | finds "\"update\": $(count_lines updates),"
	awk 'NR == 1 || $1 > last { last = $1; next } { exit 1 }' <(field updates seconds)
	# Label smoothing is part of the loss, not of the nll.
	paste <(field updates loss) <(field updates nll) | tail -n 5 | awk '$1 <= $2 { exit 1 }'
}

@test "train: the model file is the best one, and patience ends a training" {
	train model --epochs 0 --patience 3 --validate-every 15 --log log.jsonl --learning-rate 0.05
	grep -q 'no better for too long' messages
	best=$(field log.jsonl dev_bleu | sort -g | tail -n 1)
	"$TRUJAMAN" info model >info
	awk -v best="$best" '$1 == "metadata.dev_bleu" { exit !($2 - best < 0.01 && best - $2 < 0.01) }
		' info
	last=$(grep '"best": true' log.jsonl | tail -n 1)
	[ "$(echo "$last" | field - update)" = "$(awk '/trained_updates/ { print $2 }' info)" ]
	[ "$(grep dev_nll log.jsonl | tail -n 3 | grep -c '"best": false')" -eq 3 ]
}

@test "train: a dev set of one's own, judged as translate and score would" {
	toy 30 77
	mv toy.src dev.src
	mv toy.tgt dev.tgt
	toy 300 1
	train model --epochs 2 --dev-source dev.src --dev-target dev.tgt --log log.jsonl
	grep -qE '^dev set: 30 pairs; the sources of [0-9]+ are in the training text, too' messages
	"$TRUJAMAN" score -m model dev.src dev.tgt | awk '{ sum -= $1 } END { print sum }' >sum
	# dev_nll is per piece, so the sum of the scores divided by it is a whole number of pieces.
	nll=$(field log.jsonl dev_nll | tail -n 1)
	awk -v nll="$nll" '{ n = $1 / nll; d = n - int(n + 0.5)
		exit !(n >= 150 && d < 0.01 && d > -0.01) }' sum
}

@test "train: texts of unequal length are told with both counts" {
	echo one more >>toy.src
	run --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[-1]} =~ "toy.src has 301 lines and toy.tgt has 300" ]]
	[ ! -e model ]
}

@test "train: pairs that cannot be used are counted by reason" {
	printf '\nmako\n  \t\nmako \377\nmako\n' >>toy.src
	printf 'gesho\n\ngesho\ngesho\n\303(\n' >>toy.tgt
	for ((i = 0; i < 40; i++)); do printf 'mako '; done >>toy.src
	printf '\n' >>toy.src
	echo gesho >>toy.tgt
	train model --updates 1 --max-pieces 30
	grep -qx 'left out: 6 pairs (3 with an empty side, 1 longer than 30 pieces, 2 not UTF-8)' \
		messages
	grep -q '^training text: 297 pairs' messages
}

@test "train: no usable pair is an error" {
	for file in toy.src toy.tgt; do
		printf '\n\n' >$file
	done
	run --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model --init "$TINY" \
		--vocab-type unigram
	[ "$status" -eq 2 ]
	run --separate-stderr "$TRUJAMAN" train --source toy.src --target toy.tgt --init "$TINY" \
		-m model
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[-1]} =~ "no usable sentence pair" ]]
}

@test "train: a text too small for a dev set gives its last weights" {
	head -n 150 toy.src >few.src
	head -n 150 toy.tgt >few.tgt
	train model --epochs 2 --source few.src --target few.tgt --log log.jsonl
	grep -q 'dev set: none' messages
	[ "$(grep -c dev_nll log.jsonl)" -eq 0 ]
	last=$(field log.jsonl update | tail -n 1)
	"$TRUJAMAN" info model | finds -x "metadata.trained_updates *$last"
	rm model*
	run --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model --source few.src \
		--target few.tgt --schedule plateau
	[ "$status" -eq 2 ]
	[[ ${stderr_lines[-1]} =~ "--schedule plateau needs a dev set" ]]
}

@test "train: a training that diverges is stopped, and the last good model stays" {
	# Plain SGD whose learning rate keeps growing.
	diverge() {
		run --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model --optimizer sgd --clip 0 \
			--ema 0 --learning-rate 100 --warmup 1000 --epochs 0 --patience 0 \
			--validate-every 5 --checkpoint-every 0 --log log.jsonl "$@"
		[ "$status" -eq 1 ]
		[[ ${stderr_lines[-1]} =~ ^"trujaman: update "([0-9]+)": the loss ".*"has diverged" ]]
		update=${BASH_REMATCH[1]}
	}
	diverge
	first=$update
	[ "$(grep -c '"nll"' log.jsonl)" -eq $((first - 1)) ]
	"$TRUJAMAN" info model | awk -v n="$first" '
		$1 == "metadata.trained_updates" { exit !($2 > 0 && $2 % 5 == 0 && $2 < n) }'
	"$TRUJAMAN" translate -m model toy.src >out
	cp model before
	cp model.checkpoint checkpoint
	# The checkpoint is from before the loss diverged, and resuming from there diverges again.
	diverge --resume
	[ "$update" -eq "$first" ]
	cmp before model
	cmp checkpoint model.checkpoint
}

@test "train: a loss that is no number stops a training" {
	run --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model --optimizer sgd --clip 0 --ema 0 \
		--learning-rate 1e38 --log log.jsonl
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[-1]} =~ ^"trujaman: update "([0-9]+)": the loss is not a number: the " ]]
	[ "$(grep -c '"nll"' log.jsonl)" -eq $((BASH_REMATCH[1] - 1)) ]
	[ ! -e model ]
	[ ! -e model.checkpoint ]
}

@test "train: --init starts from exactly these weights" {
	train first --epochs 4 --name first --license CC0
	"$TRUJAMAN" score -m first toy.src toy.tgt >expected
	"$TRUJAMAN" train --source toy.src --target toy.tgt --init first -m second \
		--learning-rate 0 --updates 2 --name second 2>messages
	"$TRUJAMAN" score -m second toy.src toy.tgt | cmp - expected
	"$TRUJAMAN" info second >info
	grep -qx 'name  *second' info
	grep -qx 'license  *CC0' info
	# Training goes on from that model.
	"$TRUJAMAN" train --source toy.src --target toy.tgt --init first -m third \
		--learning-rate 0.01 --epochs 3 --log log.jsonl --ema 0.5 2>messages
	total() {
		"$TRUJAMAN" score -m "$1" toy.src toy.tgt | awk '{ sum += $1 } END { print sum }'
	}
	awk -v a="$(total first)" -v b="$(total third)" 'BEGIN { exit !(b > a) }'
}

@test "train: --init takes a model in I8, by name" {
	export TRUJAMAN_MODEL_PATH=$srcdir/models
	head -n 4 "$SENTENCES" >few.en
	shipped few.en >few.es
	"$TRUJAMAN" train --source few.en --target few.es --init en-es -m model --learning-rate 0 \
		--updates 1 2>messages
	"$TRUJAMAN" translate -m model few.en | cmp - few.es
	"$TRUJAMAN" info model | finds -x 'precision  *F32'
	"$TRUJAMAN" info model | finds '^license  *[^-]'
}

@test "train: what contradicts the model to start from is wrong usage" {
	contradict() {
		run --separate-stderr "$TRUJAMAN" train --source toy.src --target toy.tgt \
			--init "$TINY" -m model "${@:2}"
		[ "$status" -eq 2 ]
		[[ ${stderr_lines[-1]} =~ $1 ]]
		[ ! -e model ]
	}
	contradict '--hidden-size: found "9", wanted "[0-9]+" as in .*luong-general' --hidden-size 9
	contradict '--cell: found "gru", wanted "lstm"' --cell gru
	contradict '--vocab-size has no place beside --init' --vocab-size 300
	contradict '--source-vocab has no place beside --init' --source-vocab toy.src
	contradict '--attention-scale: found true, wanted false' --attention-scale true
	contradict 'both --init and the model to write' -m "$TINY"
}

# vocabulary MODEL TENSOR: prints the bytes of a tensor.
vocabulary() {
	local header offsets
	set +o pipefail # `head` exits before `tail` has written everything
	header=$(od -An -tu8 -N8 "$1" | tr -d ' ')
	offsets=$(tail -c +9 "$1" | head -c "$header" | tr -d ' ' |
		sed "s/.*\"$2\":{[^}]*\"data_offsets\":\\[\\([0-9]*\\),\\([0-9]*\\)\\].*/\\1 \\2/")
	# shellcheck disable=SC2086 # two numbers
	set -- "$1" $offsets "$header"
	tail -c +$((9 + $4 + $2)) "$1" | head -c $(($3 - $2))
	set -o pipefail
}

@test "train: existing vocabularies are taken as they are" {
	train first --updates 1
	vocabulary first source.spm >source.model
	vocabulary first target.spm >target.model
	"$TRUJAMAN" train "${TOY[@]:0:4}" "${TOY[@]:10}" -m second --source-vocab source.model \
		--target-vocab target.model --updates 1 2>messages
	cmp first second
	"$TRUJAMAN" train "${TOY[@]:0:4}" "${TOY[@]:10}" -m third --source-vocab source.model \
		--target-vocab source.model --tied-embeddings true --updates 1 2>messages
	vocabulary third target.spm | cmp - source.model
	fails_late() {
		run --separate-stderr "$TRUJAMAN" train "${TOY[@]:0:4}" -m no "${@:2}"
		[ "$status" -eq 1 ]
		[[ ${stderr_lines[-1]} =~ $1 ]]
	}
	fails_late "the source vocabulary" --source-vocab toy.src
	fails_late "nowhere.model: No such file" --target-vocab nowhere.model
}

@test "train: one vocabulary for both sides, one embedding, and what else there is" {
	train model --updates 2 --shared-vocab --tied-embeddings true
	cmp <(vocabulary model source.spm) <(vocabulary model target.spm)
	[ "$(grep -c encoder.embedding.weight model)" -eq 0 ]
	for options in "--cell gru --attention additive --attention-query previous" \
		"--attention dot --input-feeding true --readout-size 0 --tied-output false" \
		"--attention cosine --attention-scale true --bidirectional false" \
		"--attention none --source-eos false --decoder-start eos" \
		"--encoder-layers 3 --decoder-layers 2 --optimizer sgd --schedule inverse-sqrt"; do
		rm -f model*
		# shellcheck disable=SC2086 # words of a list
		train model --updates 3 $options
		"$TRUJAMAN" info model >info
		# shellcheck disable=SC2086
		set -- $options
		while [ $# -gt 0 ]; do
			key=$(echo "${1#--}" | tr - _)
			case $key in
			tied_output | attention_scale | optimizer | schedule) ;;
			*) grep -qx "$key  *$2" info ;;
			esac
			shift 2
		done
		"$TRUJAMAN" translate -m model toy.src >out
		[ "$(count_lines out)" -eq 300 ]
	done
}

@test "train: the plateau schedule halves the rate when nothing gets better" {
	train model --schedule plateau --learning-rate 0.05 --validate-every 12 --epochs 0 \
		--patience 5 --log log.jsonl
	field log.jsonl learning_rate | sort -gu >rates
	[ "$(count_lines rates)" -ge 2 ]
	tail -n 1 rates | finds -x 0.05
	grep -qx 0.025 rates
}

@test "train: wrong usage, one message each" {
	misuse train "--dropout must be a number from 0 to 0.9, not '1'" --dropout 1
	misuse train "--updates must be a whole number from 0 to 2147483647, not 'x'" --updates x
	misuse train "--updates must be a whole number" --updates -3
	misuse train "--threads must be a whole number from 1 to 4096, not '0'" --threads 0
	misuse train "--optimizer must be one of sgd.adam, not 'adamw'" --optimizer adamw
	misuse train "--schedule must be one of" --schedule cosine
	misuse train "--vocab-type must be one of unigram.bpe.tokens, not 'word'" --vocab-type word
	misuse train "--byte-fallback must be true or false, not 'yes'" --byte-fallback yes
	misuse train "'--resume' takes no value" --resume=now
	misuse train "option '--source' needs a value" --source
	misuse train "unknown option '--nonsense'" --nonsense
	misuse train "takes no argument like 'toy.src'" toy.src
	bad() {
		fails 2 "$1" "$TRUJAMAN" train --source toy.src --target toy.tgt -m model "${@:2}"
		[ ! -e model ]
	}
	fails 2 'needs --source' "$TRUJAMAN" train --target toy.tgt -m model
	fails 2 'needs --target' "$TRUJAMAN" train --source toy.src -m model
	fails 2 'needs --model' "$TRUJAMAN" train --source toy.src --target toy.tgt
	bad '--dev-source and --dev-target belong together' --dev-source toy.src
	bad "--cell must be one of lstm.gru, not 'rnn'" --cell rnn
	for size in embedding-size hidden-size encoder-layers decoder-layers attention-size; do
		bad "--$size must be a whole number from 1 to 16777216, not '0'" --$size 0
	done
	bad "--hidden-size must be a whole number from 1 to 16777216, not '064'" --hidden-size 064
	bad "--readout-size must be a whole number from 0 to 16777216, not '-1'" --readout-size -1
	bad "--bidirectional must be true or false, not 'no'" --bidirectional no
	bad "--attention must be one of none.*, not 'soft'" --attention soft
	bad '--hidden-size 33 must be even' --hidden-size 33
	bad '--decoder-layers 3 needs at least as many --encoder-layers, not 2' --decoder-layers 3
	bad '--input-feeding true needs an --attention' --input-feeding true --attention none
	bad '--input-feeding true needs --attention-query current' --input-feeding true \
		--attention-query previous
	bad '--tied-output true needs the readout size to be' --tied-output true --readout-size 8
	bad '--tied-embeddings true needs one vocabulary' --tied-embeddings true
	bad '--subword-sampling needs' --subword-sampling 0.1 --vocab-type bpe
	bad '--name: found invalid UTF-8' --name $'caf\351'
	bad 'toy.src is both --source and the model to write' -m toy.src
	misuse train 'toy.tgt is another file of this training' "${TOY[@]}" -m model --log toy.tgt
	fails 1 'cannot write into the folder nowhere/: No such file' \
		"$TRUJAMAN" train "${TOY[@]}" -m nowhere/model
	fails 1 'cannot write nowhere/log: No such file' \
		"$TRUJAMAN" train "${TOY[@]}" -m model --log nowhere/log
	fails 2 "unknown kernels|no kernels|TRUJAMAN_ISA|isa" \
		env TRUJAMAN_ISA=z80 "$TRUJAMAN" train "${TOY[@]}" -m model
}

@test "train: files that cannot be read or written are errors" {
	run --separate-stderr "$TRUJAMAN" train --source nowhere --target toy.tgt -m model
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[-1]} =~ "nowhere: No such file" ]]
	mkdir model.lock
	fails 1 'cannot create ./model.lock: Is a directory$' "$TRUJAMAN" train "${TOY[@]}" -m model
	rmdir model.lock
	[ -w /dev/full ] || skip "there is no /dev/full"
	run --separate-stderr "$TRUJAMAN" train "${TOY[@]}" -m model --log /dev/full
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[-1]} == "trujaman: cannot write /dev/full: No space left on device" ]]
}
