#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Folders in which the program finds its own files, files that would be input and output at once,
# and files that cannot be read.

load helper

setup() {
	start
	mkdir -p tree/b/c
	printf 'Good morning.\nWho is there?\n' >tree/one.en
	printf 'Go home.\n\nThe last line has no end' >tree/b/two.en
	printf 'Yes.\r\nNo.\r\n' >tree/b/c/three.en
	files=(one.en b/two.en b/c/three.en)
	local file
	for file in "${files[@]}"; do
		mkdir -p "expected/$(dirname "$file")"
		tiny --beam 1 "tree/$file" >"expected/$file"
	done
}

# is_mirror FOLDER [SUFFIX]: FOLDER has the translations of the tree, and nothing else.
is_mirror() {
	local file
	for file in "${files[@]}"; do
		cmp "expected/$file" "$1/$file$2"
	done
	[ "$(find "$1" -type f | wc -l)" -eq ${#files[@]} ]
}

greedy() {
	tiny --beam 1 "$@"
}

# --- Files of its own --------------------------------------------------------------------------

@test "an output folder in the input folder is never an input, however it is spelled" {
	mkdir elsewhere
	ln -s ../tree/b/es elsewhere/link
	for out in tree/b/es ./tree//b/../b/es/ "$PWD/tree/b/es" elsewhere/link; do
		rm -rf tree/b/es
		mkdir tree/b/es
		greedy --output-dir "$out" tree
		is_mirror tree/b/es
		greedy --output-dir "$out" --force tree
		is_mirror tree/b/es
		run -0 greedy --output-dir "$out" --resume tree
		[[ $output == *"nothing to resume: 3 outputs in"* ]]
		is_mirror tree/b/es
	done
}

@test "an output folder in the input folder that does not exist yet, and several levels of it" {
	greedy --output-dir tree/es tree
	is_mirror tree/es
	cp tree/one.en tree/b/four.en
	greedy --output-dir tree/es --resume tree
	cp expected/one.en expected/b/four.en
	files+=(b/four.en)
	is_mirror tree/es
	[ ! -e tree/es/es ]
	# The input folder in the output folder.
	(cd tree/b/c && greedy --output-dir .. --suffix .es ../c && [ -e ../three.en.es ])
}

@test "an interrupted run in the input folder is resumed, and its files are no inputs" {
	for i in $(seq 20000); do
		printf 'Line %d of a text.\n' "$i"
	done >tree/a.en
	greedy tree/a.en >expected/a.en
	files+=(a.en)
	for out in tree/es tree; do
		rm -rf tree/es
		"$TRUJAMAN" translate -m "$TINY" --beam 1 --threads 1 --output-dir $out \
			--suffix .es tree 3>&- &
		wait_for test -s $out/a.en.es.partial
		kill -s KILL $!
		wait $! || true
		[ ! -e $out/a.en.es ]
		cp expected/one.en "$out/one.en.es.partial-99"
		greedy --output-dir $out --suffix .es --resume tree
		for file in "${files[@]}"; do
			cmp "expected/$file" "$out/$file.es"
		done
		left=$(find tree -name '*.es.es*' -o -name '*.partial*.es' -o -name '*.journal*')
		[ -z "$left" ]
		rm "$out/one.en.es.partial-99"
	done
}

@test "parts of shards, their journals and what killed runs have left are no inputs" {
	for i in 1 2; do
		greedy --shard $i/2 --output-dir tree/es tree
		greedy --shard $i/2 --output-dir tree --suffix .fr tree
	done
	mkdir tree/odd
	: >tree/odd/x.partial-123
	: >tree/odd/x.partial-123-4
	: >tree/odd/x.partial
	printf 'trujaman journal 1\n' >tree/odd/x.journal
	printf 'trujaman journal 1\n' >tree/odd/x.journal.new
	printf 'trujaman jou' >tree/odd/y.journal.new # of a run that was killed meanwhile
	: >tree/odd/z.journal.new
	run -0 greedy -v --output-dir out tree
	# six parts and their journals (those in tree/es too), and seven files in tree/odd
	[[ $output == *"left out 31 files that trujaman has made"* ]]
	is_mirror out
}

@test "files with such names that the program has not made are inputs" {
	echo 'Today it rained.' >tree/my.journal
	echo 'The first of two parts.' >tree/book.1-of-2
	echo 'The second of two parts.' >tree/book.2-of-2
	echo 'Mine.' >tree/x.partial-mine
	echo 'trujaman, again' >tree/his.journal.new
	greedy --output-dir out tree
	[ -e out/my.journal ] && [ -e out/book.1-of-2 ] && [ -e out/book.2-of-2 ]
	[ -e out/x.partial-mine ] && [ -e out/his.journal.new ]
	# What an argument names is never left out.
	cp tree/one.en one.partial
	greedy --output-dir named one.partial
	cmp named/one.partial expected/one.en
}

@test "a suffix beside the inputs: --resume leaves its own outputs out, --force replaces nothing" {
	greedy --output-dir tree --suffix .es tree
	run -0 greedy --output-dir tree --suffix .es --resume tree
	[[ $output == *"nothing to resume: 3 outputs"* ]]
	find tree -name '*.es.es*' | cmp - /dev/null
	misuse translate "three.en.es is both input and, as .*, the output of tree/" -m "$TINY" \
		--output-dir tree --suffix .es --force tree
	cmp tree/one.en.es expected/one.en
}

# --- Inputs are never outputs ------------------------------------------------------------------

@test "--force never replaces an input, whatever leads to it" {
	cp -r tree before
	ln -s tree link
	mkdir hard links
	ln tree/one.en hard/one.en
	ln -s ../tree/one.en links/one.en
	for out in tree ./tree tree/. tree/b/.. "$PWD/tree" link link/; do
		misuse translate "both input and output" -m "$TINY" --force --output-dir "$out" tree
		misuse translate "both input and output" -m "$TINY" --force --output-dir tree "$out"
	done
	for out in hard links tree; do
		misuse translate "both input and output" -m "$TINY" --force --output-dir $out \
			tree/one.en
		misuse translate "both input and output" -m "$TINY" --resume --output-dir $out \
			tree/one.en
	done
	misuse translate "is both input and, as b/.*two.en, the output of" -m "$TINY" --force \
		--output-dir b tree/b/c/three.en x/two.en b/two.en || true
	diff -r tree before
	no_partial_file
}

@test "one input as the output of another is refused" {
	mkdir out
	cp tree/one.en out/two.en
	misuse translate "out/two.en is both input and, as out/two.en, the output of tree/b/two.en" \
		-m "$TINY" --force --output-dir out --suffix "" tree/b/two.en out/two.en ||
		misuse translate "would both be written" -m "$TINY" --force --output-dir out \
			tree/b/two.en out/two.en
	cmp out/two.en tree/one.en
	cp tree/one.en out/two.en.es
	misuse translate "out/two.en.es is both input and, as out/two.en.es, the output of" \
		-m "$TINY" --force --output-dir out --suffix .es tree/b/two.en out/two.en.es
	cmp out/two.en.es tree/one.en
}

@test "what lies beside an incomplete output is no input either" {
	for suffix in partial journal journal.new; do
		cp tree/one.en "x.$suffix"
		misuse translate "x.$suffix is both input and output" -m "$TINY" --force -o x \
			"x.$suffix"
		mkdir -p "out-$suffix"
		cp tree/one.en "out-$suffix/one.en.$suffix"
		misuse translate "is both input and" -m "$TINY" --force --output-dir "out-$suffix" \
			tree/one.en "out-$suffix/one.en.$suffix"
		cmp "x.$suffix" tree/one.en
	done
}

@test "neither outputs nor statistics replace the model, an input or each other" {
	mkdir models out
	cp "$TINY" models/m.safetensors
	ln models/m.safetensors out/one.en
	misuse translate "the output is the model" -m models/m.safetensors --force \
		--output-dir out tree
	rm out/one.en
	export TRUJAMAN_MODEL_PATH=$PWD/models
	misuse translate "--stats models/m.safetensors is the model" -m m \
		--stats models/m.safetensors --output-dir out tree
	misuse translate "tree/one.en is both input and output" -m m --stats tree/one.en \
		--output-dir out tree
	misuse translate "--stats out/one.en is an output too" -m m --stats out/one.en \
		--output-dir out tree/one.en
	misuse translate "--stats ./x is an output too" -m m --stats ./x -o x tree/one.en
	misuse translate "--stats ./x.journal is an output too" -m m --stats ./x.journal -o x \
		tree/one.en
	cmp models/m.safetensors "$TINY"
	[ -z "$(ls out)" ]
}

@test "the log of a training is no file of its model, not even one that is yet to be made" {
	for log in m ./m m.checkpoint "$PWD/m.lock"; do
		misuse train "is another file of this training; name another --log" -m m \
			--log "$log" --source tree/one.en --target tree/one.en
		[ -z "$(find . -name 'm*')" ]
	done
}

@test "many outputs are checked against many inputs" {
	mkdir many
	for i in $(seq 3000); do
		: >"many/$i"
	done
	ln -s many/2999 last
	misuse translate "many/1 is both input and output" -m "$TINY" --force --output-dir many many
	greedy --output-dir out many
	[ "$(find out -type f | wc -l)" -eq 3000 ]
}

# --- Going on after a failure ------------------------------------------------------------------

@test "what cannot be read is told at the end, and the others are translated" {
	ln -s nowhere tree/dangling
	ln -s self tree/self
	ln -s .. tree/b/loop
	ln -s nowhere tree/.#lock
	printf 'Go.\nHome.\nNow.\n' | gzip >tree/damaged.gz
	head -c 30 tree/damaged.gz >tree/cut.gz
	printf 'x' | dd of=tree/damaged.gz bs=1 seek=25 conv=notrunc status=none
	wanted=6
	if [ "$(id -u)" -ne 0 ]; then
		cp tree/one.en tree/closed.en
		chmod 0 tree/closed.en
		mkdir -m 0 tree/shut
		wanted=8
	fi
	run -1 --separate-stderr greedy --output-dir out tree absent
	[ -z "$output" ]
	[[ $stderr == *"trujaman: cannot read tree/dangling: No such file or directory"* ]]
	[[ $stderr == *"trujaman: cannot read tree/self: Too many levels of symbolic links"* ]]
	[[ $stderr == *"trujaman: cannot read tree/b/loop: Too many levels of symbolic links"* ]]
	[[ $stderr == *"trujaman: cannot read absent: No such file or directory"* ]]
	[[ $stderr == *"tree/damaged.gz"* ]]
	[[ $stderr == *"tree/cut.gz"* ]]
	[[ $stderr != *lock* ]]
	[[ ${stderr_lines[-1]} == "trujaman: $wanted of $((wanted + 3)) inputs failed; "*--resume* ]]
	for file in "${files[@]}"; do
		cmp "expected/$file" "out/$file"
	done
	[ ! -e out/damaged ] && [ ! -e out/cut ] && [ ! -e out/dangling ]
	made=$(stat -c %y out/one.en out/b/two.en)
	rm -rf tree/self tree/b/loop tree/dangling tree/closed.en tree/shut
	printf 'Go.\nHome.\nNow.\n' | gzip >tree/damaged.gz
	cp tree/damaged.gz tree/cut.gz
	printf 'New.\n' >tree/b/new.en
	greedy --output-dir out --resume tree
	[ "$(stat -c %y out/one.en out/b/two.en)" = "$made" ]
	greedy tree/damaged.gz | tee expected/damaged >expected/cut
	greedy tree/b/new.en >expected/b/new.en
	files+=(damaged cut b/new.en)
	is_mirror out
	[ ! -e out/.trujaman-journal ]
}

@test "failures of one kind are not told without end" {
	for i in $(seq 50); do
		ln -s nowhere "tree/dangling$i"
	done
	run -1 --separate-stderr greedy --quiet --output-dir out tree
	[ "${#stderr_lines[@]}" -eq 22 ]
	[[ ${stderr_lines[20]} == *"and 30 more" ]]
	[[ ${stderr_lines[21]} == *"50 of 53 inputs failed"* ]]
	is_mirror out || [ -e out/.trujaman-journal ]
}

@test "a damaged file keeps its beginning; the others go on, in shards too" {
	for i in $(seq 3000); do
		printf 'Line %d of a text.\n' "$i"
	done >text
	gzip -c text >tree/a.gz
	truncate -s 5000 tree/a.gz
	run -1 greedy --output-dir out tree
	greedy tree/a.gz 2>/dev/null >beginning || true
	lines=$(wc -l <out/a.partial)
	[ "$lines" -gt 100 ]
	head -n "$lines" beginning | cmp - out/a.partial
	is_done() { cmp expected/one.en out/one.en && cmp expected/b/two.en out/b/two.en; }
	is_done
	cp out/a.partial kept
	run -1 greedy --output-dir out --resume tree
	[[ $output == *"1 of 4 inputs failed"* ]]
	cmp out/a.partial kept
	for i in 1 2 3; do
		run greedy --shard $i/3 --output-dir shards tree
		[ "$status" -eq 0 ] || [[ $output == *"1 of 4 inputs failed"* ]]
	done
	gzip -c text >tree/a.gz
	for i in 1 2 3; do
		greedy --shard $i/3 --output-dir shards --resume tree
	done
	(cd shards && "$TRUJAMAN" merge a one.en b/two.en b/c/three.en)
	greedy text >expected/a
	files+=(a)
	is_mirror shards
	greedy --output-dir out --resume tree
	is_mirror out
}

@test "compressed files in shards of a folder can be merged, also after a resumed shard" {
	for name in a c d e f; do
		printf 'This is %s.\nIt is compressed.\n' $name | gzip >tree/$name.gz
		greedy tree/$name.gz >expected/$name
		files+=("$name")
	done
	for i in 1 2 3; do
		greedy --shard $i/3 --output-dir out tree
		rm -f out/a.$i-of-3* out/c.$i-of-3* # as if the shard had ended early
		greedy --shard $i/3 --output-dir out --resume tree
	done
	[ "$(find out -name '.trujaman*' | wc -l)" -eq 0 ]
	(cd out && "$TRUJAMAN" merge "${files[@]}")
	is_mirror out
}

@test "a file that vanishes while it is being translated does not stop the others" {
	mkfifo pipe
	mkdir many
	for i in $(seq 400); do
		printf 'Line %d of a text.\n' "$i"
	done >many/1
	cp many/1 many/2
	cp tree/one.en many/3
	"$TRUJAMAN" translate -m "$TINY" --beam 1 --threads 1 --output-dir out pipe many/1 many/2 \
		many/3 3>&- 2>message &
	pid=$!
	exec 9>pipe
	echo 'Go.' >&9
	wait_for test -s out/pipe.partial
	rm many/2
	exec 9>&-
	status=0
	wait $pid || status=$?
	[ "$status" -eq 1 ]
	grep -q 'cannot open many/2: No such file' message
	grep -q '1 of 4 inputs failed' message
	cmp out/3 expected/one.en
	greedy many/1 | cmp - out/1
}

# --- Outputs that cannot be written ------------------------------------------------------------

@test "an output that cannot be written is told, and the others are made" {
	long=$(printf 'n%.0s' {1..244}) # and .partial are 252 bytes, and .journal.new are 256
	longer=$long.more.en
	cp tree/one.en "tree/$longer"
	cp tree/one.en tree/mine
	mkdir tree/under out
	cp tree/one.en tree/under/four.en
	echo "a file" >out/under
	echo diary >out/mine.journal
	run -1 --separate-stderr greedy --force --output-dir out tree
	[ -z "$output" ]
	[[ $stderr == *"trujaman: cannot create out/$longer.partial: File name too long"* ]]
	[[ $stderr == *"trujaman: cannot create out/under/four.en.partial: Not a directory"* ]]
	[[ $stderr == *"trujaman: out/mine.journal exists and is no journal of trujaman"* ]]
	[[ ${stderr_lines[-1]} == "trujaman: 3 of 6 inputs failed; "*"tries them again" ]]
	for file in "${files[@]}"; do
		cmp "expected/$file" "out/$file"
	done
	[ "$(cat out/under out/mine.journal)" = $'a file\ndiary' ]
	made=$(stat -c %y out/one.en out/b/two.en)
	rm "tree/$longer" out/under out/mine.journal
	greedy --resume --output-dir out tree
	[ "$(stat -c %y out/one.en out/b/two.en)" = "$made" ]
	for file in mine under/four.en; do
		cmp expected/one.en "out/$file"
	done
	# It has no journal, but is made.
	for i in $(seq 3000); do
		printf 'Line %d of a text.\n' "$i"
	done >"tree/$long"
	greedy --resume --output-dir out tree
	greedy "tree/$long" | cmp - "out/$long"
}

@test "a failure of one line in Latin-1 names the file in the advice" {
	printf 'Good.\ncaf\xe9 au lait\n' >"tree/old text"
	run -1 --separate-stderr greedy --strict --output-dir out tree
	[[ $stderr == *"tree/old text:2: invalid UTF-8"*": iconv -f WINDOWS-1252 "*"'tree/old text'"* ]]
	run -1 --separate-stderr "$TRUJAMAN" evaluate "tree/old text" "tree/old text"
	[[ $stderr == *"iconv -f WINDOWS-1252 -t UTF-8 'tree/old text'" ]]
}
