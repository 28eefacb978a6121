# SPDX-License-Identifier: MIT
"""Networks of other programs, written down from their equations with their names of tensors: what
an imported model must agree with. In float64, one sentence at a time."""
from __future__ import annotations

from typing import Any, Dict, List, Tuple

import torch
from torch import Tensor, nn

State = Dict[str, Tensor]


def rnn_of(cell: str, *sizes: Any, **more: Any) -> nn.Module:
    return (nn.LSTM if cell == "lstm" else nn.GRU)(*sizes, batch_first=True, **more)


class Foreign(nn.Module):
    """An encoder, decoder layers and what is read from their states."""

    def __init__(self, cell: str, words: Tuple[int, int], embedding: int, hidden: int,
                 layers: int, both: bool, feeding: bool) -> None:
        super().__init__()
        self.cell, self.hidden, self.layers, self.both = cell, hidden, layers, both
        self.feeding = feeding
        self.source = nn.Embedding(words[0], embedding)
        self.target = nn.Embedding(words[1], embedding)
        self.encoder = rnn_of(cell, embedding, hidden // (2 if both else 1), layers,
                              bidirectional=both)
        self.decoder = rnn_of(cell, embedding + (hidden if feeding else 0), hidden, layers)

    def encode(self, source: List[int]) -> Tuple[Tensor, Any]:
        memory, last = self.encoder(self.source(torch.tensor([source])))

        def joined(h: Tensor) -> Tensor:
            return torch.cat([h[0::2], h[1::2]], 2) if self.both else h

        last = tuple(map(joined, last)) if self.cell == "lstm" else joined(last)
        return memory[0], last

    def out(self, s: Tensor, memory: Tensor) -> Tensor:
        raise NotImplementedError

    def logits(self, r: Tensor) -> Tensor:
        raise NotImplementedError

    @torch.no_grad()
    def score(self, source: List[int], target: List[int], start: int) -> float:
        """Of all pieces of `target`, the last being </s>."""
        memory, state = self.encode(source)
        fed, last, total = torch.zeros(self.hidden).double(), start, 0.0
        for piece in target:
            x = self.target(torch.tensor([[last]]))
            if self.feeding:
                x = torch.cat([x, fed[None, None]], 2)
            s, state = self.decoder(x, state)
            fed = self.out(s[0, 0], memory)
            total += self.logits(fed).log_softmax(0)[piece].item()
            last = piece
        return total

    def renamed(self, names: Dict[str, str]) -> State:
        """A float32 state dict; `names` replaces the beginnings of names."""
        state = {}
        for name, t in self.state_dict().items():
            for old, new in names.items():
                if name.startswith(old):
                    name = new + name[len(old):]
                    break
            state[name] = t.float()
        return state


class OpenNMT(Foreign):
    """Global attention: dot, general or mlp, or none."""

    def __init__(self, attention: str, *sizes: Any) -> None:
        super().__init__(*sizes)
        self.attention, n = attention, self.hidden
        if attention == "general":
            self.linear_in = nn.Linear(n, n, bias=False)
        if attention == "mlp":
            self.linear_context = nn.Linear(n, n, bias=False)
            self.linear_query, self.v = nn.Linear(n, n), nn.Linear(n, 1, bias=False)
        if attention != "none":
            self.linear_out = nn.Linear(2 * n, n, bias=attention == "mlp")
        self.generator = nn.Linear(n, self.target.num_embeddings)
        self.double()

    def out(self, s: Tensor, memory: Tensor) -> Tensor:
        if self.attention == "none":
            return s
        if self.attention == "mlp":
            scores = self.v(torch.tanh(self.linear_query(s) + self.linear_context(memory)))[:, 0]
        else:
            scores = memory @ (self.linear_in(s) if self.attention == "general" else s)
        r = self.linear_out(torch.cat([scores.softmax(0) @ memory, s]))
        return r if self.attention == "mlp" else torch.tanh(r)

    def logits(self, r: Tensor) -> Tensor:
        return self.generator(r)

    def checkpoint(self, source: List[str], target: List[str], **options: Any) -> Dict[str, Any]:
        embedding = "{}.embeddings.make_embedding.emb_luts.0."
        names = {"source.": embedding.format("encoder"), "target.": embedding.format("decoder"),
                 "encoder.": "encoder.rnn.", "decoder.": "decoder.rnn.",
                 **{n: "decoder.attn." + n for n in ("linear_", "v.")}}
        state = self.renamed(names)
        if self.feeding:  # cells, each a module of its own
            for name in [n for n in state if n.startswith("decoder.rnn.")]:
                part, _, k = name[len("decoder.rnn."):].rpartition("_l")
                state[f"decoder.rnn.layers.{k}.{part}"] = state.pop(name)
        generator = {n[len("generator."):]: state.pop(n) for n in list(state)
                     if n.startswith("generator.")}
        opt = {"rnn_type": self.cell.upper(), "encoder_type": "brnn" if self.both else "rnn",
               "decoder_type": "rnn", "global_attention": self.attention,
               "input_feed": int(self.feeding), **options}
        return {"model": state, "generator": generator, "opt": opt,
                "vocab": {"src": source, "tgt": target}, "optim": {"step": 3}}


class Fairseq(Foreign):
    """The lstm family: input feeding, general attention; `extra` is the width between the readout
    and the output layer, 0: no such layer."""

    def __init__(self, words: Tuple[int, int], embedding: int, hidden: int, layers: int,
                 both: bool, extra: int = 0, shared: bool = False) -> None:
        super().__init__("lstm", words, embedding, hidden, layers, both, True)
        self.input_proj = nn.Linear(hidden, hidden, bias=False)
        self.output_proj = nn.Linear(2 * hidden, hidden, bias=False)
        self.additional_fc = nn.Linear(hidden, extra) if extra else None
        self.fc_out = None if shared else nn.Linear(extra or hidden, words[1])
        self.double()

    def out(self, s: Tensor, memory: Tensor) -> Tensor:
        shares = (memory @ self.input_proj(s)).softmax(0)
        return torch.tanh(self.output_proj(torch.cat([shares @ memory, s])))

    def logits(self, r: Tensor) -> Tensor:
        if self.additional_fc is not None:
            r = self.additional_fc(r)
        return self.target.weight @ r if self.fc_out is None else self.fc_out(r)

    def checkpoint(self, **options: Any) -> Dict[str, Any]:
        state = self.renamed({"source.": "encoder.embed_tokens.",
                              "target.": "decoder.embed_tokens.", "encoder.": "encoder.lstm.",
                              "input_proj": "decoder.attention.input_proj",
                              "output_proj": "decoder.attention.output_proj",
                              "additional_fc": "decoder.additional_fc",
                              "fc_out": "decoder.fc_out"})
        for name in [n for n in state if n.startswith("decoder.") and "_l" in n]:
            part, _, k = name[len("decoder."):].rpartition("_l")
            if k.isdigit():
                state[f"decoder.layers.{k}.{part}"] = state.pop(name)
        return {"model": state, "args": None, "cfg": {"model": {"arch": "lstm", **options}}}
