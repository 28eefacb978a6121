#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --scores, --n-best and the command score.

load helper

NUMBER='-?[0-9]+\.[0-9]+'

score() {
	"$TRUJAMAN" score -m "$TINY" "$@"
}

@test "--scores: score, tab, the plain translation" {
	tiny "$SENTENCES" >plain
	tiny --scores "$SENTENCES" >scored
	cut -f 2- scored | cmp - plain
	run grep -vcE "^$NUMBER"$'\t' scored
	[ "$output" -eq 0 ]
	sed -n '/^[[:space:]]*$/=' "$SENTENCES" >blank
	[ -s blank ]
	grep -nE $'^0\.0+\t[[:space:]]*$' scored | cut -d : -f 1 | cmp - blank
}

@test "--scores keeps line endings" {
	printf 'Go.\r\nGo.' | tiny --scores >out
	[ "$(count_lines out)" -eq 1 ]
	grep -c "$CR" out | finds -x 1
}

@test "--n-best: line number, score, text; K lines a line, best first" {
	local n=3
	grep -v '^[[:space:]]*$' "$SENTENCES" | sed -n 1,20p >in
	tiny --plain in --beam 5 >plain
	tiny --plain in --beam 5 --n-best "$n" >lists
	run grep -vcE "^[0-9]+"$'\t'"$NUMBER"$'\t' lists
	[ "$output" -eq 0 ]
	[ "$(count_lines lists)" -eq $((20 * n)) ]
	cut -f 1 lists | uniq -c | awk -v n=$n '$1 != n || $2 != NR { exit 1 }'
	awk -F '\t' '$1 == line && $2 > score { exit 1 } { line = $1; score = $2 }' lists
	awk -v n=$n 'NR % n == 1' lists | cut -f 3- | cmp - plain
	cut -f 1,3- lists | sort | uniq -d >twice
	[ ! -s twice ]
}

@test "--n-best wins over --scores, in either order" {
	echo "Good morning." >in
	tiny --n-best 2 in >lists
	tiny --n-best 2 --scores in | cmp - lists
	tiny --scores --n-best 2 in | cmp - lists
}

@test "--n-best 1 is the plain translation with number and score" {
	tiny "$SENTENCES" >plain
	tiny --n-best 1 "$SENTENCES" >lists
	cut -f 3- lists | cmp - plain
	seq "$(count_lines plain)" >numbers
	cut -f 1 lists | cmp - numbers
	tiny --scores "$SENTENCES" | cut -f 1 >scores
	cut -f 2 lists | cmp - scores
}

@test "--length-penalty changes the scores of the same translation as it should" {
	echo "Good morning." >in
	tiny --beam 1 --length-penalty 0 --scores in >sum
	tiny --beam 1 --length-penalty 1 --scores in >mean
	tiny --beam 1 --length-penalty 2 --scores in >square
	cut -f 2 sum >text
	cut -f 2 mean | cmp - text
	cut -f 2 square | cmp - text
	# sum / mean and mean / square both give the length.
	paste sum mean square | awk -F '\t' '{
		n = $1 / $3; m = $3 / $5
		if (n < 2 || (n - m) / n > 0.01 || (m - n) / n > 0.01) exit 1
	}'
}

@test "--scores without length penalty is what score says of the translation" {
	grep -E '^[A-Z][A-Za-z ,]*[.]$' "$SENTENCES" >source
	[ "$(count_lines source)" -ge 8 ]
	shipped --length-penalty 0 --scores source >scored
	cut -f 1 scored >search
	cut -f 2- scored >target
	"$TRUJAMAN" score -m "$SHIPPED" source target >forced
	paste search forced target
	# The search may have used other pieces for the same text: allow a few differences.
	paste search forced | awk '
		{ d = $1 - $2; if (d < 1e-3 && d > -1e-3) same++ }
		END { if (same < NR * 0.8) exit 1 }'
}

@test "score: one number a line, none above zero, the same with any threads" {
	tiny "$SENTENCES" >target
	score "$SENTENCES" target >scores
	[ "$(count_lines scores)" -eq "$(count_lines "$SENTENCES")" ]
	run grep -vcxE -e '-?[0-9]+\.[0-9]{6}' scores
	[ "$output" -eq 0 ]
	awk '$1 > 0 { exit 1 }' scores
	for threads in 1 2 3 7; do
		score --threads "$threads" "$SENTENCES" target | cmp - scores
	done
	for isa in $(usable_isas); do
		TRUJAMAN_ISA=$isa score "$SENTENCES" target | cmp - scores
	done
}

@test "score: what an independent program in float64 says" {
	command -v jq >/dev/null || skip "jq is not installed"
	for reference in "$srcdir"/tests/fixtures/*.json; do
		jq -e '.cases[0].source' "$reference" >/dev/null || continue # it has ids only
		jq -r '.cases[].source' "$reference" >source
		jq -r '.cases[].target' "$reference" >target
		jq -r '.cases[].score' "$reference" >wanted
		[ -s wanted ]
		"$TRUJAMAN" score --plain -m "${reference%.json}.safetensors" source target >got
		paste wanted got | awk -v name="$reference" '
			{ d = $1 - $2; if (d < 0) d = -d }
			!(d <= 1e-4 * (1 - $1)) { print name ":" NR ": wanted " $1 ", got " $2; bad = 1 }
			END { exit bad }'
	done
}

@test "score: standard input on either side" {
	echo "Good morning." >a
	echo "Buenos días." >b
	score a b >expected
	[ -s expected ]
	score - b <a | cmp - expected
	score a - <b | cmp - expected
}

@test "score: line endings do not count, nor does a missing last newline" {
	printf 'Good morning.\nGo.\n' >a
	printf 'Buenos días.\nVe.\n' >b
	score a b >expected
	printf 'Good morning.\r\nGo.' | score - b | cmp - expected
	printf 'Buenos días.\r\nVe.' | score a - | cmp - expected
}

@test "score: blank lines are scored like any" {
	printf 'Good morning.\n\nGo.\n' >a
	printf 'Buenos días.\n\nVe.\n' >b
	score a b >scores
	[ "$(count_lines scores)" -eq 3 ]
	printf 'Good morning.\nGo.\n' >a
	printf 'Buenos días.\nVe.\n' >b
	sed 2d scores >others
	score a b | cmp - others
}

@test "score: files of unequal length are an error that names both counts" {
	printf 'a\nb\nc\n' >three
	printf 'a\nb\nc\nd\ne\n' >five
	score three five >out 2>messages && return 1
	grep -q '^trujaman: .*3.*5' messages
	[ "$(count_lines messages)" -eq 1 ]
	score five three >out 2>messages && return 1
	grep -q '^trujaman: .*5.*3' messages
	run -1 score -o out2 three five
	[ ! -e out2 ]
}

@test "score: invalid UTF-8 warns and names the file" {
	printf 'Go.\nGo.\n' >a
	printf 'Ve.\nV\xffe.\n' >b
	score a b >out 2>messages
	[ "$(count_lines out)" -eq 2 ]
	grep -q "warning: 1 line held invalid UTF-8 (now U+FFFD), the first at b:2, byte 2" messages
}

@test "score: a very long line gets a number, stops nothing, and is counted" {
	printf 'Good morning.\nGo.\nCome.\n' >short
	printf 'Buenos días.\nVe.\nVen.\n' >target
	score short target >expected
	awk '{ print } NR == 2 { for (i = 0; i < 20000; i++) printf "mill %d ", i % 7; print "" }' \
		short >long
	awk '{ print } NR == 2 { print "molino" }' target >longer
	score long longer >scores 2>messages
	[ "$(count_lines scores)" -eq 4 ]
	sed 3d scores | cmp - expected
	sed -n 3p scores | finds -xE -e '-[0-9]+\.[0-9]{6}'
	[ "$(count_lines messages)" -eq 1 ]
	grep -q 'warning: 1 line of long had more than 16384 pieces, .* first is line 3$' messages
	score --quiet long longer 2>&1 | cmp - scores
	# What the model does not see does not count.
	sed '3s/$/ and more/' long | score -q -t 1 - longer | cmp - scores
	cat long long | score - <(cat longer longer) 2>messages | cmp - <(cat scores scores)
	grep -q 'warning: 2 lines of standard input had .* first is line 3$' messages
}

@test "score: a signal ends it well: what was read is scored, and it says how much" {
	mkfifo pipe
	for ((i = 0; i < 300; i++)); do echo "Ve $i."; done >target
	for signal in INT TERM HUP; do
		env --default-signal=HUP,INT,TERM "$TRUJAMAN" score -m "$TINY" pipe target >out 2>message \
			3>&- &
		pid=$!
		exec 9>pipe
		for ((i = 0; i < 40; i++)); do echo "Go $i."; done >&9
		wait_for test -s out
		kill -s $signal "$pid"
		status=0
		wait "$pid" || status=$?
		exec 9>&-
		[ "$status" -eq $((128 + $(kill -l $signal))) ]
		n=$(count_lines out)
		grep -q "^trujaman: stopped by SIG$signal; standard output has .* $n lines$" message
		for ((i = 0; i < n; i++)); do echo "Go $i."; done >part
		score part <(head -n "$n" target) | cmp - out
	done
	env --default-signal=HUP,INT,TERM "$TRUJAMAN" score -m "$TINY" -o file pipe target \
		2>message 3>&- &
	pid=$!
	exec 9>pipe
	echo "Go." >&9
	wait_for test -e "file.partial-$pid"
	kill -s TERM "$pid"
	status=0
	wait "$pid" || status=$?
	exec 9>&-
	[ "$status" -eq 143 ]
	grep -q '^trujaman: stopped by SIGTERM; file is not written$' message
	[ ! -e file ]
	no_partial_file
}

@test "score: progress and the sums are those of translate" {
	echo "Good morning." >a
	run --separate-stderr score --progress always a a
	[[ $stderr =~ ^"trujaman: 100.0 %, 14 of 14 bytes"[^$'\n']*$ ]]
	run --separate-stderr score -v a a
	[[ $stderr =~ ^"trujaman: 1 line, 2 words, 14 bytes in "[^$'\n']*$ ]]
	expected=$output
	run --separate-stderr score a a
	[ "$output" = "$expected" ]
	[ -z "$stderr" ]
	printf 'Go\xff.\n' >b
	run --separate-stderr score -q b b
	[ -z "$stderr" ]
	misuse score "--progress must be one of auto.always.never, not 'now'" --progress now a a
	fails 1 "cannot write standard output: No space" \
		sh -c '"$0" score -m "$1" a a >/dev/full' "$TRUJAMAN" "$TINY"
}
