#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Outputs that would land on an input, on each other or on what is no file, through folders that do
# not exist yet, links to nothing, parts of shards and names of descriptors.

load helper

setup() {
	start
	mkdir in
	echo 'My precious source.' >in/a
	cp -r in before
}

kept() {
	diff -r in before
}

greedy() {
	tiny --beam 1 "$@"
}

@test "an output folder must not go up from a folder that does not exist" {
	for out in new/../in ./new/../in "$PWD/new/../in" new/x/../../in new/..; do
		for start in --force --resume; do
			misuse translate "$out: the folder .*new.* does not exist" -m "$TINY" \
				--output-dir "$out" $start in
		done
		[ ! -e new ]
		kept
	done
	fails 1 "new/../in/a" tiny -o new/../in/a before/a
	[ ! -e new ]
	kept
}

@test "an output folder that goes up from one that exists, and names with dots" {
	mkdir old
	greedy --output-dir old/../out in
	[ -s out/a ]
	greedy --output-dir ..new/...x in
	cmp ..new/...x/a out/a
	misuse translate "both input and output" -m "$TINY" --output-dir old/../in --force in
	kept
}

@test "the outputs of an output folder in the input folder never become inputs" {
	for i in z y x; do
		run tiny --beam 1 --output-dir $i$i/../in/out --suffix .q --force in
	done
	kept
	mkdir zz
	for i in 1 2 3; do
		greedy --output-dir zz/../in/out --suffix .q --force in
	done
	[ "$(find in/out -type f)" = in/out/a.q ]
}

@test "statistics through a link to an output that does not exist yet" {
	ln -s out st
	misuse translate "--stats st is an output too" -q -m "$TINY" -o out --stats st in/a
	ln -s "$PWD/st" chain
	misuse translate "--stats chain is an output too" -m "$TINY" -o out --stats chain in/a
	misuse translate "--stats out is an output too" -m "$TINY" -o chain --stats out in/a
	ln -s out.partial st.partial
	misuse translate "is an output too" -m "$TINY" -o out --stats st.partial in/a
	[ ! -e out ]
	mkdir od
	ln -s od/a st2
	misuse translate "--stats st2 is an output too" -m "$TINY" --output-dir od --stats st2 in
	rmdir od
	fails 1 "cannot write st2: No such file" tiny --output-dir od --stats st2 in
	[ ! -e od ]
	ln -s loop loop
	fails 1 "cannot write loop: Too many levels" tiny -o out --stats loop in/a
	[ -L loop ]
}

@test "a link to nothing stays, and what it leads to is made" {
	ln -s target link
	ln -s in/../numbers st
	greedy -o link --stats st in/a
	[ -L link ] && [ -L st ]
	greedy in/a | cmp - target
	grep -q '"ended": "done"' numbers
	rm target
	"$TRUJAMAN" score -m "$TINY" -o link in/a in/a
	[ -L link ] && [ -s target ]
	mkdir od
	ln -s nowhere od/a
	fails 1 "od/a exists; --force replaces it" tiny --output-dir od in
}

# Names of the descriptors in a scratch folder: what happened to them would happen to /dev/stdout.
@test "the names of descriptors are never replaced by files" {
	mkdir dev
	ln -s /proc/self/fd/1 dev/stdout
	ln -s /proc/self/fd/9 dev/nine
	ln -s "$PWD/dev/stdout" dev/chain
	names_are_links() {
		[ -L dev/stdout ] && [ -L dev/nine ] && [ -L dev/chain ] &&
			[ "$(find dev -mindepth 1 | wc -l)" -eq 3 ]
	}
	shut() { "$@" >&-; }
	deleted() { (exec >gone && rm gone && exec "$@"); }
	to_file() { "$@" >results; }
	for name in stdout chain nine; do
		for way in shut deleted to_file; do
			for arguments in "translate -m $TINY --stats dev/$name in/a" \
				"translate -m $TINY -o dev/$name in/a" \
				"translate -m $TINY -o dev/$name --stats dev/$name in/a" \
				"translate -m $TINY -o x --stats dev/$name in/a" \
				"score -m $TINY -o dev/$name in/a in/a" \
				"quantize -o dev/$name $TINY" \
				"quantize $TINY dev/$name"; do
				# shellcheck disable=SC2086
				run $way "$TRUJAMAN" $arguments
				names_are_links
			done
		done
	done
	mkdir folder
	cp in/a folder/stdout
	for way in shut deleted to_file; do
		run -2 $way "$TRUJAMAN" translate -m "$TINY" --output-dir dev --force folder
		[[ $output == *"dev/stdout exists and is no regular file"* ]]
		names_are_links
	done
	fails 1 "cannot write dev/nine: Bad file descriptor" tiny -o dev/nine in/a
	fails 1 "cannot write dev/nine: Bad file descriptor" tiny -o x --stats dev/nine in/a
}

@test "statistics never replace the results on standard output" {
	ln -s /proc/self/fd/1 st
	ln -s /proc/self/fd/1 name
	for out in - name; do
		for st in st results; do
			to_file() { "$@" >results; }
			run -2 to_file "$TRUJAMAN" translate -m "$TINY" -o $out --stats $st in/a
			[[ $output == *"--stats $st is an output too"* ]]
		done
	done
	{
		echo before
		tiny -o x --stats st in/a
		echo after
	} >results
	[ "$(head -n 1 results)" = before ] && [ "$(tail -n 1 results)" = after ]
	grep -q '"ended": "done"' results
	greedy --stats /dev/null in/a >/dev/null
}

@test "parts are not put where merging them would replace their input" {
	for arguments in "--output-dir in in" "--output-dir in in/a" "-o in/a in/a"; do
		# shellcheck disable=SC2086
		misuse translate "in/a is both input and output" -m "$TINY" --shard 1/1 $arguments
	done
	kept
	[ "$(ls in)" = a ]
	for i in 1 2; do
		greedy --shard $i/2 --output-dir in --suffix .es in
	done
	"$TRUJAMAN" merge in/a.es
	greedy before/a | cmp - in/a.es
	# What an earlier run has merged is no input.
	greedy --shard 1/2 --output-dir in --suffix .es in
	[ ! -e in/a.es.es.1-of-2 ]
}

@test "folders with links to each other are entered once" {
	for i in 1 2 3 4 5 6 7; do
		mkdir -p net/f$i
		echo "Text $i." >net/f$i/text$i
		for j in 1 2 3 4 5 6 7; do
			[ $i -eq $j ] || ln -s ../f$j net/f$i/to$j
		done
	done
	run greedy --output-dir out net # links to a folder above are told as failures
	[ "$(find out -type f -name 'text*' | wc -l)" -eq 7 ]
	[ "$(find out -type f -name 'text*' -printf '%f\n' | sort -u | wc -l)" -eq 7 ]
	# A folder that is named twice is asked for twice.
	mkdir two two/b
	cp in/a two/b/a
	greedy --output-dir both two two/b
	[ -s both/b/a ] && [ -s both/a ]
}

@test "what is no regular file in the output folder is refused before the start" {
	mkdir many many/c
	cp in/a many/b
	cp in/a many/a
	cp in/a many/c/d
	for place in b a a.partial a.journal; do
		for odd in fifo folder; do
			rm -rf od
			mkdir od
			if [ $odd = fifo ]; then mkfifo od/$place; else mkdir od/$place; fi
			for start in --force --resume; do
				misuse translate "od/$place exists and is no regular file" \
					-m "$TINY" --output-dir od $start many
			done
			[ "$(ls od)" = $place ]
		done
	done
	rm -rf od
	mkdir od
	mkfifo od/x
	ln -s x od/a
	misuse translate "od/a exists and is no regular file" -m "$TINY" --output-dir od --force \
		many
	[ -L od/a ] && [ -p od/x ]
	# A link to a file gives way to the output, and the file stays.
	ln -sf ../in/a od/a
	greedy --output-dir od --force many
	[ ! -L od/a ]
	kept
}
