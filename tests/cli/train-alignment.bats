#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Training with word alignments: train --guided-alignment.

load helper
load toy

# Each word of the toy but the first two has its translation in the same place. Every fifth pair has
# no links.
setup() {
	start
	toy 200 1
	awk '{ print NR % 5 ? "0-1 1-0 2-2 3-3" : "" }' toy.src >toy.align
}

SHORT=(--guided-alignment toy.align --dev-source toy.src --dev-target toy.tgt --threads 1
	--validate-every 1000)

@test "train alignment: attention learns the links, and the log and the messages tell" {
	train model "${SHORT[@]}" --guided-alignment-weight 1 --epochs 6 --log log.jsonl
	grep -qx 'word alignments: 160 of the pairs have some' messages
	field log.jsonl alignment_loss >losses
	first=$(sed -n 1p losses)
	last=$(tail -n 1 losses)
	awk -v a="$first" -v b="$last" 'BEGIN { exit !(a > 1 && b < 0.5 * a) }'
	"$TRUJAMAN" score -m model --alignments toy.src toy.tgt | cut -f 2 >got
	# All words of nine pairs in ten.
	[ "$(grep -cx '0-1 1-0 2-2 3-3' got)" -ge 180 ]
	"$TRUJAMAN" plot log.jsonl >figure
}

@test "train alignment: links that say something else are learnt, too" {
	awk '{ print "3-0 2-1 1-2 0-3" }' toy.src >toy.align
	train model "${SHORT[@]}" --guided-alignment-weight 5 --epochs 8
	"$TRUJAMAN" score -m model --alignments toy.src toy.tgt | cut -f 2 >got
	[ "$(grep -cx '0-3 1-2 2-1 3-0' got)" -ge 180 ]
}

@test "train alignment: the same bytes for all threads and instruction sets, and after a stop" {
	all=("${SHORT[@]}" --attention-heads 2 --input-feeding true --placeables 16
		--vocab-size 90 --case-augmentation 0.3 --copy-target 0.2 --attention-dropout 0.1)
	TRUJAMAN_ISA=scalar train expected "${all[@]}" --updates 12 --threads 1
	for isa in $(usable_isas); do
		TRUJAMAN_ISA=$isa train got "${all[@]}" --updates 5 --threads 3
		TRUJAMAN_ISA=$isa train got "${all[@]}" --updates 12 --threads 2 --resume
		cmp expected got
		rm got*
	done
	train none "${SHORT[@]:2}" --updates 12
	train zero "${SHORT[@]}" --guided-alignment-weight 0 --updates 12
	cmp none zero
}

@test "train alignment: a resumed training needs the same links and the same weight" {
	train model "${SHORT[@]}" --updates 2
	cp toy.align other.align
	printf '0-0\n' >>other.align
	sed -i 1d other.align
	more=(--updates 3 --resume)
	run ! train model "${SHORT[@]}" "${more[@]}" --guided-alignment other.align
	grep -q -e '--guided-alignment' messages
	run ! train model "${SHORT[@]}" "${more[@]}" --guided-alignment-weight 0.2
	grep -q -e '--guided-alignment-weight' messages
	run ! train model "${SHORT[@]:2}" "${more[@]}"
	grep -q -e '--guided-alignment' messages
	# The same links, written otherwise.
	awk '{ print $4, $3, $2, $1, $1 }' toy.align | gzip >other.gz
	train model "${SHORT[@]}" "${more[@]}" --guided-alignment other.gz
}

@test "train alignment: the rows of --corpora have their own" {
	cp toy.align moved.align
	printf 'train\ttoy.src\ttoy.tgt\talignment=moved.align\tweight=2\n' >list
	printf 'train\ttoy.src\ttoy.tgt\ttag=<t> <u>\n' >>list
	train model "${SHORT[@]:2}" --corpora list --guided-alignment-weight 0.5 --updates 2 \
		--log log.jsonl
	# The toy's own pair of files has no links.
	grep -qx 'word alignments: 160 of the pairs have some' messages
	[ "$(grep -c alignment_loss log.jsonl)" -eq 2 ]
	sed -i 's/weight=2/alignment=toy.align/' list
	run ! train other --corpora list --updates 2
	grep -q 'list:1: a second alignment' messages
}

# refuses STATUS TEXT OPTION…
refuses() {
	run train refused "${@:3}" --updates 1
	[ "$status" -eq "$1" ]
	grep -qF -e "$2" messages
	[ ! -e refused ] && [ ! -e refused.checkpoint ]
}

@test "train alignment: what is wrong is told with its file and line" {
	sed '7s/.*/0-1 1-4/' toy.align >bad
	refuses 1 'bad:7: link 1-4: there is no such word, the target has 4' --guided-alignment bad
	sed '9s/.*/0-1 1?0/' toy.align >bad
	refuses 1 "bad:9: '1?0' is no link" --guided-alignment bad
	sed 1d toy.align >bad
	refuses 1 'bad has 199 lines and the texts that it aligns have 200' --guided-alignment bad
	refuses 1 'no-such-file' --guided-alignment no-such-file
	refuses 2 'this model has none' --guided-alignment toy.align --attention none
	refuses 2 'needs --guided-alignment' --guided-alignment-weight 2
	refuses 2 'from 0 to 1000' --guided-alignment toy.align --guided-alignment-weight -1
	refuses 2 'only one of the texts can be standard input' --guided-alignment - --source -
	refuses 2 'is another file of this training' --guided-alignment toy.align --log toy.align
	run "$TRUJAMAN" train --corpora list --guided-alignment toy.align -m refused
	[ "$status" -ne 0 ]
	cp toy.align kept
	run train toy.align --guided-alignment toy.align --force
	[ "$status" -eq 2 ]
	cmp toy.align kept
}
