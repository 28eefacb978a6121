#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The page of `trujaman plot` for attention: what it has, how small it is, what text cannot do to
# it, and what a browser makes of it.

load helper

plot() {
	"$TRUJAMAN" plot "$@"
}

# line SOURCE_PIECE TARGET_PIECE [SHARES]: prints a line of --attention with these pieces, as JSON.
line() {
	printf '{"line":1,"rank":0,"score":-1,"source":"%s","target":"%s",' "$1" "$2"
	printf '"source_words":[[0,1]],"target_words":[[0,1]],"links":[[0,0,1]],"parts":[{'
	printf '"source_pieces":["%s","</s>"],"source_spans":[[0,1],[1,1]],' "$1"
	printf '"target_pieces":["%s","</s>"],"target_spans":[[0,1],[1,1]],' "$2"
	printf '"scores":[-0.5,-0.5],"shares":%s}]}\n' "${3:-[[0.75,0.25],[0,1]]}"
}

# structure PAGE: its tags and attributes, each once, then its text; fails if that is no page.
structure() {
	command -v python3 >/dev/null || skip "there is no python3"
	python3 - "$1" <<-'END'
		import html.parser, sys
		class Page(html.parser.HTMLParser):
		    tags, text, scripts, last = set(), [], [], None
		    def handle_starttag(self, tag, attributes):
		        self.tags.add(" ".join([tag] + [name for name, _ in attributes]))
		        self.last = tag
		    handle_startendtag = handle_starttag
		    def handle_data(self, data):
		        (self.scripts if self.last == "script" else self.text).append(data)
		page = Page()
		data = open(sys.argv[1], "rb").read()
		assert data.startswith(b"<!doctype html>\n") and b"http:" not in data.replace(
		    b"http://www.w3.org/2000/svg", b"") and b"https:" not in data, "what it fetches"
		page.feed(data.decode())
		page.close()
		print("\n".join(sorted(page.tags)))
		print("text:", "|".join(page.text).replace("\n", " "))
		print("script:", "".join(page.scripts))
	END
}

@test "attention page: of what translate and score write, the numbers of the file" {
	printf 'Let'\''s go.\n\nMy brother lives in another city.\n' >in
	shipped --attention a.jsonl -o out in
	plot a.jsonl >a.html
	plot --title a.jsonl - <a.jsonl | cmp - a.html
	structure a.html >found
	for tag in 'i class' 'svg role aria-label width height viewbox' table details output \
		'th scope' 'path stroke-opacity d' 'path class d'; do
		grep -qx "$tag" found
	done
	[ "$(grep -o '<h2>' a.html | wc -l)" -eq 3 ]
	[ "$(grep -o '<svg' a.html | wc -l)" -eq 2 ]
	# A browser runs no other script.
	python3 - a.html <<-'END'
		import base64, hashlib, re, sys
		page = open(sys.argv[1], encoding="utf-8").read()
		script = re.search(r"<script>(.*?)</script>", page, re.S)[1]
		digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
		assert f"script-src 'sha256-{digest}'" in page, digest
	END
	# The first row of the first table.
	python3 - a.jsonl a.html <<-'END'
		import json, re, sys
		a = json.loads(open(sys.argv[1], encoding="utf-8").readline())["parts"][0]
		row = re.search(r"<tbody><tr><th scope=row>[^<]*(<td>.*?)<tr>", open(
		    sys.argv[2], encoding="utf-8").read())[1]
		cells = re.split(r"<td(?: colspan=(\d+))?>", row)[1:]
		values = []
		for span, text in zip(cells[::2], cells[1::2]):
		    values += [text] * int(span or 1)
		wanted = [int(x * 100 + .5) for x in a["shares"][0]]
		while wanted and wanted[-1] == 0:
		    wanted.pop()
		assert values[0] == f'{a["scores"][0]:.2f}', values
		assert [int(v or 0) for v in values[1:]] == wanted, (values, wanted)
	END
	"$TRUJAMAN" score --attention s.jsonl in out >scores
	plot s.jsonl a.jsonl >both.html
	grep -q '<title>Attention</title>' both.html
}

@test "attention page: twenty sentences are less than 100 KB" {
	cut -f 1 "$srcdir/tests/alignments/pairs.tsv" | sed -n 1,20p >in
	shipped --attention a.jsonl -o out in
	plot a.jsonl >a.html
	[ "$(wc -c <a.html)" -lt 100000 ]
	[ "$(grep -o '<h2>' a.html | wc -l)" -eq 20 ]
}

@test "attention page: hostile text stays text" {
	line a b >good.jsonl
	plot --title T good.jsonl >good.html
	structure good.html >good
	local texts=('</script><script>alert(1)</script>' '<img src=x onerror=alert(1)>' "'-alert(1)-'"
		'\" onload=\"alert(1)' '<!--' ']]>' '&lt;b&gt;' '</style><b>' '\\\\x3c')
	for text in "${texts[@]}"; do
		line "$text" "$text" | sed 's/\[0,1\],\[1,1\]/[0,0],[0,0]/g' >a.jsonl
		plot --title T a.jsonl >a.html
		structure a.html >found
		# The same tags and script, and the text as it is.
		grep -v '^text:' good | grep -v '^path class d' >wanted
		grep -v '^text:' found | grep -v '^path class d' | diff wanted -
		python3 - a.jsonl found <<-'END'
			import json, sys
			text = json.loads(open(sys.argv[1]).readline())["source"]
			assert open(sys.argv[2]).read().replace("|", "").count(text) >= 4, text
		END
	done
	# Nothing turns text around, and nothing is invisible.
	line '\u202ea\u2066\u0000\u0007\u001b[31m\u2028' 'b' >a.jsonl
	plot a.jsonl >a.html
	run ! grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]' a.html
	grep -qF '\xe2\x80\xae' a.html
	grep -qF '\x00' a.html
	plot --title '</title><script>' good.jsonl >a.html
	structure a.html | grep -v '^text:' | diff <(grep -v '^text:' good) -
}

@test "attention page: what does not fit together is refused" {
	refused() {
		printf '%s\n' "$2" >a.jsonl
		fails 1 "a.jsonl:1: $1" "$TRUJAMAN" plot a.jsonl
	}
	local good shares='pieces, spans, scores and shares do not fit together'
	good=$(line a b)
	refused "$shares" "$(line a b '[[0.75,0.25]]')"
	refused "$shares" "$(line a b '[[0.75],[1]]')"
	refused "$shares" "$(line a b '[[0.75,1.25],[0,1]]')"
	refused "$shares" "$(line a b '[[0.75,-1],[0,1]]')"
	refused "$shares" "$(line a b '[[0.75,"x"],[0,1]]')"
	refused "$shares" "$(line a b '{}')"
	refused "$shares" "${good//\[1,1\]/[1,2]}"
	refused "$shares" "${good//\[1,1\]/[1,0]}"
	refused "$shares" "${good//\[1,1\]/[-1,0]}"
	refused "$shares" "${good//\[1,1\]/[1.5,1]}"
	refused "$shares" "${good//\"<\/s>\"/7}"
	refused "$shares" "${good/-0.5,-0.5/-0.5}"
	local words='texts and words do not fit together'
	refused "$words" "${good/\"source_words\":\[\[0,1/\"source_words\":[[0,2}"
	refused "$words" "${good/\"source\":\"a\"/\"source\":1}"
	refused 'a link names no words' "${good/\[0,0,1\]/[0,1,1]}"
	refused 'a link names no words' "${good/\[0,0,1\]/[]}"
	refused '"line", "rank" or "score" is no number' "${good/\"score\":-1/\"score\":null}"
	{ line a b; echo '{"update":1,"loss":2}'; } >a.jsonl
	fails 1 'a.jsonl:2: there are no "parts": translate --attention did not write this' \
		"$TRUJAMAN" plot a.jsonl
	line a b >cut
	head -c 200 cut >>a.jsonl
	fails 1 'a.jsonl:2: there are no' "$TRUJAMAN" plot a.jsonl
	line a b >a.jsonl
	printf '{"update":1,"loss":2,"nll":1}\n' >log.jsonl
	fails 1 'log.jsonl:1: there are no "parts"' "$TRUJAMAN" plot a.jsonl log.jsonl
	fails 1 'a.jsonl:1: there is no "update"' "$TRUJAMAN" plot log.jsonl a.jsonl
	[ -w /dev/full ] || return 0
	run --separate-stderr bash -c '"$1" plot a.jsonl >/dev/full' - "$TRUJAMAN"
	[ "$status" -eq 1 ]
}

@test "attention page: in a browser, light and dark" {
	command -v chromedriver >/dev/null || skip "there is no chromedriver (Debian: chromium-driver)"
	command -v chromium >/dev/null || skip "there is no chromium"
	command -v python3 >/dev/null || skip "there is no python3"
	{
		echo "Let's go."
		printf 'My brother lives in another city. %.0s' {1..9}
		echo
	} >in
	shipped --split off --attention a.jsonl -o out in
	plot a.jsonl >a.html
	python3 "$srcdir/tests/cli/browser.py" a.html
}
