#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --n-best with lines of several sentences, with equal and empty translations, and with several
# files. scores.bats has what a list looks like.

load helper

# Three sentences, a line each.
sentences() {
	printf '%s\n' "The ferry leaves at noon." "Thank you, neighbour." "Where did they put the lamp?"
}

# Print the K best combinations of three lists from standard input, best first: score, tab, text.
# All combinations are tried.
best_of_all() {
	awk -F '\t' '
		{ n[$1]++; score[$1, n[$1]] = $2; text[$1, n[$1]] = $3 }
		END {
			for (i = 1; i <= n[1]; i++)
				for (j = 1; j <= n[2]; j++)
					for (k = 1; k <= n[3]; k++)
						printf "%.6f\t%s %s %s\n",
							score[1, i] + score[2, j] + score[3, k],
							text[1, i], text[2, j], text[3, k]
		}' | LC_ALL=C sort -t "$(printf '\t')" -k 1,1gr |
		awk -F '\t' -v k="$1" '!seen[$2]++ && n++ < k'
}

# k_best K COMMAND…: the list of the three sentences in a line is made of the K best combinations
# of the lists of the three alone. The scores printed for the three are rounded.
k_best() {
	local k=$1
	shift
	sentences | "$@" --n-best "$k" >each
	sentences | paste -sd ' ' | "$@" --n-best "$k" >together
	best_of_all "$k" <each >wanted
	[ "$(count_lines together)" -eq "$k" ]
	cut -f 3 together | diff - <(cut -f 2 wanted)
	paste wanted together | awk -F '\t' '{ d = $1 - $4; if (d * d > 4e-12) exit 1 }'
}

@test "a line of three sentences: the best sums of all combinations" {
	k_best 4 shipped
	k_best 7 shipped --length-penalty 0
	k_best 7 shipped --length-penalty 2 --beam 8
	k_best 10 tiny
	k_best 3 tiny --beam 5
}

@test "every list: different texts, none of them empty, the best first" {
	{ cat "$SENTENCES"; sentences | paste -sd ' '; } | grep -v '^[[:space:]]*$' >in
	for beam in 4 16; do
		shipped --n-best "$beam" in >lists
		cut -f 1,3- lists | sort | uniq -d >twice
		[ ! -s twice ]
		run grep -cE $'^[0-9]+\t[^\t]*\t[[:space:]]*$' lists
		[ "$output" -eq 0 ]
		awk -F '\t' '$1 == line && $2 > score { exit 1 } { line = $1; score = $2 }' lists
		[ "$(cut -f 1 lists | uniq | wc -l)" -eq "$(count_lines in)" ]
	done
}

@test "the first of a list is the translation of the exact search" {
	{ grep -v '^[[:space:]]*$' "$SENTENCES"; sentences | paste -sd ' '; } >in
	shipped --exact --scores in >plain
	shipped --n-best 4 in | awk -F '\t' '$1 != line { line = $1; print }' | cut -f 2- | cmp - plain
}

@test "what equal texts leave free goes to others that the search found" {
	shipped --n-best 16 "$SENTENCES" >all
	shipped --n-best 8 --beam 16 "$SENTENCES" >some
	awk -F '\t' '$1 != line { line = $1; n = 0 } ++n <= 8' all | cmp - some
}

@test "sentences that repeat: the same without the cache, with any threads" {
	unless_sanitized
	sentences >three
	{
		paste -sd ' ' three
		cat three three
		sed -n '2p;2p;1p;3p;1p' three | paste -sd ' '
		sed 's/$/  /' three three | paste -sd '\t'
	} >in
	shipped --n-best 5 --cache 0 --threads 1 in >expected
	[ "$(cut -f 1 expected | uniq | wc -l)" -eq "$(count_lines in)" ]
	shipped --n-best 5 --threads 1 in | cmp - expected
	shipped --n-best 5 --threads 3 in | cmp - expected
}

@test "a line of 2,000 sentences and 64 translations" {
	unless_sanitized
	awk 'BEGIN { for (i = 0; i < 2000; i++) printf "Go to house %d. ", i % 20; print "" }' >in
	tiny --n-best 64 in >lists
	[ "$(count_lines lists)" -eq 64 ]
	[ "$(cut -f 3- lists | sort -u | wc -l)" -eq 64 ]
	tiny --exact --scores --beam 64 in >plain
	head -n 1 lists | cut -f 2- | cmp - plain
}

@test "lines are counted over all files, and in each file with --output-dir" {
	printf 'Go.\n\nNo.\n' >a
	printf 'Yes.\nGo.' >b
	printf '%s\n' 1 1 2 3 3 4 4 5 5 >together
	printf '%s\n' 1 1 2 2 >alone
	shipped --n-best 2 a b | cut -f 1 | cmp - together
	cat a b | shipped --n-best 2 | cut -f 1 | cmp - together
	shipped --n-best 2 -o out a b
	cut -f 1 out | cmp - together
	shipped --n-best 2 --output-dir dir a b
	cut -f 1 dir/b | cmp - alone
}
