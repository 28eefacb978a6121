#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Compressed inputs, made by the usual tools.

load helper

TOOLS="gzip bzip2 xz zstd"

setup() {
	start
	for tool in $TOOLS; do
		command -v "$tool" >/dev/null || skip "there is no $tool"
	done
	cp "$SENTENCES" text
	tiny text >expected
	for tool in $TOOLS; do
		"$tool" -c <text >"text.$tool"
	done
}

@test "each is unpacked whatever its name" {
	for tool in $TOOLS; do
		tiny "text.$tool" | cmp - expected
		tiny <"text.$tool" | cmp - expected
		cat "text.$tool" | tiny | cmp - expected
	done
}

@test "a fifo" {
	mkfifo fifo
	cat text.zstd >fifo &
	tiny fifo | cmp - expected
	wait
}

@test "several inputs, compressed and not" {
	cat expected expected expected expected >wanted
	tiny text.gzip text text.xz - <text.bzip2 | cmp - wanted
}

@test "several members, cut in the midst of lines" {
	for tool in $TOOLS; do
		head -c 100 text | "$tool" -c >members
		: | "$tool" -c >>members
		tail -c +101 text | "$tool" -c >>members
		tiny members | cmp - expected
	done
}

@test "an archive of nothing gives nothing" {
	for tool in $TOOLS; do
		: | "$tool" -c | tiny >out
		[ ! -s out ]
	done
}

@test "a file cut short: what came before is written, and the byte is named" {
	for tool in $TOOLS; do
		"$tool" -c <text | head -c -1 | cat "text.$tool" - >cut
		run -1 --separate-stderr tiny cut
		[ "$stderr" = "trujaman: cut: corrupt at byte $(stat -c %s cut): it ends too early" ]
		tiny cut >out 2>messages || true
		cat expected expected >both
		head -n "$(count_lines out)" both | cmp - out
		[ "$(count_lines out)" -ge "$(count_lines expected)" ]
	done
}

@test "a damaged file: the lines before are written, and the byte is named" {
	for tool in $TOOLS; do
		cat "text.$tool" "text.$tool" >damaged
		local at=$(($(stat -c %s "text.$tool") + 20))
		head -c 6 /dev/zero | tr '\0' '\252' |
			dd of=damaged bs=1 seek="$at" conv=notrunc status=none
		run -1 --separate-stderr tiny damaged
		[[ $stderr =~ ^"trujaman: damaged: corrupt at byte "[0-9]+": "[a-zA-Z] ]]
		tiny damaged >out 2>messages || true
		head -n "$(count_lines expected)" out | cmp - expected
	done
}

@test "zeros after a gzip member are none of the text, other bytes are an error" {
	cat text.gzip <(head -c 1000 /dev/zero) | tiny | cmp - expected
	cat text.gzip <(echo more) >more
	run -1 --separate-stderr tiny more
	[[ $stderr == "trujaman: more: corrupt at byte "* ]]
}

@test "-o is not made from a file cut short" {
	head -c -3 text.xz >cut
	run -1 tiny -o out cut
	[ ! -e out ]
}

@test "a line out of a gzip that is still being written is answered" {
	mkfifo in out
	tiny <in >out 7>&- 8<&- &
	exec 7>in 8<out
	head -n 1 text | gzip -c >&7
	IFS= read -r -t 30 line <&8
	[ "$line" = "$(head -n 1 expected)" ]
	exec 7>&- 8<&-
	wait
}
