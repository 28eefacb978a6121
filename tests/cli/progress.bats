#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a person at a terminal sees; `script` (bsdutils) is the terminal.

load helper

setup() {
	start
	command -v script >/dev/null || skip "there is no script(1)"
}

# on_terminal COLUMNS COMMAND…: run it on a terminal of that width; what it prints there is
# left in `screen`, its status returned.
on_terminal() {
	local columns=$1
	shift
	TERM=xterm script -qec "stty cols $columns && $(printf '%q ' "$@")" screen \
		</dev/null >/dev/null
}

# What stays on the screen: the text that was cleared is gone.
what_stays() {
	sed -e '1{/^Script started/d}' -e '${/^Script done/d}' -e 's/\r$//' \
		-e "s/.*\r\x1b\\[K//" screen
}

# The status lines that were shown in between.
status_lines() {
	grep -aoP '\r\e\[K\K[^\r\n]+(?=\r\e\[K)' screen
}

TRAIN=(train --source toy.src --target toy.tgt --vocab-type bpe --vocab-size 40
	--byte-fallback false --embedding-size 16 --hidden-size 32 --encoder-layers 1 --epochs 3
	-m model)

toy() {
	for ((i = 0; i < 40; i++)); do
		printf '%s\n' "mako lupi" "tavo riba" "senu doki" "lupi tavo" "riba senu"
	done >toy.src
	tr a-y b-z <toy.src >toy.tgt
}

@test "progress: a training on a terminal leaves its messages, and no status line" {
	toy
	on_terminal 200 "$TRUJAMAN" "${TRAIN[@]}"
	status_lines | grep -q '^validating …$'
	what_stays >seen
	grep -q '^training text: 198 pairs' seen
	grep -q '^validation at update [0-9]*: perplexity' seen
	grep -q '^best at update' seen
	run -1 grep -aE $'…|loss|\r|\x1b' seen
}

@test "progress: a status line is no wider than the terminal" {
	toy
	on_terminal 20 "$TRUJAMAN" "${TRAIN[@]}"
	[ "$(status_lines | wc -L)" -eq 19 ]
	what_stays >seen
	run -1 grep -a 'vocabula$\|…' seen
}

@test "progress: in a pipe there are no control characters" {
	toy
	"$TRUJAMAN" "${TRAIN[@]}" 2>messages
	grep -q ' …$' messages
	run -1 grep -aE $'\r|\x1b' messages
}
