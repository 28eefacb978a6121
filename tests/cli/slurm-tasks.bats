#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What scripts/slurm-translate does inside its jobs, with a program that waits until it is told to
# end, and an scontrol that only records its arguments.

load helper

setup() {
	start
	mkdir bin
	cat >bin/scontrol <<-'SCONTROL'
		#!/bin/sh
		echo "$*" >>asked
	SCONTROL
	# Writes $lines lines, then waits for SIGTERM.
	cat >bin/program <<-'PROGRAM'
		#!/bin/bash
		echo "$*" >>ran
		test -z "$ends" || exit "$ends"
		trap 'kill $!; exit 143' TERM
		for ((i = 0; i < lines; i++)); do echo line >>"my out.2-of-3.partial"; done
		sleep infinity &
		touch waiting
		wait
	PROGRAM
	chmod +x bin/*
	PATH=$PWD/bin:$PATH
	export lines=1 ends=''
	export SLURM_JOB_ID=17 SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=3 SLURM_CPUS_ON_NODE=1
	unset SLURM_RESTART_COUNT
}

# Starts a task of a job in the background; its process is $task.
begin_task() {
	"$srcdir/scripts/slurm-translate" @task "$PWD/bin/program" 'my out' -o 'my out' 'a b' \
		2>log 3>&- &
	task=$!
}

# ends_with STATUS: waits for the task and checks its exit status.
ends_with() {
	local status=0
	wait "$task" || status=$?
	cat log
	[ "$status" -eq "$1" ]
}

@test "a task translates its shard and passes the exit status on" {
	ends=0 begin_task
	ends_with 0
	[ "$(cat ran)" = 'translate --shard slurm --resume -o my out a b' ]
	ends=1 begin_task
	ends_with 1
	grep -q 'run the same command again' log
	[ ! -e asked ]
}

@test "near its time limit a task ends the program and is queued again" {
	begin_task
	wait_for test -e waiting
	kill -s USR1 "$task"
	ends_with 143
	[ "$(cat asked)" = 'requeue 17' ]
}

@test "a task that did nothing within the time limit is not queued again" {
	lines=0 begin_task
	wait_for test -e waiting
	kill -s USR1 "$task"
	ends_with 143
	grep -q 'give --time more' log
	[ ! -e asked ]
}

@test "a task that is cancelled ends the program and is not queued again" {
	begin_task
	wait_for test -e waiting
	kill -s TERM "$task"
	ends_with 143
	[ ! -e asked ]
}

waits_for_lock() {
	grep -lzxF flock /proc/[0-9]*/cmdline 2>/dev/null | while read -r found; do
		! tr '\0' ' ' <"$found" | finds "^flock --wait .*$1" || echo "$found"
	done | finds .
}

@test "a task waits until the lock on its partial file is free" {
	# The full path makes sure that another test's flock is not mistaken for this one.
	out=$PWD/out
	touch "$out.2-of-3.partial"
	mkfifo go
	flock "$out.2-of-3.partial" sh -c 'read -r line <go; echo freed >>ran' 3>&- &
	holder=$!
	wait_for eval '! flock --nonblock "$out.2-of-3.partial" true'
	ends=0 "$srcdir/scripts/slurm-translate" @task "$PWD/bin/program" "$out" 'a b' 2>log 3>&- &
	task=$!
	wait_for waits_for_lock "$out"
	echo >go
	wait "$holder"
	ends_with 0
	[ "$(cat ran)" = "$(printf '%s\n' freed 'translate --shard slurm --resume a b')" ]
}

@test "the joining job: merge; its failure is told; done before its node died" {
	export ends=0
	"$srcdir/scripts/slurm-translate" @merge "$PWD/bin/program" 'my out'
	[ "$(cat ran)" = 'merge my out' ]
	ends=1
	run "$srcdir/scripts/slurm-translate" @merge "$PWD/bin/program" 'my out'
	[ "$status" -eq 1 ]
	[[ $output == *"trujaman merge 'my out'"* ]]
	touch 'my out'
	SLURM_RESTART_COUNT=1 "$srcdir/scripts/slurm-translate" @merge "$PWD/bin/program" 'my out'
	[ "$(wc -l <ran)" -eq 2 ]
}
