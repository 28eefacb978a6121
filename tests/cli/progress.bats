#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a user at a terminal sees; `script` (bsdutils) provides the terminal.

load helper

setup() {
	start
	command -v script >/dev/null || skip "there is no script(1)"
}

need_terminal() {
	script -qec true /dev/null </dev/null >/dev/null 2>&1 || skip "no pseudo-terminals here"
}

# on_terminal COLUMNS COMMAND…: runs COMMAND on a terminal of that width and returns its status.
# What the terminal received is left in the file `screen`.
on_terminal() {
	local columns=$1
	shift
	need_terminal
	TERM=xterm script -qec "stty cols $columns && $(printf '%q ' "$@")" screen \
		</dev/null >/dev/null
}

# Prints what stays on the screen, without the text that was cleared.
what_stays() {
	sed -e '1{/^Script started/d}' -e '${/^Script done/d}' -e 's/\r$//' \
		-e "s/.*\r\x1b\\[K//" screen | sed '/^$/d'
}

# Prints the status lines that were shown in between.
status_lines() {
	grep -aoP '\r\e\[K\K[^\r\n]+(?=\r\e\[K)' screen
}

TRAIN=(train --source toy.src --target toy.tgt --vocab-type bpe --vocab-size 40
	--byte-fallback false --embedding-size 16 --hidden-size 32 --encoder-layers 1 --epochs 3
	-m model)

toy() {
	local words=(mako lupi tavo riba senu doki)
	for ((i = 0; i < 200; i++)); do
		echo "${words[i % 6]} ${words[i / 6 % 6]} ${words[i / 36]}"
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

# --- translate ----------------------------------------------------------------------

# feed COMMAND…: writes lines into the FIFO `in`, which stays open, until COMMAND succeeds, for
# half a minute at most. `fed` gets a copy of all of them.
feed() {
	local i
	for ((i = 0; i < 600; i++)); do
		echo "Good morning $i." | tee -a fed >&4
		if "$@"; then
			return 0
		fi
		sleep 0.05
	done
	echo "fed in vain for: $*"
	return 1
}

# Opens the FIFO `in` as descriptor 4 without waiting for a reader.
make_feed() {
	mkfifo in
	: >fed
	exec 4<>in
}

contains() {
	[ -e "$2" ] && grep -aqE "$1" "$2"
}

@test "progress: a translation on a terminal draws a line, and clears it" {
	need_terminal
	make_feed
	echo "How are you?" >first
	TERM=xterm script -qfec "$(printf '%q ' "$TRUJAMAN" translate -m "$TINY" -o out first in)" \
		screen </dev/null >/dev/null 4>&- 3>&- &
	feed contains $'\r\x1b\\[K[0-9]+ bytes.* lines/s.* words/s, file 2 of 2' screen
	exec 4>&-
	wait $!
	what_stays >seen
	[ ! -s seen ]
	tiny first fed | cmp - out
}

@test "progress: a translation into a pipe says nothing unless asked to" {
	run --separate-stderr tiny "$SENTENCES"
	[ -z "$stderr" ]
	expected=$output
	run --separate-stderr tiny --progress always "$SENTENCES" "$SENTENCES"
	[[ $stderr =~ ^"trujaman: 100.0 %, "[0-9.]+" of "[0-9.]+" kB, ".*"file 2 of 2"$ ]]
	run --separate-stderr tiny --progress never --verbose "$SENTENCES"
	[ "$output" = "$expected" ]
	[[ $stderr =~ ^"trujaman: $(count_lines "$SENTENCES") lines, "[0-9]+" words, " ]]
	run --separate-stderr tiny --progress always --quiet "$SENTENCES"
	[ "$output" = "$expected" ]
	[ -z "$stderr" ]
}

@test "progress: --quiet keeps warnings back, not errors" {
	printf 'caf\351\n' >in
	run --separate-stderr tiny in
	[[ $stderr == "trujaman: warning: 1 line held invalid UTF-8"* ]]
	run --separate-stderr tiny --quiet in
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	fails 1 "nowhere: No such file" "$TRUJAMAN" translate -m "$TINY" --quiet nowhere
}

@test "progress: SIGUSR1 prints a line and changes nothing" {
	make_feed
	"$TRUJAMAN" translate -m "$TINY" in >out 2>messages 4>&- 3>&- &
	feed test -s out
	kill -USR1 $!
	wait_for contains '^trujaman: [0-9]+ bytes' messages
	kill -USR1 $!
	wait_for has_messages 2
	echo "And so on." | tee -a fed >&4
	exec 4>&-
	wait $!
	tiny fed | cmp - out
	[ "$(count_lines messages)" -eq 2 ]
}

has_messages() {
	[ "$(count_lines messages)" -eq "$1" ]
}

@test "stats: what a run has met, done, failed or interrupted" {
	number() {
		sed -n "s/^ *\"$1\": \\([0-9]*\\),*\$/\\1/p" stats.json
	}
	printf 'One, two.\n\ncaf\351\n' >text
	tiny --stats stats.json --beam 3 text >out 2>messages
	grep -q '"ended": "done"' stats.json
	grep -q '"path": ".*luong-general.safetensors"' stats.json
	[ "$(number lines)" -eq 3 ]
	[ "$(number blank)" -eq 1 ]
	[ "$(number source_words)" -eq 3 ]
	[ "$(number invalid)" -eq 1 ]
	[ "$(number beam)" -eq 3 ]
	[ "$(number exit_status)" -eq 0 ]
	run tiny --stats stats.json --strict text
	[ "$status" -eq 1 ]
	grep -q '"ended": "failed"' stats.json
	[ "$(number exit_status)" -eq 1 ]
	run "$TRUJAMAN" translate -m nowhere --stats stats.json text
	[ "$status" -eq 1 ]
	grep -q '"path": "nowhere"' stats.json
	make_feed
	"$TRUJAMAN" translate -m "$TINY" --stats stats.json in >out 2>messages 4>&- 3>&- &
	feed test -s out
	kill -TERM $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 143 ]
	grep -q '"ended": "interrupted"' stats.json
	grep -q '"signal": "SIGTERM"' stats.json
	[ "$(number lines)" -ge "$(count_lines out)" ]
	no_partial_file
}

@test "stats: - is standard output where the translation goes elsewhere" {
	tiny --stats - -o out "$SENTENCES" >stats.json
	grep -q '"ended": "done"' stats.json
	tiny "$SENTENCES" | cmp - out
	[ ! -e - ]
	misuse translate '--stats - needs --output or --output-dir' --stats - "$SENTENCES"
	misuse translate '--stats - needs --output or --output-dir' --stats - -o - "$SENTENCES"
	fails 1 'cannot write standard output: No space' \
		sh -c '"$0" translate -m "$1" --stats - -o out.2 "$2" >/dev/full' \
		"$TRUJAMAN" "$TINY" "$SENTENCES"
	cmp out out.2
}

@test "stats: a file that cannot be written is told before the work begins" {
	fails 1 'cannot write no/stats.json: No such file' \
		"$TRUJAMAN" translate -m "$TINY" --stats no/stats.json "$SENTENCES"
	echo "Good morning." >text
	misuse translate "text is both input and output; name another" --stats text text
	misuse translate "--stats and --output name one file" --stats new -o new text
	cp "$TINY" model
	misuse translate "the output is the model model" -m model --stats model text
	cmp "$TINY" model
	[ ! -e new ]
	[ "$(cat text)" = "Good morning." ]
}

@test "progress: wrong usage" {
	misuse translate "--progress is auto, always or never, not 'sometimes'" --progress sometimes
	misuse translate "option '--progress' needs a value" --progress
	misuse translate "option '--quiet' takes no value" --quiet=yes
}
