#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Documents as inputs: formats by name, durable outputs, folders, shards.

load helper

setup() {
	start
	printf '<html lang="en"><p>Good <b>morning</b>, my friends.</p>\n' >a.html
	printf '<img src="a.png" alt="A tree">' >>a.html
	printf '{"id": 1.0, "text":"Good morning."}\r\n\n{"text":"Who is there?","n":[1]}' >b.jsonl
	printf 'Good morning.\n' >c.en
}

# The tags of a page, without what the language changes.
tags() {
	grep -o '<[^>]*>' "$1" | sed 's/ lang="[^"]*"//; s/ alt="[^"]*"//' | sort
}

@test "documents: the name says the format, and --format another one" {
	tiny a.html >out
	[ "$(tags out)" = "$(tags a.html)" ]
	cp a.html page.txt
	tiny --format html page.txt | cmp - out
	tiny --format html <a.html | cmp - out
	gzip -k a.html
	tiny a.html.gz | cmp - out
	[ "$(tiny --format text a.html | wc -l)" -eq "$(wc -l <a.html)" ]
}

@test "documents: JSON Lines keep every byte but the strings at the fields" {
	tiny --field text b.jsonl >out
	sed 's/"text":"[^"]*"/"text":""/' out >left
	sed 's/"text":"[^"]*"/"text":""/' b.jsonl | cmp - left
	! cmp -s b.jsonl out
	tiny --field other b.jsonl 2>told | cmp - b.jsonl
	grep -q 'no line has a string at --field other' told
	tiny --field other --field text b.jsonl | cmp - out
	cp b.jsonl text
	tiny --field text text 2>told >out
	grep -q 'does nothing: no input is of --format jsonl' told
	tiny --field text --format jsonl text 2>told >out
	[[ ! -s told ]]
}

@test "documents: subtitles keep numbers, times, tags and lines" {
	printf '1\n00:00:01,000 --> 00:00:02,000\n<i>We went to the</i>\n\n' >a.srt
	printf '2\n00:00:02,000 --> 00:00:03,000 X1:5\n<i>market with\nher brother.</i>\n\n' >>a.srt
	printf '3\n00:00:04,000 --> 00:00:05,000\n- Who is there?\n- Me.\n' >>a.srt
	tiny a.srt >out
	! cmp -s a.srt out
	grep -e '-->' -e '^[0-9]*$' a.srt >times
	grep -e '-->' -e '^[0-9]*$' out | cmp - times
	[ "$(grep -o '<[^>]*>' out | tr -d '\n')" = "<i></i><i></i>" ]
	[ "$(grep -c '^- ' out)" -eq 2 ]
	(echo WEBVTT && echo && tr , . <a.srt) >a.vtt
	tiny a.vtt >out
	[ "$(grep -c -e '-->' out)" -eq 3 ]
	echo text >b.srt
	run tiny b.srt
	[ "$status" -eq 1 ]
	[[ $output == *"b.srt:1:1: no subtitles"* ]]
}

@test "documents: wrapped text is joined, and wrapped again" {
	printf 'Dear Ann,\n\n> We went to the market with\n> her brother, who was there\n' >a.txt
	printf '> before us.\n\n-- \nBob   1 2 3\n' >>a.txt
	tiny --format paragraphs a.txt >out
	! cmp -s a.txt out
	[ "$(tail -n 3 out)" = "$(printf '\n-- \nBob   1 2 3')" ]
	! LC_ALL=C.UTF-8 grep -E '^.{29,}' out
	grep -q '^> ' out
	# The whole quoted paragraph is one text.
	tiny a.txt | wc -l | finds -x 8
	tiny --format paragraphs --plain a.txt >/dev/null
	: | tiny --format paragraphs | cmp - /dev/null
}

@test "documents: PO files get what they lack, marked fuzzy" {
	printf 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n' >a.po
	printf '"Language: es\\n"\n' >>a.po
	printf '"Plural-Forms: nplurals=2; plural=n != 1;\\n"\n\n' >>a.po
	printf '# c\nmsgid "Good morning."\nmsgstr ""\n\nmsgid "one"\nmsgstr "uno"\n\n' >>a.po
	printf '#, c-format\nmsgid "%%d file\\n"\nmsgid_plural "%%d files\\n"\n' >>a.po
	printf 'msgstr[0] ""\nmsgstr[1] ""\n\n#, fuzzy\nmsgid "two"\nmsgstr "tres"\n' >>a.po
	tiny a.po >out.po
	[ "$(grep -c '^#, fuzzy' out.po)" -eq 3 ]
	grep -A 3 'file' out.po | finds '^msgstr\[0\] ".*%d.*\\n"$'
	grep -v -e '^#, ' -e '^msgstr' a.po >left
	grep -v -e '^#, ' -e '^msgstr' out.po | cmp - left
	grep -q '^msgstr "tres"$' out.po
	tiny --fuzzy a.po >again.po 2>told
	[[ ! -s told ]]
	tiny --fuzzy - <<<hello 2>told >out
	grep -q -e '--fuzzy does nothing: no input is of --format po' told
	run grep '^msgstr "tres"$' again.po
	[ "$status" -eq 1 ]
	if command -v msgfmt; then
		msgfmt -c --use-fuzzy -o /dev/null out.po
		msgfmt -c -o /dev/null again.po
	fi
	echo hello >b.po
	run tiny b.po
	[ "$status" -eq 1 ]
	[[ $output == *"b.po:1:1: not PO"* ]]
}

@test "documents: Markdown keeps its markup" {
	printf -- '---\ntitle: Good\n---\n# Good *morning* #\n\n> Who is **there**?\n' >a.md
	printf '> See [me](a.md)\n> and `code`.\n\n- [ ] Good morning. <http://a.b>\n\n' >>a.md
	printf '| One | Two |\n|---|:-:|\n| A cat | `x` |\n\n```\nWho is there?\n```\n' >>a.md
	printf '![A tree](t.png) [r]\n\n[r]: /u "t"\n' >>a.md
	tiny a.md >out
	! cmp -s a.md out
	for kept in '^title: Good$' '^# .*\*.*\* #$' '](a.md)' '`code`' '^- \[ \] .* <http://a.b>$' \
		'^|---|:-:|$' '^| .* | `x` |$' '^Who is there?$' '!\[.*](t.png) \[.*\]\[r\]$' \
		'^\[r\]: /u "t"$'; do
		grep -q -- "$kept" out
	done
	[ "$(grep -c '^> ' out)" -ge 2 ]
	cp a.md a.markdown
	tiny a.markdown | cmp - out
	tiny --format markdown <a.md | cmp - out
	if command -v cmark-gfm; then
		for f in a.md out; do
			cmark-gfm -t xml -e table -e tasklist "$f" |
				grep -v -e '<text' -e '<softbreak' >"$f.xml"
		done
		cmp a.md.xml out.xml
	fi
}

@test "documents: what does not go together is refused with a hint" {
	run tiny b.jsonl
	[ "$status" -eq 2 ]
	[[ $output == *"b.jsonl: --field must say"* ]]
	run tiny a.html a.html
	[ "$status" -eq 2 ]
	[[ $output == *"a.html is a document (html) and needs an output of its own"* ]]
	run tiny --plain a.html
	[ "$status" -eq 2 ]
	for columns in --scores "--n-best 2" --alignments --word-scores "--tsv 1"; do
		run tiny $columns a.html
		[ "$status" -eq 2 ]
		[[ $output == *"a.html: ${columns% *} goes with --format text, not html"* ]]
		tiny $columns --format text a.html >text
	done
	run tiny --format doc a.html
	[ "$status" -eq 2 ]
	[[ $output == *"--format is text, jsonl, "*", not 'doc'"* ]]
	run tiny --copy-others a.html
	[ "$status" -eq 2 ]
	run tiny --field 'a..b' b.jsonl
	[ "$status" -ne 0 ]
	[[ $output == *"field 'a..b': a key is missing"* ]]
	printf '{"text":"a"}\n{"text"\n' >broken.jsonl
	run tiny --field text broken.jsonl
	[ "$status" -eq 1 ]
	[[ $output == *"broken.jsonl:2:8: not JSON: a colon should stand here"* ]]
	printf '<meta charset=latin1>caf\351' >old.html
	run tiny old.html
	[ "$status" -eq 1 ]
	[[ $output == *"old.html:1:1: the page says that it is in latin1"* ]]
}

@test "documents: a mixed folder, and files of other kinds" {
	mkdir -p in/deep
	cp a.html in/deep
	cp b.jsonl c.en in
	printf '\211PNG\r\n\032\n' >in/a.png
	printf 'p { color: red }\n' >in/deep/s.css
	run tiny --field text --output-dir out in
	[ "$status" -eq 0 ]
	[[ $output == *"left out 2 files of other kinds"*": a.png, deep/s.css"* ]]
	tiny a.html | cmp - out/deep/a.html
	tiny --field text b.jsonl | cmp - out/b.jsonl
	tiny c.en | cmp - out/c.en
	[ "$(find out -type f | wc -l)" -eq 3 ]
	tiny --field text --output-dir all --copy-others in
	cmp in/a.png all/a.png
	cmp in/deep/s.css all/deep/s.css
	[ "$(find all -type f | wc -l)" -eq 5 ]
	tiny --field text --output-dir all --copy-others --resume in
	run tiny --field text --output-dir all --copy-others in
	[ "$status" -ne 0 ]
}

@test "documents: shards have whole documents" {
	mkdir in
	cp a.html in
	cp a.html in/d.html
	cp c.en in
	for i in 1 2 3; do
		tiny --output-dir out --shard "$i/3" in
	done
	"$TRUJAMAN" merge out/a.html out/d.html out/c.en
	tiny a.html | cmp - out/a.html
	tiny a.html | cmp - out/d.html
	tiny c.en | cmp - out/c.en
	for i in 1 2; do
		tiny -o one.html --shard "$i/2" a.html
	done
	"$TRUJAMAN" merge one.html
	tiny a.html | cmp - one.html
}

# A page with more text than a run notes at a time.
large_page() {
	local i
	for ((i = 0; i < 4000; i++)); do
		echo "<p title='t'>Word $((i % 50)) is <b>here</b>. <!-- $(printf '%0500d' $i) -->"
	done
}

@test "documents: a large one that was interrupted goes on within it" {
	large_page >large.html
	tiny --beam 1 large.html >wanted
	for after in 0.3 0.6 1 2; do
		timeout -s INT "$after" "$TRUJAMAN" translate -m "$TINY" --beam 1 -o out.html \
			--resume large.html || :
	done
	tiny --beam 1 -o out.html --resume large.html
	cmp out.html wanted
	tiny --beam 1 -o out.html --resume large.html
}
