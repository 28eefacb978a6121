# SPDX-License-Identifier: MIT
"""The random numbers and the fingerprint of `trujaman train`: equal seeds choose equal batches."""
from __future__ import annotations

MASK = 0xFFFFFFFFFFFFFFFF
GOLDEN = 0x9E3779B97F4A7C15

# Streams of random numbers of a training.
HELD_OUT, SAMPLING, BATCHES, PARAMETERS, NOISE = 1, 2, 3, 4, 5


def mix(x: int) -> int:
    """The mixing function of SplitMix64."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def random(seed: int, counter: int) -> int:
    """Random number `counter` of the stream `seed`: 64 bits."""
    return mix((mix((seed + GOLDEN) & MASK) + (counter + 1) * GOLDEN) & MASK)


def random_below(seed: int, counter: int, n: int) -> int:
    """Uniform in [0, n)."""
    return (random(seed, counter) * n) >> 64


def fingerprint(h: int, data: bytes) -> int:
    """Extends the fingerprint h by bytes."""
    n = len(data)
    h = mix((h + GOLDEN + n) & MASK)
    whole = n - n % 8
    for i in range(0, whole, 8):
        h = (mix(h ^ int.from_bytes(data[i:i + 8], "little")) + GOLDEN) & MASK
    return mix(h ^ int.from_bytes(data[whole:], "little"))
