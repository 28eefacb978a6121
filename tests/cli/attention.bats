#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --attention of translate and score: what the network looked at, as JSON Lines.

load helper

# holds FILE: whether what the lines say fits together: spans, words, shares, scores and links.
holds() {
	command -v python3 >/dev/null || skip "there is no python3"
	python3 - "$1" <<-'END'
		import json, sys
		for number, line in enumerate(open(sys.argv[1], encoding="utf-8", newline="\n"), 1):
		    a = json.loads(line)
		    texts = {side: a[side] for side in ("source", "target")}
		    words = {s: [t[i:j] for i, j in a[s + "_words"]] for s, t in texts.items()}
		    for s, t in texts.items():
		        spaces = dict.fromkeys(map(ord, "\t\n\v\f\r"), " ")
		        assert words[s] == t.translate(spaces).split(" ") or \
		            words[s] == [w for w in t.translate(spaces).split(" ") if w], (number, s)
		    assert len(a["word_scores"]) == len(words["target"]), number
		    for i, j, share in a["links"]:
		        assert i < len(words["source"]) and j < len(words["target"]) and share > 0
		    for p in a["parts"]:
		        for s, t in texts.items():
		            assert len(p[s + "_pieces"]) == len(p[s + "_spans"]), number
		            assert all(0 <= i <= j <= len(t) for i, j in p[s + "_spans"]), number
		        assert len(p["shares"]) == len(p["scores"]) == len(p["target_pieces"]), number
		        for row in p["shares"]:
		            assert len(row) == len(p["source_pieces"]), number
		            assert abs(sum(row) - 1) < 0.01, (number, sum(row))
	END
}

@test "attention: a line for each line, and the translation stays the same" {
	tiny "$SENTENCES" >plain
	tiny --attention a.jsonl "$SENTENCES" | cmp - plain
	[ "$(count_lines a.jsonl)" -eq "$(count_lines plain)" ]
	holds a.jsonl
	[ "$(ls)" = $'a.jsonl\nplain' ]
}

@test "attention: what the shipped model looks at" {
	printf 'Let'\''s go.\n\nThe caf\303\251 at https://example.org/a is open.\n' >in
	shipped --attention a.jsonl -o out in
	holds a.jsonl
	sed -n 1p a.jsonl | finds -F '"source_pieces":["▁Let","'\''","s","▁go",".","</s>"]'
	sed -n 1p a.jsonl | finds -F '"source_spans":[[0,3],[3,4],[4,5],[6,8],[8,9],[9,9]]'
	sed -n 1p a.jsonl | finds -F '"source_words":[[0,5],[6,9]]'
	sed -n 2p a.jsonl | finds -E '"source":"","target":"",.*"links":\[\],"parts":\[\]}$'
	# Characters, not bytes: the accent has two.
	sed -n 3p a.jsonl | finds -F '"source_words":[[0,3],[4,8],[9,11],[12,33],[34,36],[37,42]]'
	"$TRUJAMAN" score --attention scored.jsonl in out >scores
	holds scored.jsonl
	sed 's/.*"score":\(-[0-9.]*\).*/\1/' scored.jsonl | cmp - scores
}

@test "attention: any bytes make valid lines" {
	printf '\000\001"\\</script>\nA \377\376 B\342\200\256C\n' >in
	printf '\342\200\250a\rb\r\n\360\237\230\200 \\u0041\n' >>in
	tiny -q --force-text --attention a.jsonl in >/dev/null
	[ "$(count_lines a.jsonl)" -eq 4 ]
	holds a.jsonl
	run ! grep -qP '[\x00-\x08\x0b-\x1f]' a.jsonl
}

@test "attention: of lists, draws and columns" {
	printf 'Go home. Take the dog.\nOne.\n' >in
	tiny --n-best 2 --attention a.jsonl in >out
	[ "$(count_lines a.jsonl)" -eq "$(count_lines out)" ]
	[ "$(sed 's/.*"line":\([0-9]*\),"rank":\([0-9]*\).*/\1 \2/' a.jsonl | sed -n 1,3p)" = \
		$'1 0\n1 1\n2 0' ]
	tiny --sample --n-best 2 --attention a.jsonl in >out
	[ "$(sed 's/.*"line":\([0-9]*\),"rank":\([0-9]*\).*/\1 \2/' a.jsonl | sed -n 1,3p)" = \
		$'1 0\n1 1\n2 0' ]
	printf 'a\tGo home.\tb\n' | tiny --tsv 2 --attention a.jsonl >out
	holds a.jsonl
	grep -q '"source":"Go home."' a.jsonl
}

@test "attention: the same bytes with all kernels and threads" {
	unless_sanitized
	head -n 40 "$SENTENCES" >in
	shipped --attention wanted -t 1 in >/dev/null
	for isa in $(usable_isas); do
		TRUJAMAN_ISA=$isa shipped --attention found -t 2 in >/dev/null
		cmp found wanted
	done
}

@test "attention: goes to a pipe or to standard output" {
	printf 'Go.\n' >in
	tiny --attention wanted in >text
	tiny --attention - -o out in | cmp - wanted
	"$TRUJAMAN" score -m "$TINY" --attention - -o scores in in | finds '"source":"Go."'
	mkfifo pipe
	cat pipe >found &
	tiny --attention pipe in | cmp - text
	wait $!
	cmp found wanted
}

@test "attention: what cannot hold is refused, and nothing is written" {
	printf 'Go.\n' >in
	printf '<p>Go.</p>' >in.html
	cp "$TINY" model.safetensors
	misuse translate '--attention and --resume exclude each other' --resume -o out --attention a in
	misuse translate '--attention and --shard exclude each other' --shard 1/2 -o out \
		--attention a in
	misuse translate '--attention goes with --output' --output-dir es --attention a in
	misuse translate '--attention - needs --output' --attention - in
	misuse translate '--attention needs a name' --attention '' in
	misuse translate '--attention out is an output too' -o out --attention out in
	misuse translate '--attention s is an output too' --stats s --attention s in
	misuse translate 'in.html: --attention goes with --format text, not html' --attention a in.html
	misuse translate '--attention ./in is an input' -m "$TINY" --attention ./in in
	misuse translate '--attention model.safetensors is the model' -m model.safetensors \
		--attention model.safetensors in
	misuse score '--attention and --output name one file' -o s --attention s in in
	misuse score '--attention - needs --output' --attention - in in
	misuse score 'in is both input and output' -m "$TINY" --attention ./in in in
	fails 2 'attention: found attention none' "$TRUJAMAN" translate \
		-m "$srcdir/tests/fixtures/plain-seq2seq.safetensors" --attention a in
	fails 1 'cannot create.*nowhere/a' "$TRUJAMAN" translate -m "$TINY" --attention nowhere/a in
	cmp model.safetensors "$TINY"
	[ "$(find . -type f ! -name 'separate-*' | sort)" = $'./in\n./in.html\n./model.safetensors' ]
}

@test "attention: a run that fails or is stopped leaves no file" {
	printf 'Go.\n\377\n' >in
	run ! tiny --strict --attention a in
	run ! "$TRUJAMAN" score -m "$TINY" --strict --attention a in in
	[ "$(ls)" = in ]
	awk 'BEGIN { for (i = 0; i < 200000; i++) print "Go home now." }' >large
	echo kept >a
	"$TRUJAMAN" translate -q -m "$TINY" --attention a -o out large 2>err &
	wait_for [ -s out.partial ]
	kill -TERM $!
	local status=0
	wait $! || status=$?
	[ "$status" -eq 143 ]
	grep -q 'a is not written' err
	[ "$(cat a)" = kept ]
	[ -z "$(find . -name 'a.*')" ]
}

@test "attention: a full disk is told" {
	[ -w /dev/full ] || skip "there is no /dev/full"
	printf 'Go.\n' >in
	run --separate-stderr tiny --attention /dev/full in
	[ "$status" -eq 1 ]
	[[ $stderr == *"/dev/full"*"No space left"* ]]
	run --separate-stderr "$TRUJAMAN" score -m "$TINY" --attention /dev/full in in
	[ "$status" -eq 1 ]
	[[ $stderr == *"/dev/full"*"No space left"* ]]
}

# adds_up FILE PENALTY: whether the scores of the pieces add up to those of the lines. Prints how
# many lines were cut at the largest length, and so have no </s>.
adds_up() {
	python3 - "$@" <<-'END'
		import itertools, json, sys
		cut = 0
		for line in open(sys.argv[1], encoding="utf-8"):
		    a = json.loads(line)
		    parts = [[sum(s) / len(s) ** float(sys.argv[2])
		              for s in (p["scores"], p["scores"][:-1]) if s] for p in a["parts"]]
		    found = [sum(x) for x in itertools.product(*parts)]
		    near = [abs(x - a["score"]) <= 1e-5 * (1 + abs(x)) for x in found]
		    assert a["score"] < 0 and any(near), (a["line"], a["score"], found)
		    cut += not near[0]
		print(cut)
	END
}

@test "attention: the scores of the pieces add up to that of the translation" {
	printf '%s\n' 'GOOD MORNING. See https://example.org, it has 3 rooms.' 'Where is she?' >in
	for options in '--beam 1' '--beam 4' '--beam 4 --n-best 3' '--sample --seed 3' \
		'--beam 1 --plain' '--length-penalty 0'; do
		penalty=1
		[ "$options" != '--length-penalty 0' ] || penalty=0
		# shellcheck disable=SC2086 # several words
		shipped $options --attention a.jsonl in >out
		[ "$(adds_up a.jsonl $penalty)" -eq 0 ]
	done
	tiny --plain --attention a.jsonl "$SENTENCES" >out
	sed -i '/"parts":\[\]/d' a.jsonl # without a text
	[ "$(adds_up a.jsonl 1)" -gt 0 ]
}
