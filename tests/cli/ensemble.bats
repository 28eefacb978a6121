#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Several models as one: translations and scores, the same bytes however the work is divided.

load helper

A=$srcdir/tests/fixtures/luong-general.safetensors
B=$srcdir/tests/fixtures/gru-general-deep.safetensors
C=$srcdir/tests/fixtures/none-gru-bi.safetensors

both() { "$TRUJAMAN" translate -m "$A" -m "$B" -m "$C" "$@"; }

@test "kernels, threads, shards, the cache and --memory do not show" {
	head -5 "$SENTENCES" >in.txt
	for options in "--beam 1" "--n-best 3 --ensemble log" "--sample"; do
		both -t 1 $options in.txt >one
		both -t 3 --cache 0 --memory 0 $options in.txt | cmp - one
		for isa in $(usable_isas); do
			TRUJAMAN_ISA=$isa both $options in.txt | cmp - one
		done
	done
	for i in 1 2; do
		both --shard $i/2 -o out in.txt
	done
	"$TRUJAMAN" merge out
	cmp out <(both in.txt)
}

@test "an ensemble is another translator than its members" {
	head -6 "$SENTENCES" >in.txt
	both in.txt >all
	for model in "$A" "$B" "$C"; do
		! cmp all <("$TRUJAMAN" translate -m "$model" in.txt)
	done
	! cmp all <(both --ensemble log in.txt)
	# A model and itself say what the model says alone, but for rounding.
	"$TRUJAMAN" score -m "$SHIPPED" in.txt in.txt >alone
	"$TRUJAMAN" score -m "$SHIPPED" -m "$SHIPPED" in.txt in.txt | paste - alone |
		awk '{ d = $1 - $2; if (d > 1e-3 || d < -1e-3) exit 1 }'
}

@test "a score is the mean of probabilities, piece by piece" {
	# The first reads </s> at the end of a source, the others do not.
	printf 'I am here.\n\n' >in.txt
	printf '\n\n' >empty.txt
	# An empty target has one piece, so the probabilities of the members can be averaged.
	for model in "$A" "$B" "$C"; do
		"$TRUJAMAN" score -m "$model" in.txt empty.txt >>members
	done
	for options in "-m $A -m $B -m $C" "-m $B -m $A -m $C"; do
		"$TRUJAMAN" score $options in.txt empty.txt |
			awk 'NR == FNR { sum[NR % 2] += exp($1) / 3; next }
				{ d = log(sum[FNR % 2]) - $1; if (d > 1e-5 || d < -1e-5) exit 1 }' \
				members -
	done
}

@test "alignments and word scores are those of all members" {
	grep -v $'\t' "$SENTENCES" | grep '[a-z]' | sed -n 1,12p >in.txt
	both --plain --split off --max-pieces 1000 in.txt >out.txt
	both --plain --split off --max-pieces 1000 --alignments --word-scores in.txt >all
	cut -f 1 all | cmp - out.txt
	# What the words lack of the score is the end of the sentence.
	both --plain --split off --scores --length-penalty 0 --word-scores in.txt | awk -F '\t' '
		{ n = split($3, s, " "); sum = 0; for (i = 1; i <= n; i++) sum += s[i] }
		n == 0 || sum < $1 - 0.001 { print NR ": " $0; bad = 1 }
		END { exit bad }'
	"$TRUJAMAN" score -m "$A" -m "$B" -m "$C" --plain in.txt out.txt >scores
	"$TRUJAMAN" score -m "$A" -m "$B" -m "$C" --plain --alignments --word-scores in.txt \
		out.txt >columns
	cut -f 1 columns | cmp - scores
	# No member's attention alone says the same; one without attention adds nothing.
	for model in "$A" "$B"; do
		! "$TRUJAMAN" score -m "$model" --plain --alignments in.txt out.txt |
			cut -f 2 | cmp - <(cut -f 2 columns)
	done
	"$TRUJAMAN" score -m "$A" --plain --alignments in.txt out.txt | cut -f 2 >links
	"$TRUJAMAN" score -m "$C" -m "$A" --plain --alignments in.txt out.txt | cut -f 2 |
		cmp - links
	"$TRUJAMAN" score -m "$A" -m "$A" --plain --alignments in.txt out.txt | cut -f 2 |
		cmp - links
	fails 2 'alignments: found attention none' \
		"$TRUJAMAN" score -m "$C" -m "$C" --alignments in.txt out.txt
}

@test "the statistics name all members" {
	command -v jq >/dev/null || skip "jq is not installed"
	head -3 "$SENTENCES" >in.txt
	both --stats stats.json -o out in.txt
	[ "$(jq -r '.ensemble | map(.path) | join(" ")' stats.json)" = "$A $B $C" ]
	[ "$(jq -r '.model.path' stats.json)" = "$A" ]
}

@test "the journal knows all members" {
	head -5 "$SENTENCES" >in.txt
	both --shard 1/2 -o out in.txt
	fails 1 'model' "$TRUJAMAN" translate -m "$A" -m "$B" --resume --shard 1/2 -o out in.txt
	fails 1 'model' "$TRUJAMAN" translate -m "$B" -m "$A" -m "$C" --resume --shard 1/2 -o out \
		in.txt
	fails 1 'ensemble' both --ensemble log --resume --shard 1/2 -o out in.txt
}

@test "wrong usage" {
	fails 2 'different vocabularies' "$TRUJAMAN" translate -m "$A" -m "$SHIPPED" "$SENTENCES"
	fails 2 'ensemble needs several models' tiny --ensemble log "$SENTENCES"
	many=$(for i in $(seq 17); do echo "-m $A"; done)
	fails 2 'given more than 16 times' "$TRUJAMAN" translate $many "$SENTENCES"
	fails 1 'nothing' "$TRUJAMAN" translate -m "$A" -m nothing "$SENTENCES"
	cp "$B" b.safetensors
	fails 2 'output is the model' "$TRUJAMAN" translate -m "$A" -m b.safetensors \
		-o b.safetensors "$SENTENCES"
	cmp "$B" b.safetensors
}
