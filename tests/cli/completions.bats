#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The shells' completions are those of the program's options, and work.

load helper

kept=$srcdir/scripts/completions

# completes WORD…: what bash offers where the last WORD is being typed; a line each.
completes() {
	(
		# shellcheck disable=SC1091
		. "$kept/trujaman"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_trujaman "$TRUJAMAN" "${@: -1}" "${*: -2:1}"
		printf '%s\n' "${COMPREPLY[@]}"
	)
}

@test "the completions are made from the options of this program" {
	sh "$srcdir/scripts/make-completions" "$TRUJAMAN" made
	diff -r "$kept" made || {
		echo "run: scripts/make-completions build/trujaman scripts/completions"
		return 1
	}
}

@test "bash: commands, options, values, models and files" {
	[ "$(completes trujaman tr)" = $'translate\ntrain' ]
	[ "$(completes trujaman help qu)" = quantize ]
	[ "$(completes trujaman translate --outp)" = $'--output\n--output-dir' ]
	[ "$(completes trujaman merge --k)" = --keep ]
	[ "$(completes trujaman translate --compress z)" = zstd ]
	[ "$(completes trujaman translate --compress = b)" = bzip2 ]
	[ "$(completes trujaman train --bidirectional t)" = true ]
	[ -z "$(completes trujaman translate --beam '')" ]
	mkdir folder
	touch 'a file'
	[ "$(completes trujaman translate -o 'a ')" = 'a file' ]
	[ "$(completes trujaman translate --output-dir '')" = folder ]
	ln -s "$SHIPPED" one-two.safetensors
	[ "$(TRUJAMAN_MODEL_PATH=$PWD completes trujaman translate -m one-two | sed -n 1p)" = one-two ]
}

@test "bash: every option of every command is offered" {
	for command in translate merge train quantize score evaluate plot info; do
		"$TRUJAMAN" help $command | grep -oE '^  (    |-[a-zA-Z], )--[a-z0-9-]+' |
			grep -oE -- '--[a-z0-9-]+' >wanted
		completes trujaman $command -- | grep '^--' >offered
		diff wanted offered
	done
}

@test "zsh and fish read theirs" {
	command -v zsh || command -v fish || skip "neither zsh nor fish is installed"
	! command -v zsh || zsh -n "$kept/_trujaman"
	! command -v fish || fish -n "$kept/trujaman.fish"
}
