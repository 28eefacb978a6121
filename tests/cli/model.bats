#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Which model is used, and what happens if there is none.

load helper

setup() {
	start
	echo "Good morning." >in
}

@test "a missing model fails and is named" {
	for command in "translate -m" "info" "info -m"; do
		# shellcheck disable=SC2086 # words of a list
		fails 1 "no/such/model.safetensors.*No such file" \
			"$TRUJAMAN" $command no/such/model.safetensors
	done
	fails 1 "no/such/model.safetensors" "$TRUJAMAN" score -m no/such/model.safetensors in in
	fails 1 "no-such-name" "$TRUJAMAN" translate -m no-such-name in
}

@test "a model that is no model fails and is named" {
	printf 'This is only text, not a model at all.\n' >text.safetensors
	: >empty.safetensors
	mkdir folder.safetensors
	head -c 100000 "$TINY" >cut.safetensors
	for model in text empty folder cut; do
		fails 1 "$model.safetensors" "$TRUJAMAN" translate -m "./$model.safetensors" in
		fails 1 "$model.safetensors" "$TRUJAMAN" info "./$model.safetensors"
	done
}

@test "a failed start leaves no output" {
	fails 1 "no/such/model" "$TRUJAMAN" translate -m no/such/model.safetensors -o out in
	[ ! -e out ]
	no_partial_file
}

@test "TRUJAMAN_MODEL_PATH is searched for names, folder by folder" {
	mkdir first second
	cp "$TINY" second/small.safetensors
	tiny in >expected
	export TRUJAMAN_MODEL_PATH=$PWD/nowhere:$PWD/first:$PWD/second
	"$TRUJAMAN" translate -m small in | cmp - expected
	"$TRUJAMAN" info small | finds "^file  *.*second/small.safetensors$"
	cp "$srcdir/tests/fixtures/none-gru-bi.safetensors" first/small.safetensors
	"$TRUJAMAN" info small | finds "^file  *.*first/small.safetensors$"
	"$TRUJAMAN" info small | finds "^cell  *gru$"
}

@test "the default model is en-es" {
	cp "$TINY" en-es.safetensors
	tiny in >expected
	export TRUJAMAN_MODEL_PATH=$PWD
	"$TRUJAMAN" translate in | cmp - expected
	"$TRUJAMAN" info | finds "^file  *.*/en-es.safetensors$"
	"$TRUJAMAN" score in in >by-default
	"$TRUJAMAN" score -m "$TINY" in in | cmp - by-default
}

@test "an unknown or unusable TRUJAMAN_ISA is wrong usage" {
	TRUJAMAN_ISA=nonsense fails 2 "nonsense" "$TRUJAMAN" translate -m "$TINY" in
	TRUJAMAN_ISA=nonsense fails 2 "nonsense" "$TRUJAMAN" score -m "$TINY" in in
	TRUJAMAN_ISA=nonsense fails 2 "nonsense" "$TRUJAMAN" info "$TINY"
	TRUJAMAN_ISA=AVX2 fails 2 "AVX2" "$TRUJAMAN" info "$TINY"
	local usable
	usable=" $(usable_isas) "
	for isa in avx2 avxvnni avx512 avx512vnni neon neondot neoni8mm; do
		if [[ $usable != *" $isa "* ]]; then
			TRUJAMAN_ISA=$isa fails 2 "$isa" "$TRUJAMAN" translate -m "$TINY" in
		fi
	done
}

@test "info: every key, in its order, aligned" {
	"$TRUJAMAN" info "$TINY" >info
	cut -d ' ' -f 1 info | grep -v '^metadata\.' >keys
	cat >wanted <<-'END'
		name
		source_language
		target_language
		license
		attribution
		format
		cell
		embedding_size
		hidden_size
		encoder_layers
		decoder_layers
		bidirectional
		attention
		attention_size
		attention_activation
		attention_query
		input_feeding
		readout_size
		source_eos
		decoder_start
		source_words
		target_words
		parameters
		precision
		file
		file_bytes
		kernels
		products
		threads
	END
	diff wanted keys
	run grep -v '^[A-Za-z_.]* *[^ ]' info
	[ "$status" -eq 1 ]
	[ "$(grep -c '^.\{22\} [^ ]' info)" -eq "$(count_lines info)" ]
}

@test "info: values" {
	"$TRUJAMAN" info "$TINY" >info
	grep -qx "name  *-" info
	grep -qx "cell  *lstm" info
	grep -qx "hidden_size  *32" info
	grep -qx "source_words  *400" info
	grep -qx "target_words  *400" info
	grep -qx "precision  *F32" info
	grep -qx "file_bytes  *$(wc -c <"$TINY")" info
	grep -qxF "$(printf '%-22s %s' file "$TINY")" info
	for isa in $(usable_isas); do
		TRUJAMAN_ISA=$isa "$TRUJAMAN" info "$TINY" | finds -x "kernels  *$isa"
	done
	grep -qx "threads  *[1-9][0-9]*" info
}

@test "info: parameters are those of the tensors" {
	command -v jq >/dev/null || skip "jq is not installed"
	count() { # prints the number of trained numbers: everything but the vocabularies and the scales
		local n
		n=$(od -An -tu8 -N8 "$1" | tr -d ' ')
		head -c $((n + 8)) "$1" | tail -c "$n" |
			jq 'del(.__metadata__, .["source.spm"], .["source.words"], .["target.spm"])
			| with_entries(select(.key | endswith("_scale") | not))
			| [.[].shape | reduce .[] as $d (1; . * $d)] | add'
	}
	for model in luong-general all-tied none-gru-bi odd-sizes; do
		model=$srcdir/tests/fixtures/$model.safetensors
		"$TRUJAMAN" info "$model" | finds -x "parameters  *$(count "$model")"
	done
	"$TRUJAMAN" info "$SHIPPED" | finds -x "parameters  *$(count "$SHIPPED")"
}

@test "info: the shipped model says where it comes from" {
	"$TRUJAMAN" info -m "$SHIPPED" >info
	grep -qx "source_language  *en" info
	grep -qx "target_language  *es" info
	grep -qx "license  *[^- ].*" info
	grep -qx "attribution  *[^- ].*" info
}

# with_metadata MODEL JSON-MEMBERS: writes the model with additional metadata to stdout.
with_metadata() {
	local n header bytes i
	n=$(od -An -tu8 -N8 "$1" | tr -d ' ')
	header=$(head -c $((n + 8)) "$1" | tail -c "$n")
	header='{"__metadata__": {'$2,${header#'{"__metadata__": {'}
	while (((${#header} + 8) % 64)); do
		header+=' '
	done
	n=${#header}
	for i in 0 1 2 3 4 5 6 7; do
		bytes+=$(printf '\\x%02x' $((n >> 8 * i & 255)))
	done
	printf '%b%s' "$bytes" "$header"
	tail -c +$((9 + $(od -An -tu8 -N8 "$1"))) "$1" # the tensors, unchanged
}

@test "info: a stranger's values cannot fool the terminal nor pass for ours" {
	local members='"name": "a\u001b[2Jb\nthreads 99\t\u009b\u202e", "license": "c\\d"'
	with_metadata "$TINY" "$members, \"threads\": \"98\", \"k\u2066y\": \"x\"" >hostile.safetensors
	"$TRUJAMAN" info ./hostile.safetensors >info
	grep -qxF 'name                   a\x1b[2Jb\nthreads 99\t\xc2\x9b\xe2\x80\xae' info
	grep -qxF 'license                c\\d' info
	grep -qx 'metadata.threads  *98' info
	grep -qF 'metadata.k\xe2\x81\xa6y' info
	[ "$(grep -c '^threads' info)" -eq 1 ]
}

@test "info: a control character in a key is refused, and not printed" {
	with_metadata "$TINY" '"k\u001b[2J": "x"' >hostile.safetensors
	fails 1 "hostile.safetensors: metadata key k.*control character" \
		"$TRUJAMAN" info ./hostile.safetensors
	[[ $stderr != *$'\e'* ]]
}

@test "info: a file's name is printed on one line, with nothing that the terminal obeys" {
	mkdir folder
	cp "$TINY" $'folder/a\nthreads 9\t\e[2J\xff\xc2\x9b\\ñ'
	"$TRUJAMAN" info $'folder/a\nthreads 9\t\e[2J\xff\xc2\x9b\\ñ' >info
	grep -qxF 'file                   folder/a\nthreads 9\t\x1b[2J\xff\xc2\x9b\\ñ' info
}

@test "every model that ships is found by its name, knows its origin and translates" {
	export TRUJAMAN_MODEL_PATH=$srcdir/models
	for file in "$srcdir"/models/*.safetensors; do
		name=$(basename "$file" .safetensors)
		[ "$(wc -c <"$file")" -lt 20000000 ]
		"$TRUJAMAN" info -m "$name" >info
		grep -qx "name  *$name" info
		grep -qx 'license  *MIT' info
		grep -q '^attribution  *Trained on ' info
		grep -qx 'precision  *I8' info
	done
	[ "$(echo "My brother has a house." | "$TRUJAMAN" translate -m en-es)" = \
		"Mi hermano tiene una casa." ]
	[ "$(echo "Mi hermano tiene una casa." | "$TRUJAMAN" translate -m es-en)" = \
		"My brother has a house." ]
}

@test "a model that is not found: where was really looked, and what was meant" {
	mkdir models folder
	cp "$TINY" models/small.safetensors
	export TRUJAMAN_MODEL_PATH=$PWD/models:$PWD/nowhere
	fails 1 "no model big: .*no big.safetensors in .*: $PWD/models, $PWD/nowhere, .*/models, " \
		"$TRUJAMAN" translate -m big in
	[[ $stderr == *"$(dirname "$TRUJAMAN")/models, "* ]]
	[[ $stderr == *"/share/trujaman"* ]]
	fails 1 "no model smal \\(did you mean 'small'\\?\\): " "$TRUJAMAN" translate -m smal in
	fails 1 "no model big.safetensors: .*no big.safetensors in any of these" \
		"$TRUJAMAN" score -m big.safetensors in in
	fails 1 "no file small.safetensors here; the model $PWD/models/small.* its name, small\$" \
		"$TRUJAMAN" info small.safetensors
	for name in folder ./folder "$PWD/folder/"; do
		fails 1 "$name is a folder; a model is a file, NAME.safetensors" "$TRUJAMAN" info "$name"
		fails 1 "$name is a folder" "$TRUJAMAN" quantize "$name" out
	done
	fails 1 "no file models/small; did you mean models/small.safetensors" \
		"$TRUJAMAN" translate -m models/small in
	[ ! -e out ]
}

@test "info --list: what can be named, each once, in the order of the search" {
	mkdir first second
	cp "$SHIPPED" first/beta.safetensors
	cp "$TINY" first/alpha.safetensors
	cp "$TINY" second/beta.safetensors
	echo nothing >second/gamma.safetensors
	mkdir second/delta.safetensors
	: >second/.safetensors
	head -c 1000 "$TINY" >second/half.safetensors
	mkfifo second/pipe.safetensors
	# What the search finds first is taken, even if it is broken: the other one cannot be named.
	echo nothing >first/hidden.safetensors
	cp "$TINY" second/hidden.safetensors
	TRUJAMAN_MODEL_PATH=$PWD/first:$PWD/second "$TRUJAMAN" info --list >list
	head -n 2 list | tr -s ' ' >found
	cat >wanted <<-END
		alpha - - $PWD/first/alpha.safetensors
		beta en es $PWD/first/beta.safetensors
	END
	diff wanted found
	run -1 grep -E 'gamma|delta|half|pipe|hidden|second/beta' list
	while read -r name _; do
		TRUJAMAN_MODEL_PATH=$PWD/first "$TRUJAMAN" info "$name" >page
	done <list
	misuse info "--list goes with neither a model nor --machine" --list en-es
	misuse info "--list goes with neither a model nor --machine" --list --machine
}

# The program alone in a folder: nothing of the build tree is beside it.
@test "an installed copy finds its models wherever it is moved" {
	mkdir -p root/bin root/share/trujaman elsewhere
	cp "$TRUJAMAN" root/bin/trujaman
	fails 1 "no model en-es: .*: $PWD/root/bin/models, $PWD/root/share/trujaman, " \
		root/bin/trujaman translate -m en-es in
	cp "$TINY" root/share/trujaman/small.safetensors
	tiny in >expected
	root/bin/trujaman translate -m small in | cmp - expected
	mv root elsewhere
	ln -s elsewhere/root/bin/trujaman linked
	./linked translate -m small in | cmp - expected
	./linked info --list | finds "^small  *- *- *$PWD/elsewhere/root/share/trujaman/small"
	(cd elsewhere/root && bin/trujaman translate -m small ../../in) | cmp - expected
}

@test "a run without memory says which option takes less" {
	local found=0
	for limit in 60000 90000 150000 200000; do
		(ulimit -v $limit && shipped --threads 2 in) 2>message && continue
		if grep -q 'out of memory' message; then
			grep -q '^trujaman: .*; with a smaller --memory (now 16 MiB) or .*--threads' message
			found=1
		fi
	done
	((found)) || skip "no limit makes memory short here"
}
