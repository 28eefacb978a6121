#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Real text: several sentences on a line, columns, white space, repeated sentences.

load helper

# together FILE: joins three or more lines of FILE into one, with white space between them.
together() {
	local i=0 line separator
	while IFS= read -r line; do
		separator=$'\n'
		((++i % 3 == 0)) || separator='  '
		((i % 7)) || separator=$' \v '
		printf '%s%s' "$line" "$separator"
	done <"$1"
	echo
}

# one_each N: prints N lines that are one sentence each, with a capital and a final mark.
one_each() {
	grep -E "^[A-Z][A-Za-z ,']*[.?!]$" "$SENTENCES" | sed -n "1,$1p"
}

# The same bytes for several numbers of threads and sizes of the cache.
same_always() {
	local expected=$1 threads cache
	shift
	for threads in 1 2 3; do
		for cache in 0 1 64; do
			"$@" --threads "$threads" --cache "$cache" | cmp - "$expected" || {
				echo "$threads threads, a cache of $cache MiB: $*"
				return 1
			}
		done
	done
}

@test "a line of several sentences: what each gives, and the white space between" {
	one_each 40 >sentences
	[ "$(count_lines sentences)" -gt 20 ]
	tiny sentences >translated
	together sentences >in
	together translated >expected
	tiny in | cmp - expected
	tiny --split auto in | cmp - expected
	run -1 cmp -s expected <(tiny --split off in)
	same_always expected tiny in
}

@test "a line of one sentence is the same with --split off" {
	one_each 40 >in
	printf 'Dr. Smith met J. R. Brown at 5 p.m. in the U.S. Congress, e.g. yesterday.\n' >>in
	tiny --split off in >expected
	tiny in | cmp - expected
}

@test "--split: scores add up, and n-best lists are of whole lines" {
	printf 'The door is open. Come in!\n' >in
	tiny --scores <(printf 'The door is open.\nCome in!\n') >each
	tiny --scores in >both
	[ "$(cut -f 2 both)" = "$(cut -f 2 each | paste -sd ' ')" ]
	awk -F '\t' 'NR == FNR { sum += $1; next } { d = sum - $1; exit d * d > 1e-10 }' each both
	tiny --n-best 2 in >best
	[ "$(count_lines best)" -eq 2 ]
	[ "$(head -n 1 best)" = "$(printf '1\t%s' "$(cat both)")" ]
}

@test "white space at both ends of a line stays" {
	go=$(printf 'Go.' | tiny)
	printf '  Go. \t\n\tGo.\r\n \v Go.\f\n\xc2\xa0Go.\xe3\x80\x80' >in
	printf '  %s \t\n\t%s\r\n \v %s\f\n\xc2\xa0%s\xe3\x80\x80' "$go" "$go" "$go" "$go" >expected
	for split in auto off; do
		tiny --split "$split" in | cmp - expected
	done
}

@test "tabs between the fields of a line stay" {
	one=$(printf 'The door is open' | tiny)
	two=$(printf 'come in' | tiny)
	printf 'The door is open\tcome in\t\t--\n' >in
	printf '%s\t%s\t\t--\n' "$one" "$two" | cmp - <(tiny in)
}

@test "--tsv translates one column, and leaves every other byte" {
	one_each 20 >sentences
	tiny sentences >translated
	n=$(count_lines sentences)
	for ((i = 1; i <= n; i++)); do
		printf '%d\t \xff The cat. \0\n' "$i"
	done >left
	sed 's/$/\tlast one \xfe/' left >right
	paste left sentences right >in
	paste left translated right >expected
	tiny --tsv 3 in | cmp - expected
	same_always expected tiny --tsv 3 in
	paste sentences left >in
	paste translated left | cmp - <(tiny --tsv 1 in)
	paste right sentences >in
	paste right translated | cmp - <(tiny --tsv 4 in)
}

@test "--tsv: rows without the column, empty columns, CR LF, no newline at the end" {
	go=$(printf 'Go.' | tiny)
	printf 'a\tGo.\tc\r\nGo.\n\n\t\t\n\t \t\nGo.\tGo. ' >in
	printf 'a\t%s\tc\r\nGo.\n\n\t\t\n\t \t\nGo.\t%s ' "$go" "$go" >expected
	tiny --tsv 2 in 2>messages | cmp - expected
	[ ! -s messages ]
	tiny --tsv 9 in | cmp - in
}

@test "--tsv: invalid UTF-8 counts in the column alone" {
	printf '\xff\tGo.\n\xff\tG\xffo.\n' >in
	tiny --tsv 2 in 2>messages >out
	grep -qF "1 line held invalid UTF-8 (now U+FFFD), the first at in:2, byte 4" messages
	fails 1 "in:2: invalid UTF-8 at byte 4" tiny --strict --tsv 2 <(sed -n 2p in) ||
		fails 1 ":1: invalid UTF-8 at byte 4" tiny --strict --tsv 2 <(sed -n 2p in)
}

@test "--tsv goes with plain output only" {
	misuse translate "--tsv goes with neither --scores nor --n-best" --tsv 1 --scores
	misuse translate "--tsv goes with neither --scores nor --n-best" --n-best 2 --tsv 1
	misuse translate "--tsv must be a whole number from 1" --tsv 0
	misuse translate "--split must be one of auto.off, not 'on'" --split on
	misuse translate "--cache must be a whole number from 0" --cache -1
}

@test "a row of more than a mebibyte is one row" {
	{
		printf 'Go.\t'
		head -c 1500000 /dev/zero | tr '\0' x
		printf '\tGo.\nGo.\t\tGo.\n'
	} >in
	go=$(printf 'Go.' | tiny)
	sed "s/Go\.\$/$go/" in >expected
	tiny --tsv 3 in | cmp - expected
}

@test "a line of more than a mebibyte: its sentences, whatever the threads" {
	one_each 25 >sentences
	tiny --plain --beam 1 sentences >translated
	for ((i = 0; i < 1200; i++)); do cat sentences; done | tr '\n' ' ' >in
	for ((i = 0; i < 1200; i++)); do cat translated; done | tr '\n' ' ' >each
	[ "$(wc -c <in)" -gt 1048576 ]
	tiny --plain --beam 1 --threads 1 in >expected
	# The program may tear a sentence where the part of the line that it holds at once ends.
	# That happens to 22 of 30,000 sentences, 550 words.
	tr -s '.?! ' '\n' <each >a
	tr -s '.?! ' '\n' <expected >b
	[ "$(diff a b | grep -c '^[<>]')" -lt 600 ]
	tiny --plain --beam 1 --threads 3 in | cmp - expected
	cat in | tiny --plain --beam 1 --threads 2 --cache 0 | cmp - expected
}

@test "too long a sentence is cut between words, and joined where it was cut" {
	printf 'one, two three, four five six, seven eight nine ten, eleven twelve\n' >in
	tiny --max-pieces 8 in >expected
	same_always expected tiny --max-pieces 8 in
	# There is no white space in the line, so there must be none where its parts are joined.
	printf '\xe6\xbc\xa2%.0s' {1..100} >in
	tiny --max-pieces 8 in >out
	[ "$(count_lines out)" -eq 0 ]
}

@test "the cache: repeated lines, plain, scored and n-best" {
	for i in 1 2 3; do cat "$SENTENCES"; done >in
	for options in '' --scores '--n-best 3' '--beam 1'; do
		# shellcheck disable=SC2086 # a list of words
		tiny --cache 0 $options in >expected
		# shellcheck disable=SC2086
		same_always expected tiny $options in
	done
}

@test "the cache: the order of lines" {
	for i in 1 2; do cat "$SENTENCES"; done >in
	sort in >sorted
	paste <(tiny --cache 0 in) in | sort >expected
	paste <(tiny --threads 3 sorted) sorted | sort | cmp - expected
}

@test "signs keep their place, and those that divide a sentence divide it" {
	local in out pattern
	while IFS=$'\t' read -r in pattern; do
		out=$(printf '%s\n' "$in" | tiny --beam 2)
		[[ $out =~ ^$pattern$ ]] || {
			echo "$in -> $out"
			return 1
		}
	done <<-'END'
		• one two • three four	•\ .*[^ ]\ •\ .*[^ ]
		•one two	•.*[^ ]
		Red / Blue / Green	[^/]*[^/ ]\ /\ [^/]*[^/ ]\ /\ [^/]*[^/ ]
		one | two	[^|]*[^| ]\ \|\ [^|]*[^| ]
		# a title	#\ .*[^#]
		the end *	[^*]*[^* ]\ \*
		Name: ______ Date: ____	.*\ ______\ .*\ ____
		😊 good morning → Go 😊 😊	😊\ .*\ →\ .*\ 😊\ 😊
		* * *	\*\ \*\ \*
		a ★	.*\ ★
		- open the door	-\ .*[^ -]
		* [x] a) done	\*\ \[x\]\ a\)\ .*[^ ]
		[optional] the name	\[[^]]*[^] ]\]\ .*[^ ]
		[optional] the [old] name [in 1990].	\[.*\]\ .*\ \[.*\]\ .*\ \[.*1990.*\]\.
		"one two," three four.	\"[^\"]*[^ \"]\"\ [^\"]*[^ \"]
		“one two”, said three: “go home now!”	“[^“”]*[^ “”]”,\ [^“”]*\ “[^“”]*[^ “”]”
		one two three."	[^\"]*[^ \"]\"
		(12) done	\(12\)\ .*[^ ]
	END
	# What is between them is translated as it would be by itself.
	printf 'one two\nthree four.\n' | tiny >each
	printf '• one two • three four.\n' | tiny >both
	printf '• %s • %s\n' "$(sed -n 1p each)" "$(sed -n 2p each)" | cmp - both
	# --plain knows no signs.
	run -1 cmp -s both <(printf '• one two • three four.\n' | tiny --plain)
}

@test "a line with a prefix is not divided at signs" {
	printf 'one two • three four.\tthe b\n' |
		shipped --tsv 1 --prefix 2 >out
	[[ $(cut -f 1 out) == "the b"* ]]
	[[ $(cut -f 1 out) == *•* ]]
}
