# SPDX-License-Identifier: MIT
# Shared by the training tests: an invented language, and a network that learns it in a second or
# two. Needs helper.bash.

# toy N SEED: writes N pairs to toy.src and toy.tgt. The colour comes before the noun.
toy() {
	awk -v n="$1" -v x="$2" '
	function one_of(m) {
		x = (x * 69069 + 12345) % 2147483648
		return int(x / 1024) % m + 1
	}
	BEGIN {
		split("mako lupi tavo senu riba doki", noun, " ")
		split("gesho brani colpu dreft ornim yalts", noun_t, " ")
		split("zul pef wim", colour, " ")
		split("azure ebony ivory", colour_t, " ")
		split("hata nemi vosu", verb, " ")
		split("meets helps shows", verb_t, " ")
		for (i = 0; i < n; i++) {
			a = one_of(6); b = one_of(3); c = one_of(3); d = one_of(6)
			print noun[a], colour[b], verb[c], noun[d] >"toy.src"
			print colour_t[b], noun_t[a], verb_t[c], noun_t[d] >"toy.tgt"
		}
	}'
}

setup() {
	start
	toy 300 1
}

# A network and settings that learn the language in a second or two.
TOY=(--source toy.src --target toy.tgt --vocab-type bpe --vocab-size 60 --byte-fallback false
	--embedding-size 16 --hidden-size 32 --encoder-layers 1 --batch-tokens 300
	--learning-rate 0.02 --schedule constant --warmup 0 --ema 0.9 --dropout 0.05)

# train MODEL OPTION…: trains; `messages` gets what it prints.
train() {
	"$TRUJAMAN" train "${TOY[@]}" -m "$@" 2>messages
}

# no_seconds LOG: prints the part of a log that does not depend on the clock.
no_seconds() {
	sed 's/, "seconds": [0-9.e+-]*//' "$1"
}

field() {
	sed -n "s/.*\"$2\": \\([^,}]*\\).*/\\1/p" "$1"
}

has_lines() {
	[ -e "$1" ] && [ "$(count_lines "$1")" -ge "$2" ]
}

# interrupted SIGNAL LINES COMMAND…: runs COMMAND and sends the signal once log.jsonl has so many
# lines. Its exit status is left in $status.
interrupted() {
	local signal=$1 lines=$2
	shift 2
	rm -f pid
	{
		wait_for has_lines log.jsonl "$lines"
		kill -"$signal" "$(cat pid)"
	} 3>&- &
	# COMMAND runs in the foreground, because a shell makes background jobs ignore SIGINT. env
	# resets the signals in case these tests themselves were started in the background.
	run --separate-stderr env --default-signal=INT,TERM,HUP sh -c 'echo $$ >pid; exec "$@"' sh "$@"
	wait $!
}
