#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# bench-kernels: which cases it selects and the format of the output; never the speed. BENCH: the
# folder of the programs.

load helper

setup() {
	start
	KERNELS=${BENCH:-${TRUJAMAN%/*}/bench}/bench-kernels
	[ -x "$KERNELS" ] || skip "there is no program $KERNELS"
}

measure() {
	"$KERNELS" --seconds 0.001 "$@"
}

# bad REGEX ARGUMENT…: wrong usage gives an error and prints the usage.
bad() {
	local pattern=$1
	shift
	run --separate-stderr "$KERNELS" "$@"
	[ "$status" -eq 2 ] && [ -z "$output" ] && [[ $stderr =~ $pattern ]] &&
		[[ $stderr == *"usage: bench-kernels"* ]] && return
	echo "$*: exit $status, stdout: ${output:0:200}, stderr: $stderr"
	return 1
}

@test "--list: every instruction set has every kernel, each name once" {
	"$KERNELS" --list >names
	[ -s names ]
	[ -z "$(sort names | uniq -d)" ]
	run ! grep -Evx '[a-z_0-9]+/(float32|float64|int8)/[a-z0-9]+/[0-9]+(x[0-9]+){0,2}' names
	"$KERNELS" --list --isa scalar | sed 's|/scalar/|/any/|' >cases
	grep -qx 'gemm/int8/any/64x512x8000' cases
	for isa in $(usable_isas | tr -d ,); do
		"$KERNELS" --list --isa "$isa" >"$isa"
		sed "s|/$isa/|/any/|" "$isa" | cmp - cases
		cat "$isa" >>all
	done
	cmp all names
}

@test "--filter takes the names that match, and only those" {
	"$KERNELS" --list >names
	for regex in '^(gemm|lstm)/int8/scalar/(1|64)x' softmax '/512$'; do
		"$KERNELS" --list --filter "$regex" >found
		[ -s found ]
		grep -E "$regex" names | cmp - found
	done
	[ "$("$KERNELS" --list --isa scalar,scalar --filter '^dot/')" = \
		"$("$KERNELS" --list --filter '^dot/float32/scalar/')" ]
}

@test "CSV: a header, the peaks, and as many columns in every line" {
	measure --isa scalar --filter '^(softmax|lstm)/[^/]*/scalar/(32|1x.*)$' --format csv >csv
	[ "$(head -n 1 csv)" = \
		kernel,precision,isa,shape,ns,gop_s,gb_s,elements_ns,bound,peak,share ]
	[ "$(awk -F , '{ print NF }' csv | sort -u)" = 11 ]
	[ "$(sed 1d csv | cut -d , -f 1-4)" = "peak,memory,any,read
peak,memory,any,update
peak,memory,any,copy
peak,float32,scalar,fma
peak,int8,scalar,int8
peak,memory,scalar,L1
peak,memory,scalar,L2
peak,memory,scalar,L3
lstm,float32,scalar,1x1024x512
lstm,int8,scalar,1x1024x512
softmax,float32,scalar,32" ]
	# Every case has time and bandwidth; a share only if there is a peak to compare with.
	awk -F , '$1 == "softmax" { exit !($5 > 0 && $7 > 0 && $8 > 0 && $6 $9 $10 $11 == "") }' csv
	awk -F , '$1 == "lstm" && !($5 > 0 && $6 > 0 && $7 > 0 && $10 > 0 && $11 > 0) { exit 1 }' csv
}

@test "JSON parses and says the same as the table" {
	command -v python3 >/dev/null || skip "there is no python3"
	measure --isa scalar --filter '^(dot|product)/[^/]*/scalar/(512|1x.*)$' --format json >json
	python3 -m json.tool json >/dev/null
	python3 - json <<-'END' >names
	import json, sys
	all = json.load(open(sys.argv[1]))
	for r in all["results"]:
	    assert r["kernel"] == "peak" or r["ns"] > 0
	    assert (r["share"] is None) == (r["bound"] == "")
	    print(r["kernel"], r["precision"], r["isa"], r["shape"])
	END
	measure --isa scalar --filter '^(dot|product)/[^/]*/scalar/(512|1x.*)$' >table
	sed 1d table | awk '{ print $1, $2, $3, $4 }' | cmp - names
}

@test "every kernel of every instruction set runs on its smallest shape" {
	local shapes='1x512x512|1x1024x512|1x512x8000|1x512x32|1x32x512|16x16|32|512|8000|512x32'
	measure --filter "/($shapes)\$" --format csv >csv
	cut -d , -f 1 csv | sed 1d | sort -u >ran
	"$KERNELS" --list | cut -d / -f 1 | grep -Ev '^(adam|average)$' | # only for parameters
		sort -u - <(echo peak) | cmp - ran
}

@test "options that are wrong: status 2 and the usage" {
	bad "unrecognized option" --no-such-option
	bad "unknown instruction set" --isa mmx
	bad "empty name" --isa scalar,
	bad "filter" --filter '('
	bad "no case" --filter 'no such kernel'
	bad "seconds" --seconds 0
	bad "seconds" --seconds 1x
	bad "format" --format xml
	bad "nothing to do" surplus
	run -0 --separate-stderr "$KERNELS" --help
	[[ $output == "usage: bench-kernels"* ]]
	[ -z "$stderr" ]
}

@test "what cannot be written is an error" {
	[ -w /dev/full ] || skip "there is no /dev/full"
	run -1 --separate-stderr bash -c '"$1" --list >/dev/full' - "$KERNELS"
	[[ $stderr == *"cannot write"* ]]
	for format in table csv json; do
		run -1 --separate-stderr bash -c \
			'"$1" --seconds 0.001 --isa scalar --filter ^softmax/.*/32 --format "$2" >/dev/full' \
			- "$KERNELS" "$format"
		[[ $stderr == *"cannot write"* ]]
	done
}
