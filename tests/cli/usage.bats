#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Help, version, and every kind of wrong usage.

load helper

@test "no command is wrong usage" {
	misuse "" "no command given"
}

@test "an unknown command is wrong usage" {
	misuse "" "no command 'nonsense'" nonsense
	misuse "" "no command ''" ""
}

@test "an unknown option before the command is wrong usage" {
	misuse "" "unknown option '-x'" -x
	misuse "" "option '--nonsense'" --nonsense
	misuse "" "'--help' takes no value" --help=3
}

@test "help: the top, every command, unknown ones" {
	"$TRUJAMAN" --help >top
	"$TRUJAMAN" -h | cmp - top
	"$TRUJAMAN" help | cmp - top
	"$TRUJAMAN" help --help | cmp - top
	for command in translate merge train quantize score evaluate plot info; do
		grep -q "^  $command  *[a-z]" top
		"$TRUJAMAN" "$command" --help >page 2>messages
		[ ! -s messages ]
		grep -q "^Usage: trujaman $command " page
		grep -q "^Examples:" page
		"$TRUJAMAN" "$command" -h | cmp - page
		"$TRUJAMAN" help "$command" | cmp - page
	done
	misuse "" "no command 'nonsense'" help nonsense
	misuse "" "no command 'models'; to list the models: trujaman info --list" models
	misuse translate "--output needs a name" -o ""
	misuse score "--output needs a name" -o "" a b
	misuse quantize "OUT needs a name" "$TINY" ""
	misuse "" "help takes one command" help info score
}

@test "help is under 80 columns wide" {
	for command in "" translate merge train quantize score evaluate plot info; do
		"$TRUJAMAN" help ${command:+"$command"} >page
		run grep -n '.\{80\}' page
		[ "$status" -eq 1 ]
	done
}

@test "help wins over what stands after it, not over what stands before" {
	"$TRUJAMAN" translate --help --beam 0 >page
	misuse translate "--beam" --beam 0 --help
}

@test "the manual pages and --help list the same options" {
	for command in translate merge train quantize score evaluate plot info; do
		"$TRUJAMAN" "$command" --help |
			sed -nE 's/^  (-[a-zA-Z], |    )(--[a-z-]+).*/\2/p' | sort -u >in-help
		grep '^\.It Fl' "$srcdir/man/trujaman-$command.1" | grep -o ' -[a-z-]*' |
			sed 's/^ -/--/' | sort -u >in-manual
		[ -s in-help ]
		diff in-help in-manual
	done
}

@test "the manual pages are clean" {
	command -v mandoc >/dev/null || skip "mandoc is not installed"
	run mandoc -T lint -W warning "$srcdir"/man/*.[13]
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "the examples of --help and of the manual pages run" {
	trujaman() { "$TRUJAMAN" "$@"; }
	less() { cat "$@"; }
	export TRUJAMAN_MODEL_PATH=$srcdir/models
	printf 'Good morning.\nWho is there?\nIt is cold there, is it not?\n' | tee book.en >letter.txt
	cp "$SHIPPED" my.safetensors
	cp book.en out.es
	paste book.en letter.txt >crawl.tsv
	mkdir library letters
	cp book.en library
	cp letter.txt letters
	echo '{"update": 1, "loss": 2}' | tee book.jsonl lstm.jsonl >gru.jsonl
	for command in "" translate merge train quantize score evaluate plot info; do
		"$TRUJAMAN" help ${command:+"$command"} | sed '1,/^Examples:/d'
		sed -n 's/^\.Dl //p' "$srcdir/man/trujaman${command:+-$command}.1" | sed 's/\\(dq/"/g'
	done >examples
	[ "$(wc -l <examples)" -ge 14 ]
	set -o pipefail
	while read -r example; do
		echo "example: $example"
		if [[ $example == *" merge "* ]]; then rm book.es; fi
		# A training does not replace a model.
		if [[ $example =~ " train ".*" -m "([^ ]+) && $example != *--resume ]]; then
			rm -f "${BASH_REMATCH[1]}"*
		fi
		rm -rf es
		eval "$example" </dev/null >result
		[ -s result ] || [ -s book.es ] || [ -s book.es.1-of-2 ] || [ -s es/book.en.es ]
	done <examples
}

@test "version: of the program and of every command" {
	"$TRUJAMAN" --version >version
	[[ $(head -n 1 version) =~ ^trujaman\ [0-9]+\.[0-9]+ ]]
	grep -q 'best first:.* scalar' version
	"$TRUJAMAN" -V | cmp - version
	for command in translate merge train quantize score evaluate plot info; do
		"$TRUJAMAN" "$command" --version | cmp - version
		"$TRUJAMAN" "$command" -V | cmp - version
	done
}

@test "help, version and info on a full device fail" {
	[ -w /dev/full ] || skip "there is no /dev/full"
	full() { "$TRUJAMAN" "$@" >/dev/full; }
	for arguments in --help --version help "help score" "info --help"; do
		# shellcheck disable=SC2086 # words of a list
		fails 1 "cannot write standard output: No space left on device" full $arguments
	done
	fails 1 "cannot write standard output: No space left on device" full info "$TINY"
}

@test "help and translate without a standard output fail" {
	closed() { "$TRUJAMAN" "$@" <"$SENTENCES" >&-; }
	fails 1 "cannot write standard output: Bad file descriptor" closed --help
	fails 1 "cannot write standard output: Bad file descriptor" closed translate -m "$TINY"
}

@test "translate without a standard input fails" {
	closed() { "$TRUJAMAN" translate -m "$TINY" <&-; }
	fails 1 "standard input: Bad file descriptor" closed
}

@test "unknown options of commands are wrong usage" {
	for command in translate train score info; do
		misuse "$command" "unknown option '-x'" -x
		misuse "$command" "unknown option '-x'" -xm model
		misuse "$command" "option '--nonsense'" file --nonsense
		misuse "$command" "option '--nonsense=3'" --nonsense=3
		misuse "$command" "option '--model' needs a value" -m
		misuse "$command" "option '--model' needs a value" --model
		misuse "$command" "option '--version' takes no value" --version=3
	done
	misuse translate "ambiguous option '--s'" --s
	misuse translate "'--scores' takes no value" --scores=yes
	misuse score "option '--beam'" --beam 3 a b
	misuse score "option '--max-pieces'" --max-pieces 9 a b
	misuse info "option '--beam'" --beam 3
}

@test "numbers out of range, with junk or missing are wrong usage" {
	for value in 0 65 -1 +4 4x x 4.5 "" " 4" "4 " 0x4 99999999999999999999; do
		misuse translate "--beam must be a whole number from 1 to 64, not '" --beam "$value"
		misuse translate "--n-best must be a whole number from 1 to 64, not '" --n-best "$value"
	done
	for value in 0 4097 -1 2x "" 18446744073709551617; do
		misuse translate "--threads must be a whole number from 1 to 4096" --threads "$value"
		misuse score "--threads must be a whole number from 1 to 4096" --threads "$value" a b
	done
	for value in 7 65537 -8 many ""; do
		misuse translate "--max-pieces must be a whole number from 8 to" --max-pieces "$value"
	done
	for value in -1 1048577 2G ""; do
		misuse translate "--memory must be a whole number from 0 to 1048576" --memory "$value"
		misuse score "--memory must be a whole number from 0 to 1048576" --memory "$value" a b
	done
	for value in -1 -0.5 101 nan inf 0x1p0 1,5 1.5.2 1e 1e9 "" " 1" e; do
		misuse translate "--length-penalty must be a number from 0 to 100, not '" \
			--length-penalty "$value"
	done
	for value in 0 0.009 -1 101 nan inf 1,5 ""; do
		misuse translate "--beam-threshold must be a number from 0.01 to 100, not '" \
			--beam-threshold "$value"
	done
	misuse translate "--exact drops nothing, so it goes without --beam-threshold" --exact \
		--beam-threshold 2
	for option in --exact "--beam-threshold 2" "--beam 2" "--coverage-penalty 1"; do
		# shellcheck disable=SC2086 # two words
		misuse translate "--sample goes without --beam, --beam-threshold, --exact and" --sample \
			$option
	done
	for option in --beam --beam-threshold --n-best --threads --max-pieces --length-penalty; do
		misuse translate "option '$option' needs a value" "$option"
	done
}

@test "numbers at the ends of their ranges are taken" {
	echo "Good morning." >in
	for options in "--beam 1" "--beam 64" "--threads 1" "--max-pieces 8" "--max-pieces 65536" \
		"--memory 0" "--memory 1048576" \
		"--length-penalty 0" "--length-penalty 100" "--length-penalty .5" \
		"--length-penalty 5e-1" "--beam-threshold 0.01" "--beam-threshold 100" \
		"--n-best 1" "--beam=2 --n-best=2" "--n-best 64"; do
		# shellcheck disable=SC2086 # words of a list
		tiny $options in >out
		[ -s out ]
	done
}

@test "--n-best above --beam is wrong usage; alone it widens the beam" {
	misuse translate "--n-best 5 needs a --beam of at least as much, not 4" --beam 4 --n-best 5
	misuse translate "--n-best 2 needs a --beam of at least as much, not 1" --n-best 2 --beam 1
	echo "Good morning." >in
	tiny --n-best 6 in >alone
	tiny --n-best 6 --beam 6 in | cmp - alone
	[ "$(count_lines alone)" -eq 6 ]
}

@test "score wants two files, of which one may be standard input" {
	misuse score "needs two files, SOURCE and TARGET, not 0"
	misuse score "needs two files, SOURCE and TARGET, not 1" a
	misuse score "needs two files, SOURCE and TARGET, not 3" a b c
	misuse score "cannot both be standard input" - -
}

@test "info takes one model" {
	misuse info "takes one model, not 2" "$TINY" "$TINY"
	misuse info "takes one model, not 2" -m "$TINY" "$TINY"
}

@test "options may stand after files, and -- ends them" {
	echo "Good morning." | tee plain >./-file
	tiny plain >expected
	"$TRUJAMAN" translate plain -m "$TINY" | cmp - expected
	tiny -- -file | cmp - expected
	tiny ./-file | cmp - expected
}

@test "a message shows control characters of names escaped, on one line" {
	fails 1 'cannot read no\\n\\x1b\[31m: No such file' \
		"$TRUJAMAN" translate -m "$TINY" $'no\n\e[31m'
	misuse "" "no command 'a\\\\tb'" $'a\tb'
}

@test "-t is --threads in every command that has --threads" {
	for command in translate merge train quantize score evaluate plot info; do
		"$TRUJAMAN" help "$command" >page
		if grep -q -- '--threads N' page; then
			grep -q '^  -t, --threads N ' page
			misuse "$command" "[Tt]hreads.*many" -t many
			misuse "$command" "option '--threads' needs a value" -t
		else
			misuse "$command" "unknown option '-t'" -t 1
		fi
	done
	tiny "$SENTENCES" >expected
	tiny -t 2 "$SENTENCES" | cmp - expected
	"$TRUJAMAN" info -t 3 "$TINY" | finds -x 'threads  *3'
}

no_suggestion() {
	[[ $stderr != *"did you mean"* ]]
}

@test "an unknown option and an ambiguous one get messages of their own" {
	misuse translate "unknown option '--nonsense'" --nonsense
	no_suggestion
	misuse translate "ambiguous option '--s': it may be .*--scores.*--strict" --s
	misuse train "ambiguous option '--source-': it may be .*--source-vocab" --source-
}

@test "the nearest option and the nearest command are suggested, but only if they are near" {
	misuse translate "unknown option '--beem' \\(did you mean '--beam'\\?\\)" --beem 3
	misuse translate "unknown option '--maxpieces=9' .*'--max-pieces'" --maxpieces=9
	misuse translate "unknown option '-b' .*'--beam'" -beam 3
	misuse translate "unknown option '-b' .*'--beam=4'" -beam=4
	for option in --source --input --src=x; do
		misuse translate "'$option'; files to read need no option: .*translate FILE" $option x
	done
	misuse score "'--source'; files to read need no option: .*score FILE" --source x y
	misuse train "unknown option '--epoch-s' .*'--epochs'" --epoch-s 3
	misuse score "unknown option '--thraeds' .*'--threads'" --thraeds 3
	misuse score "unknown option '--beam'" --beam 3 a b
	no_suggestion
	misuse score "unknown option '-x'" -x -strict a b
	no_suggestion
	misuse "" "no command 'translat' .*'translate'" translat
	misuse "" "no command 'Info' .*'info'" Info
	misuse "" "no command 'eval' .*'evaluate'" eval
	misuse "" "no command 'scroe' .*'score'" help scroe
	misuse "" "no command 'nonsense'" nonsense
	no_suggestion
}

@test "an option before the command: the message shows the right order" {
	misuse "" "option '-m' belongs after the command: trujaman translate -m es-en f" -m es-en f
	misuse "" "'--beam=3' belongs after .*: trujaman translate --beam=3 \"a b\"" --beam=3 "a b"
	misuse "" "belongs after .*: trujaman merge --keep out" --keep merge out
	misuse "" "unknown option '--cell'" --cell out
}

@test "a text or a file in the place of a command or a file: the message says how to translate it" {
	told() { fails 1 "$@"; }
	for text in "Hello world" "Hello" "One. Two."; do
		told "cannot read $text: No such file.*: echo \"$text\" \\| trujaman translate\$" \
			"$TRUJAMAN" translate "$text"
	done
	told 'echo "Hello my world" \| trujaman translate$' "$TRUJAMAN" translate Hello my world
	told "echo 'It costs .5\.' \\| trujaman translate\$" "$TRUJAMAN" translate 'It costs $5.'
	local long
	long=$(printf 'A long word %.0s' {1..50})
	told 'cannot read A long word .*: File name too long; .*: echo "A long.*…" \|' \
		"$TRUJAMAN" translate "$long"
	# A word longer than any name does not cut the advice off.
	told 'cannot read a+…: File name too long; .*: echo "a+…" \| trujaman translate$' \
		"$TRUJAMAN" translate "$(printf 'a%.0s' {1..5000})" y
	# The shortened command line stays well-formed UTF-8.
	"$TRUJAMAN" translate "$(printf '¿Año? %.0s' {1..80})" 2>message && return 1
	iconv -f utf8 -t utf8 message | cmp - message
	fails 1 "cannot read book.en: No such file or directory\$" "$TRUJAMAN" translate book.en
	fails 1 "cannot read no/where: No such file or directory\$" "$TRUJAMAN" translate no/where
	echo "Good morning." >book.en
	misuse "" "no command 'book.en'; to translate a file: trujaman translate book.en" book.en
	misuse "" 'to translate text: echo "Hello world" \| trujaman translate' "Hello world"
}
