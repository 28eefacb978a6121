#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Prefixes, unwanted words and least lengths: what comes out holds them, and they are part of a run.

load helper

# Source, tab, prefix: within a word, whole words, none, a span of the source, characters that the
# vocabulary does not have.
rows() {
	printf '%s\t%s\n' \
		"The house is big." "La viv" \
		"The house is big." "El hogar" \
		"The house is big." "" \
		"I have a dog. I have a cat." "Tengo un perro. Tengo " \
		"  I have a dog. It is old." "Mi" \
		"I have a dog." "漢字 xyz "
}

@test "a translation begins with its prefix, and the other column stays" {
	rows >in.tsv
	for options in "" "--beam 1" "--plain" "--plain --beam 1 --cache 0"; do
		shipped $options --tsv 1 --prefix 2 in.tsv >out.tsv 2>warnings
		diff <(cut -f2 in.tsv) <(cut -f2 out.tsv)
		while IFS=$'\t' read -r text prefix; do
			[[ $text == "$prefix"* || $text == "  $prefix"* ]] ||
				[[ $options != --plain* && $prefix == 漢* ]]
		done <out.tsv
		sed -n 3p out.tsv | cut -f1 >bare
		echo "The house is big." | shipped ${options/--cache 0/} | diff - bare
	done
	# Where there is no prefix at all, --prefix changes nothing.
	cut -f1 in.tsv | sed 's/$/\t/' >none.tsv
	shipped --tsv 1 none.tsv >without
	shipped --tsv 1 --prefix 2 none.tsv | diff - without
}

@test "a prefix of a sentence with spans, which it may have or not" {
	printf '%s\t%s\n' \
		"The rule of 12 March 2021 was supported by 147 members." "La regla del" \
		"Section 365 of the law was supported by 147 members and 3,500 guests." \
		"La sección 365" \
		"Write to bob@example.org, to ann@example.org and to tim@example.org." \
		"Escribe a bob@example.org," >spans.tsv
	for beam in 1 4; do
		shipped --beam $beam --tsv 1 --prefix 2 spans.tsv | cut -f1 >out
		paste out spans.tsv | awk -F '\t' 'index($1, $3) != 1 { exit 1 }'
		sed -n 1p out | finds -E '\b12\b.*\b2021\b.*\b147\b'
		sed -n 2p out | finds -E '^La sección 365 .*\b147\b'
		sed -n 2p out | finds -F '3,500'
		sed -n 3p out | finds -E 'bob@example.org.*(ann|tim)@example.org.*@example.org'
	done
}

@test "what must not change goes before a prefix, and a warning counts" {
	printf 'I have a dog.\tEn 2024, tengo\nYes.\tS\xff\nYes.\tS\xc3\xad\n' >in.tsv
	shipped --tsv 1 --prefix 2 in.tsv >out.tsv 2>warnings
	! cut -f1 out.tsv | grep 2024
	grep -q "warning: 2 translations do not begin with the prefix; the first is line 1 of in.tsv" \
		warnings
	shipped --plain --tsv 1 --prefix 2 in.tsv 2>warnings | sed -n 1p | grep '^En 2024, tengo'
	grep -q "1 translation does not begin with the prefix; the first is line 2" warnings
}

@test "prefixes: all kernels, threads, shards and the cache give the same bytes" {
	unless_sanitized
	for i in $(seq 40); do
		rows | sed "s/dog/dog $i/"
	done >in.tsv
	shipped -t 1 --cache 0 --tsv 1 --prefix 2 in.tsv >one 2>/dev/null
	shipped -t 3 --tsv 1 --prefix 2 in.tsv 2>/dev/null | cmp - one
	for isa in $(usable_isas); do
		head -30 in.tsv | TRUJAMAN_ISA=$isa shipped --tsv 1 --prefix 2 2>/dev/null |
			cmp - <(head -30 one)
	done
	for i in 1 2; do
		shipped --shard $i/2 -o out --tsv 1 --prefix 2 in.tsv 2>/dev/null
	done
	"$TRUJAMAN" merge out
	cmp out one
}

@test "unwanted words are not written" {
	printf 'The house is big.\nI have a dog. Dogs are good.\nTHE HOUSE.\n' >in.txt
	printf 'CASA\nperro\nes  grande\n\n' >words.txt
	shipped in.txt | finds -iw casa
	for options in "" "--beam 1" "--plain" "--plain --beam 1"; do
		shipped $options --suppress words.txt in.txt >out.txt
		[ "$(count_lines out.txt)" -eq 3 ]
		! grep -iwE 'casa|perro|es grande' out.txt
	done
	fails 1 'nothing\.txt' shipped --suppress nothing.txt in.txt
	printf 'casa\nperr\xff\n' >words.txt
	fails 1 'words\.txt:2: invalid UTF-8' shipped --suppress words.txt in.txt
}

@test "a least length" {
	shipped "$SENTENCES" >plain
	shipped --min-length 1 "$SENTENCES" | cmp - plain
	[ "$(shipped --plain --min-length 30 "$SENTENCES" | wc -c)" -gt "$(wc -c <plain)" ]
}

@test "wrong usage, and a run that is resumed with something else" {
	fails 2 'prefix needs --tsv' shipped --prefix 2 "$SENTENCES"
	fails 2 'name one column, 2' shipped --tsv 2 --prefix 2 "$SENTENCES"
	fails 2 'min-length must be a whole number from 0 to 65536' shipped --min-length 65537
	echo casa >words.txt
	tiny --suppress words.txt -o out.txt --shard 1/2 "$SENTENCES"
	echo perro >words.txt
	fails 1 'suppress' tiny --suppress words.txt -o out.txt --shard 1/2 --resume "$SENTENCES"
}

@test "a prefix that cannot hold does not leave its line untranslated" {
	printf 'The dog sleeps.\tEl 777\nI have 3 dogs.\tTengo 7.5 m\n' >in
	cut -f 1 in | shipped >wanted
	shipped --tsv 1 --prefix 2 in 2>messages | cut -f 1 | cmp - wanted
	grep -q '2 translations do not begin with the' messages
}
