# SPDX-License-Identifier: MIT
"""The network of docs/MODEL.md as a module: its parameters have the tensors' names.

B sentences, S source pieces, T target pieces, E embedding, H hidden, R readout size.
"""
from __future__ import annotations

import math
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from .attention import Attended, Attention
from .config import Config
from .recurrent import Stack, State


class Side(nn.Module):
    """Encoder or decoder: an embedding and the layers over it."""

    def __init__(self, words: int, embedding_size: int, rnn: Stack) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, embedding_size)
        self.rnn = rnn


class Dropout(NamedTuple):
    """Shares of numbers that are set to zero in training."""

    p: float = 0.0          # embeddings, between layers, before the output layer
    recurrent: float = 0.0  # hidden states from step to step, one choice for a sentence
    attention: float = 0.0  # attention weights


class Decoding(NamedTuple):
    """Where a decoder stands."""

    state: State
    fed: Optional[Tensor]  # [B, R or H]: input feeding
    to: Optional[Attended]


class Network(nn.Module):
    """Log-probabilities of target pieces, given source pieces."""

    def __init__(self, config: Config, dropout: Dropout = Dropout()) -> None:
        super().__init__()
        c = self.config = config.check()
        self.dropout = dropout
        # The decoder comes first, so that a shared matrix has the decoder's name.
        self.decoder = Side(c.target_words, c.embedding_size, Stack(
            c.cell, [c.decoder_input(k) for k in range(c.decoder_layers)], c.hidden_size,
            layer_norm=c.layer_norm, residual_from=c.residual_from))
        inputs = [c.embedding_size] + [c.hidden_size] * (c.encoder_layers - 1)
        self.encoder = Side(c.source_words, c.embedding_size, Stack(
            c.cell, inputs, c.units, c.bidirectional, c.layer_norm, c.residual_from))
        self.attention = Attention(c, dropout.attention) if c.attention != "none" else None
        self.readout = nn.Linear(c.z_size, c.readout_size) if c.readout_size else None
        self.output = nn.Linear(c.output_in, c.target_words)
        if c.tied_output:
            self.output.weight = self.decoder.embedding.weight
        if c.tied_embeddings:
            self.encoder.embedding.weight = self.decoder.embedding.weight

    def initialise(self, seed: int) -> None:
        """Random weights with the distributions of `trujaman train`."""
        random = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for name, p in self.named_parameters():
                p.copy_(self._initial(name, p, random))

    def _initial(self, name: str, p: Tensor, random: torch.Generator) -> Tensor:
        def uniform(limit: float) -> Tensor:
            return torch.rand(p.shape, generator=random) * 2 * limit - limit

        rows = p.shape[0]
        if ".embedding." in name:
            return torch.randn(p.shape, generator=random) / math.sqrt(self.config.embedding_size)
        if ".rnn.weight_hh" in name:
            return uniform(1 / math.sqrt(p.shape[1]))
        if ".rnn.weight_ih" in name:
            return uniform(math.sqrt(6 / (rows // self.config.gates + p.shape[1])))
        if p.dim() == 2:
            return uniform(math.sqrt(6 / (rows + p.shape[1])))
        if name == "attention.v":
            return uniform(math.sqrt(6 / (rows + 1)))
        values = torch.zeros(p.shape)
        if name == "attention.scale" or ".rnn.weight_ln" in name:
            values += 1
        elif ".rnn.bias_ih" in name and self.config.cell == "lstm":
            units = rows // 4
            values[units:2 * units] = 1  # forget gate: keep the cell state at first
        return values

    # --- Encoder ------------------------------------------------------------------------------

    def _drop(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout.p, self.training)

    def _masks(self, rnn: Stack, n: int, like: Tensor) -> Optional[List[Tensor]]:
        """Recurrent dropout: one mask [B, H] for each layer and direction."""
        p = self.dropout.recurrent
        if not self.training or p == 0:
            return None
        return [(torch.rand(n, rnn.units, device=like.device) >= p).to(like.dtype) / (1 - p)
                for _ in range(rnn.n_layers * len(rnn.suffixes))]

    def encode(self, source: Tensor, lengths: Optional[Tensor] = None) -> Decoding:
        """The decoder's start for source pieces [B, S] (what stands after a sentence's end is
        ignored) and their numbers [B], on the CPU; none: S each."""
        x = self._drop(self.encoder.embedding(source))
        rnn = self.encoder.rnn
        memory, last = rnn.sequence(x, lengths, rnn.zeros(len(source), x), self.dropout.p,
                                    self._masks(rnn, len(source), x))
        steps = torch.arange(source.shape[1], device=source.device)
        mask = torch.ones_like(source, dtype=torch.bool) if lengths is None \
            else steps < lengths.to(source.device)[:, None]
        to = self.attention.prepare(memory, mask) if self.attention is not None else None
        fed = None
        if self.config.input_feeding:
            fed = memory.new_zeros(len(source), self.config.fed_size)
        return Decoding(self._start(last), fed, to)

    def _start(self, last: State) -> State:
        """The last states of the encoder's top layers, both directions side by side."""
        n = len(self.encoder.rnn.suffixes)
        joined = [tuple(torch.cat(parts, 1) for parts in zip(*last[k:k + n]))
                  for k in range(0, len(last), n)]
        return joined[len(joined) - self.config.decoder_layers:]

    # --- Decoder ------------------------------------------------------------------------------

    def _finish(self, context: Optional[Tensor], s: Tensor) -> Tensor:
        """What the output layer reads, [..., R or z]."""
        z = s if context is None else torch.cat([context, s], -1)
        if self.readout is None:
            return z
        r = self.readout(z)
        return torch.tanh(r) if self.config.readout_activation == "tanh" else r

    def logits(self, r: Tensor) -> Tensor:
        """[..., R or z] to [..., Vt]."""
        return self.output(r)

    def _attend(self, query: Tensor, to: Attended) -> Tuple[Tensor, Tensor]:
        context, shares = self.attention(query.unsqueeze(1), to)
        return context.squeeze(1), shares.squeeze(1)

    def step(self, y: Tensor, at: Decoding, masks: Optional[List[Tensor]] = None
             ) -> Tuple[Tensor, Decoding, Optional[Tensor]]:
        """One step from embedded pieces y [B, E]: what the output layer reads [B, R or z], where
        the decoder stands then, and the attention weights [B, S]."""
        context = shares = None
        if self.config.previous:
            context, shares = self._attend(at.state[-1][0], at.to)
            y = torch.cat([y, context.to(y.dtype)], 1)
        elif at.fed is not None:
            y = torch.cat([y, at.fed.to(y.dtype)], 1)
        above = context if self.config.context_to_all else None
        s, state = self.decoder.rnn.steps(y, above, at.state, self.dropout.p, masks)
        if at.to is not None and not self.config.previous:
            context, shares = self._attend(s, at.to)
        r = self._finish(context, s)
        fed = None
        if at.fed is not None:
            fed = r if self.readout is not None else context
        return r, Decoding(state, fed, at.to), shares

    def _teach(self, y: Tensor, at: Decoding) -> Tensor:
        """All steps of given pieces, embedded [B, T, E]: [B, T, R or z]. What stands after a
        sentence's end changes nothing before it."""
        rnn = self.decoder.rnn
        masks = self._masks(rnn, len(y), y)
        if self.config.previous or at.fed is not None:
            out = []
            for t in range(y.shape[1]):
                r, at, _ = self.step(y[:, t], at, masks)
                out.append(r)
            return torch.stack(out, 1)
        s, _ = rnn.sequence(y, None, at.state, self.dropout.p, masks)
        context = self.attention(s, at.to)[0] if at.to is not None else None
        return self._finish(context, s)

    def forward(self, source: Tensor, lengths: Optional[Tensor], inputs: Tensor) -> Tensor:
        """What the output layer reads, [B, T, R or z], after dropout: source [B, S] and lengths
        as for encode, inputs [B, T] the target pieces moved one to the right."""
        at = self.encode(source, lengths)
        return self._drop(self._teach(self._drop(self.decoder.embedding(inputs)), at))

    def tensors(self) -> Dict[str, Tensor]:
        """The parameters by the names of the format, each once."""
        return {name: p.detach() for name, p in self.named_parameters()}
