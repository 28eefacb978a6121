#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What must not change comes through, as often as it stands in the source; and what surrounds it is
# translated. With the models that ship, in both directions, and with random weights.

load helper

en() { "$TRUJAMAN" translate -m "$srcdir/models/en-es.safetensors" "$@"; }
es() { "$TRUJAMAN" translate -m "$srcdir/models/es-en.safetensors" "$@"; }

# Lines with spans, and below each the spans that its translation must hold, one a line, indented.
lines() {
	cat <<-'END'
		The ship carried 2,200,112 tons of rice.
		  2,200,112
		It costs €15 for 2.5 kg, or 100 % more.
		  €15
		  2.5 kg
		  100 %
		Write to john.doe@example.org before 12/31/2024.
		  john.doe@example.org
		  12/31/2024
		See https://example.org/a?b=1&c=2 and www.example.com.
		  https://example.org/a?b=1&c=2
		  www.example.com
		My phone number is 912 345 678, call me after 10:30.
		  912 345 678
		  10:30
		Click <b>here</b> to open {name} and ${HOME}.
		  <b>
		  </b>
		  {name}
		  ${HOME}
		Could not open "%s": error %d in line %04x.
		  %s
		  %d
		  %04x
		Run it with --dry-run, or set max_count in /etc/app.conf.
		  --dry-run
		  max_count
		  /etc/app.conf
		I love it 😊, and you 👍🏽?
		  😊
		  👍🏽
		@maria said that #madrid is fine &amp; warm.
		  @maria
		  #madrid
		  &amp;
		Version 1.2.3-rc1 of foo_bar() came out at 09:15.
		  1.2.3-rc1
		  foo_bar()
		  09:15
		Ask bob.smith@localhost or "john doe"@example.org, then clone git@github.com:a/b.git today.
		  bob.smith@localhost
		  "john doe"@example.org
		  git@github.com:a/b.git
		Open ..\docs\x or src\main.c, and edit Makefile.am first.
		  ..\docs\x
		  src\main.c
		  Makefile.am
		We learn C++ and C# at AT&T, and hear AC/DC.
		  C++
		  C#
		  AT&T
		  AC/DC
		A lone 🏽 tone and a ▁ mark, a ‍ joiner and a ️ selector.
		  🏽
		  ▁
		  ‍
		  ️
		El pedido 4567 cuesta 1.234,50 € y llega el 24/12/2025.
		  4567
		  1.234,50 €
		  24/12/2025
	END
}

# holds COMMAND…: translates all lines at once and looks for the spans in the translations.
holds() {
	lines | grep -v '^  ' >in
	"$@" in >out
	[ "$(count_lines out)" -eq "$(count_lines in)" ]
	local line number=0
	while IFS= read -r line; do
		if [[ $line != '  '* ]]; then
			number=$((number + 1))
			continue
		fi
		sed -n "${number}p" out | finds -F -e "${line#  }" || {
			echo "line $number lacks ${line#  }: $(sed -n "${number}p" out)"
			return 1
		}
	done < <(lines)
}

@test "spans stand in translations, in both directions and with random weights" {
	unless_sanitized
	holds en
	grep -q '  ' in && return 1
	! cmp -s in out
	holds es
	holds tiny
	holds tiny --beam 1
	holds en --beam 1 --precision float32
	holds en --split off
}

@test "a path and a URL of any length, and letters without end, are copied" {
	local path url word
	path=$(printf '/a%.0s' {1..5000})
	url=https://example.org/$(printf 'b%.0s' {1..70000})
	word=$(printf 'a%.0s' {1..100000})
	printf 'See %s here.\n%s\nIt is %s now.\n%s\n' "$path" "$path" "$url" "$word" >in
	tiny in >out
	grep -qF "$path" <(sed -n 1p out)
	[ "$(sed -n 2p out)" = "$path" ]
	sed -n 3p in | grep -oE 'http[^ ]*' >url
	sed -n 3p out | grep -oE 'http[^ ]*' | cmp - url
	[ "$(sed -n 4p out)" = "$word" ]
}

@test "the text around spans is translated" {
	echo 'My phone number is 912 345 678, call me after 10:30.' | en >out
	grep -q 'teléfono' out
	! grep -q 'call me' out
	echo 'Click <b>here</b> to open {name}.' | en >out
	grep -qE '<b>aquí</b>' out
}

@test "every translation of a list holds them" {
	lines | grep -v '^  ' | en --n-best 4 >out
	[ "$(grep -c '^1	' out)" -ge 1 ]
	! grep '^1	' out | grep -vF '2,200,112'
	! grep '^4	' out | grep -vF 'https://example.org/a?b=1&c=2'
	! grep '^8	' out | grep -vF -- '--dry-run'
}

@test "the first of a list is the translation of the exact search" {
	lines | grep -v '^  ' >in
	for run in en es tiny; do
		$run --beam 4 --exact in >wanted
		$run --beam 4 --n-best 4 in | awk -F '\t' '$1 != line { print } { line = $1 }' |
			cut -f 3- | cmp - wanted
	done
}

@test "the same bytes with other threads, kernels, caches and shards" {
	unless_sanitized
	lines | grep -v '^  ' >in
	for i in 1 2 3; do sed "s/\$/ ($i)/" in; done >many
	en -o whole many
	en -t 1 --cache 0 many | cmp - whole
	for isa in $(usable_isas); do
		TRUJAMAN_ISA=$isa en --cache 0 many | cmp - whole
	done
	for i in 1 2 3; do en --shard $i/3 -o parts many; done
	"$TRUJAMAN" merge parts
	cmp parts whole
	while IFS= read -r line; do echo "$line" | en; done <many | cmp - whole
}

@test "columns: what is around them stays" {
	printf 'a <b> 12\tWrite to x@example.org.\t%%s\n' | en --tsv 2 >out
	grep -q '^a <b> 12	.*x@example\.org.*	%s$' out
}

@test "capitals, lower case and titles come back as they were" {
	[ "$(echo 'PLEASE READ THE INSTRUCTIONS.' | en)" = 'POR FAVOR LEE LAS INSTRUCCIONES.' ] ||
		[ "$(echo 'PLEASE READ THE INSTRUCTIONS.' | en)" = 'POR FAVOR, LEE LAS INSTRUCCIONES.' ]
	[[ $(echo 'i love you' | en) =~ ^te' '(amo|quiero)$ ]]
	[ "$(echo 'how are you' | en)" = 'cómo estás' ]
	[ "$(echo 'How To Install The Program' | en)" = 'Cómo Instalar el Programa' ]
	[ "$(echo 'PLEASE' | en --case keep)" != "$(echo 'PLEASE' | en)" ]
}

@test "typography of the source comes back" {
	echo 'He said, “It is fine.”' | en | finds '“.*”'
	echo 'He said, "It is fine."' | en | finds '".*"'
	echo 'Wait… I am coming.' | en >out
	! grep -qF '...' out
}

@test "a line without a letter is copied" {
	printf '%s\n' '12,345 -- 67 %' '***' '😊😊' '1.' >in
	en in | cmp - in
}

@test "nothing repeats more often than the source does" {
	echo 'The Guyana team met the Guyana people.' | en >out
	! grep -qE '(\w+), \1, \1, \1' out
	echo 'No, no, no, no, no, that is not true.' | en | finds -i 'no, no'
	echo 'No, no, no, no, no, that is not true.' | en --no-repeat-ngram 0 | finds -i 'no, no'
}

@test "--plain is the network alone" {
	echo 'PLEASE READ THE INSTRUCTIONS.' | en --plain >out
	! grep -q 'POR FAVOR, LEE LAS INSTRUCCIONES.' out
	run -2 en --plain --case keep
	[[ $output == *'--plain goes without'* ]]
}

@test "--keep: patterns of the user; --glossary: terms" {
	echo 'Project Bluebird is late.' >in
	echo 'Bluebird' >patterns
	en --keep patterns in | finds -F Bluebird
	printf 'late\tcon retraso\n' >terms
	en --glossary terms in | finds -F 'con retraso'
	printf 'our page\tnuestra página https://a.org/x\n' >terms
	echo 'SEE OUR PAGE.' | en --glossary terms | finds -F 'NUESTRA PÁGINA https://a.org/x'
	printf 'late\t<b>tarde\n' >terms
	run -1 en --glossary terms in
	[[ $output == *'terms: line 1: the translation opens or closes other tags'* ]]
	printf ' \t \n' >terms
	run -1 en --glossary terms in
	[[ $output == *'terms: line 1: nothing before the tab'* ]]
	echo '(a+)+$' >patterns
	run -1 en --keep patterns <<<"It is $(printf 'a%.0s' {1..60})b."
	[[ $output == *'patterns: line 1: this pattern takes too long'* ]]
	echo '(' >patterns
	run -1 en --keep patterns in
	[[ $output == *'patterns: line 1'* ]]
	run -1 en --glossary nowhere in
	[[ $output == *nowhere* ]]
	# They are part of what a run is.
	for ((i = 0; i < 400; i++)); do echo 'The door is open.'; done >many
	en --keep patterns in >/dev/null 2>&1 && return 1
	echo 'door' >patterns
	en --keep patterns -o out many
	grep -c . out | finds -x 400
}

@test "score: texts are read as in training" {
	echo 'He said, “It’s fine.”' >source
	echo 'Él dijo: “Está bien.”' >target
	echo "He said, \"It's fine.\"" >plain
	echo 'Él dijo: "Está bien."' >plain.target
	score() { "$TRUJAMAN" score -m "$srcdir/models/en-es.safetensors" "$@"; }
	[ "$(score source target)" = "$(score plain plain.target)" ]
	[ "$(score --plain source target)" != "$(score source target)" ]
}

@test "numbers in the form of the target language, when asked for" {
	printf '%s\n' 'The price is 1,234.50 euros at 12:30.' 'Version 1.2.3 of 12/31/2024' \
		'THE SHIP CARRIED 2,200,112 TONS.' >"$BATS_TEST_TMPDIR/in"
	en --localize-numbers "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	sed -n 1p "$BATS_TEST_TMPDIR/out" | grep -F 1234,50
	sed -n 1p "$BATS_TEST_TMPDIR/out" | grep -F 12:30
	sed -n 2p "$BATS_TEST_TMPDIR/out" | grep -F 1.2.3
	sed -n 2p "$BATS_TEST_TMPDIR/out" | grep -F 12/31/2024
	sed -n 3p "$BATS_TEST_TMPDIR/out" | grep -F 2.200.112
	# Nothing but those numbers changes.
	en "$BATS_TEST_TMPDIR/in" | sed 's/1,234\.50/1234,50/; s/2,200,112/2.200.112/' |
		cmp - "$BATS_TEST_TMPDIR/out"
	result=$(echo '12.345,6 y 1.234' | es --localize-numbers --n-best 2 | cut -f 3)
	test "$(printf '%s\n' "$result" | grep -c -F 12,345.6)" = 2
	# Only in the column to translate.
	result=$(printf '1,234.5\tIt is 1,234.5 km.\t1,234.5\n' | en --localize-numbers --tsv 2)
	[[ $result == 1,234.5$'\t'*1234,5*$'\t'1,234.5 ]]
	for option in --plain --alignments --word-scores '--tsv 1 --prefix 2'; do
		# shellcheck disable=SC2086 # two words
		run -2 en --localize-numbers $option "$BATS_TEST_TMPDIR/in"
		[[ $output == *"--localize-numbers goes without"* ]]
	done
}
