#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A floor under the models that ship: 200 pairs of this project's own (everyday talk, interfaces,
# letters, news, recipes, manuals, stories). None was taken from a training text or added to one; by
# chance some twenty short ones stand in those texts, too. A model that replaces one of these must
# not translate worse. Figures when the floor was set: en-es BLEU 62.6 and chrF 77.0, es-en 59.2
# and 75.4.

load helper

# figure NAME: prints one figure of `trujaman evaluate`.
figure() {
	awk -v name="$1" '$1 == name { print $2 }' figures
}

# reaches MODEL FROM TO BLEU CHRF: columns FROM and TO of the pairs are source and reference.
reaches() {
	cut -f "$2" "$srcdir/tests/cli/data/pairs.en-es.tsv" >source
	cut -f "$3" "$srcdir/tests/cli/data/pairs.en-es.tsv" >reference
	"$TRUJAMAN" translate -m "$srcdir/models/$1.safetensors" -o out source
	"$TRUJAMAN" evaluate out reference >figures
	cat figures
	awk -v b="$(figure bleu)" -v c="$(figure chrf)" "BEGIN { exit !(b >= $4 && c >= $5) }"
}

@test "English to Spanish: BLEU 61, chrF 76 at least" {
	reaches en-es 1 2 61 76
}

@test "Spanish to English: BLEU 58, chrF 74.5 at least" {
	reaches es-en 2 1 58 74.5
}
