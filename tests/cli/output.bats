#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where results go: whole files or none, devices, closing pipes, full disks.

load helper

setup() {
	start
	printf 'Good morning.\nWho is there?\n' >in
}

# start_waiting OUT: starts a run into OUT that waits for input on descriptor 9; its process is
# $pid.
start_waiting() {
	mkfifo pipe
	# Not through a function, which would put a shell between us and the program.
	"$TRUJAMAN" translate -m "$TINY" -o "$1" <pipe 3>&- &
	pid=$!
	exec 9>pipe
	cat in >&9
	wait_for compgen -G "$1.partial*" >/dev/null
}

@test "-o writes what standard output would get" {
	tiny in >expected
	tiny -o out in >stdout
	cmp out expected
	[ ! -s stdout ]
	tiny --output=other in
	cmp other expected
	tiny -o - in | cmp - expected
	[ ! -e - ]
	"$TRUJAMAN" score -m "$TINY" in in >expected
	"$TRUJAMAN" score -m "$TINY" -o scores in in
	cmp scores expected
	no_partial_file
}

@test "-o replaces a file and keeps its permissions" {
	tiny in >expected
	echo old >out
	chmod 604 out
	tiny -o out in
	cmp out expected
	[ "$(stat -c %a out)" = 604 ]
}

@test "-o gives a new file the permissions that the umask leaves" {
	(umask 027 && tiny -o out in)
	[ "$(stat -c %a out)" = 640 ]
	(umask 0 && tiny -o open in)
	[ "$(stat -c %a open)" = 666 ]
}

@test "-o follows a link to the file it names" {
	mkdir folder
	echo old >folder/target
	ln -s folder/target link
	tiny -o link in
	[ -L link ]
	tiny in | cmp - folder/target
	no_partial_file
}

@test "-o: other names of the replaced file keep the old contents" {
	echo old >out
	ln out other
	tiny -o out in
	[ "$(cat other)" = old ]
}

@test "-o keeps out of sight until all is done" {
	tiny in >expected
	start_waiting out
	[ ! -e out ]
	exec 9>&-
	wait "$pid"
	cmp out expected
	no_partial_file
}

@test "-o: of two runs at once the second one fails and disturbs nothing" {
	tiny in >expected
	start_waiting out
	fails 1 "another run is writing out.partial" tiny -o out --resume in
	fails 1 "another run is writing out.partial" tiny -o out --force in
	exec 9>&-
	wait "$pid"
	cmp out expected
	no_partial_file
}

@test "a failed run leaves no output, but what it has for --resume" {
	printf 'Go.\n\xff\n' >bad
	fails_after 1 "bad:2:" tiny --strict -o out bad
	[ ! -e out ]
	tiny bad 2>message | sed -n 1p | cmp - out.partial
	fails 1 "out.partial is what another run has left" tiny --strict -o out bad
	fails_after 1 "bad:2:" tiny --quiet --strict --resume -o out bad
	rm out.partial out.journal
	fails 1 "absent" tiny -o out absent
	[ ! -e out ]
	no_partial_file
}

@test "a failed run leaves what was there" {
	printf 'Go.\n\xff\n' >bad
	echo precious >out
	chmod 600 out
	fails_after 1 "bad:2:" tiny --strict -o out bad
	[ "$(cat out)" = precious ]
	[ "$(stat -c %a out)" = 600 ]
	[ "$(stat -c %a out.partial)" = 600 ]
}

@test "a run that a signal ends leaves nothing, and says which signal" {
	for signal in HUP INT TERM; do
		echo precious >out
		mkfifo pipe
		# bash starts background jobs with INT ignored; env undoes that.
		env --default-signal=HUP,INT,TERM "$TRUJAMAN" translate -m "$TINY" -o out <pipe 3>&- &
		pid=$!
		exec 9>pipe
		wait_for compgen -G "out.partial*" >/dev/null
		kill -s "$signal" "$pid"
		status=0
		wait "$pid" || status=$?
		[ "$status" -eq $((128 + $(kill -l "$signal"))) ]
		exec 9>&-
		rm pipe
		[ "$(cat out)" = precious ]
		no_partial_file
	done
}

@test "an ignored signal stays ignored" {
	tiny in >expected
	trap '' HUP
	start_waiting out
	kill -s HUP "$pid"
	trap - HUP
	exec 9>&-
	wait "$pid"
	cmp out expected
}

@test "a run that is killed leaves nothing under the final name" {
	start_waiting out
	kill -s KILL "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 137 ]
	exec 9>&-
	[ ! -e out ]
}

@test "a run that exceeds the size of files leaves nothing under the final name" {
	for ((i = 0; i < 300; i++)); do
		cat in
	done >big
	echo precious >out
	limited() { (limit_files 4 && tiny --beam 1 -o out big 2>message); }
	run limited
	[ "$status" -eq $((128 + $(kill -l XFSZ))) ]
	[ "$(cat out)" = precious ]
	limited() { (trap '' XFSZ && limit_files 4 && tiny --beam 1 --quiet --resume -o out big); }
	fails_after 1 "cannot write .*out.partial: File too large" limited
	[ "$(cat out)" = precious ]
	tiny --beam 1 --resume -o out big
	tiny --beam 1 big | cmp - out
	no_partial_file
}

@test "-o into a folder that is not there, onto a folder, under no name" {
	fails 1 "cannot create no/such/out.*: No such file or directory" tiny -o no/such/out in
	mkdir folder
	fails 1 "cannot write folder: Is a directory" tiny -o folder in
	fails 1 "cannot write in/out: Not a directory" tiny -o in/out in
	misuse translate "--output needs a name" -o "" in
	no_partial_file
}

@test "-o where nothing may be written" {
	[ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
	echo precious >out
	chmod 444 out
	fails 1 "cannot write out: Permission denied" tiny -o out in
	mkdir folder
	chmod 555 folder
	fails 1 "cannot create folder/out.*: Permission denied" tiny -o folder/out in
	[ "$(cat out)" = precious ]
}

@test "-o must not be an input" {
	cp in original
	ln in hard
	ln -s in soft
	for out in in ./in hard soft; do
		misuse translate "in is both input and output" -m "$TINY" -o "$out" in
		misuse translate "in is both input and output" -m "$TINY" -o "$out" original in
		misuse score "in is both input and output" -m "$TINY" -o "$out" original in
		misuse score "in is both input and output" -m "$TINY" -o "$out" in original
	done
	from_in() { tiny -o in <in; }
	fails 2 "standard input is both input and output" from_in
	cmp in original
	no_partial_file
}

@test "standard output must not be an input" {
	cp in original
	appended() { "$TRUJAMAN" translate -m "$TINY" in >>in; }
	fails 2 "in is both input and output" appended
	cmp in original
}

@test "-o must not be the model" {
	cp "$TINY" model.safetensors
	misuse translate "the output is the model" -m ./model.safetensors -o model.safetensors in
	cmp model.safetensors "$TINY"
}

@test "-o: devices and FIFOs are written directly" {
	tiny in >expected
	tiny -o /dev/null in
	[ -c /dev/null ]
	tiny -o /dev/stdout in | cmp - expected
	mkfifo fifo
	cat fifo >got 3>&- &
	tiny -o fifo in
	wait $!
	[ -p fifo ]
	cmp got expected
	no_partial_file
}

@test "-o /dev/stdout: the file behind it is not replaced" {
	tiny in >expected
	{
		echo before
		tiny -o /dev/stdout in
		echo after
	} >out
	{
		echo before
		cat expected
		echo after
	} | cmp - out
}

@test "a full device is an error" {
	[ -w /dev/full ] || skip "there is no /dev/full"
	full() { "$@" >/dev/full; }
	fails 1 "standard output: No space left on device" full tiny in
	fails 1 "standard output: No space left on device" full "$TRUJAMAN" score -m "$TINY" in in
	fails 1 "/dev/full: No space left on device" tiny -o /dev/full in
	fails 1 "/dev/full: No space left on device" \
		"$TRUJAMAN" score -m "$TINY" -o /dev/full in in
}

@test "a reader that goes away ends the run silently, as SIGPIPE does" {
	local statuses
	set +o pipefail
	yes "Good morning." 2>/dev/null | tiny 2>messages | head -n 1 >first
	statuses=("${PIPESTATUS[@]}")
	[ "${statuses[1]}" -eq 141 ]
	[ ! -s messages ]
	head -n 1 in | tiny | cmp - first
}

@test "the same where the parent ignores SIGPIPE" {
	local statuses
	set +o pipefail
	trap '' PIPE
	yes "Good morning." 2>/dev/null | tiny 2>messages | head -n 1 >first
	statuses=("${PIPESTATUS[@]}")
	trap - PIPE
	[ "${statuses[1]}" -eq 141 ]
	[ ! -s messages ]
	[ "$(count_lines first)" -eq 1 ]
}

@test "the same for help" {
	mkfifo pipe
	into_nothing() {
		trap '' PIPE
		exec 9<>pipe 8>pipe 9>&-
		"$TRUJAMAN" --help >&8
	}
	run -141 into_nothing
	[ -z "$output" ]
}

@test "a file that is called as a journal, but is none, is neither replaced nor removed" {
	message='exists and is no journal of trujaman; name another output'
	mkdir dir
	echo diary >diary
	for name in out.journal out.journal.new; do
		for option in --quiet --force --resume; do
			cp diary $name
			fails 1 "$name $message" tiny "$option" -o out in
			cmp diary $name
			[ ! -e out ] && [ ! -e out.partial ]
		done
		rm $name
		cp diary dir/in${name#out}
		for option in --quiet --force --resume; do
			run -1 --separate-stderr tiny "$option" --output-dir dir in
			[[ ${stderr_lines[0]} == "trujaman: dir/in${name#out} $message" ]]
			[[ ${stderr_lines[1]} == "trujaman: 1 of 1 input failed; "* ]]
		done
		cmp diary dir/in${name#out}
		[ "$(ls dir)" = "in${name#out}" ]
		rm dir/*
	done
	cp diary dir/.trujaman-journal
	fails 1 "dir/.trujaman-journal $message" tiny --output-dir dir in
	fails 1 "dir/.trujaman-journal is no journal" tiny --resume --output-dir dir in
	cmp diary dir/.trujaman-journal
	mkdir out.journal
	fails 2 "out.journal exists and is no regular file" tiny -o out in
	rmdir out.journal
	# A journal, the beginning of one, or nothing at all may be of a killed run.
	echo 'trujaman journal 1' >whole
	for bytes in 0 9 18 19; do
		head -c $bytes whole >out.journal
		cp out.journal out.journal.new
		tiny --force -o out in
		no_partial_file
	done
}

@test "what lies where a journal is written first is never written through" {
	echo precious >victim
	ln -s victim out.journal.new
	tiny -o out in
	[ "$(cat victim)" = precious ]
	tiny in | cmp - out
	no_partial_file
}
