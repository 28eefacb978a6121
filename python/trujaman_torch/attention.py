# SPDX-License-Identifier: MIT
"""Attention (docs/MODEL.md, section 5). B sentences, S source and T target pieces, H the hidden
size, A the attention size, n heads; a head reads H/n (A/n) numbers of everything."""
from __future__ import annotations

from typing import NamedTuple, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import Config

LEAST_LENGTH = 1e-30  # a vector of zeros has the cosine 0


class Attended(NamedTuple):
    """What the decoder's steps need of the encoder, computed once."""

    memory: Tensor  # [B, S, H]: the encoder states
    keys: Tensor    # [B, n, S, H/n], or [B, n, S, A/n] for additive attention
    mask: Tensor    # [B, S]: true at the source's pieces


class Attention(nn.Module):
    """Context vectors of queries."""

    def __init__(self, config: Config, dropout: float = 0.0) -> None:
        super().__init__()
        hidden, size = config.hidden_size, config.attention_size
        self.dropout = dropout
        self.kind, self.heads = config.attention, config.attention_heads
        self.scale = nn.Parameter(torch.ones(1)) if config.attention_scale else None
        if self.kind == "general":
            self.weight = nn.Parameter(torch.zeros(hidden, hidden))
        if self.kind == "additive":
            self.query = nn.Linear(hidden, size, bias=False)
            self.key = nn.Linear(hidden, size, bias=False)
            self.bias = nn.Parameter(torch.zeros(size))
            self.v = nn.Parameter(torch.zeros(size))
            self.activation = getattr(torch, config.attention_activation)

    def _cut(self, x: Tensor) -> Tensor:
        """[B, N, W] to [B, n, N, W/n]."""
        return x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def prepare(self, memory: Tensor, mask: Tensor) -> Attended:
        """From encoder states [B, S, H] and which of them are real [B, S]."""
        keys = memory
        if self.kind == "additive":
            keys = self.key(memory) + self.bias
        elif self.kind == "general":
            keys = memory @ self.weight
        keys = self._cut(keys)
        if self.kind == "cosine":
            keys = functional.normalize(keys.float(), dim=3, eps=LEAST_LENGTH)
        return Attended(memory, keys, mask)

    def _scores(self, query: Tensor, keys: Tensor) -> Tensor:
        """Query [B, T, H] to [B, n, T, S]."""
        if self.kind == "additive":
            both = self._cut(self.query(query)).unsqueeze(3) + keys.unsqueeze(2)
            v = self.v.reshape(self.heads, 1, -1, 1)
            return (self.activation(both) @ v).squeeze(4)
        query = self._cut(query)
        if self.kind == "cosine":
            query = functional.normalize(query.float(), dim=3, eps=LEAST_LENGTH)
        return query @ keys.transpose(2, 3)

    def forward(self, query: Tensor, to: Attended) -> Tuple[Tensor, Tensor]:
        """Contexts [B, T, H] of queries [B, T, H], and the weights [B, T, S], the heads' mean."""
        scores = self._scores(query, to.keys).float()
        if self.scale is not None:
            scores = scores * self.scale
        scores = scores.masked_fill(~to.mask[:, None, None, :], -float("inf"))
        shares = scores.softmax(3)
        dropped = functional.dropout(shares, self.dropout, self.training)
        context = dropped.to(to.memory.dtype) @ self._cut(to.memory)
        return context.transpose(1, 2).flatten(2), shares.mean(1)
