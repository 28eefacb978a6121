#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Many files at once: input and output folders, names, protection from overwriting, compression.

load helper

setup() {
	start
	mkdir -p tree/b/c tree/.hidden
	printf 'Good morning.\nWho is there?\n' >tree/one.en
	printf 'Go home.\n\nThe last line has no end' >tree/b/two.en
	: >tree/b/empty.en
	printf 'Yes.\r\nNo.\r\n' >tree/b/c/three.en
	echo secret >tree/.hidden/four.en
	echo secret >tree/.five.en
}

# Translates each file of the tree alone, into expected/.
alone() {
	local file
	for file in one.en b/two.en b/empty.en b/c/three.en; do
		mkdir -p "expected/$(dirname "$file")"
		tiny "$@" "tree/$file" >"expected/$file"
	done
}

@test "--output-dir mirrors a folder, hidden names left out" {
	alone --beam 1
	for threads in 1 3; do
		tiny --beam 1 --threads $threads --output-dir out$threads tree
		diff -r expected out$threads
	done
	tiny --beam 1 --output-dir slash tree/
	diff -r expected slash
	no_partial_file
}

@test "--output-dir with files, --suffix, and names that collide" {
	tiny --output-dir out --suffix .es tree/one.en tree/b/two.en
	tiny tree/one.en | cmp - out/one.en.es
	tiny tree/b/two.en | cmp - out/two.en.es
	cp tree/one.en other.en
	mkdir x y
	cp other.en x
	cp other.en y
	misuse translate "x/other.en and y/other.en would both be written to other.en" \
		-m "$TINY" --output-dir twice x/other.en y/other.en
	[ ! -e twice ]
	misuse translate "--suffix has a slash" -m "$TINY" --output-dir out --suffix /es other.en
	misuse translate "exclude each other" -m "$TINY" --output-dir out -o out other.en
	misuse translate "--suffix goes with --output-dir" -m "$TINY" --suffix .es other.en
}

@test "--output-dir replaces nothing unasked" {
	mkdir out
	echo precious >out/one.en
	fails 1 "out/one.en exists; --force replaces it" tiny --output-dir out tree
	[ "$(cat out/one.en)" = precious ]
	[ "$(find out -type f | wc -l)" -eq 1 ]
	alone
	tiny --output-dir out --force tree
	diff -r expected out
}

@test "--output-dir on a folder that holds the inputs" {
	misuse translate "tree/b/c/three.en is both input and output" -m "$TINY" --output-dir tree \
		tree
	tiny --output-dir tree --suffix .es tree
	[ -e tree/b/c/three.en.es ]
	tiny tree/one.en | cmp - tree/one.en.es
}

@test "--output-dir: a folder that cannot be made, no input that can be read" {
	echo file >out
	fails 1 "cannot (make the folder|create|read) out" tiny --output-dir out tree
	run -1 tiny --quiet --output-dir new absent
	[ "${lines[0]}" = "trujaman: cannot read absent: No such file or directory" ]
	[ ! -e new ]
}

@test "a failure in one of many files is told at the end, and --resume does that file" {
	printf 'Fine.\n' >tree/b/d.en
	printf 'Go.\n\xff\n' >tree/b/e.en
	run -1 tiny --strict --output-dir out tree
	[ "${lines[0]}" = "trujaman: tree/b/e.en:2: invalid UTF-8 at byte 1 of the line" ]
	[[ ${lines[1]} == "trujaman: 1 of 6 inputs failed; "*--resume* ]]
	[ ${#lines[@]} -eq 2 ]
	[ -e out/b/c/three.en ] && [ -e out/b/d.en ] && [ ! -e out/b/e.en ] && [ -e out/one.en ]
	made=$(stat -c %y out/b/d.en out/one.en)
	printf 'Go.\nHome.\n' >tree/b/e.en
	run -0 tiny --strict --resume --output-dir out tree
	[[ $output == *"tree/b/e.en has changed since; its translation begins anew"* ]]
	[ "$(stat -c %y out/b/d.en out/one.en)" = "$made" ]
	mkdir expected
	tiny --output-dir expected tree
	diff -r expected out
	no_partial_file
}

@test "--resume with other options is an error that says which" {
	printf 'Go.\n\xff\n' >tree/z.en
	run -1 tiny --strict --beam 1 --output-dir out tree
	[[ $output == *z.en:2* ]]
	fails 1 "beam was 1, is 2" tiny --strict --beam 2 --resume --output-dir out tree
}

@test "compressed inputs lose their ending, --compress adds one" {
	gzip tree/one.en
	tiny --output-dir plain tree
	zcat tree/one.en.gz | tiny | cmp - plain/one.en
	for how in gzip:gz:zcat bzip2:bz2:bzcat xz:xz:xzcat zstd:zst:zstdcat; do
		IFS=: read -r name ending unpack <<<"$how"
		command -v "$unpack" >/dev/null || continue
		tiny --output-dir "$name" --suffix .es --compress "$name" tree
		"$unpack" <"$name/one.en.es.$ending" | cmp - plain/one.en
		"$unpack" <"$name/b/empty.en.es.$ending" | cmp - /dev/null
		tiny -o "all.$ending" tree/one.en.gz tree/b/two.en
		tiny tree/one.en.gz tree/b/two.en >all
		"$unpack" <"all.$ending" | cmp - all
		tiny --compress "$name" tree/one.en.gz | "$unpack" | cmp - plain/one.en
	done
	tiny -o all.gz --compress none tree/b/two.en
	tiny tree/b/two.en | cmp - all.gz
	misuse translate "--compress must be one of none.gzip" -m "$TINY" --compress zip tree/b/two.en
}

@test "--output-dir: a folder in which there is nothing to translate" {
	mkdir -p empty hidden own
	echo Go. >hidden/.hidden
	echo Go. >own/x.partial
	for folder in empty hidden own; do
		for options in "" --force --resume "--shard 1/2" "--stats stats"; do
			rm -rf nothing
			# shellcheck disable=SC2086 # words of a list
			tiny $options --output-dir nothing $folder
			[ -z "$(find nothing -type f ! -name '.trujaman*')" ]
		done
	done
}

@test "--output-dir: what a damaged input ends with does not show in the next one" {
	command -v gzip >/dev/null || skip "gzip is not installed"
	mkdir damaged
	# One line of more than a stretch, of which a stretch ends with CR before the damage.
	printf 'aaa\r%.0s' {1..40000} | gzip -1 >whole
	head -c $(($(stat -c %s whole) - 20)) whole >damaged/a.gz
	printf '\nGo.\n' >damaged/b
	run -1 tiny --threads 1 --output-dir out damaged
	tiny damaged/b | cmp - out/b
}
