#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What `trujaman score` makes of pairs: columns, n-best lists, two directions, normalised scores.

load helper

BACK=$srcdir/tests/fixtures/gru-general-deep.safetensors
score() { "$TRUJAMAN" score -m "$TINY" "$@"; }

# Pairs without tabs, as two files and as one with two more columns.
make_pairs() {
	head -20 "$SENTENCES" | tr '\t' ' ' >src
	tiny --plain src | tr '\t' ' ' >tgt
	awk '{ print NR "\t\377" NR }' src >more
	paste more tgt src >rows
}

@test "pairs: --tsv says what two files say, and keeps the lines" {
	make_pairs
	score src tgt >two
	score --tsv 4,3 rows >one
	paste two rows | cmp - one
	score --tsv 4,3 <rows | cmp - one
	score --tsv 4,3 - <rows | cmp - one
	score --tsv 4,3 --alignments --word-scores rows >all
	score --alignments --word-scores src tgt | paste - rows | cmp - all
}

@test "pairs: --tsv keeps line endings, and lines that lack a column" {
	printf '\xef\xbb\xbfGo.\tVe.\r\nGo.\n\nGo.\tVe.\tmore\tand\xff more\nGo.\tVe.' >rows
	score --tsv 1,2 rows >out 2>err
	value=$(score <(echo Go.) <(echo Ve.))
	{
		printf '%s\tGo.\tVe.\r\n' "$value"
		printf -- '-inf\tGo.\n-inf\t\n'
		printf '%s\tGo.\tVe.\tmore\tand\xff more\n%s\tGo.\tVe.\n' "$value" "$value"
	} | cmp - out
	grep -q '2 lines lack a column and have the score -inf' err
	# Invalid bytes count only where they are scored.
	! grep -q 'invalid UTF-8' err
	printf 'a\tb\tc\na\tb\tab\xff\n' >rows
	fails 1 'rows:2: invalid UTF-8 at byte 7' score --strict -o out --tsv 1,3 rows
	[ "$(score --tsv 1,2 </dev/null | wc -c)" -eq 0 ]
}

@test "pairs: --n-best ranks what translate --n-best prints" {
	make_pairs
	tiny --beam 5 --n-best 5 src >list
	score --n-best src list >ranked
	# Nothing is lost but the old scores.
	diff <(cut -f 1,3- list | sort) <(cut -f 1,3- ranked | sort)
	cut -f 1 list | cmp - <(cut -f 1 ranked)
	# The scores are those of the pairs, and they fall within a line.
	awk -F '\t' 'NR == FNR { s[NR] = $0; next } { print s[$1] }' src list >each
	cut -f 3- list >texts
	paste <(cut -f 1 list) <(score each texts) texts >scored
	sort -t $'\t' -k 1,1n -k 2,2gr -s scored | cmp - ranked
	score --n-best - list <src | cmp - ranked
	score --n-best src - <list | cmp - ranked
	# A slow list is the same, and so is one that leaves out lines.
	while IFS= read -r line; do printf '%s\n' "$line"; done <list | score --n-best src - |
		cmp - ranked
	grep -v '^[13]'$'\t' list | score --n-best src - | cmp - <(grep -v '^[13]'$'\t' ranked)
	score --n-best --alignments src list | cut -f 1-3 | cmp - <(cut -f 1-3 ranked)
}

@test "pairs: equal translations keep their order; CRLF and odd texts stay" {
	printf 'Go.\nNo.\n' >src
	printf '2\t-1\tb\r\n2\tnan\tb\n2\t\tb\ttab\xff\n' >list
	score -q --n-best src list >out
	[ "$(grep -c '^2' out)" -eq 3 ]
	grep $'\tb\r*$' out | od -c | finds '\\r'
	[ "$(grep -n $'\tb\r$' out | cut -d : -f 1)" -lt "$(grep -n $'\tb$' out | cut -d : -f 1)" ]
	grep -q $'\tb\ttab\xff$' out
}

@test "pairs: n-best lists that are none" {
	printf 'Go.\nNo.\n' >src
	for line in 'x' '1' $'1\t2' $'\t1\tx' $'0\t1\tx' $'-1\t1\tx' $'1.0\t1\tx' \
		$'99999999999999999999999\t1\tx'; do
		printf '%s\n' "$line" >list
		fails 1 'list:1: wanted a line of an n-best list' score --n-best src list
	done
	printf '1\t0\ta\n2\t0\tb\n1\t0\tc\n' >list
	fails 1 'list:3: the line numbers of an n-best list must rise' score -o out --n-best src list
	printf '1\t0\ta\n3\t0\tb\n' >list
	fails 1 'list:2: the source has fewer lines' score -o out --n-best src list
	# What came before an error is there, and complete.
	score --n-best src list >out 2>err || true
	[ "$(cut -f 1,3 out)" = $'1\ta' ]
	for i in $(seq 1025); do printf '1\t0\ta\n'; done >list
	fails 1 'list:1025: more than 1024 translations of one line' score --n-best src list
	head -1024 list >most
	[ "$(score --n-best src most | wc -l)" -eq 1024 ]
	printf '1\t0\ta\n1\t0\tb\xff\n' >list
	fails 1 'list:2: invalid UTF-8 at byte 6' score --strict --n-best src list
	[ "$(score --strict --n-best src list 2>&1 >out || true; wc -c <out)" != 0 ]
	[ ! -s out ] # not half of a line's translations
}

@test "pairs: --reverse-model scores both directions" {
	make_pairs
	score src tgt >there
	"$TRUJAMAN" score -m "$BACK" tgt src >back
	score --reverse-model "$BACK" src tgt >both
	paste there back | cmp - both
	score --reverse-model "$BACK" --tsv 4,3 rows | cmp - <(paste both rows)
	score --reverse-model "$BACK" --word-scores src tgt | cut -f 1,2 | cmp - both
	tiny --beam 3 --n-best 3 src >list
	awk -F '\t' 'NR == FNR { s[NR] = $0; next } { print s[$1] }' src list >each
	cut -f 3- list >texts
	# The sums are rounded once in the list and twice here.
	score --reverse-model "$BACK" each texts | paste <(cut -f 1 list) - texts >scored
	score --reverse-model "$BACK" --n-best src list | awk '
		function text(line, n) { while (n-- > 0) sub(/^[^\t]*\t/, "", line); return line }
		BEGIN { FS = "\t" }
		NR == FNR { sum[$1 "\t" text($0, 3)] = $2 + $3; next }
		$1 == last && $2 > score { exit 1 }
		{ d = sum[$1 "\t" text($0, 2)] - $2; last = $1; score = $2; n++ }
		d > 2e-6 || d < -2e-6 { exit 1 }
		END { exit n < 40 }' scored -
}

@test "pairs: kernels, threads and --memory do not show" {
	make_pairs
	for file in src tgt rows; do
		head -8 $file >few && mv few $file
	done
	tiny --beam 3 --n-best 3 src >list
	for what in "--tsv 4,3 rows" "--n-best src list" "src tgt"; do
		score -t 1 --normalize --reverse-model "$BACK" $what >one
		score -t 3 --memory 0 --normalize --reverse-model "$BACK" $what | cmp - one
		for isa in $(usable_isas); do
			TRUJAMAN_ISA=$isa score --normalize --reverse-model "$BACK" $what |
				cmp - one
		done
	done
}

@test "pairs: --normalize divides by pieces" {
	make_pairs
	score src tgt >whole
	score --normalize src tgt | paste whole - tgt | awk -F '\t' '
		{ n = $1 / $2; pieces = int(n + 0.5); words = split($3, w, " ")
		  if (pieces < words + 1 || n - pieces > 0.01 || pieces - n > 0.01) {
			print NR ": " $0; exit 1 } }'
	printf '\n' >blank
	cmp <(score --normalize blank blank) <(score blank blank)
}

@test "pairs: ensembles of both directions" {
	make_pairs
	"$TRUJAMAN" score -m "$TINY" -m "$BACK" src tgt >there
	"$TRUJAMAN" score -m "$BACK" -m "$TINY" tgt src >back
	"$TRUJAMAN" score -m "$TINY" -m "$BACK" --reverse-model "$BACK" --reverse-model "$TINY" \
		src tgt | cmp - <(paste there back)
	"$TRUJAMAN" score -m "$TINY" --reverse-model "$BACK" --reverse-model "$TINY" \
		--ensemble log src tgt >/dev/null
}

@test "pairs: models that do not go together are told" {
	printf 'Hola.\n' >es
	printf 'Hello.\n' >en
	"$TRUJAMAN" score -m "$SHIPPED" --reverse-model "$srcdir/models/es-en.safetensors" en es \
		2>err
	[ ! -s err ]
	"$TRUJAMAN" score -m "$SHIPPED" --reverse-model "$SHIPPED" en es 2>err
	grep -q 'do not translate in opposite directions' err
}

@test "pairs: wrong usage" {
	for columns in 1 1, ,2 0,1 1,0 1,2,3 a,b '1 ,2' -1,2 1,1048577 99999999999,1 ''; do
		fails 2 "--tsv wants two columns" score --tsv="$columns" x
	done
	fails 2 'names one column, 2' score --tsv 2,2 x
	fails 2 '--tsv takes one file, not 2' score --tsv 1,2 x y
	fails 2 'exclude each other' score --tsv 1,2 --n-best x y
	fails 2 'exclude each other' score --n-best --tsv 1,2 x
	fails 2 'SOURCE and LIST, not 1' score --n-best x
	fails 2 'cannot both be standard input' score --n-best - -
	fails 1 'cannot read nowhere' score --tsv 1,2 nowhere
	printf 'a\tb\n' >rows
	fails 2 'both input and output' score --tsv 1,2 -o rows rows
	cp "$BACK" back
	fails 2 'output is the model' score --reverse-model back --tsv 1,2 -o back rows
}
