#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Machines other than this one: what info --machine shows for them; no machine changes a byte.

load helper

draw() {
	"$TRUJAMAN" info --machine -m "$TINY" "$@"
}

@test "info --machine draws nodes, cores, CPUs and threads" {
	export HWLOC_SYNTHETIC="node:2 core:3 pu:2"
	draw --threads 4 >found
	sed -i 's/^quota .*/quota    -/; s/^\(copies .* of\) .*/\1 -/' found
	cat >wanted <<-'EOF'
		nodes    2
		cores    6
		cpus     12
		quota    -
		threads  4
		copies   2 of -

		node 0, 1.0 GiB: 2 threads
		  [ 0*  1 ] [ 2*  3 ] [ 4   5 ]

		node 1, 1.0 GiB: 2 threads
		  [ 6*  7 ] [ 8*  9 ] [10  11 ]

		A bracket is a core, a number one of its CPUs, * a thread bound to it.
	EOF
	diff wanted found
}

@test "info --machine: siblings only with --smt, several threads on a CPU as *N" {
	export HWLOC_SYNTHETIC="pack:2 [numa] core:3 pu:2"
	draw --threads 9 | grep -F '[ 0*2  1  ] [ 2*2  3  ] [ 4*   5  ]'
	draw --threads 9 --smt | grep -F '[ 0*  1*] [ 2*  3*] [ 4*  5 ]'
	draw --threads 9 --smt | grep -F '[ 6*  7*] [ 8*  9 ] [10* 11 ]'
}

@test "info --machine: kinds of cores, a narrow cpuset, a node without memory, no node" {
	local topology=$srcdir/tests/fixtures/topology
	HWLOC_XMLFILE=$topology/hybrid.xml draw --threads 3 >found
	grep -A 1 -F ' cores of speed 1:' found | grep -F '  [4* 5 ] [6* 7 ]'
	grep -A 1 -F ' cores of speed 0:' found | grep -F '  [0*] [1 ] [2 ] [3 ]'
	HWLOC_XMLFILE=$topology/cpuset.xml draw --threads 3 >found
	grep -x 'cores    3' found
	grep -A 1 -F 'node 1, 4.0 GiB: 3 threads' found | grep -F '  [ 5* 13 ] [ 6* 14 ] [ 7* 15 ]'
	HWLOC_XMLFILE=$topology/memoryless.xml draw --threads 6 >found
	grep -A 1 -F 'node 2, 4.0 GiB: 4 threads' found | grep -F '  [2*] [3*] [4*] [5*]'
	HWLOC_XMLFILE=$topology/no-numa.xml draw --threads 3 | grep -F '  [0* 3 ] [1* 4 ] [2* 5 ]'
}

@test "info --machine keeps long lines narrow" {
	HWLOC_SYNTHETIC="pack:2 [numa] core:60 pu:2" draw --threads 300 >found
	[ "$(awk 'length($0) > 78' found | wc -l)" -eq 0 ]
	[ "$(grep -o '[0-9]\+\*' found | sort -u | wc -l)" -eq 120 ]
}

@test "info says how many threads --threads and --smt give" {
	"$TRUJAMAN" info -m "$TINY" --threads 7 | grep -x 'threads  *7'
	[ "$("$TRUJAMAN" info -m "$TINY" --smt | sed -n 's/^threads *//p')" -ge 1 ]
	misuse info "'--machine' takes no value" --machine=yes
	misuse translate "'--smt' takes no value" --smt=yes
}

@test "copies of the weights on several nodes change no byte" {
	local model precision
	head -n 24 "$SENTENCES" >in
	for model in additive-relu-current all-tied bahdanau-sigmoid-gru gru-general-deep \
		luong-general plain-seq2seq; do
		for precision in float32 int8; do
			set -- -m "$srcdir/tests/fixtures/$model.safetensors" --precision $precision in
			"$TRUJAMAN" translate --threads 1 "$@" >wanted
			HWLOC_SYNTHETIC="node:3 core:1 pu:2" \
				"$TRUJAMAN" translate --threads 6 --smt "$@" >found
			cmp wanted found
			HWLOC_SYNTHETIC="node:3 core:1 pu:2" \
				"$TRUJAMAN" translate --threads 3 --memory 0 "$@" >found
			cmp wanted found
		done
	done
}

@test "copies of the weights change no score" {
	"$TRUJAMAN" score -m "$TINY" --threads 1 "$SENTENCES" "$SENTENCES" >wanted
	HWLOC_SYNTHETIC="node:4 core:1 pu:1" \
		"$TRUJAMAN" score -m "$TINY" --threads 4 --smt "$SENTENCES" "$SENTENCES" >found
	cmp wanted found
}
