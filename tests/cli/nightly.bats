#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# scripts/nightly: what its stages make of builds that fail, in a tree that has nothing to build.

load helper

# tree RECIPE: a source tree of which `make trujaman` is RECIPE.
tree() {
	rm -rf tree
	mkdir -p tree/scripts
	cp "$srcdir/scripts/nightly" tree/scripts
	printf '#!/bin/sh\nprintf "trujaman:\\n\\t@%%s\\n" "%s" >Makefile\n' "$1" >tree/configure
	chmod +x tree/configure
}

@test "nightly: a finding of the analyzer is told and no failure" {
	tree 'echo x.c: warning: leak [-Wanalyzer-malloc-leak] >&2'
	tree/scripts/nightly out analyzer >summary
	grep -q 'Wanalyzer-malloc-leak' summary
	grep -q '^findings: 1$' summary
	grep -q 'analyzer passed' summary
	tree true
	rm -r out
	tree/scripts/nightly out analyzer | finds '^findings: 0$'
}

@test "nightly: a build that fails is a failure" {
	tree 'echo x.c: warning: leak [-Wanalyzer-malloc-leak]; exit 1'
	run tree/scripts/nightly out analyzer
	[ "$status" -eq 1 ]
	[[ $output == *"analyzer FAILED"* ]]
	[[ $output == *"findings: 1"* ]]
	printf '#!/bin/sh\nexit 1\n' >tree/configure
	rm -r out
	run tree/scripts/nightly out analyzer
	[ "$status" -eq 1 ]
	[[ $output == *"analyzer FAILED"* ]]
}
