#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Runs that end before they are done, and runs that resume from what those left.

load helper

setup() {
	start
	for i in $(seq 150); do
		printf 'Line %d of a text.\nWho wrote the %dth of them?\n\n' "$i" "$i"
	done >in
	tiny --beam 1 in >expected
}

# left BYTES: makes the files of a run that had written so many bytes, with a real journal.
left() {
	if [ ! -e kept.journal ]; then
		mkfifo pipe
		"$TRUJAMAN" translate -m "$TINY" --beam 1 -o kept in - <pipe 3>&- &
		exec 9>pipe
		wait_for test -s kept.partial
		kill -s KILL $!
		wait $! || true
		exec 9>&-
		rm pipe
	fi
	sed '/^= input standard/d' kept.journal >out.journal
	head -c "$1" expected >out.partial
}

@test "--resume goes on after a cut at any byte" {
	left 0
	bytes=$(wc -c <expected)
	for at in 1 2 $((bytes / 3)) $((bytes / 3 + 1)) $((bytes / 2)) $((bytes - 1)) "$bytes"; do
		left "$at"
		tiny --beam 1 --resume -o out in
		cmp out expected
		no_partial() { ! compgen -G 'out.*'; }
		no_partial
		rm out
	done
}

@test "--resume with nothing to go on with begins" {
	tiny --beam 1 --resume -o out in
	cmp out expected
	misuse translate "--resume needs --output" -m "$TINY" --resume in
	misuse translate "exclude each other" -m "$TINY" --resume --force -o out in
}

@test "--resume says where it goes on, or that it begins" {
	left $(($(wc -c <expected) / 2))
	n=$(count_lines out.partial)
	run --separate-stderr tiny --beam 1 --resume -o out in
	[ "$stderr" = "trujaman: resuming after line $n of in" ]
	cmp out expected
	rm out
	run --separate-stderr tiny --beam 1 --resume -o out in
	[ "$stderr" = "trujaman: nothing to resume from; starting from the beginning" ]
	rm out
	left 100
	run --separate-stderr tiny --beam 1 --quiet --resume -o out in
	[ -z "$stderr" ]
	cmp out expected
	mkdir texts
	for name in a b c d; do cp in texts/$name; done
	run --separate-stderr tiny --beam 1 --resume --output-dir es texts
	[ "$stderr" = "trujaman: nothing to resume from; starting from the beginning" ]
}

@test "killed at any moment, and resumed until it is done" {
	for i in $(seq 12); do
		cat in
	done >big
	tiny --beam 2 --threads 2 big >expected
	runs=0
	until timeout -s KILL "0.$((runs % 7 + 2))" \
		"$TRUJAMAN" translate -m "$TINY" --beam 2 --threads $((runs % 3 + 1)) --resume \
		-o out big; do
		if [ -e out ]; then
			break # done, and killed while it ended
		fi
		runs=$((runs + 1))
		# On a very slow machine every run might be killed early, so after 20 runs let one
		# finish.
		if [ "$runs" -gt 20 ]; then
			tiny --beam 2 --resume -o out big
			break
		fi
	done 2>/dev/null
	cmp out expected
	[ ! -e out.partial ]
}

@test "a run that has written something ends well on a signal, and can be resumed" {
	for signal in HUP INT TERM; do
		mkfifo pipe
		env --default-signal=HUP,INT,TERM "$TRUJAMAN" translate -m "$TINY" --beam 1 -o out in - \
			<pipe 3>&- 2>message &
		pid=$!
		exec 9>pipe
		wait_for test -s out.partial
		kill -s "$signal" "$pid"
		status=0
		wait "$pid" || status=$?
		[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
		exec 9>&-
		rm pipe
		grep -q 'out.partial has the first [0-9]* lines*; .*--resume' message
		[ ! -e out ]
		lines=$(wc -l <out.partial)
		head -n "$lines" expected | cmp - out.partial
		tiny --beam 1 --resume -o out in - </dev/null
		cmp out expected
		rm out
	done
}

@test "--resume: what differs is told, and nothing is touched" {
	left 100
	cp out.partial partial
	fails 1 "out.journal is of another run: beam was 1, is 3" tiny --beam 3 --resume -o out in
	# One that the user has written, not one that follows from it.
	fails 1 "exact was false, is true" tiny --beam 1 --exact --resume -o out in
	fails 1 "plain was false, is true" tiny --beam 1 --plain --resume -o out in
	fails 1 "sample was false, is true" tiny --sample --resume -o out in
	fails 1 "precision was float32, is int8" tiny --beam 1 --precision int8 --resume -o out in
	fails 1 "model was .* bytes, .*, is" shipped --beam 1 --precision float32 --resume -o out in
	echo more >>in
	fails 1 "input was in, .* is in, " tiny --beam 1 --resume -o out in
	fails 1 "out.partial is what another run has left" tiny --beam 1 -o out in
	cmp partial out.partial
	# That of a version without some option.
	cp out.journal journal
	grep -vE '^= (exact|beam-threshold) ' journal >out.journal
	fails 1 "out.journal was made by another version of trujaman" tiny --beam 1 --exact \
		--resume -o out in
	grep -v '^= min-length ' journal >out.journal
	fails 1 "out.journal was made by another version" tiny --beam 1 --resume -o out in
	echo rubbish >out.journal
	fails 1 "out.journal is no journal" tiny --beam 1 --resume -o out in
	rm out.journal
	fails 1 "cannot read out.journal" tiny --beam 1 --resume -o out in
	cmp partial out.partial
	tiny --beam 1 --force -o out in
	tiny --beam 1 in | cmp - out
}

@test "--resume of n-best lists and of scores" {
	tiny --beam 3 --n-best 3 in >lists
	tiny --beam 1 --scores in >scores
	mkfifo pipe
	for what in lists:--beam:3:--n-best:3 scores:--beam:1:--scores; do
		IFS=: read -r -a options <<<"$what"
		"$TRUJAMAN" translate -m "$TINY" "${options[@]:1}" -o out in - <pipe 3>&- &
		exec 9>pipe
		wait_for test -s out.partial
		kill -s KILL $!
		wait $! || true
		exec 9>&-
		sed -i '/^= input standard/d' out.journal
		if [ "${options[0]}" = lists ]; then
			fails 1 "n-best was 3, is 4" tiny --n-best 4 --resume -o out in
		fi
		for at in 1 777 4001 4002 4003; do
			head -c $at "${options[0]}" >part.partial
			cp out.journal part.journal
			tiny "${options[@]:1}" --resume -o part in
			cmp part "${options[0]}"
			rm part
		done
		rm out.partial out.journal
	done
}

@test "--resume of a compressed output" {
	command -v gzip >/dev/null || skip "gzip is not installed"
	# A member holds 16 MiB of text; blank lines are quick to translate.
	{
		cat in
		head -c 20000000 /dev/zero | tr '\0' '\n'
		cat in
	} >big
	tiny --beam 1 -o whole.gz big
	zcat whole.gz >unpacked
	tiny --beam 1 big | cmp - unpacked
	mkfifo pipe
	"$TRUJAMAN" translate -m "$TINY" --beam 1 -o out.gz big - <pipe 3>&- &
	exec 9>pipe
	wait_for grep -q member out.gz.journal
	kill -s KILL $!
	wait $! || true
	exec 9>&-
	sed -i '/^= input standard/d' out.gz.journal
	tiny --beam 1 --resume -o out.gz big
	cmp out.gz whole.gz
}

@test "a folder of which the first file is incomplete: after which line it goes on" {
	mkdir texts
	for i in $(seq 600); do
		echo "Line $i of a text."
	done >texts/bad
	printf '\xff\n' >>texts/bad
	echo Go. >texts/good
	run -1 tiny --beam 1 --strict --output-dir es texts
	kept=$(wc -l <es/bad.partial)
	[ "$kept" -gt 0 ]
	run -1 --separate-stderr tiny --beam 1 --strict --resume --output-dir es texts
	[[ $stderr == *"resuming after line $kept of texts/bad"* ]]
	[[ $stderr == *"1 of 2 inputs failed; the same command with --resume tries it again" ]]
	# Where nothing was done, nothing is to be tried again.
	ln -s nowhere texts/dangling
	run -1 --separate-stderr tiny --beam 1 --output-dir es texts
	[[ $stderr == *" exists; --force replaces it"*"1 of 3 inputs failed" ]]
}
