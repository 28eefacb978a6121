#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Sampling: a draw is that of its line, whatever surrounds the work; the seed decides.

load helper

draw() { "$TRUJAMAN" translate -m "$SHIPPED" --sample "$@"; }

@test "kernels, threads, batches, the cache and --memory do not show" {
	head -40 "$SENTENCES" >in.txt
	draw -t 1 in.txt >one
	draw -t 3 --cache 0 --memory 0 <in.txt | cmp - one
	for isa in $(usable_isas); do
		head -12 in.txt | TRUJAMAN_ISA=$isa draw | cmp - <(head -12 one)
	done
	! cmp one <(draw --seed 2 in.txt)
	! cmp one <(shipped in.txt)
	draw --seed 1 in.txt | cmp - one
}

@test "shards, folders, resumed and compressed runs draw the same" {
	head -30 "$SENTENCES" >in.txt
	draw in.txt >one
	for i in 1 2 3; do
		draw -o out --shard $i/3 in.txt
	done
	"$TRUJAMAN" merge out
	cmp out one
	mkdir folder && cp in.txt folder/a && head -7 in.txt >folder/b
	draw --output-dir made folder
	cmp made/a one
	cmp made/b <(head -7 one)
	gzip -k in.txt
	draw in.txt.gz | cmp - one
	# A partial output, as a kill leaves it.
	"$TRUJAMAN" translate -m "$SHIPPED" --sample --shard 1/1 -o again in.txt
	mv again.1-of-1.journal again.1-of-1.journal.kept
	head -11 again.1-of-1 >again.1-of-1.partial
	mv again.1-of-1.journal.kept again.1-of-1.journal
	rm again.1-of-1
	sed -i '/^+/d' again.1-of-1.journal
	draw --shard 1/1 -o again --resume in.txt
	cmp again.1-of-1 one
	rm again.1-of-1
	head -11 one >again.1-of-1.partial
	fails 1 'seed' draw --seed 2 --shard 1/1 -o again --resume in.txt
}

@test "equal lines draw different translations" {
	for i in $(seq 20); do
		echo "I have never seen such a beautiful and strange house."
	done >in.txt
	[ "$(draw in.txt | sort -u | wc -l)" -gt 10 ]
}

@test "--n-best K draws K, of which the first is that without" {
	printf 'I am here.\n\nWe went home. It was late.' >in.txt
	draw in.txt >one
	draw --n-best 5 in.txt >five
	[ "$(cut -f1 five | sort | uniq -c | tr -s ' \n' ' ')" = " 5 1 5 2 5 3 " ] || cut -f1 five
	cmp <(awk -F'\t' '$1 != n { n = $1; print $3 }' five) <(sed -e '$a\' one)
	draw --n-best 5 -t 3 in.txt | cmp - five
	# With the likeliest piece alone, all draws are what a beam of 1 finds.
	draw --n-best 3 --top-k 1 in.txt | cut -f3 | sort -u >drawn
	shipped --beam 1 in.txt | sed -e '$a\' | sort -u | cmp - drawn
	draw --top-p 0 in.txt | cmp - <(shipped --beam 1 in.txt)
}

@test "what must not change does not" {
	printf 'It costs 1,250 euros at https://example.org/a?b=1 today.\n' >in.txt
	draw --temperature 1.5 --n-best 20 in.txt >out.txt
	[ "$(grep -c 'https://example.org/a?b=1' out.txt)" -eq 20 ]
	[ "$(grep -c '1,250' out.txt)" -eq 20 ]
}

@test "wrong usage" {
	for option in "--temperature 2" "--top-k 3" "--top-p 0.5" "--seed 3"; do
		fails 2 'needs --sample' shipped $option "$SENTENCES"
	done
	fails 2 'sample goes without --beam' draw --beam 2 "$SENTENCES"
	fails 2 'temperature must be a number from 0.01 to 100' draw --temperature 0 "$SENTENCES"
	fails 2 'top-p must be a number from 0 to 1' draw --top-p 1.1 "$SENTENCES"
}
