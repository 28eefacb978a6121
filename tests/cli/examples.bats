#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The commands that README.md and the manual pages show, extracted and run as they are written. What
# is changed is only this: a training stops after two updates, and the pager is cat.

load helper

# build/ and bin/ hold the program as the examples call it.
place_program() {
	mkdir build bin
	cat >bin/trujaman <<-END
		#!/bin/sh
		case "\$*" in
		'train '*) exec "$TRUJAMAN" "\$@" --updates 2 ;;
		*) exec "$TRUJAMAN" "\$@" ;;
		esac
	END
	printf '#!/bin/sh\nexec cat "$@"\n' >bin/less
	chmod +x bin/trujaman bin/less
	cp bin/trujaman build/trujaman
	export TRUJAMAN_MODEL_PATH=$srcdir/models OMP_WAIT_POLICY=passive
	PATH=$PWD/bin:$PATH
}

# Two texts to learn from: NAME.en and NAME.es, 300 lines of an invented language.
texts() {
	local i
	for ((i = 0; i < 300; i++)); do
		echo "word$((i % 7)) is a number$((i * i % 11)) and word$((i % 5))"
	done >"$1.en"
	sed 's/word/palabra/g; s/ is a / es un /; s/ and / y /' "$1.en" >"$1.es"
}

# readme FROM TO: the indented lines between two headings of README.md, as one script.
readme() {
	sed -n "/^## $1\$/,/^## $2\$/s/^    //p" "$srcdir/README.md"
}

# Runs a script line by line as a person would type it: the first command that fails ends it.
run_script() {
	run bash -e -o pipefail "$1" </dev/null
	[ "$status" -eq 0 ] || {
		echo "$output"
		return 1
	}
}

@test "examples: README, to use it" {
	place_program
	readme Use Train >script
	[ "$(grep -c 'build/trujaman' script)" -ge 15 ]
	run_script script
	cmp book.es big.es
	cmp book.es parts.es
	cmp book.es es/book.en.es
	[ "$(count_lines out.tsv)" -eq 1 ]
}

@test "examples: README, to train" {
	place_program
	texts mine
	readme Train 'Build by hand' >script
	[ "$(grep -c 'build/trujaman' script)" -ge 3 ]
	run_script script
	grep -q '<svg' curve.svg
	[ -s my.safetensors ]
	[ -s mine.safetensors ]
}

# The lines that a manual page sets apart (.Dl), with roff's names of characters resolved.
manual() {
	sed -n 's/^\.Dl //p' "$srcdir/man/$1.1" |
		sed 's/\\(dq/"/g; s/\\(aq/'"'"'/g; s/\\e/\\/g; s/\\-/-/g; s/\\&//g'
}

# What the examples of the manual pages find in their folder.
prepare_manual() {
	place_program
	texts book
	paste book.en book.es | sed -n 1,5p >crawl.tsv
	mkdir library letters
	head -n 2 "$SENTENCES" >library/a.txt
	head -n 2 "$SENTENCES" | tee letters/b.txt >letter.txt
	cp "$TINY" my.safetensors
	trujaman train --source book.en --target book.es -m log.safetensors --log book.jsonl 2>messages
	cp book.jsonl lstm.jsonl
	cp book.jsonl gru.jsonl
}

@test "examples: the manual pages" {
	prepare_manual
	local page n=0
	for page in "$srcdir"/man/*.1; do
		page=$(basename "$page" .1)
		manual "$page" >script
		[ -s script ] || continue
		rm -f book.safetensors*
		! grep -q -- '-o book\.es' script || rm book.es # what it makes is not there yet
		echo "$page:"
		cat script
		run_script script
		n=$((n + 1))
		texts book # some examples write book.es
	done
	[ "$n" -ge 8 ]
}
