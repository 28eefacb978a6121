# SPDX-License-Identifier: MIT
"""A little text to train with: numbers as words, in two languages of our own."""
from __future__ import annotations

import random
from typing import List, Tuple

ENGLISH = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
SPANISH = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]


def pairs(n: int, seed: int = 1, longest: int = 6) -> Tuple[List[str], List[str]]:
    """Lines such as "two six." and "dos seis."; some sources occur more than once."""
    numbers = random.Random(seed)
    source, target = [], []
    for _ in range(n):
        digits = [numbers.randrange(10) for _ in range(numbers.randint(1, longest))]
        source.append(" ".join(ENGLISH[d] for d in digits) + ".")
        target.append(" ".join(SPANISH[d] for d in digits) + ".")
    return source, target


def write(folder: str, n: int, seed: int = 1) -> List[str]:
    """Writes text.en and text.es; returns the options that name them."""
    options = []
    for lines, end, name in zip(pairs(n, seed), ("en", "es"), ("source", "target")):
        path = f"{folder}/text{seed}.{end}"
        with open(path, "w", encoding="utf-8") as f:
            f.write("".join(line + "\n" for line in lines))
        options += [f"--{name}", path]
    return options
