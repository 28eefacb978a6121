#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The picture of a training run: it exists, is well-formed and small; and the errors.

load helper

plot() {
	"$TRUJAMAN" plot "$@"
}

# log UPDATES: prints the log of a training run of so many updates with about 100 validations.
log() {
	awk -v n="$1" 'BEGIN {
		every = n > 100 ? int(n / 100) : 1
		for (u = 1; u <= n; u++) {
			loss = 2 + 6 * exp(-u / 200) + 0.3 * sin(u * 7.3)
			printf "{\"update\": %d, \"epoch\": %d, \"loss\": %.6g, \"nll\": %.6g, ", u,
				1 + u / 500, loss, loss - 0.4
			printf "\"pieces\": 2400, \"learning_rate\": %.6g, ", 0.002 / sqrt(1 + u / 100)
			printf "\"gradient_norm\": %.6g, \"seconds\": %.6g}\n", 1 + sin(u) ^ 2, u * 1.5
			if (u % every)
				continue
			printf "{\"update\": %d, \"epoch\": 1, \"dev_nll\": %.6g, \"dev_bleu\": %.6g, ",
				u, loss - 0.5, 40 * u / n
			best = u <= 0.9 * n ? "true" : "false"
			printf "\"best\": %s, \"seconds\": %.6g}\n", best, u * 1.5
		}
	}'
}

# One SVG file, well-formed as far as this machine can check, with numbers in all coordinates.
is_picture() {
	head -n 1 "$1" | finds '^<svg xmlns="http://www.w3.org/2000/svg" '
	[ "$(tail -n 1 "$1")" = "</svg>" ]
	! grep -qi 'nan\|inf[",. ]\|<script\|http[^"]*"[^ ]*href' "$1" || return 1
	if command -v python3 >/dev/null; then
		python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' "$1"
	fi
}

@test "plot: all panels of a training, its best model, and what it came to" {
	log 1000 >a.jsonl
	plot a.jsonl >out.svg 2>messages
	[ ! -s messages ]
	is_picture out.svg
	for title in "a.jsonl" "Training loss, nats per piece" "Perplexity per piece" \
		"BLEU of the dev set" "Learning rate" "Gradient norm, before clipping"; do
		grep -q ">$title<" out.svg
	done
	grep -q '>1,000 updates, epoch 3, 25 minutes; best at update 900: BLEU 36.00, perplex' out.svg
	[ "$(grep -c 'class="best".*>36.00<' out.svg)" -eq 1 ]
	grep -q '>20 min<' out.svg
	[ "$(grep -c '<title>.* at update ' out.svg)" -ge 100 ]
}

@test "plot: the same log gives the same bytes, from a file or standard input" {
	log 300 >a.jsonl
	plot --title T a.jsonl >one.svg
	plot --title T a.jsonl | cmp - one.svg
	plot --title T - <a.jsonl | cmp - one.svg
}

@test "plot: a long log gives a small picture" {
	log 60000 >long.jsonl
	plot long.jsonl >out.svg
	is_picture out.svg
	[ "$(wc -c <out.svg)" -lt 200000 ]
}

@test "plot: several logs over one another" {
	log 400 >a.jsonl
	log 800 >b.jsonl
	plot a.jsonl b.jsonl >out.svg
	is_picture out.svg
	grep -q '>Trainings compared<' out.svg
	grep -q '>a.jsonl</tspan>: 400 updates' out.svg
	grep -q '>b.jsonl</tspan>: 800 updates' out.svg
	grep -o '<path class="[a-z]*" stroke="#[0-9a-f]*" fill="[a-z]*" d="M[0-9.]*,[0-9.]*L' out.svg |
		cut -d'"' -f2,4 | sort | uniq -c >curves
	grep -q '  4 mean"#0072b2$' curves
	grep -q '  4 mean"#d55e00$' curves
	grep -q '  2 dev"#0072b2$' curves
	grep -q '  2 dev"#d55e00$' curves
}

@test "plot: a running training's unfinished last line is ignored, a finished one taken" {
	log 50 >a.jsonl
	plot a.jsonl >expected.svg
	printf '{"update": 51, "epoch": 1, "lo' >>a.jsonl
	plot a.jsonl | cmp - expected.svg
	log 50 | sed -n '1,51p' >b.jsonl
	plot --title T b.jsonl >expected.svg
	printf '%s' "$(cat b.jsonl)" >c.jsonl
	plot --title T c.jsonl | cmp - expected.svg
}

@test "plot: logs of few and of partial figures" {
	log 1 | grep -v dev_ >one.jsonl
	plot one.jsonl >out.svg
	is_picture out.svg
	grep -q '>1 update, ' out.svg
	log 500 | grep -v dev_ >updates.jsonl
	plot updates.jsonl >out.svg
	is_picture out.svg
	! grep -q 'BLEU' out.svg || return 1
	log 500 | grep dev_ >validations.jsonl
	plot validations.jsonl >out.svg
	is_picture out.svg
	! grep -q 'Training loss' out.svg || return 1
	printf '{"update": 2, "loss": 1e99, "gradient_norm": 0, "nll": 900}\n%s\n' \
		'{"update": 3, "loss": -1e99, "learning_rate": 0}' >odd.jsonl
	plot odd.jsonl >out.svg
	is_picture out.svg
	printf '{"update": 1, "loss": 2, "new": {"a": [1]}, "nll": null}\n' >new.jsonl
	plot new.jsonl >out.svg
	is_picture out.svg
}

@test "plot: titles and names cannot break the picture" {
	log 20 >'<a & "b">.jsonl'
	plot '<a & "b">.jsonl' >out.svg
	is_picture out.svg
	grep -q '&lt;a &amp; &quot;b&quot;&gt;.jsonl' out.svg
	plot --title $'\e[31m\xff</svg>' '<a & "b">.jsonl' >out.svg
	is_picture out.svg
	grep -q '>\\x1b\[31m\\xff&lt;/svg&gt;<' out.svg
}

@test "plot: what is no log is told with file and line, and nothing is written" {
	log 5 >a.jsonl
	grep -v dev_ a.jsonl >b.jsonl
	bad() {
		cp b.jsonl bad.jsonl
		printf '%s\n' "$1" >>bad.jsonl
		fails 1 "bad.jsonl:6: $2" "$TRUJAMAN" plot bad.jsonl
	}
	bad 'hello' 'no JSON: '
	bad '' 'no JSON: '
	bad '{"update": 6' 'no JSON: '
	bad '[6]' 'no JSON object'
	bad '{"loss": 3}' 'there is no "update": this is not the log of a training'
	bad '{"update": 6, "loss": "low"}' '"loss" is no number'
	bad '{"update": 6, "loss": 1e200}' '"loss" is out of range'
	bad '{"update": 6, "loss": 1e999}' 'no JSON: real number overflow'
	bad '{"update": 4, "loss": 3}' 'update 4 comes after update 5'
	bad '{"update": 5, "loss": 3}' 'update 5 comes after update 5'
	bad '{"update": -1, "loss": 3}' 'update -1 comes after update 5'
	: >empty.jsonl
	fails 1 'empty.jsonl has no update and no validation yet' "$TRUJAMAN" plot empty.jsonl
	fails 1 'empty.jsonl has no update' "$TRUJAMAN" plot a.jsonl empty.jsonl
	echo '{"update": 3}' >bare.jsonl
	fails 1 'bare.jsonl has no figures to draw' "$TRUJAMAN" plot bare.jsonl
	fails 1 'cannot read none.jsonl: No such file' "$TRUJAMAN" plot none.jsonl
	fails 1 'cannot read \.: Is a directory' "$TRUJAMAN" plot .
}

@test "plot: what train writes can be drawn" {
	words=(one two three four five six seven)
	for i in {0..299}; do echo "${words[i % 7]} ${words[i / 7 % 7]} ${words[i / 49]}"; done >text
	"$TRUJAMAN" train --source text --target text -m m.safetensors --log m.jsonl --updates 6 \
		--vocab-size 30 --byte-fallback false --embedding-size 16 --hidden-size 16 \
		--encoder-layers 1 --validate-every 3 --threads 1 2>messages
	plot m.jsonl >out.svg
	is_picture out.svg
	grep -q '>6 updates, ' out.svg
	grep -q '; best at update ' out.svg
}

@test "plot: wrong usage, and a full device" {
	misuse plot "needs a file of train --log"
	misuse plot "option '--title' needs a value" --title
	misuse plot "unknown option '-o'" -o x a
	[ -w /dev/full ] || skip "there is no /dev/full"
	log 5 >a.jsonl
	full() { "$TRUJAMAN" plot a.jsonl >/dev/full; }
	fails 1 "cannot write standard output: No space left on device" full
}
