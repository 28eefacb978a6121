#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --copy-names: names that the network has not learnt come through where it looks at them; the list
# of words that says so, learnt in training or added by quantize --words.

load helper
load toy

setup() {
	start
	cat >in <<-'END'
		The letter came from Anna Brzezinska, who lives near Pardubice.
		Yesterday Wojciech Kowalczyk met Mrs. Vucinic in Isfahan.
		The cat sleeps.
		THE LETTER CAME FROM PARDUBICE.
	END
}

en() { "$TRUJAMAN" translate -m "$SHIPPED" "$@"; }

# has FILE WORD…: each word stands in the file.
has() {
	local file=$1 word
	shift
	for word; do
		grep -qwF -e "$word" "$file" || {
			echo "no $word"
			cat "$file"
			return 1
		}
	done
}

@test "names: they come through, unless that is switched off" {
	en in >out
	has out Anna Brzezinska Pardubice Wojciech Kowalczyk Vucinic Isfahan
	en --copy-names off in >off
	! grep -qwF Brzezinska off
	# All else is what the network wrote.
	[ "$(sed -n 3,4p out)" = "$(sed -n 3,4p off)" ]
	run -2 en --copy-names on in
	en --plain in >plain
	! grep -qwF Brzezinska plain
}

@test "names: all entries of a list, which differ" {
	en --n-best 4 in >lists
	awk -F '\t' '$1 == 1' lists | cut -f 3 >first
	[ "$(grep -cwF Brzezinska first)" -eq "$(count_lines first)" ]
	[ "$(sort -u first | count_lines /dev/stdin)" -eq "$(count_lines first)" ]
	awk -F '\t' '!($1 in seen) { seen[$1] = 1; print $3 }' lists | cmp - <(en in)
}

@test "names: the same bytes for threads, kernels, caches, shards, and in a column" {
	cat in in "$SENTENCES" >many
	en many >out
	for options in "--threads 2" "--cache 0" "--threads 3 --cache 0"; do
		# shellcheck disable=SC2086 # words of a list
		en $options many | cmp - out
	done
	TRUJAMAN_ISA=scalar en in | cmp - <(en in)
	for i in 1 2 3; do en --shard $i/3 -o parts many; done
	"$TRUJAMAN" merge parts
	cmp parts out
	awk '{ print NR "\t" $0 "\tx" }' in | en --tsv 2 | cut -f 2 | cmp - <(en in)
}

@test "names: alignments and explanations fit what is written" {
	en --alignments in >aligned
	cut -f 1 aligned | cmp - <(en in)
	awk -F '\t' '{
		n = split($1, words, " ")
		for (i = split($2, links, " "); i > 0; i--) {
			split(links[i], pair, "-")
			if (pair[2] >= n) exit 1
		}
	}' aligned
	# "Pardubice." of both.
	sed -n 1p aligned | cut -f 2 | tr ' ' '\n' | finds '^9-'
	en --explain in 2>report >out
	grep -q '^in:1	name	26-36	Brzezinska	' report
	[ "$(sed -n 's/^in:1	result	[0-9-]*	//p' report)" = "$(sed -n 1p out)" ]
	en --explain --copy-names off in 2>report >out
	! grep -q '	name	' report
}

@test "names: alignments change none, nor in title case" {
	printf '%s\n' 'The Children Will Sing at the Wojciech Concert in the School' \
		'Dogs of Pardubice Will Run for the Brzezinska Cup on Sunday' >title
	for beam in 1 4; do
		en --beam $beam --alignments title in | sed 's/\t[^\t]*$//' >aligned
		en --beam $beam title in | cmp - aligned
	done
}

@test "names: alignments behind a name that is longer or shorter than what it replaces" {
	cat >long <<-'END'
		The letter came from Anna Brzezinska, who lives near Pardubice. I live in a house.
		Mrs. Vucinic met Mrs. Vucinic. Mrs. Vucinic met Mrs. Vucinic. I live in a house.
	END
	for beam in 1 4; do
		en --beam $beam --alignments long >aligned
		en --beam $beam --explain long 2>report >/dev/null
		awk -F '\t' '$2 == "name" && length($4) != length($5) { n++ } END { exit n < 3 }' report
		# The last two words are "una casa." of "a house."
		awk -F '\t' '{
			n = split($1, words, " "); m = split($2, links, " ")
			split(links[m], last, "-"); split(links[m - 1], before, "-")
			if (words[n] != "casa." || last[2] != n - 1 || last[1] != 14)
				exit 1
			if (before[2] != n - 2 || before[1] != last[1] - 1) exit 1
		}' aligned
	done
}

@test "names: what must not change does not" {
	cat >mixed <<-'END'
		The letter from Anna Brzezinska of 12/31/2024, see https://example.org/Pardubice and {name}.
		The letter came from Pardubice; that of Brzezinska has 17 pages and costs $1,234.50.
	END
	en --beam 1 mixed >out
	has out 12/31/2024 https://example.org/Pardubice '{name}' 17 '$1,234.50'
	# Words that are not to be written are not copied either.
	echo Brzezinska >unwanted
	en --suppress unwanted mixed >out
	! grep -qwF Brzezinska out
}

@test "names: quantize --words gives a model the list, training learns one" {
	toy 300 1
	train model --updates 3
	"$TRUJAMAN" info model | finds 'features.*word_list'
	[ ! -e words ]
	"$TRUJAMAN" quantize --words toy.src "$TINY" with
	"$TRUJAMAN" info with | finds 'features  *word_list'
	"$TRUJAMAN" quantize "$TINY" without
	"$TRUJAMAN" translate -m ./with --copy-names off toy.src |
		cmp - <("$TRUJAMAN" translate -m ./without toy.src)
	# What is there stays; the same text adds nothing.
	"$TRUJAMAN" quantize --words toy.src with again
	cmp with again
	printf '%s\n' 'zzz zzz zzz' >more
	"$TRUJAMAN" quantize --words more with again
	[ "$(wc -c <again)" -gt "$(wc -c <with)" ]
	# Training may be broken off and goes on with the same list.
	train model --force --updates 4
	train other --updates 2
	train other --resume --updates 4
	cmp model other
}

@test "names: texts that make no list" {
	printf 'Der Hund und die Katze sehen das Haus\n%.0s' 1 2 3 4 >german
	fails 1 'capitals tell no names' "$TRUJAMAN" quantize --words german "$TINY" out
	: >empty
	fails 1 'empty: no word' "$TRUJAMAN" quantize --words empty "$TINY" out
	fails 1 'none: No such file' "$TRUJAMAN" quantize --words none "$TINY" out
	printf 'a\n\xff\n' >broken
	fails 1 'broken:2: invalid UTF-8' "$TRUJAMAN" quantize --words broken --  "$TINY" out
	[ ! -e out ]
}
