#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Models of tokens: text that is cut at spaces goes through as it is, in every command.

load helper
load toy

# The options of a network that learns the toy language from its words. Of the twelve words of a
# side it knows nine: the others are <unk>.
TOKENS=(--source toy.src --target toy.tgt --vocab-type tokens --vocab-size 12
	--embedding-size 16 --hidden-size 32 --encoder-layers 1 --batch-tokens 300
	--learning-rate 0.02 --schedule constant --warmup 0 --ema 0.9 --dropout 0.05)

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	toy 300 1
	"$TRUJAMAN" train "${TOKENS[@]}" -m model.safetensors --epochs 25 2>messages
	"$TRUJAMAN" train "${TOKENS[@]}" -m all.safetensors --vocab-size 100 --epochs 15 2>>messages
	"$TRUJAMAN" train "${TOKENS[@]}" -m none.safetensors --attention none --updates 2 2>>messages
}

setup() {
	start
	ln -s "$BATS_FILE_TMPDIR"/*.safetensors "$BATS_FILE_TMPDIR"/toy.* .
}

tokens() {
	"$TRUJAMAN" translate -m model.safetensors "$@"
}

# Prints the words of a file that stand in at least one line, sorted.
words_of() {
	tr ' ' '\n' <"$1" | sort -u
}

@test "tokens: train learns a language from its words, and info says what the model is" {
	rm toy.src toy.tgt
	toy 40 999
	"$TRUJAMAN" translate -m all.safetensors toy.src | cmp - toy.tgt
	"$TRUJAMAN" info all.safetensors >info
	grep -qx 'format  *trujaman/1.1' info
	grep -qx 'features  *token_vocabulary' info
	grep -qx 'source_words  *15' info
	"$TRUJAMAN" info model.safetensors | finds -x 'target_words  *12'
}

@test "tokens: the same model for every number of threads and instruction set" {
	for isa in $(usable_isas); do
		TRUJAMAN_ISA=$isa "$TRUJAMAN" train "${TOKENS[@]}" -m got --updates 8 --threads 2 --force \
			2>messages
		[ -e expected ] || cp got expected
		cmp expected got
	done
}

@test "tokens: <unk> is never written, unless a word of the source takes its place" {
	tokens toy.src >without
	run ! grep -q '<unk>' without
	tokens --replace-unknown toy.src >with
	run ! grep -q '<unk>' with
	[ "$(count_lines with)" -eq 300 ]
	# Three words of the target are not known. In their places stand words of the source.
	words_of toy.src | grep -Fxf - <(words_of with) >copied
	[ "$(wc -l <copied)" -ge 2 ]
	run ! cmp -s with without
	# Each of them stands in its own source, in a line that misses no word of the target.
	paste -d '\t' toy.src with | awk -F '\t' '
		NR == FNR { copied[$1] = 1; next }
		{
			n = split($2, word, " ")
			for (i = 1; i <= n; i++)
				if (word[i] in copied && index(" " $1 " ", " " word[i] " ") == 0)
					exit 1
		}' copied -
}

@test "tokens: replacing gives the same bytes on all kernels, threads, batches, shards and caches" {
	for options in "--beam 1" "--beam 4" "--n-best 3" "--sample --seed 5"; do
		# shellcheck disable=SC2086 # several options
		TRUJAMAN_ISA=scalar tokens --replace-unknown $options --cache 0 -t 1 toy.src >expected
		for isa in $(usable_isas); do
			# shellcheck disable=SC2086
			TRUJAMAN_ISA=$isa tokens --replace-unknown $options -t 2 toy.src | cmp expected -
		done
		split -l 7 toy.src part.
		# Lines by themselves: draws depend on the line's number, others on nothing.
		if [[ $options != --sample* && $options != --n-best* ]]; then
			for part in part.*; do
				# shellcheck disable=SC2086
				tokens --replace-unknown $options $part
			done | cmp expected -
		fi
		rm part.*
	done
	for i in 1 2 3; do
		tokens --replace-unknown --shard $i/3 -o out toy.src 2>/dev/null
	done
	"$TRUJAMAN" merge out 2>/dev/null
	tokens --replace-unknown toy.src | cmp - out
}

@test "tokens: the cache keeps apart what differs in unknown words alone" {
	# All of these are <unk> <unk> to the network.
	printf '%s\n' 'doki xa' 'xb doki' 'doki xa' 'xa xb' 'xc xc' >words
	tokens --replace-unknown --cache 0 words >expected
	tokens --replace-unknown --cache 8 -t 1 words | cmp expected -
	cat words words words | tokens --replace-unknown --cache 8 -t 1 |
		cmp - <(cat expected expected expected)
	# One that is copied at all is copied from its own line.
	printf '%s\n' 'qa qa qa qa' 'qb qb qb qb' >words
	tokens --replace-unknown -t 1 words >got
	sed -n 1p got | finds qa
	sed -n 2p got | finds qb
	run ! grep -q 'qa.*qb\|qb.*qa' got
}

@test "tokens: text stays as it is cut: no sentences, case, quotes, numbers or spaces are touched" {
	line='MAKO zul . Mako hata “doki” 1,234 http://a.b/c &apos;s @-@ qu@@ x'
	# The network gets ids of whole words: these are all unknown, so any others give the same.
	n=$(wc -w <<<"$line")
	tokens --replace-unknown <<<"$line" >got
	"$TRUJAMAN" translate -m model.safetensors --replace-unknown --plain --split off <<<"$line" |
		cmp - got
	[ "$n" -gt 8 ]
	# Scores say it exactly: a line counts as one sentence, whatever stands in it.
	printf '%s\n' 'mako zul . hata doki' >a
	printf '%s\n' 'mako zul x hata doki' >b
	printf 'azure gesho\n' >t
	"$TRUJAMAN" score -m model.safetensors a t | cmp - <("$TRUJAMAN" score -m model.safetensors b t)
	printf '%s\n' '  mako   zul x hata doki ' >c
	"$TRUJAMAN" score -m model.safetensors c t | cmp - <("$TRUJAMAN" score -m model.safetensors b t)
	# One space between words, none around them, and lines stay lines.
	printf 'mako zul hata doki\r\n\n  \nmako\tzul\n' | tokens >got
	[ "$(count_lines got)" -eq 4 ]
	sed -n 1p got | finds -E "^[a-z]+( [a-z]+)*$CR\$"
	sed -n '2p' got | cmp - <(echo)
	sed -n '3p' got | cmp - <(echo '  ')
	sed -n '4p' got | finds -E "^[a-z]+( [a-z]+)*	[a-z]+( [a-z]+)*\$"
}

@test "tokens: a long line in parts" {
	line=$(for ((i = 0; i < 100; i++)); do printf 'mako zul hata doki qx%d ' "$i"; done)
	tokens --replace-unknown --max-pieces 20 <<<"$line" >got
	[ "$(count_lines got)" -eq 1 ]
	tokens --replace-unknown --max-pieces 20 -t 1 --cache 0 <<<"$line" | cmp got -
	run ! grep -q '<unk>' got
	finds -E '(qx[0-9]|doki)' <got
}

@test "tokens: scores, n-best lists and words that belong together" {
	head -n 20 toy.src >s
	tokens --replace-unknown --beam 1 s >plain
	tokens --replace-unknown --beam 1 --alignments --word-scores s >columns
	cut -f 1 columns | cmp - plain
	# Every word of every translation has a score, and links to words that exist.
	awk -F '\t' '{ n = split($1, w, " "); if (split($3, p, " ") != n) exit 1
		m = split($2, l, " "); for (i = 1; i <= m; i++) {
			split(l[i], e, "-"); if (e[1] > 3 || e[2] >= n) exit 1 } }' columns
	tokens --replace-unknown --n-best 4 s >list
	sort list | uniq -d | cmp - /dev/null
	tokens --replace-unknown --scores s | cut -f 2 | cmp - <(tokens --replace-unknown s)
	head -n 20 toy.tgt >t
	[ "$("$TRUJAMAN" score -m model.safetensors s t | grep -cE '^-[0-9.]+$')" -eq 20 ]
	# Unknown words on both sides have links of their own, to words that exist.
	echo 'qa qb mako' >s
	echo 'gesho ka kb' >t
	"$TRUJAMAN" score -m model.safetensors --alignments s t | cut -f 2 | tr ' ' '\n' >links
	cut -d - -f 2 links | sort -u | cmp - <(printf '0\n1\n2\n')
	run ! grep -v '^[0-2]-[0-2]$' links
}

@test "tokens: quantized, and as an ensemble" {
	"$TRUJAMAN" quantize model.safetensors small.safetensors 2>/dev/null
	"$TRUJAMAN" info small.safetensors | finds -x 'precision  *I8'
	"$TRUJAMAN" translate -m small.safetensors --replace-unknown toy.src >got
	[ "$(count_lines got)" -eq 300 ]
	tokens -m model.safetensors --replace-unknown toy.src >two
	tokens --replace-unknown toy.src | cmp - two
	fails 2 'different vocabularies \(source.tokens\)' tokens -m all.safetensors toy.src
	fails 2 'different vocabularies \(source.tokens\)' tokens -m "$TINY" toy.src
}

@test "tokens: options that would touch the text are refused, and what needs attention" {
	echo x >file
	for option in "--keep file" "--glossary file" --localize-numbers "--case auto" \
		"--coverage-penalty 1" "--tsv 1 --prefix 2" --explain; do
		# shellcheck disable=SC2086
		fails 2 'is a model of tokens' tokens $option toy.src
	done
	echo '<p>ga</p>' >file.html
	for option in "" "--format html" --plain; do
		# shellcheck disable=SC2086
		fails 2 '(^trujaman: model.safetensors is a model of tokens|--plain goes with)' \
			tokens $option file.html
	done
	fails 2 'replace-unknown: found attention none in the model' \
		"$TRUJAMAN" translate -m none.safetensors --replace-unknown toy.src
	fails 2 'needs a model of tokens; that of .* are pieces of words' \
		tiny --replace-unknown toy.src
	# Without the option such a model translates.
	"$TRUJAMAN" translate -m none.safetensors toy.src >got
	[ "$(count_lines got)" -eq 300 ]
	tokens --suppress <(echo gesho) --min-length 2 toy.src >got
	run ! grep -qw gesho got
}

@test "tokens: another value of --replace-unknown is noticed when resuming" {
	mkfifo pipe
	"$TRUJAMAN" translate -m model.safetensors --replace-unknown -o out toy.src - <pipe 3>&- \
		2>/dev/null &
	exec 9>pipe
	wait_for test -s out.partial
	kill -s KILL $!
	wait $! || true
	exec 9>&-
	sed -i '/^= input standard/d' out.journal
	fails 1 'replace-unknown was true, is false' tokens --resume -o out toy.src
	tokens --replace-unknown --resume -o out toy.src 2>/dev/null
	tokens --replace-unknown toy.src | cmp - out
}

@test "tokens: a training goes on, and refuses what would touch or split words" {
	"$TRUJAMAN" train --init model.safetensors --source toy.src --target toy.tgt -m more \
		--updates 3 2>messages
	"$TRUJAMAN" info more | finds -x 'features  *token_vocabulary'
	for option in "--normalization true" "--placeables 16" "--subword-sampling 0.1" \
		"--case-augmentation 0.1" "--punctuation-augmentation 0.1" "--byte-fallback true"; do
		# shellcheck disable=SC2086
		fails 2 'does not go with a vocabulary of tokens' \
			"$TRUJAMAN" train "${TOKENS[@]}" -m new $option
	done
	fails 2 'extend-vocab true does not go with' "$TRUJAMAN" train --init model.safetensors \
		--source toy.src --target toy.tgt -m new --extend-vocab true
	# An interrupted training comes to the same bytes.
	"$TRUJAMAN" train "${TOKENS[@]}" -m whole --updates 12 2>messages
	"$TRUJAMAN" train "${TOKENS[@]}" -m halves --updates 6 2>messages
	"$TRUJAMAN" train "${TOKENS[@]}" -m halves --updates 12 --resume 2>messages
	cmp whole halves
	# Vocabularies of one's own, a token on each line.
	printf '%s\n' '<unk>' '<s>' '</s>' mako doki >own
	"$TRUJAMAN" train "${TOKENS[@]}" -m new --source-vocab own --target-vocab own --updates 1 \
		2>messages
	"$TRUJAMAN" info new | finds -x 'source_words  *5'
	printf '%s\n' '<unk>' '</s>' mako mako >own
	run --separate-stderr "$TRUJAMAN" train "${TOKENS[@]}" -m new --source-vocab own --updates 1 \
		--force
	[ "$status" -eq 1 ]
	[[ ${stderr_lines[-1]} == *"the source vocabulary: token 3: found the same as token 2" ]]
	fails 2 'a model of tokens has no list of words' \
		"$TRUJAMAN" quantize --words toy.src model.safetensors words.safetensors
}

@test "tokens: a damaged list is refused with the number of the token" {
	cp model.safetensors bad
	# Its second token becomes like its third, and then something with a space.
	python3 - <<'EOF'
data = open("model.safetensors", "rb").read()
at = data.index(b"<unk>\n<s>\n")
for name, new in (("twice", b"<unk>\n<s>\n<s>\n"), ("space", b"<unk>\n< >\n</s>"[:15])):
    open(name, "wb").write(data[:at] + new + data[at + len(new):])
EOF
	fails 1 'source.tokens: token 2: found the same as token 1' "$TRUJAMAN" info twice
	fails 1 'source.tokens: token 1: found a space' "$TRUJAMAN" info space
}
