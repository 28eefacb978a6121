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
	status_lines | finds '^validating …$'
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
	[ "$(count_lines seen)" -eq 1 ]
	grep -qE "^trujaman: $(cat first fed | wc -l) lines, $(cat first fed | wc -w) words, " seen
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
	misuse translate "--progress must be one of auto.always.never, not 'sometimes'" \
		--progress sometimes
	misuse translate "option '--progress' needs a value" --progress
	misuse translate "option '--quiet' takes no value" --quiet=yes
}

@test "progress: a job that is done leaves one line on a terminal, with what was unusual" {
	printf 'caf\351\nGood morning.\n' >text
	on_terminal 200 "$TRUJAMAN" translate -m "$TINY" --beam 1 -o out text
	what_stays | tail -n 1 >seen
	grep -qE '^trujaman: 2 lines, 3 words, 19 bytes in [0-9.]+ s.*; 1 line with invalid UTF-8' seen
	on_terminal 200 "$TRUJAMAN" score -m "$TINY" -o out text text
	what_stays | tail -n 1 | finds -E '^trujaman: 2 lines, 3 words, .*; 2 lines with invalid UTF-8'
	for option in --quiet --progress=never; do
		on_terminal 200 "$TRUJAMAN" translate -m "$TINY" "$option" -o out <(echo "Go.")
		what_stays >seen
		[ ! -s seen ]
	done
	# A failure is told; it is no job that is done.
	on_terminal 200 "$TRUJAMAN" translate -m "$TINY" --strict -o out text && return 1
	what_stays >seen
	run -1 grep ' words' seen
}

# takes_questions PID: it is blocked in its work, and SIGUSR1 (signal 10) is caught.
takes_questions() {
	local caught
	[ -d "/proc/$1" ] || return 1
	caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status")
	((0x$caught >> 9 & 1))
}

# Every one of them waits for the FIFO, some before the model is open.
@test "progress: SIGUSR1 kills no command at any time, and each says what it is doing" {
	[ -e /proc/self/status ] || skip "there is no /proc"
	[ "$(kill -l USR1)" -eq 10 ] || skip "SIGUSR1 has another number"
	mkfifo fifo
	echo "Go." >text
	mkfifo joined.1-of-1.journal
	: >joined.1-of-1
	local jobs=(
		"translate -m $TINY fifo"
		"score -m $TINY fifo text"
		"train --source fifo --target text -m model"
		"evaluate fifo text"
		"merge joined"
		"plot fifo"
	)
	for job in "${jobs[@]}"; do
		echo "job: $job"
		# shellcheck disable=SC2086 # words of a list
		"$TRUJAMAN" $job >out 2>messages 3>&- &
		pid=$!
		wait_for takes_questions "$pid"
		wait_for grep -q '^State:[[:space:]]*S' "/proc/$pid/status"
		kill -USR1 "$pid"
		if [[ $job != plot* ]]; then
			wait_for grep -q '^trujaman: [0-9a-z]' messages
		fi
		kill -USR1 "$pid"
		sleep 0.1
		kill -0 "$pid"
		kill -KILL "$pid"
		wait "$pid" || [ $? -eq 137 ]
	done
}

# The first thing that the program does is to catch the signal: a library that is preloaded sends it
# from the first function that main calls afterwards.
@test "progress: SIGUSR1 before anything else is harmless" {
	local compiler=${CC:-cc}
	command -v "${compiler%% *}" >/dev/null || skip "there is no compiler"
	cat >early.c <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <signal.h>
		#include <stdarg.h>
		static int early(int fd, int command)
		{
			static int done;
			int (*real)(int, int, ...) = (int (*)(int, int, ...))dlsym(RTLD_NEXT, "fcntl");
			if (!done++)
				raise(SIGUSR1);
			return real(fd, command);
		}
		int fcntl(int fd, int command, ...) { return early(fd, command); }
		int fcntl64(int fd, int command, ...) { return early(fd, command); }
	END
	# shellcheck disable=SC2086 # words of a list
	$compiler -shared -fPIC -o early.so early.c -ldl || skip "no library can be preloaded"
	run env LD_PRELOAD="$PWD/early.so" "$TRUJAMAN" --version
	[[ $output != *ASan* ]] || skip "preloading does not go together with sanitizers"
	[ "$status" -eq 0 ]
	for command in translate merge train quantize score evaluate plot info; do
		LD_PRELOAD=$PWD/early.so "$TRUJAMAN" "$command" --help >page
	done
	[ -s page ]
}

# Runs COMMAND…, which writes into `log`, stops it for three seconds once something is there, and
# sets wall to the seconds that all took.
stopped_for_a_while() {
	local begun=$EPOCHREALTIME pid
	"$@" >>log 2>messages 4>&- 3>&- &
	pid=$!
	wait_for test -s log
	kill -STOP "$pid"
	sleep 3
	kill -CONT "$pid"
	sleep 0.2
	exec 4>&-
	wait "$pid"
	wall=$(awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')
}

@test "progress: time in which the process is stopped does not count" {
	make_feed
	echo "Good morning." >&4
	stopped_for_a_while "$TRUJAMAN" translate -m "$TINY" --stats stats.json in
	seconds=$(sed -n 's/^ *"seconds": \([0-9.e-]*\),*$/\1/p' stats.json)
	awk -v s="$seconds" -v wall="$wall" 'BEGIN { print s, wall; exit !(s <= wall - 2.5) }'
	rm log
	toy
	stopped_for_a_while "$TRUJAMAN" "${TRAIN[@]}" --epochs 60 --patience 0 --log log
	seconds=$(sed -n 's/.*"update".*"seconds": \([0-9.e-]*\)}$/\1/p' log | tail -n 1)
	awk -v s="$seconds" -v wall="$wall" 'BEGIN { print s, wall; exit !(s > 0 && s <= wall - 2.5) }'
}
