#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --precision: integer products give the same bytes everywhere, and nearly the float result.

load helper

translate() {
	"$TRUJAMAN" translate "$@"
}

@test "the default is how the file stores its matrices" {
	head -n 5 "$SENTENCES" >few
	translate -m "$SHIPPED" --scores few >default
	translate -m "$SHIPPED" --scores --precision int8 few | cmp default -
	! translate -m "$SHIPPED" --scores --precision float32 few | cmp -s default -
	tiny --scores few >default
	tiny --scores --precision float32 few | cmp default -
	! tiny --scores --precision int8 few | cmp -s default -
}

@test "info tells which products are computed" {
	"$TRUJAMAN" info "$SHIPPED" | finds -x 'products  *int8'
	"$TRUJAMAN" info "$TINY" | finds -x 'products  *float32'
}

@test "int8: threads and instruction sets" {
	unless_sanitized
	for model in luong-general bahdanau-tanh gru-general-deep cosine-direct odd-sizes all-tied; do
		file=$srcdir/tests/fixtures/$model.safetensors
		for beam in 1 4; do
			TRUJAMAN_ISA=scalar translate -m "$file" --precision int8 --scores --beam $beam \
				--threads 1 "$SENTENCES" >expected
			[ -s expected ]
			for isa in $(usable_isas); do
				for threads in 1 3; do
					TRUJAMAN_ISA=$isa translate -m "$file" --precision int8 --scores \
						--beam $beam --threads $threads "$SENTENCES" | cmp expected - || {
						echo "$model, $isa, beam $beam, $threads threads"
						return 1
					}
				done
			done
		done
	done
}

@test "int8: scores are near those of float32" {
	unless_sanitized
	shipped --beam 1 "$SENTENCES" >target
	for precision in float32 int8; do
		"$TRUJAMAN" score -m "$SHIPPED" --precision $precision "$SENTENCES" target >$precision
	done
	paste float32 int8 | awk '
		{ d = $1 - $2; sum += d * d; square += $1 * $1 }
		END { if (sum == 0 || sum > 0.01 * square) { print sum, square; exit 1 } }'
}

@test "a precision that there is none of" {
	misuse translate "--precision must be one of float32.int8, not 'fp16'" --precision fp16 \
		"$SENTENCES"
	misuse score "--precision must be one of float32.int8, not ''" --precision= \
		"$SENTENCES" "$SENTENCES"
}
