#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Messages never kill the work: readers of standard error that have gone, full disks, no standard
# error at all. A reader of the results that has gone still ends the program.

load helper
load toy

setup() {
	start
	for i in $(seq 3000); do
		printf 'Line %d of a text.\n' "$i"
	done >in
	printf 'caf\xe9\n' >>in # a warning at the end
	tiny --beam 1 --quiet in >expected
	printf 'Go.\nHome.\n' >few
	mkfifo nobody
	exec 7<>nobody 8>nobody 7>&- # a pipe that nobody reads any more
}

teardown() {
	exec 8>&-
}

@test "the reader of standard error has gone: the work is done" {
	for options in "" -v "--progress always"; do
		for out in "-o out" "--output-dir dir" "--shard 1/1 -o part"; do
			rm -rf out dir part*
			# shellcheck disable=SC2086 # words of lists
			"$TRUJAMAN" translate -m "$TINY" --beam 1 $options $out in 2>&8
			cmp expected "$(ls -d out dir/in part.1-of-1 2>/dev/null)"
			no=$(find . -name '*.partial*')
			[ -z "$no" ]
		done
		# shellcheck disable=SC2086
		"$TRUJAMAN" translate -m "$TINY" --beam 1 $options in 2>&8 >out
		cmp expected out
	done
	"$TRUJAMAN" translate -m "$TINY" --beam 1 -v -o out in 2> >(head -n 1 >/dev/null)
	cmp expected out
}

@test "the same for the other commands" {
	tiny --beam 1 --shard 1/1 -o part few
	"$TRUJAMAN" merge part 2>&8
	"$TRUJAMAN" score -m "$TINY" -o scores in in 2>&8 # with a warning
	[ "$(wc -l <scores)" -eq 3001 ]
	"$TRUJAMAN" quantize "$TINY" small 2>&8
	"$TRUJAMAN" info "$TINY" 2>&8 | finds parameters
	"$TRUJAMAN" evaluate few few 2>&8 | finds bleu
	toy 300 1
	"$TRUJAMAN" train "${TOY[@]}" -m model --updates 10 --validate-every 5 --log log 2>&8
	[ -e model ]
	"$TRUJAMAN" plot log >svg 2>&8
	grep -q "<svg" svg
	# A failure stays a failure, of exit status 1 or 2 and not of a signal.
	run -1 "$TRUJAMAN" translate -m "$TINY" absent 2>&8
	run -2 "$TRUJAMAN" translate --wrong 2>&8
	run -1 "$TRUJAMAN" merge absent 2>&8
	run -1 "$TRUJAMAN" info absent 2>&8
}

@test "no standard error, or one that is full" {
	for options in -v "--progress always"; do
		rm -f out
		# shellcheck disable=SC2086
		"$TRUJAMAN" translate -m "$TINY" --beam 1 $options -o out in 2>&-
		cmp expected out
		[ ! -w /dev/full ] && continue
		rm -f out
		# shellcheck disable=SC2086
		"$TRUJAMAN" translate -m "$TINY" --beam 1 $options -o out in 2>/dev/full
		cmp expected out
	done
	# Nothing that the program opens may become standard output or standard error.
	"$TRUJAMAN" translate -m "$TINY" --beam 1 -v -o out in >&- 2>&-
	cmp expected out
	"$TRUJAMAN" translate -m "$TINY" --beam 1 -v -o out in <&- >&- 2>&-
	cmp expected out
	"$TRUJAMAN" translate -m "$TINY" --beam 1 -v --output-dir dir in 2>&-
	cmp expected dir/in
}

@test "a reader of the results that has gone ends each command as SIGPIPE does" {
	for i in $(seq 400); do
		printf '{"update": %d, "epoch": 1, "loss": 2, "nll": 2, "pieces": 9, ' "$i"
		printf '"learning_rate": 1e-3, "gradient_norm": 1, "seconds": %d}\n' "$i"
	done >log
	tiny --beam 1 --shard 1/1 -o part in
	into_nobody() { "$@" >&8; }
	for command in "translate -m $TINY --beam 1 in" \
		"score -m $TINY few few" "info $TINY" "evaluate few few" "plot log" "help" \
		"--version" "translate --help"; do
		# shellcheck disable=SC2086
		run -141 --separate-stderr into_nobody "$TRUJAMAN" $command
		[ -z "$stderr" ]
	done
	ln -s part.1-of-1 link.1-of-1
	ln -s part.1-of-1.journal link.1-of-1.journal
	ln -s /dev/stdout link
	run -141 --separate-stderr into_nobody "$TRUJAMAN" merge --force --keep link
	[ -z "$stderr" ]
}
