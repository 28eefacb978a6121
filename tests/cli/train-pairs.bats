#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Training on prepared pairs: placeables, normalised text, augmentation, covered characters.

load helper
load toy

# Numbers in a third of the toy's pairs, as a fifth word on both sides; full stops in all.
setup() {
	start
	toy 300 1
	awk '{ print $0 (NR % 3 ? "" : " " 1000 + NR) "." }' toy.src >numbered.src
	awk '{ print $0 (NR % 3 ? "" : " " 1000 + NR) "." }' toy.tgt >numbered.tgt
	mv numbered.src toy.src
	mv numbered.tgt toy.tgt
}

ALL=(--vocab-type unigram --vocab-size 400 --byte-fallback true --placeables 16
	--placeables-raw 0.2 --case-augmentation 0.2 --punctuation-augmentation 0.1
	--copy-target 0.1 --subword-sampling 0.2 --source-language en --target-language es)

# extract_vocabulary MODEL TENSOR: prints a tensor's bytes.
extract_vocabulary() {
	local header offsets
	header=$(od -An -tu8 -N8 "$1" | tr -d ' ')
	tail -c +9 "$1" >rest
	head -c "$header" rest >header
	tail -c +$((1 + header)) rest >data
	offsets=$(jq -r --arg t "$2" '.[$t].data_offsets | "\(.[0] + 1) \(.[1] - .[0])"' header)
	tail -c +"${offsets% *}" data >rest
	head -c "${offsets#* }" rest
}

# has_piece FILE TEXT: whether a SentencePiece model has this piece: its text is a field with a
# length before it, and a score follows.
has_piece() {
	local length
	length=$(printf '%s' "$2" | wc -c)
	LC_ALL=C grep -qaP "$(printf '\\x%02x\\Q%s\\E\\x15' "$length" "$2")" "$1"
}

@test "train pairs: the model says what it was trained with" {
	train model "${ALL[@]}" --updates 3
	"$TRUJAMAN" info -m model >info
	grep -qx 'format  *trujaman/1.1' info
	grep -qx 'features  *normalization,placeables,word_list' info
	grep -q '^placeables: [1-9][0-9]* spans; 0 of the source and 0 of the target' messages
	grep -q '^augmentation, .* [1-9][0-9]* pairs in another letter case, [1-9]' messages
	grep -q ' [1-9][0-9]* without their final mark, [1-9][0-9]* targets copied$' messages
	train plain --normalization false --updates 3
	"$TRUJAMAN" info -m plain >info
	grep -qx 'format  *trujaman/1' info
	run grep features info
	[ "$status" -eq 1 ]
	run grep -E '^(placeables|augmentation)' messages
	[ "$status" -eq 1 ]
}

@test "train pairs: spans of one side are counted" {
	sed 's/\(1[0-9]*\)\.$/\1 77.5./' toy.src >more.src
	train model "${ALL[@]}" --placeables-raw 0 --updates 1 --source more.src --max-pieces 1000
	n=$(grep -c 77.5 more.src)
	# One of 100 pairs is held out.
	grep -E "^placeables: [0-9]+ spans; [0-9]+ of the source and 0 of the target" messages
	found=$(sed -n 's/^placeables: .* spans; \([0-9]*\) of.*/\1/p' messages)
	[ "$found" -le "$n" ]
	[ "$found" -ge $((n - 3)) ]
}

@test "train pairs: the same bytes for every number of threads and instruction set" {
	TRUJAMAN_ISA=scalar train expected "${ALL[@]}" --epochs 2 --threads 1
	for isa in $(usable_isas); do
		TRUJAMAN_ISA=$isa train got "${ALL[@]}" --epochs 2 --threads 3
		cmp expected got
		rm got*
	done
}

@test "train pairs: a training that was interrupted ends with the same bytes" {
	train whole "${ALL[@]}" --epochs 4
	train parts "${ALL[@]}" --epochs 4 --updates 7
	for updates in 19 28 0; do
		train parts "${ALL[@]}" --epochs 4 --updates $updates --resume
	done
	cmp whole parts
}

@test "train pairs: each option is part of what a checkpoint belongs to" {
	train model "${ALL[@]}" --updates 3
	for option in "--placeables 17" "--placeables-raw 0.3" "--case-augmentation 0.3" \
		"--punctuation-augmentation 0.3" "--copy-target 0.3" "--character-coverage 0.99" \
		"--normalization false"; do
		run train model "${ALL[@]}" --resume --updates 4 $option
		[ "$status" -eq 1 ] || [ "$status" -eq 2 ]
		grep -q -e "${option% *}" messages
	done
	train model "${ALL[@]}" --resume --updates 4
}

@test "train pairs: each option changes the model" {
	train plain --updates 20 --normalization false
	for option in "--case-augmentation 0.5" "--punctuation-augmentation 0.5" "--copy-target 0.5"; do
		train other --updates 20 --normalization false $option
		run cmp plain other
		[ "$status" -eq 1 ]
		rm other*
	done
}

@test "train pairs: values out of range are refused" {
	for option in "--placeables 15" "--placeables 65" "--placeables -1" "--placeables-raw 1.1" \
		"--case-augmentation 2" "--punctuation-augmentation x" "--copy-target -1" \
		"--character-coverage 0.5" "--normalization maybe"; do
		run train model $option --updates 1
		[ "$status" -eq 2 ]
		grep -q -e "${option% *}" messages
		[ ! -e model ]
	done
}

@test "train pairs: a model to start from decides on placeables and normalisation" {
	train model "${ALL[@]}" --updates 3
	tune() {
		"$TRUJAMAN" train --source toy.src --target toy.tgt --init model -m tuned \
			--updates 2 --force "$@" 2>messages
	}
	tune
	"$TRUJAMAN" info -m tuned | finds -x 'features  *normalization,placeables,word_list'
	grep -q '^placeables: [1-9]' messages
	tune --normalization true
	run tune --normalization false
	[ "$status" -eq 2 ]
	grep -q -e '--normalization: found false, wanted true' messages
	run tune --placeables 16
	[ "$status" -eq 2 ]
	grep -q -e '--placeables has no place beside --init' messages
	run tune --character-coverage 0.99
	[ "$status" -eq 2 ]
	train plain --normalization false --updates 3
	mv plain model
	tune
	"$TRUJAMAN" info -m tuned | finds -x 'format  *trujaman/1'
}

@test "train pairs: vocabulary files must have the placeables that are asked for" {
	train plain --vocab-type unigram --vocab-size 300 --byte-fallback true --updates 1
	extract_vocabulary plain source.spm >plain.spm
	run train model --source-vocab plain.spm --target-vocab plain.spm --placeables 16 --updates 1
	[ "$status" -eq 1 ]
	grep -q 'feature placeables: found 0 placeable pieces' messages
	rm -f model*
	train with "${ALL[@]}" --updates 1
	extract_vocabulary with source.spm >with.spm
	run train model --source-vocab with.spm --target-vocab with.spm --placeables 20 --updates 1
	[ "$status" -eq 2 ]
	grep -q -e '--placeables 20: found 16 in the vocabularies' messages
	rm -f model*
	train model --source-vocab with.spm --target-vocab with.spm --placeables 16 --updates 1
	"$TRUJAMAN" info -m model | finds -x 'features  *normalization,placeables,word_list'
}

@test "train pairs: characters that the text lacks have a piece" {
	train model --vocab-type unigram --vocab-size 2000 --byte-fallback true --updates 1
	extract_vocabulary model source.spm >all.spm
	for character in Q X '~' '€' 'Ñ' 'ű'; do
		has_piece all.spm "$character"
	done
	train plain --vocab-type unigram --vocab-size 2000 --byte-fallback true --updates 1 \
		--character-coverage 0.9995
	extract_vocabulary plain source.spm >some.spm
	has_piece some.spm m
	run has_piece some.spm 'ű'
	[ "$status" -eq 1 ]
}

@test "train pairs: --extend-vocab gives the vocabularies of --init what they lack" {
	train plain --vocab-size 400 --normalization false --character-coverage 0.99 --updates 3
	run grep features <("$TRUJAMAN" info -m plain)
	[ "$status" -eq 1 ]
	extended() {
		"$TRUJAMAN" train --source toy.src --target toy.tgt --init plain -m "$@" \
			--extend-vocab true --placeables 16 2>messages
	}
	extended once --updates 4
	"$TRUJAMAN" info -m once | finds -x 'features  *normalization,placeables,word_list'
	words() { "$TRUJAMAN" info -m "$1" | awk -v k="$2_words" '$1 == k { print $2 }'; }
	for side in source target; do
		[ "$(words once $side)" -gt $(($(words plain $side) + 16)) ]
		extract_vocabulary plain $side.spm >before
		extract_vocabulary once $side.spm >after
		cmp -n "$(wc -c <before)" before after
		has_piece after '%' && ! has_piece before '%'
	done
	# It goes on from its checkpoint as if nothing had happened.
	extended twice --updates 2
	extended twice --updates 4 --resume
	cmp once twice
	# What it learnt from is extended no further.
	"$TRUJAMAN" train --source toy.src --target toy.tgt --init once -m third --updates 1 \
		--extend-vocab true 2>messages
	[ "$(words third source)" -eq "$(words once source)" ]
	run train fourth --extend-vocab true --updates 1
	[ "$status" -eq 2 ]
	grep -q -e '--extend-vocab needs --init' messages
}
