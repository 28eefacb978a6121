#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# XLIFF: what comes out, judged by other parsers.

load helper

setup() {
	start
	command -v python3 >/dev/null || skip "python3 is missing"
	printf '<xliff><file><trans-unit id="1"><source>Who is there?</source>' >a.xlf
	printf '</trans-unit></file></xliff>' >>a.xlf
	run tiny a.xlf
	[[ $output != *"made without expat"* ]] || skip "this build is without expat"
	[ "$status" -eq 0 ]
}

# compare IN OUT: prints how many targets came
compare() {
	local file pairs=()
	for file in "$1"/*; do
		pairs+=("$file" "$2/${file##*/}")
	done
	python3 "$srcdir/tests/cli/xliff.py" check "${pairs[@]}"
}

@test "xliff: generated files have the codes of their sources, and are the same otherwise" {
	local n=60
	test -z "${TRUJAMAN_LONG_TESTS:-}" || n=3000
	mkdir in
	python3 "$srcdir/tests/cli/xliff.py" make in "$n"
	tiny --beam 1 --output-dir out in
	[ "$(compare in out)" -gt "$((n / 2))" ]
	if command -v xmllint; then
		xmllint --noout out/*
	fi
	# Nothing is left to do, and nothing is done twice.
	tiny --beam 1 --output-dir again out
	diff -r out again
}

@test "xliff: as the program finds it, and as it is refused" {
	tiny a.xlf >out
	grep -q '</source><target state="needs-review-translation">.*</target></trans-unit>' out
	tiny --format xliff <a.xlf | cmp - out
	run tiny --plain a.xlf
	[ "$status" -eq 2 ]
	printf '<xliff>\n<file></xliff>' >b.xliff
	run tiny b.xliff
	[ "$status" -eq 1 ]
	[[ $output == *"b.xliff:2:9: not well-formed XML: mismatched tag"* ]]
	(echo '<!DOCTYPE x ['
	echo '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
	echo ']><xliff>&b;</xliff>') >bomb.xlf
	run tiny bomb.xlf
	[ "$status" -eq 1 ]
	[[ $output == *"bomb.xlf:2:"*": entities that the document declares are refused"* ]]
	# A DTD is not looked for.
	(echo "<!DOCTYPE xliff SYSTEM '$PWD/none.dtd'>" && cat a.xlf) >d.xlf
	tiny d.xlf | tail -n 1 | cmp - <(tail -n 1 out)
}
