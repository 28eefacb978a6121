#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A few updates of plain SGD from a given model have the same losses as in PyTorch. This tests
# text, pieces, batches, gradients, optimiser and log together (scripts/make-gradient-fixtures).

load helper

GRADIENTS=$srcdir/tests/fixtures/gradients

# member JSON KEY: prints a number, a text, or the numbers of a list, one per line.
member() {
	sed -n "s/.*\"$2\": \(\[[^]]*\]\|\"[^\"]*\"\|[^,}]*\).*/\1/p" "$1" |
		tr -d '[]" ' | tr ',' '\n'
}

sgd() {
	local json=$1
	shift
	"$TRUJAMAN" train --source "$GRADIENTS/pairs.en" --target "$GRADIENTS/pairs.es" \
		--init "$srcdir/tests/fixtures/$(member "$json" model)" --optimizer sgd \
		--learning-rate "$(member "$json" learning_rate)" --schedule constant --warmup 0 \
		--clip 0 --dropout 0 --label-smoothing 0 --ema 0 --updates 6 \
		--batch-tokens 100000 "$@"
}

@test "train: the losses of plain SGD are PyTorch's, for every kind of network" {
	local json n=0
	for json in "$GRADIENTS"/*.json; do
		member "$json" sgd_losses >wanted
		[ "$(count_lines wanted)" -eq 6 ]
		rm -f log.jsonl
		sgd "$json" -m model.safetensors --log log.jsonl 2>messages
		sed -n 's/.*"nll": *\([^,}]*\).*/\1/p' log.jsonl >got
		[ "$(count_lines got)" -eq 6 ]
		paste wanted got | awk -v name="$json" '
			{ d = $1 - $2; if (d < 0) d = -d }
			!(d <= 1e-4 * $1) { print name ", update " NR ": wanted " $1 ", got " $2; bad = 1 }
			END { exit bad }'
		rm model.safetensors*
		n=$((n + 1))
	done
	[ "$n" -eq 26 ]
}

@test "train: what those updates made is the model that is saved" {
	local json=$GRADIENTS/luong-general.json
	"$TRUJAMAN" score -m "$TINY" "$GRADIENTS/pairs.en" "$GRADIENTS/pairs.es" >before
	sgd "$json" -m model.safetensors --log log.jsonl 2>messages
	"$TRUJAMAN" score -m model.safetensors "$GRADIENTS/pairs.en" "$GRADIENTS/pairs.es" >after
	pieces=$(sed -n 's/.*"pieces": *\([0-9]*\).*/\1/p' log.jsonl | sed -n 1,1p)
	# The first loss is the model's before any update, the last one that before the sixth
	# update.
	first=$(member "$json" sgd_losses | sed -n 1,1p)
	last=$(member "$json" sgd_losses | tail -n 1)
	awk -v n="$pieces" -v loss="$first" '
		{ sum -= $1 / n }
		END { d = sum / loss - 1; exit !(d < 1e-4 && d > -1e-4) }' before
	awk -v n="$pieces" -v loss="$last" '{ sum -= $1 / n } END { exit !(sum < loss) }' after
}
