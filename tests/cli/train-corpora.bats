#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Training on several texts with weights and tags, judged by several dev sets; the mean of models.

load helper
load toy

# The toy in two files, and two dev sets.
setup() {
	start
	toy 300 1
	mkdir texts
	for side in src tgt; do
		head -n 200 toy.$side >"texts/a, one.$side"
		tail -n 100 toy.$side >texts/b.$side
		mv toy.$side all.$side
	done
	for seed in 7 8; do
		toy $((10 * seed)) $seed
		mv toy.src texts/dev$seed.src
		mv toy.tgt texts/dev$seed.tgt
	done
	printf '%s\t' train 'a, one.src' 'a, one.tgt' >texts/list
	printf '%s\n%s\t%s\t%s' '' train b.src b.tgt >>texts/list
	DEV=$'\ndev\tdev7.src\tdev7.tgt\ndev\tdev8.src\tdev8.tgt'
	sed -i 's/\t$//' texts/list
}

# TOY without its texts.
OPTIONS=("${TOY[@]:4}" --normalization false)

# learn MODEL OPTION…
learn() {
	"$TRUJAMAN" train "${OPTIONS[@]}" -m "$@" 2>messages
}

@test "train corpora: several files are as one, whatever is in their names" {
	learn one --source all.src --target all.tgt --epochs 2
	learn two --corpora texts/list --epochs 2
	cmp one two
	grep -qx 'text: texts/a, one.src, texts/a, one.tgt: 200 lines' messages
	cd texts
	learn three --corpora list --epochs 2
	cmp ../one three
	grep -qx 'text: b.src, b.tgt: 100 lines' messages
	grep -v one list >rest
	learn four --source 'a, one.src' --target 'a, one.tgt' --corpora rest --epochs 2
	cmp ../one four
}

@test "train corpora: a tag is as if it stood in the source" {
	sed -i '2s/$/\ttag=<b>/' texts/list
	sed 's/^/<b> /' texts/b.src >b.src
	cat "texts/a, one.src" b.src >tagged.src
	dev=(--dev-source texts/dev7.src --dev-target texts/dev7.tgt)
	learn one --source tagged.src --target all.tgt "${dev[@]}" --epochs 2
	learn two --corpora texts/list "${dev[@]}" --epochs 2
	cmp one two
	grep -q 'b.tgt: 100 lines, tag <b>$' messages
	# What has a tag is not held out.
	sed -i 1d texts/list
	learn three --corpora texts/list --epochs 1
	grep -q '^dev set: none' messages
}

@test "train corpora: a weight is how often a pair is in an epoch" {
	updates() { sed -n 's/^an epoch: \([0-9]*\) update.*/\1/p' messages; }
	learn model --corpora texts/list --updates 1
	whole=$(updates)
	rm model*
	printf '\tweight=3' >>texts/list
	learn model --corpora texts/list --updates 1
	more=$(updates)
	rm model*
	sed -i 's/weight=3/weight=0.1/' texts/list
	learn model --corpora texts/list --updates 1
	less=$(updates)
	((less < whole && whole < more))
	grep -q 'b.tgt: 100 lines, weight 0.1$' messages
}

# A list with everything.
all_of_it() {
	printf '\tweight=0.3\ttag=<b>%s' "$DEV" >>texts/list
}

ALL=(--corpora texts/list --subword-sampling 0.2 --vocab-type unigram --average-checkpoints 3
	--validate-every 9 --patience 0)

@test "train corpora: the same bytes for every number of threads and instruction set" {
	all_of_it
	TRUJAMAN_ISA=scalar learn expected "${ALL[@]}" --updates 40 --threads 1
	grep -q 'mean of 3 models: perplexity' messages
	for isa in $(usable_isas); do
		TRUJAMAN_ISA=$isa learn got "${ALL[@]}" --updates 40 --threads 3
		cmp expected got
		rm got*
	done
}

@test "train corpora: a training that was interrupted ends with the same bytes" {
	all_of_it
	learn whole "${ALL[@]}" --updates 60 --log whole.jsonl
	learn parts "${ALL[@]}" --updates 7 --log log.jsonl
	for updates in 20 27 41 60; do
		learn parts "${ALL[@]}" --updates $updates --log log.jsonl --resume
	done
	cmp whole parts
	cmp <(no_seconds whole.jsonl) <(no_seconds log.jsonl)
	learn parts "${ALL[@]}" --updates 60 --resume
	cmp whole parts
	for change in 's/0.3/0.4/' 's/<b>/<c>/' '/dev8/d'; do
		cp texts/list list
		sed -i "$change" texts/list
		fails_with 2 'cannot resume from ./parts.checkpoint: --(corpora|dev-source 2) was' \
			"$TRUJAMAN" train "${OPTIONS[@]}" "${ALL[@]}" -m parts --resume --updates 70
		cp list texts/list
	done
	fails_with 2 '--average-checkpoints was "3" and is "2" now' "$TRUJAMAN" train "${OPTIONS[@]}" \
		"${ALL[@]}" --average-checkpoints 2 -m parts --resume --updates 70
}

# fails_with STATUS REGEX COMMAND…: it fails, and its last line on stderr matches.
fails_with() {
	local wanted=$1 pattern=$2
	shift 2
	run --separate-stderr "$@"
	[ "$status" -eq "$wanted" ]
	[[ ${stderr_lines[-1]} =~ $pattern ]]
}

@test "train corpora: the scores are the means over the dev sets, as evaluate finds them" {
	printf '%s' "$DEV" >>texts/list
	learn model --corpora texts/list --updates 60 --validate-every 20 --log log.jsonl
	tail -n 1 log.jsonl >last
	grep -q '"dev_sets": \[{"nll"' last
	jq -e '.dev_sets | length == 2' last
	# The model is the last one, or the figures of the best one are in its line.
	grep '"best": true' log.jsonl | tail -n 1 >best
	for i in 0 1; do
		"$TRUJAMAN" translate -m model texts/dev$((7 + i)).src >out
		"$TRUJAMAN" evaluate out texts/dev$((7 + i)).tgt >evaluated
		jq -r ".dev_sets[$i] | \"\(.bleu) \(.chrf)\"" best >wanted
		awk 'NR == FNR { b = $1; c = $2; next }
			/^bleu/ { bleu = $2 } /^chrf/ { chrf = $2 }
			END { exit !(bleu - b < 0.01 && b - bleu < 0.01 &&
				chrf - c < 0.01 && c - chrf < 0.01) }' wanted evaluated
	done
	jq -e '([.dev_sets[].bleu] | add) / 2 - .dev_bleu | . < 1e-6 and . > -1e-6' best
	jq -e '([.dev_sets[].chrf] | add) / 2 - .dev_chrf | . < 1e-6 and . > -1e-6' best
	jq -e '([.dev_sets[].nll] | add) / 2 - .dev_nll | . < 1e-6 and . > -1e-6' best
	"$TRUJAMAN" info model | finds -x "metadata.dev_chrf *$(jq .dev_chrf best | xargs printf %.2f)"
	grep -q '^  dev set 2: perplexity' messages
	"$TRUJAMAN" plot log.jsonl >figure.svg
}

@test "train corpora: the mean of models is taken if it is better, and says so" {
	learn model --corpora texts/list --updates 50 --average-checkpoints 4 --validate-every 6 \
		--ema 0 --log log.jsonl
	[ "$(grep -c '"averaged": 4' log.jsonl)" -eq 1 ]
	grep '"averaged": 4' log.jsonl | cmp - <(tail -n 1 log.jsonl)
	"$TRUJAMAN" info model >info
	if grep -q '"averaged": 4, "best": true' log.jsonl; then
		grep -qE 'metadata.averaged_updates +[0-9]+,[0-9]+,[0-9]+,[0-9]+$' info
		grep -q '^best, the mean of 4 models: ' messages
	else
		[ "$(grep -c averaged info)" -eq 0 ]
		grep -q '^best at update' messages
	fi
	# Without a dev set it is always taken.
	head -n 100 all.src >few.src
	head -n 100 all.tgt >few.tgt
	learn few --source few.src --target few.tgt --updates 9 --validate-every 3 \
		--average-checkpoints 2
	"$TRUJAMAN" info few | finds -x 'metadata.averaged_updates *6,9'
	grep -q '^the mean of 2 models is in few' messages
}

@test "train corpora: a listed text is never replaced" {
	learn log.model --corpora texts/list --updates 1
	for file in texts/b.tgt texts/list "texts/a, one.src"; do
		cp "$file" before
		fails 2 'name another --model' "$TRUJAMAN" train "${OPTIONS[@]}" --corpora texts/list \
			-m "$file" --force --updates 1
		fails 2 'is another file of this training; name another --log' "$TRUJAMAN" train \
			"${OPTIONS[@]}" --corpora texts/list -m model --log "$file" --force --updates 1
		cmp before "$file"
		[ ! -e model ]
	done
}

@test "train corpora: what is wrong is told" {
	printf 'train\tb.src\tb.tgt\t0.5\n' >texts/bad
	fails_with 1 '^trujaman: texts/bad:1: after the two files' \
		"$TRUJAMAN" train "${OPTIONS[@]}" --corpora texts/bad -m model
	printf 'dev\tb.src\tb.tgt\n' >texts/bad
	fails_with 2 "has no row 'train'" "$TRUJAMAN" train "${OPTIONS[@]}" --corpora texts/bad -m model
	printf 'train\tb.src\tdev7.tgt\n' >texts/bad
	fails_with 1 'texts/b.src has 100 lines and texts/dev7.tgt has 70;' \
		"$TRUJAMAN" train "${OPTIONS[@]}" --corpora texts/bad -m model
	printf 'train\tnone\tdev7.tgt\n' >texts/bad
	fails_with 1 'cannot open texts/none' \
		"$TRUJAMAN" train "${OPTIONS[@]}" --corpora texts/bad -m model
	mkfifo pipe
	fails_with 1 'pipe is no regular file' \
		"$TRUJAMAN" train "${OPTIONS[@]}" --corpora pipe -m model
	fails_with 2 'average-checkpoints must be a whole number from 0 to 100' \
		"$TRUJAMAN" train "${OPTIONS[@]}" --corpora texts/list -m model \
		--average-checkpoints 101
	[ ! -e model ]
}

@test "train: what an epoch takes is told before the first update" {
	learn model --source all.src --target all.tgt --epochs 3
	time='[0-9.]+ (s|min|h)'
	grep -E "^an epoch takes about $time, all of the training at most $time " messages
	grep -E '\(by [0-9]+ timed updates?; without validations\)$' messages
	learn model --source all.src --target all.tgt --epochs 3 --resume
	grep -q 'finished already' messages
	[ "$(grep -c 'takes about' messages)" -eq 0 ]
}
