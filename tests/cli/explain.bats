#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# translate --explain: what was found, replaced and restored, which way was taken, and why.

load helper
load toy

setup() {
	start
}

en() { "$TRUJAMAN" translate -m "$srcdir/models/en-es.safetensors" "$@"; }

# has RECORD…: the file `report` has each record, written with | between its fields.
has() {
	local record
	for record; do
		grep -qxF -e "${record//|/	}" report || {
			echo "no record: $record"
			cat report
			return 1
		}
	done
}

@test "explain: what was found and what normalisation did" {
	echo 'The “big” house cost 2,200,112 pesos… Write to a@example.org.' >in
	en --explain - <in >out 2>report
	[ "$(count_lines out)" -eq 1 ]
	has '-:1|line|0-67|The “big” house cost 2,200,112 pesos… Write to a@example.org.' \
		'-:1|span|25-34|number|2,200,112' '-:1|span|53-66|email|a@example.org' \
		'-:1|normal|4-7|“|"' '-:1|normal|10-13|”|"' '-:1|normal|40-43|…|...' \
		'-:1|sentence|0-43' '-:1|sentence|44-67'
	[ "$(grep -c '	normal	' report)" -eq 3 ]
	[ "$(sed -n 's/^-:1	result	0-67	//p' report)" = "$(cat out)" ]
}

@test "explain: the case of a sentence, and what the network read and wrote" {
	printf '%s\n' 'THE CAT SLEEPS.' 'i love you' 'The cat sleeps.' | en --explain >out 2>report
	has '-:1|case|0-15|capitals' '-:1|read|0-15|The cat sleeps.' '-:1|step|0-15|whole|no spans' \
		"-:1|text|0-15|$(sed -n 1p out)" "-:3|wrote|0-15|$(sed -n 3p out)" \
		'-:2|case|0-10|lower case|ended with .' '-:2|read|0-10|I love you.'
	! grep '^-:3	case' report
	# What is written is what would be without the report.
	printf '%s\n' 'THE CAT SLEEPS.' 'i love you' 'The cat sleeps.' | en 2>report | cmp - out
	[ ! -s report ]
}

@test "explain: placeables" {
	toy 300 1
	train model --placeables 16 --updates 3
	echo 'mako 1000 zul a_b hata 1000' | "$TRUJAMAN" translate -m ./model --explain >out 2>report
	has '-:1|placeable|5-9|\{0}|1000' '-:1|placeable|14-17|\{1}|a_b' '-:1|placeable|23-27|\{0}|1000'
	grep -qxF -e '-:1	step	0-27	whole	spans behind placeables' report ||
		grep -q '^-:1	step	0-27	split	the translation ' report
	grep -q '^-:1	read	0-27	mako\\{0} zul\\{1} hata\\{0}' report
	# What looks like a placeable but is none has its backslash escaped.
	echo 'mako \{0}' | "$TRUJAMAN" translate -m ./model --explain >out 2>report
	has '-:1|line|0-9|mako \\{0}'
}

@test "explain: why a sentence was not translated as a whole" {
	echo 'It costs €15 for me.' | tiny --explain >out 2>report
	has '-:1|step|0-8|stretch|the model has neither placeables nor all characters of the spans'
	# Random weights lose spans: the sentence is split, its stretches are translated or copied.
	echo 'See tryThis now.' | tiny --explain >out 2>report
	has '-:1|step|0-16|split|the translation has other spans than the source'
	grep -qE '^-:1	step	0-3	(stretch	of what was split|copied	.)' report
	awk 'BEGIN { for (i = 0; i < 40; i++) printf "%s ", "the long sentence"; print "." }' |
		tiny --max-pieces 16 --explain >out 2>report
	grep -q '	cut	.*	the sentence has more than --max-pieces$' report
}

@test "explain: lines that are copied" {
	printf '%s\n' '' '  ' '123 456 789' 'a' | en --tsv 1 --explain >out 2>report
	has '-:1|copied|0-0|blank' '-:2|copied|0-2|blank' \
		'-:3|sentence|0-11|copied|no letter outside its spans' '-:3|result|0-11|123 456 789'
	printf 'one\ttwo 1,234\n' | en --tsv 3 --explain >out 2>report
	has '-:1|copied|0-13|no such column'
	printf 'one\ttwo 1,234\n' | en --tsv 2 --explain >out 2>report
	has '-:1|line|0-13|one\ttwo 1,234' '-:1|span|8-13|number|1,234'
	sed -n 's/\t/\\t/; s/^/-:1	result	0-13	/p' out | finds -xFf - report
}

@test "explain: terms and patterns" {
	printf 'cat\tminino\n' >terms
	printf 'Zorg\n' >patterns
	echo 'The cat saw Zorg.' | en --glossary terms --keep patterns --explain >out 2>report
	has '-:1|span|4-7|term|cat|minino' '-:1|span|12-16|keep|Zorg'
}

@test "explain: control characters are escaped, and every line begins with its place" {
	printf 'a \033[31m red \\ cat\xe2\x80\xae\r\nb\vc\n' >$'f\nx.en'
	en --explain $'f\nx.en' >out 2>report
	! LC_ALL=C grep -P '[\x00-\x08\x0b-\x1f\x7f]' report
	grep -qF 'f\nx.en:1	line	0-20	a \x1b[31m red \\ cat\xe2\x80\xae' report
	! grep -vE '^f\\nx\.en:[12]	[a-z]+	[0-9]+-[0-9]+(	|$)' report
}

@test "explain: reports come in the order of the lines, alike for every number of threads" {
	for i in $(seq 1 300); do
		echo "Order $i of a_b_$i costs $((i * 1001)) euros. It is late."
	done >in
	en -t 1 --explain -o out1 in 2>report1
	en -t 4 --cache 0 --explain -o out4 in 2>report4
	cmp out1 out4
	cmp report1 report4
	cut -f 1 report1 | uniq | cut -d : -f 2 | cmp - <(seq 1 300)
	mkdir folder
	head -n 3 in >folder/a
	tail -n 2 in >folder/b
	en --explain --output-dir done folder 2>report
	cut -f 1 report | uniq | cmp - <(printf 'folder/%s\n' a:1 a:2 a:3 b:1 b:2)
	# A line that is not held at once is told in stretches, with offsets in the whole line.
	awk 'BEGIN { for (i = 0; i < 20000; i++) printf "%d. ", 100 + i; print "" }' |
		tiny --explain 2>&1 >out | grep '	line	' | cut -f 1,3 >places
	[ "$(head -n 1 places | cut -d - -f 2 | cut -f 1)" = ":1" ]
	[ "$(count_lines places)" -ge 2 ]
	[ "$(sed -n '1s/.*-//p' places)" = "$(sed -n '2s/-[0-9]*$//; 2s/.*	//p' places)" ]
}

@test "explain: lists, and what goes on after a resume" {
	printf '%s\n' 'The cat sleeps.' 'It costs 4,321 pesos.' >in
	en --n-best 3 --explain in >out 2>report
	awk -F '\t' '$1 == 2 { print $3; exit }' out >best
	sed -n 's/^in:2	result	[^	]*	//p' report | cmp - best
	en -o out2 in
	en --explain -o out2 --resume in 2>report
	! grep '	line	' report
}

@test "explain: refusals" {
	echo a >in
	fails 2 '--plain goes without --explain' en --plain --explain in
	fails 2 '--shard and --explain exclude each other' en --shard 1/2 -o out --explain in
	run -1 bash -c '"$1" translate -m "$2" --explain -o out in 2>/dev/full' - "$TRUJAMAN" "$TINY"
	[ ! -e out ]
}
