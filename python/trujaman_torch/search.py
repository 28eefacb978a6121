# SPDX-License-Identifier: MIT
"""Scores of given translations and greedy search, many sentences at once."""
from __future__ import annotations

from typing import List, NamedTuple, Sequence, Tuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from .network import Decoding, Network

LONGEST_FACTOR, LONGEST_MORE = 2, 50  # of a translation, in pieces, as `trujaman translate`
AT_ONCE = 256  # sentences


class Ids(NamedTuple):
    """The special pieces of a model."""

    start: int  # what the decoder reads first
    eos: int    # </s> of the target
    unk: int = -1  # <unk> of the target, which a search never writes; -1: there is none


def pad(rows: Sequence[Sequence[int]], device: torch.device) -> Tuple[Tensor, Tensor]:
    """[B, T] filled up with 0, and the lengths [B] on the CPU."""
    tensors = [torch.tensor(r, dtype=torch.long) for r in rows]
    return pad_sequence(tensors, batch_first=True).to(device), \
        torch.tensor([len(r) for r in rows])


def device_of(network: Network) -> torch.device:
    return network.output.bias.device


@torch.no_grad()
def score(network: Network, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]],
          ids: Ids) -> List[float]:
    """Natural logarithms of the probabilities of targets (without </s>, which is added) given
    sources (with </s> if the model wants it)."""
    device = device_of(network)
    network.eval()
    source, lengths = pad(sources, device)
    inputs, _ = pad([[ids.start, *t] for t in targets], device)
    wanted, _ = pad([[*t, ids.eos] for t in targets], device)
    logits = network.logits(network(source, lengths, inputs)).double()
    logs = logits.log_softmax(2).gather(2, wanted.unsqueeze(2)).squeeze(2)
    return [row[:len(t) + 1].sum().item() for row, t in zip(logs, targets)]


def _select(at: Decoding, rows: Tensor) -> Decoding:
    """Only some of the sentences."""
    state = [tuple(part[rows] for part in layer) for layer in at.state]
    to = at.to
    if to is not None:
        to = type(to)(*(part[rows] for part in to))
    return Decoding(state, at.fed[rows] if at.fed is not None else None, to)


@torch.no_grad()
def greedy(network: Network, sources: Sequence[Sequence[int]], ids: Ids,
           limits: Sequence[int]) -> List[List[int]]:
    """The most probable next piece each time, of equal ones the first, never <unk>, until </s>
    or as many pieces as a sentence's limit; </s> is left out."""
    network.eval()
    device = device_of(network)
    source, lengths = pad(sources, device)
    at = network.encode(source, lengths)
    found: List[List[int]] = [[] for _ in sources]
    live = torch.arange(len(sources), device=device)
    pieces = torch.full((len(sources),), ids.start, device=device)
    left = torch.tensor(list(limits), device=device)
    while len(live):
        r, at, _ = network.step(network.decoder.embedding(pieces), at)
        logits = network.logits(r)
        if ids.unk >= 0:
            logits[:, ids.unk] = -float("inf")
        pieces = logits.argmax(1)
        left = left - 1
        keep = pieces != ids.eos
        for i, piece in zip(live[keep].tolist(), pieces[keep].tolist()):
            found[i].append(piece)
        keep = (keep & (left > 0)).nonzero().flatten()
        if len(keep) < len(live):
            at = _select(at, keep)
            live, pieces, left = live[keep], pieces[keep], left[keep]
    return found


def translate(network: Network, sources: Sequence[Sequence[int]], ids: Ids) -> List[List[int]]:
    """Greedy translations, sentences of similar length together."""
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    found: List[List[int]] = [[] for _ in sources]
    for first in range(0, len(order), AT_ONCE):
        part = order[first:first + AT_ONCE]
        rows = [sources[i] for i in part]
        limits = [LONGEST_FACTOR * len(r) + LONGEST_MORE for r in rows]
        for i, pieces in zip(part, greedy(network, rows, ids, limits)):
            found[i] = pieces
    return found
