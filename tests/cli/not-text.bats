#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What is no text in UTF-8: it is refused by every command that reads text, with the command that
# converts it. And the byte-order mark of UTF-8, which is no text either.

load helper

MARK=$'\xef\xbb\xbf'

# encoded ENCODING: writes the text in an encoding to a file of that name.
encoded() {
	iconv -f UTF-8 -t "$1" <text >"./$1"
}

setup() {
	start
	printf 'The door is open.\nWho is there?\nNobody said a word.\n' >text
}

@test "UTF-16 and UTF-32, with and without a byte-order mark" {
	for encoding in UTF-16 UTF-32 UTF-16LE UTF-16BE UTF-32LE UTF-32BE; do
		encoded "$encoding"
		what="is no text in UTF-8: it is text in ${encoding%?E}; convert it first:"
		fails 1 "^trujaman: $encoding $what iconv -f $encoding -t UTF-8 $encoding " \
			tiny "$encoding"
		from_stdin() { tiny <"$encoding"; }
		fails 1 "standard input is no text.*iconv -f $encoding -t UTF-8 " from_stdin
		from_pipe() { iconv -f UTF-8 -t "$encoding" text | tiny; }
		fails 1 "standard input is no text.*iconv -f $encoding -t UTF-8 " from_pipe
		# The command that the message names leads to what the text gives.
		iconv -f "$encoding" -t UTF-8 "$encoding" | tiny | cmp - <(tiny text)
	done
}

@test "archives, images, programs, in whatever is given, compressed or not" {
	tar -cf text.tar text
	printf '\x89PNG\r\n\x1a\n\0\0\0\rIHDR' >image
	gzip -c text.tar >text.tar.gz
	head -c 5000 "$SHIPPED" >model
	fails 1 "text.tar is no text in UTF-8: it is a tar archive.*tar -xOf text.tar " tiny text.tar
	fails 1 "text.tar.gz is no text in UTF-8: it is a tar archive" tiny text.tar.gz
	fails 1 "image is no text in UTF-8: it is a PNG image; --force-text" tiny image
	fails 1 "it is an ELF program" tiny "$(command -v bash)"
	fails 1 "it is a safetensors file" tiny model
	# Nothing is done and nothing written, wherever among the inputs it stands.
	fails 1 "image is no text" tiny -o out text image
	[ ! -e out ] && [ ! -e out.partial ]
	# In a folder the others are done.
	run -1 --separate-stderr tiny --output-dir out text image
	[[ $stderr == *"image is no text in UTF-8: it is a PNG image"*"1 of 2 inputs failed"* ]]
	tiny text | cmp - out/text
	[ ! -e out/image ]
}

@test "--force-text means it: line for line" {
	encoded UTF-16LE
	tiny --force-text UTF-16LE >out 2>messages
	[ "$(count_lines out)" -eq 3 ]
	printf '\0Go.\n' | tiny --force-text >out
	[ "$(count_lines out)" -eq 1 ]
	"$TRUJAMAN" score -m "$TINY" --force-text UTF-16LE UTF-16LE >scores 2>messages
	[ "$(count_lines scores)" -eq 4 ]
	encoded UTF-16BE
	tr -d '\377\376' <UTF-16BE >valid
	"$TRUJAMAN" evaluate --force-text valid valid | finds '^lines  *3$'
}

@test "score, evaluate and train refuse alike" {
	encoded UTF-16
	fails 1 "UTF-16 is no text.*iconv -f UTF-16 " "$TRUJAMAN" score -m "$TINY" UTF-16 text
	fails 1 "UTF-16 is no text.*iconv -f UTF-16 " "$TRUJAMAN" score -m "$TINY" text UTF-16
	fails 1 "UTF-16 is no text.*iconv -f UTF-16 " "$TRUJAMAN" evaluate UTF-16 text
	fails 1 "UTF-16 is no text.*iconv -f UTF-16 " "$TRUJAMAN" evaluate text UTF-16
	for files in "UTF-16 text" "text UTF-16"; do
		# shellcheck disable=SC2086 # two names
		set -- $files
		run -1 "$TRUJAMAN" train -m model --source "$1" --target "$2"
		[[ ${lines[-1]} =~ "UTF-16 is no text".*"iconv -f UTF-16 " ]]
		run -1 "$TRUJAMAN" train -m model --source text --target text --dev-source "$1" \
			--dev-target "$2"
		[[ ${lines[-1]} =~ "UTF-16 is no text".*"iconv -f UTF-16 " ]]
	done
	[ ! -e model ]
}

@test "every shard says the same" {
	for ((i = 0; i < 3000; i++)); do echo "Who is there?"; done >long
	iconv -f UTF-8 -t UTF-16LE <long >wide
	{ cat wide && cat long long; } >both
	for shard in 1 2 3 4; do
		fails 1 "both is no text in UTF-8: it is text in UTF-16" \
			tiny -o out --shard "$shard/4" both
	done
	# NULs after the first 64 KiB do not tell against it.
	{ cat long long && cat wide; } >late
	for shard in 1 2 3 4; do
		tiny --beam 1 -o out --shard "$shard/4" late 2>messages
	done
	"$TRUJAMAN" merge out
	[ "$(count_lines out)" -eq 9000 ]
}

@test "a few NULs and invalid bytes are text" {
	printf 'Go\0.\nThe door is open\xff.\nWho is there?\nNobody said a word.\n' >in
	tiny in >out 2>messages
	[ "$(count_lines out)" -eq 4 ]
	[ "$(count_lines messages)" -eq 1 ]
	run -1 grep iconv messages
}

@test "text in Latin-1: one warning, with the command that converts it" {
	printf 'A caf\xe9 in the city.\nGo.\nThe ma\xf1ana of Se\xf1or P\xe9rez.\n' >'old text'
	tiny 'old text' >out 2>messages
	[ "$(count_lines out)" -eq 3 ]
	[ "$(count_lines messages)" -eq 1 ]
	{
		printf 'trujaman: warning: 2 lines held invalid UTF-8 (now U+FFFD), '
		printf 'the first at old text:1, byte 6; it looks like Windows-1252 or ISO 8859-1, '
		printf "which is converted by: iconv -f WINDOWS-1252 -t UTF-8 'old text'\n"
	} | diff - messages
	tiny -q 'old text' 2>messages | cmp - out
	[ ! -s messages ]
	fails 1 "invalid UTF-8 at byte 6 of the line; it looks like Windows-1252" \
		tiny --strict 'old text'
	fails 1 "it looks like Windows-1252" "$TRUJAMAN" evaluate 'old text' 'old text'
	printf '\xc3\x28 \xa0\xa1.\n' | tiny >out 2>messages
	run -1 grep iconv messages
}

@test "a byte-order mark stays, and what follows it is translated as without it" {
	for beginning in '' $'\n' '  ' $'\r\n'; do
		printf '%s' "$beginning" | cat - text >plain
		printf '%s' "$MARK$beginning" | cat - text >marked
		printf '%s' "$MARK" | cat - <(tiny plain) >expected
		tiny marked | cmp - expected
		gzip -c marked | tiny | cmp - expected
		tiny --split off marked | cmp - <(printf '%s' "$MARK" | cat - <(tiny --split off plain))
	done
	# Several inputs, each with its own.
	tiny marked text marked | cmp - <(cat expected <(tiny text) expected)
	for shard in 1 2 3; do tiny -o out --shard "$shard/3" marked text marked; done
	"$TRUJAMAN" merge out
	cmp out <(cat expected <(tiny text) expected)
	printf '%s' "$MARK" | tiny | cmp - <(printf '%s' "$MARK")
}

@test "a byte-order mark in a column that is translated, and in one that is not" {
	paste text text >columns
	printf '%s' "$MARK" | cat - columns >marked
	for column in 1 2; do
		printf '%s' "$MARK" | cat - <(tiny --tsv "$column" columns) >expected
		tiny --tsv "$column" marked | cmp - expected
	done
}

@test "score, evaluate and train read past a byte-order mark" {
	printf '%s' "$MARK" | cat - text >marked
	for pair in "text text" "marked text" "text marked" "marked marked"; do
		# shellcheck disable=SC2086 # two names
		"$TRUJAMAN" score -m "$TINY" $pair >"scores $pair"
		cmp "scores $pair" "scores text text"
		# shellcheck disable=SC2086
		"$TRUJAMAN" evaluate --json $pair >"values $pair"
		cmp "values $pair" "values text text"
	done
}
