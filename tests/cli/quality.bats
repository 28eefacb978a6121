#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A floor under the models that ship: 200 pairs of this project's own (everyday talk, interfaces,
# letters, news, recipes, manuals, stories) that no model was trained on. A model that replaces one
# of them must not translate worse. Figures when the floor was set, beam 4: en-es BLEU 61.3 and
# chrF 75.5, es-en 59.9 and 76.0.

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

@test "English to Spanish: BLEU 60, chrF 74.5 at least" {
	reaches en-es 1 2 60 74.5
}

@test "Spanish to English: BLEU 58.5, chrF 75 at least" {
	reaches es-en 2 1 58.5 75
}
