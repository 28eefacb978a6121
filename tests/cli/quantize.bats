#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Models in 8 bits: what they contain, how close they are to the original, and the errors.

load helper

quantize() {
	"$TRUJAMAN" quantize "$@"
}

@test "quantize: every architecture becomes I8, and nothing is said" {
	for model in "$srcdir"/tests/fixtures/*.safetensors; do
		quantize "$model" small >said 2>&1
		[ ! -s said ]
		"$TRUJAMAN" info "$model" | grep -v '^\(file\|file_bytes\|precision\|products\) ' >before
		"$TRUJAMAN" info ./small | grep -v '^\(file\|file_bytes\|precision\|products\) ' >after
		diff before after
		"$TRUJAMAN" info ./small | finds -x 'precision  *I8'
		[ "$(wc -c <small)" -lt "$(wc -c <"$model")" ]
	done
	no_partial_file
}

@test "quantize: translations are nearly as probable as they were" {
	for model in luong-general bahdanau-sigmoid-gru all-tied none-gru-bi odd-sizes; do
		model=$srcdir/tests/fixtures/$model.safetensors
		quantize "$model" small
		"$TRUJAMAN" translate -m ./small "$SENTENCES" >out
		[ "$(count_lines out)" -eq "$(count_lines "$SENTENCES")" ]
		"$TRUJAMAN" score -m ./small "$SENTENCES" out >small.scores
		"$TRUJAMAN" score -m "$model" "$SENTENCES" out >scores
		run cmp scores small.scores
		[ "$status" -eq 1 ]
		paste scores small.scores |
			awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > -0.02 * $1) exit 1 }'
	done
}

@test "quantize: what is I8 already translates to the same bytes, and stays" {
	quantize "$SHIPPED" once
	quantize ./once twice
	cmp once twice
	shipped "$SENTENCES" >expected
	"$TRUJAMAN" translate -m ./once "$SENTENCES" | cmp - expected
}

@test "quantize: a model by its name; a model in its own place" {
	mkdir models
	cp "$TINY" models/x-y.safetensors
	quantize "$TINY" expected
	TRUJAMAN_MODEL_PATH=models quantize x-y out
	cmp out expected
	quantize models/x-y.safetensors models/x-y.safetensors
	cmp models/x-y.safetensors expected
}

@test "quantize: interrupted, it leaves all of the file or nothing" {
	quantize "$SHIPPED" expected
	for delay in 0 0.002 0.004 0.006 0.008 0.01 0.012 0.016 0.02 0.03; do
		"$TRUJAMAN" quantize "$SHIPPED" out 3>&- &
		sleep $delay
		kill -TERM $! 2>/dev/null || : # it had ended already
		wait $! || :
		no_partial_file
		[ ! -e out ] || cmp expected out
		rm -f out
	done
}

@test "quantize: a failure leaves the old file, and no other" {
	echo old >out
	fails 1 'no model nope: there is no such file' "$TRUJAMAN" quantize nope out
	fails 1 'sentences.en: header:' "$TRUJAMAN" quantize "$SENTENCES" out
	mkfifo pipe
	fails 1 'pipe: found a pipe, wanted a regular file' "$TRUJAMAN" quantize ./pipe out
	fails 1 'cannot write pipe: it is no regular file' "$TRUJAMAN" quantize "$TINY" pipe
	fails 1 'cannot write \.: it is no regular file' "$TRUJAMAN" quantize "$TINY" .
	fails 1 'cannot create none/out.*: No such file' "$TRUJAMAN" quantize "$TINY" none/out
	fails 2 'OUT needs a name' "$TRUJAMAN" quantize "$TINY" ''
	full() {
		limit_files 16
		trap '' XFSZ
		"$TRUJAMAN" quantize "$TINY" out
	}
	fails 1 'cannot write out.*: File too large' full
	[ "$(cat out)" = old ]
	no_partial_file
}

@test "quantize: wrong usage" {
	misuse quantize "needs two files, IN and OUT, not 0"
	misuse quantize "needs two files, IN and OUT, not 1" a
	misuse quantize "needs two files, IN and OUT, not 3" a b c
	misuse quantize "unknown option '-x'" -x
	misuse quantize "option '--model'" --model a b c
	misuse quantize "option '--version' takes no value" --version=3
}

@test "quantize: standard output is no place for a model" {
	fails 2 "a model is not written to standard output" "$TRUJAMAN" quantize "$TINY" -
	[ ! -e ./- ]
}
