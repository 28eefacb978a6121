#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --resume of work that is finished, that has grown, or whose inputs have changed.

load helper

setup() {
	start
	printf 'Good morning.\n\nWho is there?\n' >in
	printf 'Go home.\nThe last line has no end' >other
	mkdir tree
	cp in other tree
}

greedy() {
	tiny --beam 1 "$@"
}

# untouched FILE COMMAND…: COMMAND succeeds, says that nothing is to be done, and FILE stays.
untouched() {
	local file=$1 before
	shift
	before=$(stat -c '%i %y' "$file")
	run --separate-stderr "$@"
	[ "$status" -eq 0 ] && [ -z "$output" ] && [[ $stderr == *"nothing to resume: "* ]] &&
		[ "$(stat -c '%i %y' "$file")" = "$before" ] && return
	echo "exit $status: $stderr"
	return 1
}

# begun_anew FILE COMMAND…: COMMAND succeeds, and FILE is a new one.
begun_anew() {
	local file=$1 before
	shift
	before=$(stat -c '%i %y' "$file")
	run --separate-stderr "$@"
	[ "$status" -eq 0 ] && [[ $stderr != *"nothing to resume: "* ]] &&
		[ "$(stat -c '%i %y' "$file")" != "$before" ] && return
	echo "exit $status: $stderr"
	return 1
}

@test "-o: finished work is told and left, whatever it consists of" {
	command -v gzip >/dev/null || skip "gzip is not installed"
	gzip -k in
	for options in "" "--scores" "--n-best 2 --beam 2" "--compress gzip" "--tsv 1"; do
		for inputs in in "in other" "other in in.gz" /dev/null; do
			rm -f out
			# shellcheck disable=SC2086 # words of lists
			greedy $options -o out $inputs
			if [ "$inputs" = /dev/null ]; then
				# shellcheck disable=SC2086
				begun_anew out greedy $options --resume -o out $inputs
				continue
			fi
			# shellcheck disable=SC2086
			untouched out greedy $options --resume -o out $inputs
			# shellcheck disable=SC2086
			begun_anew out greedy $options --force -o out $inputs
		done
	done
	run -0 --separate-stderr greedy --quiet --resume -o out /dev/null
	greedy -o out in
	run -0 --separate-stderr greedy --quiet --resume -o out in
	[ -z "$stderr" ]
}

@test "-o: what need not be complete is translated" {
	greedy -o out in
	touch -d '+1 minute' in
	begun_anew out greedy --resume -o out in
	touch -d '-1 minute' in
	greedy -o out in
	untouched out greedy --resume -o out in
	head -n 1 out >short
	cp short out
	begun_anew out greedy --resume -o out in
	begun_anew out greedy --resume -o out in other
	begun_anew out greedy --resume -o out in in
	cp out plain
	cp plain out.gz
	begun_anew out.gz greedy --resume -o out.gz in in
	cp "$TINY" model.safetensors
	greedy -m model.safetensors -o out in
	touch -d '+1 minute' model.safetensors
	begun_anew out greedy -m model.safetensors --resume -o out in
	from_stdin() { greedy --resume -o out <in; }
	begun_anew out from_stdin
	cp out out.partial
	fails 1 "cannot read .*out.journal" greedy --resume -o out in
}

@test "--shard: a finished part is told and left" {
	greedy --shard 1/2 -o out in other
	untouched out.1-of-2 greedy --shard 1/2 --resume -o out in other
	cp out.1-of-2 before
	fails 1 "out.1-of-2.journal is of another run: beam was 1, is 2" tiny --beam 2 --shard 1/2 \
		--resume -o out in other
	echo more >>in
	fails 1 "out.1-of-2.journal is of another run: input was in" greedy --shard 1/2 --resume \
		-o out in other
	cmp before out.1-of-2
}

@test "--shard: where the parts are merged already, nothing is translated again" {
	gzip -k in
	for inputs in "in other" "in.gz other"; do
		for out in out out.gz; do
			rm -f out*
			# shellcheck disable=SC2086 # a list
			greedy --shard 1/2 -o $out $inputs && greedy --shard 2/2 -o $out $inputs
			"$TRUJAMAN" merge $out
			for i in 1 2; do
				# shellcheck disable=SC2086
				untouched $out greedy --shard $i/2 --resume -o $out $inputs
				[[ $stderr == *"nothing to resume: $out is merged already; --force"* ]]
			done
			[ "$(echo out*)" = $out ]
		done
	done
	# What is not the whole of these inputs is no reason to do nothing.
	head -n 2 out.gz >out
	greedy --shard 1/2 --resume -o out in other
	[ -s out.1-of-2 ]
	for i in 1 2; do
		greedy --shard $i/2 --output-dir dir tree
	done
	(cd dir && "$TRUJAMAN" merge in other)
	untouched dir/in greedy --shard 2/2 --resume --output-dir dir tree
	[[ $stderr == *"2 outputs in dir are complete"* ]]
	[ "$(ls dir)" = "$(ls tree)" ]
	echo 'Now.' >tree/new
	greedy --shard 1/1 --resume --output-dir dir tree
	(cd dir && ls) | sed 's/^/ /' | tr -d '\n' | finds -x ' in new.1-of-1 new.1-of-1.journal other'
}

@test "--output-dir: finished work is told and left, new files are taken up" {
	for shard in "" "--shard 1/1"; do
		for options in "" "--compress gzip" "--n-best 2 --beam 2" "--suffix .es"; do
			[ -z "$shard" ] || [[ $options != *n-best* ]] || continue
			rm -rf out tree/new
			# shellcheck disable=SC2086
			greedy $options $shard --output-dir out tree
			one=$(find out -name 'in*' ! -name '*.journal')
			# shellcheck disable=SC2086
			untouched "$one" greedy $options $shard --resume --output-dir out tree
			[[ $stderr == *"2 outputs in out are complete"* ]]
			echo 'Now.' >tree/new
			before=$(stat -c '%i %y' "$one")
			# shellcheck disable=SC2086
			run -0 --separate-stderr greedy $options $shard --resume --output-dir out tree
			[ -z "$output" ]
			[ "$stderr" = "trujaman: resuming with tree/new" ]
			[ "$(stat -c '%i %y' "$one")" = "$before" ]
			[ -n "$(find out -name 'new*')" ]
			[ ! -e out/.trujaman-journal ]
		done
	done
}

@test "--output-dir: an output that is older than its input is told, never replaced" {
	greedy --output-dir out tree
	cp out/in before
	echo 'More.' >>tree/in
	touch -d '+1 minute' tree/in
	echo 'Now.' >tree/new
	run -1 greedy --resume --output-dir out tree
	[[ $output == *"out/in is older than tree/in; remove it, and --resume translates anew"* ]]
	[[ $output == *"1 of 3 inputs failed; the same command with --resume tries it again"* ]]
	cmp out/in before
	# What is complete is told, but not that there is nothing to do.
	run -1 greedy --resume --output-dir out tree
	[[ $output == "trujaman: 2 outputs in out are complete"* ]]
	[[ $output != *"nothing to resume"* ]]
	greedy tree/new | cmp - out/new
	rm out/in
	greedy --resume --output-dir out tree
	greedy tree/in | cmp - out/in
	touch -d '-1 minute' tree/in
	head -n 1 out/in >short
	cp short out/in
	run -1 greedy --resume --output-dir out tree
	[[ $output == *"out/in exists, but is no translation of tree/in with these options"* ]]
	cmp out/in short
}

@test "--output-dir: a --force that was interrupted goes on replacing" {
	greedy --output-dir out tree
	cp -r out expected
	for i in $(seq 20000); do
		printf 'Line %d of a text.\n' "$i"
	done >tree/a
	greedy tree/a >expected/a
	echo old >out/in
	echo old >out/a
	"$TRUJAMAN" translate -m "$TINY" --beam 1 --threads 1 --force --output-dir out tree 3>&- &
	wait_for test -s out/a.partial
	kill -s KILL $!
	wait $! || true
	[ "$(cat out/a)" = old ]
	greedy --resume --output-dir out tree
	diff -r expected out
}

@test "what a compressed output keeps is told as it is" {
	# Incompressible columns, so that some of it is written before the first member ends.
	head -c 3000000 /dev/urandom | base64 -w 1000 | sed 's/^/Go.\t/' >bad
	good=$(wc -l <bad)
	printf '\xff\n' >>bad
	run -1 greedy --strict --tsv 1 -o out.gz bad
	[[ ${lines[1]} == *"out.gz.partial has nothing that a run could go on after; "* ]]
	fails_after 1 "bad:$((good + 1)): invalid UTF-8" greedy --strict --tsv 1 -o out bad
}

@test "several incomplete outputs are all gone on with" {
	for name in a b; do
		for i in $(seq 2000); do
			printf 'Line %d of %s.\n' "$i" $name
		done | gzip >whole-$name.gz
		head -c 3000 whole-$name.gz >tree/$name.gz
	done
	run -1 greedy --output-dir out tree
	[[ $output == *"2 of 4 inputs failed"* ]]
	for name in a b; do
		[ -s out/$name.partial ]
		kept=$(wc -l <out/$name.partial)
		# a mark shows that the beginning is kept and not translated again
		sed -i '1s/.*/marked/' out/$name.partial
	done
	run -1 greedy --resume --output-dir out tree
	[ "$(head -n 1 out/a.partial)" = marked ]
	[ "$(head -n 1 out/b.partial)" = marked ]
	[ "$(wc -l <out/b.partial)" -eq "$kept" ]
}

@test "--output-dir: a name with a line break notes nothing about another output" {
	rm tree/*
	printf 'Good morning.\n' >$'tree/a\n+ done b'
	greedy --output-dir out tree
	printf 'old\n' >out/b
	printf 'Go home.\n' >tree/b
	touch -d '+1 hour' out/b # by its time it could be what a journal says it is
	ln -s nowhere tree/dangling
	run -1 greedy --force --output-dir out tree/dangling $'tree/a\n+ done b'
	grep -Fqx '+ done a\x0a+ done b' out/.trujaman-journal
	run -0 grep -c '^+ done' out/.trujaman-journal
	[ "$output" -eq 1 ]
	before=$(stat -c '%i %y' $'out/a\n+ done b')
	rm tree/dangling
	greedy --resume --output-dir out tree
	[ "$(stat -c '%i %y' $'out/a\n+ done b')" = "$before" ]
	greedy tree/b | cmp - out/b
}

@test "--output-dir: standard input is called by its name" {
	greedy --output-dir out <in
	from_stdin() { greedy --resume --output-dir out <in; }
	run -1 from_stdin
	[[ $output == *"out/stdin exists, and whether "*" be told from standard input; remove it"* ]]
}

@test "--output-dir: a journal in a finished folder that must not be written is no failure" {
	[ "$(id -u)" -ne 0 ] || command -v setpriv >/dev/null || skip "setpriv is not installed"
	as_user() {
		if [ "$(id -u)" -eq 0 ]; then
			setpriv --reuid 65534 --clear-groups --bounding-set -all --inh-caps -all "$@"
		else
			"$@"
		fi
	}
	as_user test -r "$TINY" && as_user test -r tree/in || skip "no other user may read this"
	ln -s nowhere tree/dangling
	run -1 greedy --output-dir out tree
	rm tree/dangling
	[ -s out/.trujaman-journal ]
	chmod 555 out
	leave_counts # those of other runs belong to another user
	run -0 as_user "$TRUJAMAN" translate -q -m "$TINY" --beam 1 --resume --output-dir out tree
	chmod 755 out
	[ -z "$output" ]
}
