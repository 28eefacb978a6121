#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# BLEU and chrF of files: the numbers, their format, and the errors.

load helper

evaluate() {
	"$TRUJAMAN" evaluate "$@"
}

# value NAME FILE: prints the value in one line of the output.
value() {
	sed -n "s/^$1  *//p" "$2"
}

@test "evaluate: equal texts have 100" {
	evaluate "$SENTENCES" "$SENTENCES" >out 2>messages
	[ ! -s messages ]
	[ "$(value bleu out)" = 100.00 ]
	[ "$(value chrf out)" = 100.00 ]
	[ "$(value precisions out)" = "100.0 100.0 100.0 100.0" ]
	[ "$(value brevity_penalty out)" = 1.000 ]
	[ "$(value lines out)" -eq "$(count_lines "$SENTENCES")" ]
	[ "$(value hypothesis_words out)" = "$(value reference_words out)" ]
	[ "$(count_lines out)" -eq 7 ]
}

# Computed by hand. N-grams: 7 of 8 words, 5 of 6 pairs, 3 of 4 triples, 1 of 2. The reference has
# 9 words, so the penalty is exp(1 - 9/8) = 0.8825; (7/8 5/6 3/4 1/2)^(1/4) = 0.72317.
@test "evaluate: numbers reckoned by hand" {
	printf 'the red fox ran\na big dog sat\n' >hypothesis
	printf 'the red fox ran\nthe big dog sat down\n' >reference
	evaluate hypothesis reference >out
	[ "$(value bleu out)" = 63.82 ]
	[ "$(value precisions out)" = "87.5 83.3 75.0 50.0" ]
	[ "$(value brevity_penalty out)" = 0.882 ]
	[ "$(value hypothesis_words out)" = 8 ]
	[ "$(value reference_words out)" = 9 ]
	[ "$(value lines out)" = 2 ]
}

@test "evaluate: chrF of few characters" {
	echo aa >hypothesis
	echo ab >reference
	[ "$(evaluate hypothesis reference | value chrf /dev/stdin)" = 25.00 ]
}

@test "evaluate: --json says the same and more" {
	printf 'the red fox ran\na big dog sat\n' >hypothesis
	printf 'the red fox ran\nthe big dog sat down\n' >reference
	evaluate --json hypothesis reference >out
	[ "$(count_lines out)" -eq 1 ]
	grep -q '^{"bleu": 63\.8[0-9]*, "chrf": [0-9.]*, "precisions": \[87\.5, 83\.3' out
	grep -q '"correct": \[7, 5, 3, 1\], "total": \[8, 6, 4, 2\]' out
	grep -q '"brevity_penalty": 0\.88[0-9]*, "hypothesis_words": 8, "reference_words": 9' out
	grep -q '"lines": 2}$' out
	if command -v python3 >/dev/null; then
		python3 -m json.tool <out >/dev/null
	fi
}

@test "evaluate: standard input on either side, CRLF, no newline at the end, empty lines" {
	printf 'one two three four\n\nfive six seven eight nine\n' >plain
	evaluate plain plain >expected
	evaluate - plain <plain | cmp - expected
	evaluate plain - <plain | cmp - expected
	printf 'one two three four\r\n\r\nfive six seven eight nine' >other
	evaluate other plain | cmp - expected
	[ "$(value lines expected)" = 3 ]
}

@test "evaluate: nothing in common is 0, not an error" {
	echo "alpha beta gamma delta" >hypothesis
	echo "123 456 789 000" >reference
	evaluate hypothesis reference >out
	[ "$(value bleu out)" = 0.00 ]
	[ "$(value chrf out)" = 0.00 ]
	echo >hypothesis
	evaluate hypothesis reference >out
	[ "$(value bleu out)" = 0.00 ]
}

@test "evaluate: files of unequal length name both counts" {
	printf 'a\nb\nc\n' >three
	printf 'a\n' >one
	fails 1 'three has 3 lines and one has 1: ' "$TRUJAMAN" evaluate three one
	fails 1 'one has 1 lines and three has 3: ' "$TRUJAMAN" evaluate one three
	: >empty
	fails 1 'one has 1 lines and empty has 0: ' "$TRUJAMAN" evaluate one empty
	fails 1 'empty and empty have no lines' "$TRUJAMAN" evaluate empty empty
}

@test "evaluate: invalid UTF-8 and unreadable files" {
	printf 'good\nba\xffd\n' >bad
	printf 'good\nbad\n' >good
	fails 1 'bad:2: invalid UTF-8 at byte 3 of the line' "$TRUJAMAN" evaluate bad good
	fails 1 'bad:2: invalid UTF-8 at byte 3 of the line' "$TRUJAMAN" evaluate good bad
	fails 1 'cannot open none: No such file' "$TRUJAMAN" evaluate none good
	fails 1 'cannot open none: No such file' "$TRUJAMAN" evaluate good none
	fails 1 'cannot read \.: Is a directory' "$TRUJAMAN" evaluate good .
}

@test "evaluate: wrong usage" {
	misuse evaluate "needs two files, HYPOTHESIS and REFERENCE, not 0"
	misuse evaluate "needs two files, HYPOTHESIS and REFERENCE, not 1" a
	misuse evaluate "needs two files, HYPOTHESIS and REFERENCE, not 3" a b c
	misuse evaluate "cannot both be standard input" - -
	misuse evaluate "'--json' takes no value" --json=1 a b
	misuse evaluate "unknown option '-j'" -j a b
}

@test "evaluate: a full device is told" {
	[ -w /dev/full ] || skip "there is no /dev/full"
	full() { "$TRUJAMAN" evaluate "$SENTENCES" "$SENTENCES" >/dev/full; }
	fails 1 "cannot write standard output: No space left on device" full
}
