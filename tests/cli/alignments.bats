#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --alignments and --word-scores of translate and score.

load helper

LINKS='([0-9]+-[0-9]+( [0-9]+-[0-9]+)*)?'

# in_words FIRST SECOND LINKS: whether every link names words of the lines of both texts.
in_words() {
	paste -d $'\001' "$1" "$2" "$3" | awk -F '\001' '
	{
		n = split($1, a, /[ \t\v\f\r]+/); m = split($2, b, /[ \t\v\f\r]+/)
		k = split($3, links, " ")
		for (i = 1; i <= k; i++) {
			split(links[i], pair, "-")
			if (pair[1] >= n || pair[2] >= m) { print NR ": " $0; bad = 1 }
		}
	}
	END { exit bad }'
}

@test "alignments: a column after the translation, which stays the same" {
	grep -v $'\t' "$SENTENCES" >in
	tiny in >plain
	tiny --alignments in >aligned
	sed 's/\t[^\t]*$//' aligned | cmp - plain
	sed 's/.*\t//' aligned >links
	run grep -vcE "^$LINKS$" links
	[ "$output" -eq 0 ]
	grep -q '[0-9]' links
	in_words in plain links
	tiny --alignments --scores --word-scores in >all
	awk -F '\t' 'NF != 4 { exit 1 }' all
	cut -f 2,3 all | cmp - aligned
}

@test "alignments: what words mean, and what was copied" {
	cat >in <<-'END'
		I live in a house.
		Write to bob@example.org before 12/31/2024.
		I LIVE IN A HOUSE.
	END
	shipped --beam 1 --alignments in >out
	awk -F '\t' 'NR == 1' out | cut -f 1 | finds -x 'Vivo en una casa.'
	awk -F '\t' 'NR == 1' out | cut -f 2 | finds -E '(^| )2-1 3-2 (4-2 )?4-3$'
	awk -F '\t' 'NR == 3' out | cut -f 2 | finds -E '(^| )2-1 3-2 (4-2 )?4-3$'
	# The word at which a span stands is linked with the word at which it stood.
	awk -F '\t' 'NR == 2 {
		n = split($1, w, " ")
		for (i = 1; i <= n; i++) if (w[i] ~ /bob@example.org/) print "2-" i - 1
		for (i = 1; i <= n; i++) if (w[i] ~ /31.2024/) print "4-" i - 1
	}' out >wanted
	[ "$(wc -l <wanted)" -eq 2 ]
	while read -r link; do
		awk -F '\t' 'NR == 2' out | cut -f 2 | tr ' ' '\n' | finds -x -e "$link"
	done <wanted
}

@test "alignments: the threshold" {
	head -n 30 "$SENTENCES" | grep -v $'\t' >in
	last=100000
	for x in 0.05 0.3 0.6 1; do
		n=$(tiny --plain --alignments --alignments-threshold $x in | sed 's/.*\t//' |
			wc -w)
		[ "$n" -le "$last" ]
		last=$n
	done
	[ "$last" -lt "$(tiny --plain --alignments in | sed 's/.*\t//' | wc -w)" ]
	fails 2 '--alignments-threshold must be a number from 0 to 1' \
		tiny --alignments-threshold 2 in
	fails 2 '--alignments-threshold needs --alignments or --attention' \
		tiny --alignments-threshold 0.2 in
}

@test "word scores: a number for each word; with the end's they are the score" {
	grep -v $'\t' "$SENTENCES" | grep '[a-z]' >in
	tiny --plain in >out
	"$TRUJAMAN" score -m "$TINY" --plain --word-scores in out >scored
	paste -d $'\001' scored out | awk -F '\001' '
	{
		split($1, columns, "\t"); n = split(columns[2], scores, " "); m = split($2, w, " ")
		sum = 0
		for (i = 1; i <= n; i++) sum += scores[i]
		# What is missing is the score of the end of the sentence.
		if (n != m || sum < columns[1] - 0.001) { print NR ": " $0; bad = 1 }
	}
	END { exit bad }'
}

@test "word scores: also of a translation of nothing" {
	printf '\n' >blank
	printf 'Hola mundo.\n' >text
	"$TRUJAMAN" score -m "$SHIPPED" --word-scores blank text | awk -F '\t' '
		{ n = split($2, w, " "); exit !(n == 2 && w[1] < 0 && w[2] < 0 && $1 < w[1] + w[2]) }'
}

@test "alignments: a source of very many words has scores, and no links" {
	awk 'BEGIN { for (i = 0; i < 600000; i++) printf "a "; print "" }' >many
	echo 'un perro y una casa y un gato' >few
	"$TRUJAMAN" score -q -m "$TINY" --alignments --word-scores many few >out
	cut -f 2 out | finds -x ''
	[ "$(cut -f 3 out | wc -w)" -eq 8 ]
}

@test "alignments: a sentence that is too long for a table of shares has no links" {
	awk 'BEGIN { for (i = 0; i < 2500; i++) printf "go "; print "home" }' >long
	tiny --beam 1 --split off --max-pieces 5000 --alignments long >out
	# So many pieces of both sides that their product is above the limit.
	[ "$(cut -f 1 out | wc -c)" -gt 5000 ]
	cut -f 2 out | finds -x ''
	printf 'go home\n' | tiny --beam 1 --alignments | cut -f 2 | finds '[0-9]'
}

@test "alignments: score aligns any two texts" {
	printf '%s\n' 'I have a dog.' '' 'It costs 1,250 euros.' >en
	printf '%s\n' 'Tengo un perro.' '' 'Cuesta 1,250 euros.' >es
	"$TRUJAMAN" score -m "$SHIPPED" --alignments en es >out
	awk -F '\t' 'NF != 2 { exit 1 }' out
	[ "$(count_lines out)" -eq 3 ]
	cut -f 2 out >links
	in_words en es links
	sed -n 1p links | finds -E '(^| )2-1 .*3-2$'
	sed -n 2p links | finds -x ''
	sed -n 3p links | finds -E '(^| )2-1( |$)'
	"$TRUJAMAN" score -m "$SHIPPED" en es | cmp - <(cut -f 1 out)
}

@test "alignments: of lists, columns, line ends and long lines" {
	printf 'Go home. Take the dog.\r\nOne.\n' | shipped --alignments --n-best 2 >lists
	awk -F '\t' 'NF != 4 { exit 1 }' lists
	[ "$(count_lines lists)" -eq 4 ]
	printf 'a\tGo home.\tb\r\n' | shipped --tsv 2 --alignments >row
	grep -qE "^a"$'\t.*\tb\t[0-9 -]+'"$CR\$" row
	for i in $(seq 400); do printf 'The dog number %d sleeps. ' "$i"; done >long
	echo >>long
	shipped --beam 1 --alignments long >out
	[ "$(count_lines out)" -eq 1 ]
	cut -f 1 out >text
	cut -f 2 out >links
	in_words long text links
	[ "$(wc -w <links)" -gt 1500 ]
}

@test "alignments: the same bytes with all kernels, threads, beams of neighbours and shards" {
	unless_sanitized
	head -n 24 "$SENTENCES" >in
	for options in "--beam 4" "--beam 1 --precision float32"; do
		shipped $options --alignments --word-scores -t 1 in >wanted
		for isa in $(usable_isas); do
			TRUJAMAN_ISA=$isa shipped $options --alignments --word-scores -t 2 in |
				cmp - wanted
		done
		for line in 3 11; do
			sed -n ${line}p in | shipped $options --alignments --word-scores |
				cmp - <(sed -n ${line}p wanted)
		done
	done
	shipped --alignments -o whole in
	for i in 1 2 3; do shipped --alignments --shard $i/3 -o parts in; done
	"$TRUJAMAN" merge parts
	cmp parts whole
}

@test "alignments: a model without attention has none" {
	none=$(ls "$srcdir"/tests/fixtures/*none*.safetensors | sed -n 1,1p)
	[ -n "$none" ] || skip "no fixture is without attention"
	fails 2 'alignments: found attention none' "$TRUJAMAN" translate -m "$none" --alignments \
		"$SENTENCES"
}

# error_rate MODEL SOURCE TARGET: that of the links of a model, which has the first column of the
# pairs as its source or the second one.
error_rate() {
	"$TRUJAMAN" score -m "$srcdir/models/$1.safetensors" --alignments "$2" "$3" | cut -f 2 >links
	if [ "$2" = second ]; then
		sed -E 's/([0-9]+)-([0-9]+)/\2-\1/g' links >turned
		mv turned links
	fi
	"$srcdir/scripts/alignment-error-rate" "$srcdir/tests/alignments/reference.txt" links |
		sed 's/.*AER //'
}

@test "alignments: of the shipped models, against those made by hand" {
	unless_sanitized
	command -v python3 >/dev/null || skip "there is no python3"
	cd "$srcdir/tests/alignments"
	"$srcdir/scripts/join-alignments" pairs.tsv first.txt second.txt |
		cmp - reference.txt
	cd - >/dev/null
	cut -f 1 "$srcdir/tests/alignments/pairs.tsv" >first
	cut -f 2 "$srcdir/tests/alignments/pairs.tsv" >second
	# 9.7 and 10.3 per cent with the models that ship; the diagonal has 28.1.
	awk -v x="$(error_rate en-es first second)" 'BEGIN { exit !(x > 0 && x < 14) }'
	awk -v x="$(error_rate es-en second first)" 'BEGIN { exit !(x > 0 && x < 14) }'
}

@test "alignments: the scripts that measure them refuse what is wrong" {
	command -v python3 >/dev/null || skip "there is no python3"
	printf '0-0 1?1 2-2\n' >reference
	printf '0-0 1-1 0-2\n' >found
	"$srcdir/scripts/alignment-error-rate" reference found |
		finds -x 'links 3, precision 66.7, recall 50.0, AER 40.0'
	printf '0-0\n\n' >found
	run ! "$srcdir/scripts/alignment-error-rate" reference found
	printf '0:0\n' >found
	run ! "$srcdir/scripts/alignment-error-rate" reference found
	printf 'a b\tc d\n' >pairs
	printf '# 1\na=c b~d\n' >one
	printf '# 1\na=c b=d\n' >other
	"$srcdir/scripts/join-alignments" pairs one other 2>/dev/null | finds -x '0-0 1?1'
	printf '# 1\na=x\n' >other
	run ! "$srcdir/scripts/join-alignments" pairs one other
	printf '# 2\na=c\n' >other
	run ! "$srcdir/scripts/join-alignments" pairs one other
}
