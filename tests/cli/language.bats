#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A text that is not in the model's language: one warning, and nothing else changes.

load helper

data=$srcdir/tests/cli/data

setup() {
	start
	cp "$data"/prose.en book.en
	cp "$data"/prose.es book.es
	cp "$data"/prose.de book.de
}

# By name, as users do.
translate() {
	"$TRUJAMAN" translate --beam 1 "$@"
}

# warns TEXT COMMAND…: exit 0, and exactly this on stderr; stdout is in the file `out`.
warns() {
	local wanted="trujaman: warning: $1" status=0
	shift
	"$@" >out 2>err || status=$?
	[ "$status" -eq 0 ] && [ "$(cat err)" = "$wanted" ] || {
		echo "wanted: exit 0 and: $wanted"
		echo "got:    exit $status and: $(cat err)"
		return 1
	}
}

# silent COMMAND…: exit 0, nothing on stderr; stdout is in the file `out`.
silent() {
	local status=0
	"$@" >out 2>err || status=$?
	[ "$status" -eq 0 ] && [ ! -s err ] || {
		echo "wanted: exit 0 and silence"
		echo "got:    exit $status and: $(cat err)"
		return 1
	}
}

# What follows the name of a file.
english='looks like English, but the model es-en translates from Spanish; did you mean -m en-es?'
german='looks like German, but the model'
others='trujaman: warning: in all'
spanish='looks like Spanish, but the model en-es translates from English; did you mean -m es-en?'

@test "the other direction's text: one warning that names the other model" {
	warns "book.es $spanish" translate book.es
	mv out loud
	silent translate --quiet book.es
	cmp out loud
	[ "$(count_lines out)" -eq "$(count_lines book.es)" ]
	warns "book.en $english" translate -m es-en book.en
}

@test "a third language: one warning without a proposal" {
	warns "book.de $german en-es translates from English" \
		translate book.de
	warns "book.de $german es-en translates from Spanish" \
		translate -m es-en book.de
	warns "book.es looks like Spanish, but the model $SHIPPED translates from English" \
		shipped --beam 1 book.es
}

@test "the right language is silent" {
	silent translate book.en
	silent translate -m es-en book.es
	silent translate "$SENTENCES"
}

@test "standard input, a compressed file, several files: once, for the first" {
	warns "standard input $spanish" translate <book.es
	gzip book.es
	warns "book.es.gz $spanish" translate book.es.gz
	gunzip book.es.gz
	translate book.en book.es book.de book.en >out 2>err
	[ "$(wc -l <err)" -eq 2 ]
	[ "$(head -n 1 err)" = "trujaman: warning: book.es $spanish" ]
	[ "$(tail -n 1 err)" = "$others, 2 of 4 files look like other languages than English" ]
}

@test "short texts are never judged" {
	head -n 30 book.es >short.es
	silent translate short.es
	silent translate <<<'¿Dónde está la estación de tren?'
	# Many short ones are not a long one.
	silent translate short.es short.es short.es
}

@test "mixed languages, names and numbers are silent" {
	paste -d '\n' book.en book.es >mixed
	silent translate mixed
	silent translate -m es-en mixed
	for ((i = 0; i < 60; i++)); do
		echo "San Juan de la Vega, Puerto del Rosario, Los Olmos $i"
	done >names
	silent translate names
	seq 3000 4000 >numbers
	silent "$TRUJAMAN" translate -m "$TINY" numbers
}

@test "--tsv: only the column that is translated counts" {
	paste book.en book.es >pairs
	silent translate --tsv 1 pairs
	warns "pairs $spanish" translate --tsv 2 pairs
	silent translate --tsv 3 pairs
}

@test "a model that does not name its language is silent" {
	silent tiny book.es
	silent tiny book.de
}

@test "a folder of many files: the first one is named, the others are counted" {
	mkdir in
	for ((i = 10; i < 22; i++)); do cp book.es "in/$i"; done
	for ((i = 22; i < 25; i++)); do cp book.en "in/$i"; done
	head -n 5 book.es >in/25
	for threads in 1 2; do
		translate --threads $threads --force --output-dir out.dir in 2>err
		[ "$(wc -l <err)" -eq 2 ]
		[ "$(head -n 1 err)" = "trujaman: warning: in/10 $spanish" ]
		[ "$(tail -n 1 err)" = "$others, 12 of 16 files look like other languages than English" ]
	done
	silent translate --quiet --force --output-dir out.dir in
}

@test "the warning comes while the text is still arriving" {
	{
		for ((i = 0; i < 12; i++)); do cat book.es; done
		wait_for test -e go
	} | translate >out 2>err &
	wait_for grep -q "standard input $spanish" err
	touch go
	wait $!
	[ "$(wc -l <err)" -eq 1 ]
	[ "$(count_lines out)" -eq $((12 * $(count_lines book.es))) ]
}

@test "--stats counts the files and names the first" {
	translate --quiet --stats stats.json -o out book.en book.es
	grep -q '"foreign": 1,$' stats.json
	tr -d '\n' <stats.json | finds '"first_foreign": { *"input": "book.es", *"language": "es" *}'
	translate --quiet --stats stats.json -o out book.en
	grep -q '"foreign": 0' stats.json
	grep -q '"first_foreign": null' stats.json
}

@test "score: both texts have a language" {
	warns "book.es ${spanish%;*}; are SOURCE and TARGET exchanged?" \
		"$TRUJAMAN" score book.es book.en
	warns "book.de $german en-es translates into Spanish" \
		"$TRUJAMAN" score book.en book.de
	silent "$TRUJAMAN" score book.en book.es
}
