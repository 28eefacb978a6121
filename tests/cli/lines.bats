#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Each line gives one line, whatever the lines contain and wherever they come from.

load helper

# word TEXT: prints the translation of one line without its newline.
word() {
	printf '%s' "$1" | tiny
}

@test "as many lines out as in" {
	tiny "$SENTENCES" >out 2>messages
	[ "$(count_lines out)" -eq "$(count_lines "$SENTENCES")" ]
	[ ! -s messages ]
}

@test "an empty input gives an empty output" {
	: >empty
	tiny empty >out
	[ ! -s out ]
	tiny </dev/null >out
	[ ! -s out ]
}

@test "blank lines stay byte for byte" {
	printf '\n\n   \n\t \n\v\f\n \r\n\r\n\n  ' >blank
	tiny blank | cmp - blank
	shipped blank | cmp - blank
}

@test "blank lines keep their places among others" {
	printf '\nGo.\n  \n\nGo.\n\n' >in
	printf '\n%s\n  \n\n%s\n\n' "$(word Go.)" "$(word Go.)" >expected
	tiny in | cmp - expected
}

@test "CRLF stays CRLF, LF stays LF" {
	local go
	go=$(word Go.)
	printf 'Go.\r\nGo.\nGo.\r\n\r\n' >in
	printf '%s\r\n%s\n%s\r\n\r\n' "$go" "$go" "$go" >expected
	tiny in | cmp - expected
}

@test "a CR within a line does not end it" {
	local go
	go=$(word Go.)
	printf 'Go.\rGo.\nGo.\n' | tiny >out
	printf '%s\r%s\n%s\n' "$go" "$go" "$go" | cmp - out
}

@test "a missing last newline stays missing" {
	printf 'Go.\nGo.' | tiny >out
	printf '%s\n%s' "$(word Go.)" "$(word Go.)" | cmp - out
}

@test "NUL bytes neither end a line nor reach its neighbours" {
	local go
	go=$(word Go.)
	printf 'Go.\0Go.\nGo.\n\0\n\0\0\0' >in
	printf '%s\0%s\n%s\n\0\n\0\0\0' "$go" "$go" "$go" >expected
	tiny --force-text in | cmp - expected
	for i in {1..20}; do echo "Go."; done >>in
	tiny in >out
	cmp -n "$(head -n 3 expected | wc -c)" out expected
}

@test "a line of a megabyte is one line, and disturbs nobody" {
	{
		echo "Go."
		printf 'Where did you put my keys? %.0s' {1..37000}
		printf '\nGo.\n'
	} >in
	tiny --beam 1 in >out
	[ "$(count_lines out)" -eq 3 ]
	[ "$(wc -c <out)" -gt 1000 ]
	go=$(printf 'Go.' | tiny --beam 1)
	[ "$(sed -n 1p out)" = "$go" ]
	[ "$(sed -n 3p out)" = "$go" ]
}

@test "a megabyte without a space is one line" {
	{
		printf 'x%.0s' {1..1000000}
		printf '\nGo.\n'
	} >in
	tiny --beam 1 in >out
	[ "$(count_lines out)" -eq 2 ]
	[ "$(sed -n 2p out)" = "$(printf 'Go.' | tiny --beam 1)" ]
}

@test "--max-pieces cuts long lines into parts, and leaves short ones" {
	long=$(printf 'We walk along the river, and then we cross it. %.0s' 1 2 3 4)
	printf 'Go.\n%s\n' "$long" >in
	tiny in >whole
	tiny --max-pieces 8 in >parts
	[ "$(count_lines parts)" -eq 2 ]
	[ "$(sed -n 1p whole)" = "$(sed -n 1p parts)" ]
	run -1 cmp -s whole parts
}

@test "several files, and standard input among them" {
	echo "Good morning." >a
	printf 'Who is there?' >b
	echo "Go." >c
	# b has no newline at its end; it gets one so that c starts on a new line.
	{ tiny <a && tiny <b && echo && tiny <c; } >expected
	[ "$(wc -l <expected)" -eq 3 ]
	tiny a b c | cmp - expected
	tiny a - c <b | cmp - expected
	tiny a b - <c | cmp - expected
	tiny - b c <a | cmp - expected
	tiny a <(cat b) c | cmp - expected
}

@test "without files, and with -, standard input is read" {
	tiny "$SENTENCES" >expected
	tiny <"$SENTENCES" | cmp - expected
	tiny - <"$SENTENCES" | cmp - expected
	# shellcheck disable=SC2002 # a pipe is what is tested
	cat "$SENTENCES" | tiny | cmp - expected
}

@test "a pipe that falls dry is answered at once, line by line" {
	local first second answer
	first=$(word "Good morning.")
	second=$(word "Who is there?")
	mkfifo in out
	tiny <in >out 3>&- &
	exec 8>in 9<out
	echo "Good morning." >&8
	read -r -t 60 answer <&9
	[ "$answer" = "$first" ]
	echo "Who is there?" >&8
	read -r -t 60 answer <&9
	[ "$answer" = "$second" ]
	# Half a line is not translated until the rest arrives.
	printf 'Who is ' >&8
	run read -r -t 1 answer <&9
	[ "$status" -gt 128 ]
	echo "there?" >&8
	read -r -t 60 answer <&9
	[ "$answer" = "$second" ]
	exec 8>&-
	wait $!
	run read -r -t 60 answer <&9
	[ "$status" -eq 1 ]
	exec 9<&-
}

@test "missing files, folders and unreadable files fail before any work" {
	echo "Go." >good
	mkdir folder
	fails 1 "cannot read absent: No such file or directory" tiny good absent
	fails 1 "cannot read folder: it is a directory; --output-dir" tiny good folder
	fails 1 "cannot read absent: No such file" "$TRUJAMAN" score -m "$TINY" good absent
	fails 1 "cannot read folder: Is a directory" "$TRUJAMAN" score -m "$TINY" folder good
	fails 1 "cannot read : No such file" tiny ""
	[ "$(id -u)" -ne 0 ] || return 0
	: >secret
	chmod 0 secret
	fails 1 "cannot read secret: Permission denied" tiny secret
}

@test "a folder as standard input fails" {
	from_folder() { tiny <.; }
	fails 1 "standard input: Is a directory" from_folder
}

@test "invalid UTF-8 becomes U+FFFD, with one warning" {
	printf 'Go.\nG\xffo, \xc3(\xed\xa0\x80.\nGo.\n\xe2\x82\n' >bad
	printf 'Go.\nG\xef\xbf\xbdo, \xef\xbf\xbd(%s.\nGo.\n\xef\xbf\xbd\n' \
		$'\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd' >mended
	tiny bad >out 2>messages
	tiny mended | cmp - out
	echo "trujaman: warning: 2 lines held invalid UTF-8 (now U+FFFD), the first at bad:2, byte 2" |
		diff - messages
}

@test "the warning counts over all inputs, and names the first" {
	printf 'Go.\n' >good
	printf 'Go.\nGo.\xf5\n\xfe\n' >bad
	tiny good bad - <bad 2>messages >out
	text="held invalid UTF-8 (now U+FFFD), the first at"
	grep -qF "4 lines $text bad:2, byte 4" messages
	[ "$(count_lines messages)" -eq 1 ]
	tiny good - <bad 2>messages >out
	grep -qF "2 lines $text standard input:2, byte 4" messages
	printf '\xff' | tiny 2>messages >out
	grep -qF "1 line $text standard input:1, byte 1" messages
}

@test "--strict stops at the first invalid line, with file and line" {
	printf 'Go.\nGo.\n\xff\nGo.\n' >bad
	tiny bad 2>/dev/null | sed -n 1,2p >expected
	tiny --strict bad >out 2>messages && return 1
	[ "$(count_lines messages)" -eq 1 ]
	grep -q "^trujaman: bad:3:.*UTF-8" messages
	head -c "$(wc -c <out)" expected | cmp - out
	fails 1 "standard input:1:.*UTF-8" tiny --strict < <(printf '\xc0\x80\n')
	tiny --strict "$SENTENCES" >out
	tiny "$SENTENCES" | cmp - out
}

@test "the exit status of --strict is 1" {
	printf '\xff\n' >bad
	fails 1 "bad:1:" tiny --strict bad
	echo "Go." >good
	fails 1 "bad:1:" "$TRUJAMAN" score -m "$TINY" --strict bad good
}
