# SPDX-License-Identifier: MIT
"""Sentence pairs as ids, and the mini-batches of an epoch: those of `trujaman train`."""
from __future__ import annotations

from array import array
from typing import List, NamedTuple, Sequence, Tuple

import torch
from torch import Tensor

from . import numbers

WINDOW_BATCHES = 100  # pairs are sorted in windows of about this many mini-batches


class Corpus:
    """Pairs of id sequences. A target ends with </s>, a source too if the model wants it."""

    def __init__(self, ids: array, n_source: Sequence[int], n_target: Sequence[int]) -> None:
        self.n = len(n_source)
        self.n_source, self.n_target = list(n_source), list(n_target)
        self.ids = torch.tensor(ids, dtype=torch.int32)
        ends = torch.tensor([a for pair in zip(n_source, n_target) for a in pair],
                            dtype=torch.long).cumsum(0)
        starts = torch.cat([ends.new_zeros(1), ends[:-1]]) if self.n else ends
        self.source, self.target = starts[0::2], starts[1::2]
        self.source_pieces, self.target_pieces = sum(self.n_source), sum(self.n_target)

    def to(self, device: torch.device) -> "Corpus":
        """The ids lie where they are read."""
        self.ids = self.ids.to(device)
        return self


def _shuffle(order: List[int], seed: int) -> None:
    for i in range(len(order), 1, -1):
        j = numbers.random_below(seed, i, i)
        order[i - 1], order[j] = order[j], order[i - 1]


def _sort(order: List[int], c: Corpus, window: int) -> List[int]:
    """Sorts by length in windows of about `window` target pieces; 0: one window."""
    def key(pair: int) -> Tuple[int, int, int]:
        return c.n_target[pair], c.n_source[pair], pair

    out: List[int] = []
    first = pieces = 0
    for i, pair in enumerate(order):
        pieces += c.n_target[pair]
        if window == 0 or pieces < window:
            continue
        out += sorted(order[first:i + 1], key=key)
        first, pieces = i + 1, 0
    return out + sorted(order[first:], key=key)


def _cut(order: List[int], c: Corpus, batch_tokens: int) -> List[List[int]]:
    """Each batch takes as many pairs as the budget of target pieces allows."""
    batches: List[List[int]] = []
    source = target = 0
    for pair in order:
        target += c.n_target[pair]
        source += c.n_source[pair]
        if not batches or target > batch_tokens or source > 2 * batch_tokens:
            batches.append([])
            target, source = c.n_target[pair], c.n_source[pair]
        batches[-1].append(pair)
    return batches


def of_epoch(c: Corpus, batch_tokens: int, seed: int, epoch: int) -> List[List[int]]:
    """The batches of an epoch (from 0), as numbers of pairs. `seed`: the stream BATCHES."""
    order = list(range(c.n))
    _shuffle(order, numbers.random(seed, 2 * epoch))
    batches = _cut(_sort(order, c, WINDOW_BATCHES * batch_tokens), c, batch_tokens)
    places = list(range(len(batches)))
    _shuffle(places, numbers.random(seed, 2 * epoch + 1))
    return [batches[i] for i in places]


def in_order(c: Corpus, batch_tokens: int) -> List[List[int]]:
    """All pairs by length."""
    return _cut(_sort(list(range(c.n)), c, 0), c, batch_tokens) if c.n else []


class Batch(NamedTuple):
    source: Tensor   # [B, S], 0 after a sentence's end
    lengths: Tensor  # [B], on the CPU: source pieces
    inputs: Tensor   # [B, T]: start, then the target without its last piece
    wanted: Tensor   # [B, T]
    real: Tensor     # [B, T]: where a wanted piece is
    n_pieces: int    # target pieces


def _gather(ids: Tensor, starts: Tensor, lengths: Tensor) -> Tuple[Tensor, Tensor]:
    """Rows of ids [B, longest] and where they are real."""
    steps = torch.arange(int(lengths.max()), device=ids.device)
    at, n = starts.to(ids.device), lengths.to(ids.device)
    real = steps < n[:, None]
    places = (at[:, None] + steps).clamp_(max=max(len(ids) - 1, 0))
    return ids[places].long() * real, real


def make(c: Corpus, pairs: Sequence[int], start: int) -> Batch:
    """The tensors of a batch, where the corpus lies. `start`: what the decoder reads first."""
    rows = torch.tensor(pairs, dtype=torch.long)
    lengths = torch.tensor([c.n_source[p] for p in pairs])
    n_target = torch.tensor([c.n_target[p] for p in pairs])
    source, _ = _gather(c.ids, c.source[rows], lengths)
    wanted, real = _gather(c.ids, c.target[rows], n_target)
    inputs = torch.cat([torch.full_like(wanted[:, :1], start), wanted[:, :-1]], 1)
    return Batch(source, lengths, inputs, wanted, real, int(n_target.sum()))
