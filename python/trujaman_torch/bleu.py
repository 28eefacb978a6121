# SPDX-License-Identifier: MIT
"""Corpus BLEU with the tokeniser 13a, as `trujaman evaluate` and sacreBLEU compute it."""
from __future__ import annotations

import math
import re
from collections import Counter
from typing import List, Sequence, Tuple

ORDER = 4
ENTITIES = (("<skipped>", ""), ("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))
RULES = (
    (re.compile(r"([\x20-\x26\x28-\x2b\x2f\x3a-\x40\x5b-\x60\x7b-\x7e])"), r" \1 "),
    (re.compile(r"([^0-9])([.,])"), r"\1 \2 "),
    (re.compile(r"([.,])([^0-9])"), r" \1 \2"),
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),
)


def words(text: str) -> List[str]:
    """The words of a line."""
    text = f" {text} "
    for entity, character in ENTITIES:
        text = text.replace(entity, character)
    for rule, replacement in RULES:
        text = rule.sub(replacement, text)
    return text.split()


def _grams(line: List[str], n: int) -> Counter:
    return Counter(tuple(line[i:i + n]) for i in range(len(line) - n + 1))


def _count(pairs: Sequence[Tuple[List[str], List[str]]], n: int) -> Tuple[int, int]:
    """n-grams of the hypotheses: those that their references have, and all."""
    correct = total = 0
    for hypothesis, reference in pairs:
        mine = _grams(hypothesis, n)
        correct += sum((mine & _grams(reference, n)).values())
        total += sum(mine.values())
    return correct, total


def corpus_bleu(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """0 to 100; precisions without a match are smoothed exponentially."""
    pairs = [(words(h), words(r)) for h, r in zip(hypotheses, references)]
    n_hypothesis, n_reference = (sum(len(p[side]) for p in pairs) for side in (0, 1))
    counts = [_count(pairs, n) for n in range(1, ORDER + 1)]
    if not any(correct for correct, _ in counts) or not all(total for _, total in counts):
        return 0.0
    smoothing, logs = 1.0, 0.0
    for correct, total in counts:
        if correct == 0:
            smoothing *= 2
        logs += math.log(correct / total if correct else 1 / (smoothing * total))
    brevity = 1.0 if n_hypothesis >= n_reference else math.exp(1 - n_reference / n_hypothesis)
    return 100 * brevity * math.exp(logs / ORDER)
