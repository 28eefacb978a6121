#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Numbers of one and two digits, which are no spans: a translation has each of them, as digits or as
# its word, and no digits of its own, whatever the network writes.

load helper
load toy

# Two networks that have hardly learnt anything, and texts with small numbers.
setup_file() {
	cd "$BATS_FILE_TMPDIR"
	toy 300 1
	awk '{ print $0, NR % 60 }' toy.src >s
	awk '{ print $0, NR % 60 }' toy.tgt >t
	mv s toy.src
	mv t toy.tgt
	for n in 0 16; do
		"$TRUJAMAN" train "${TOY[@]}" -m "model$n" --placeables $n --updates 4 \
			--source-language en --target-language es 2>messages
	done
	awk '{ n = NR % 7; print $0, n * n, "zul", 90 - NR, "mako" }' <(head -n 60 toy.src) >numbers
	echo 'mako 5 zul 5 hata 05, 55 pef 5th.' >>numbers
	echo 'MAKO 12 ZUL 13 HATA' >>numbers
	echo 'mako twelve zul hata' >>numbers
	echo 'a_b 12 zul 1,234 hata 7' >>numbers
}

setup() {
	start
	cp "$BATS_FILE_TMPDIR"/{model0,model16,numbers} .
}

# agrees: whether each line of `out` has the numbers of that line of `numbers`; nothing else has
# digits there. What number words the networks know is none.
agrees() {
	[ "$(count_lines out)" -eq "$(count_lines numbers)" ]
	paste -d '\t' numbers out | awk -F '\t' '
	function list(text,   m, all) {
		all = ""
		gsub(/[0-9]+(st|nd|rd|th)/, "", text)
		while (match(text, /[0-9]+/)) {
			m[substr(text, RSTART, RLENGTH)]++
			text = substr(text, RSTART + RLENGTH)
		}
		for (i = 0; i < 10000; i++) {
			if (i in m) all = all " " i "*" m[i]
			if (i < 10 && ("0" i) in m) all = all " 0" i "*" m["0" i]
		}
		return all
	}
	list($1) != list($2) { print "wanted" list($1) ", found" list($2) ": " $2; bad = 1 }
	END { exit bad }'
}

@test "numbers: each of the source and no others, from networks that know nothing" {
	for model in model0 model16; do
		for beam in 1 4; do
			"$TRUJAMAN" translate -m ./$model --beam $beam numbers >out
			agrees
			"$TRUJAMAN" translate -m ./$model --beam $beam --split off numbers >out
			agrees
		done
		"$TRUJAMAN" translate -m ./$model --plain numbers >out
		run agrees
		[ "$status" -ne 0 ]
	done
}

@test "numbers: in lists, the first of which is what there is without one" {
	for model in model0 model16; do
		"$TRUJAMAN" translate -m ./$model numbers >alone
		"$TRUJAMAN" translate -m ./$model --n-best 4 numbers >lists
		awk -F '\t' '$1 != line { print $3 } { line = $1 }' lists | cmp - alone
		for rank in 2 3 4; do
			awk -F '\t' -v rank=$rank '
			$1 != line { if (NR > 1) print text; n = 0; line = $1 }
			++n <= rank { text = $3 }
			END { print text }' lists >out
			agrees
		done
	done
}

@test "numbers: the same bytes with other threads, kernels and caches" {
	for i in 1 2 3; do cat numbers; done >many
	"$TRUJAMAN" translate -m ./model16 -o whole many
	"$TRUJAMAN" translate -m ./model16 -t 1 --cache 0 many | cmp - whole
	"$TRUJAMAN" translate -m ./model16 -t 3 --cache 0 --memory 0 many | cmp - whole
	for isa in $(usable_isas); do
		TRUJAMAN_ISA=$isa "$TRUJAMAN" translate -m ./model16 --cache 0 many | cmp - whole
	done
}

@test "numbers: why is told" {
	"$TRUJAMAN" translate -m ./model0 --explain numbers >out 2>report
	grep -q '	split	the translation has other small numbers than the source$' report
	grep -qE '^numbers:[0-9]+	span	[0-9]+-[0-9]+	number	[0-9]$' report
}

@test "numbers: words count with the models that ship" {
	cat >in <<-'END'
		I have 2 brothers and 12 cousins.
		The train leaves at 7 from platform 3.
		She is 21 years old.
		We need 3 eggs, 1 spoon and 50 plates.
		Chapter 9: how to lose 10 pounds in 30 days
		The 44 members voted 23 to 21 on the 5 remaining questions of the day.
	END
	"$TRUJAMAN" translate -m "$SHIPPED" in >out
	cp in numbers
	sed -i 's/\b[Dd]os\b/2/g; s/\b[Dd]oce\b/12/g; s/\bsiete\b/7/g; s/\b[Tt]res\b/3/g
		s/\b[Uu]na\? cuchara/1 cuchara/g; s/\bnueve\b/9/g; s/\bdiez\b/10/g; s/\bcinco\b/5/g
		s/\b[Vv]eintiún\b/21/g; s/\bcincuenta\b/50/g; s/\btreinta\b/30/g' out
	agrees
}
