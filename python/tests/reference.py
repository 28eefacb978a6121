# SPDX-License-Identifier: MIT
"""The equations of docs/MODEL.md for one sentence, in float64, one step after the other. Shares
nothing with the package but the names of tensors."""
from __future__ import annotations

import math
from typing import Any, Dict, List, Tuple

import torch
from torch import Tensor

W = Dict[str, Tensor]


def norm(p: Tensor, gamma: Tensor) -> Tensor:
    mean = p.sum() / len(p)
    variance = ((p - mean) ** 2).sum() / len(p)
    return gamma * (p - mean) / math.sqrt(variance.item() + 1e-5)


def cell(c: Any, w: W, side: str, at: str, x: Tensor, h: Tensor, m: Tensor
         ) -> Tuple[Tensor, Tensor]:
    wi, wh, bi, bh = (w[f"{side}.rnn.{n}_{at}"] for n in
                      ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    n = len(h)
    px, ph = (wi @ x).split(n), (wh @ h).split(n)
    bi, bh = bi.split(n), bh.split(n)
    g = w[f"{side}.rnn.weight_ln_{at}"].split(n) if c.layer_norm else None

    def gate(i: int) -> Tensor:
        p = px[i] + ph[i]
        return (norm(p, g[i]) if g else p) + bi[i] + bh[i]

    if c.cell == "lstm":
        i, f, o = (torch.sigmoid(gate(k)) for k in (0, 1, 3))
        m = f * m + i * torch.tanh(gate(2))
        return o * torch.tanh(m), m
    r, u = torch.sigmoid(gate(0)), torch.sigmoid(gate(1))
    nx = norm(px[2], g[2]) if g else px[2]
    nh = norm(ph[2], g[3]) if g else ph[2]
    new = torch.tanh(nx + bi[2] + r * (nh + bh[2]))
    return (1 - u) * new + u * h, m


def encode(c: Any, w: W, source: List[int]) -> Tuple[List[Tensor], List[Tuple[Tensor, Tensor]]]:
    table = w["encoder.embedding.weight" if "encoder.embedding.weight" in w
              else "decoder.embedding.weight"]
    xs, last = [table[i] for i in source], []
    for k in range(c.encoder_layers):
        sides, ends = [], []
        for suffix in ("", "_reverse") if c.bidirectional else ("",):
            h = m = torch.zeros(c.units, dtype=torch.float64)
            out = []
            for x in (reversed(xs) if suffix else xs):
                h, m = cell(c, w, "encoder", f"l{k}{suffix}", x, h, m)
                out.append(h)
            sides.append(out[::-1] if suffix else out)
            ends.append((h, m))
        ys = [torch.cat(parts) for parts in zip(*sides)]
        if c.residual_from and k + 1 >= c.residual_from:
            ys = [y + x for y, x in zip(ys, xs)]
        xs = ys
        last.append(tuple(torch.cat(parts) for parts in zip(*ends)))
    return xs, last[len(last) - c.decoder_layers:]


def attend(c: Any, w: W, q: Tensor, es: List[Tensor]) -> Tensor:
    heads, contexts = c.attention_heads, []
    scale = w["attention.scale"][0] if "attention.scale" in w else 1.0
    for i in range(heads):
        def cut(x: Tensor) -> Tensor:
            n = len(x) // heads
            return x[i * n:(i + 1) * n]

        scores = []
        for e in es:
            if c.attention == "additive":
                both = cut(w["attention.query.weight"] @ q + w["attention.key.weight"] @ e
                           + w["attention.bias"])
                s = cut(w["attention.v"]) @ getattr(torch, c.attention_activation)(both)
            elif c.attention == "general":
                s = cut(w["attention.weight"].t() @ e) @ cut(q)
            else:
                s = cut(q) @ cut(e)
                if c.attention == "cosine":
                    s = s / (cut(q).norm() * cut(e).norm())
            scores.append(s * scale)
        shares = torch.softmax(torch.stack(scores), 0)
        contexts.append(sum(a * cut(e) for a, e in zip(shares, es)))
    return torch.cat(contexts)


def score(c: Any, w: W, source: List[int], target: List[int], start: int) -> float:
    """Sum of the logarithms of the probabilities of all pieces of `target`."""
    w = {n: t.double() for n, t in w.items()}
    es, state = encode(c, w, source)
    fed = torch.zeros(c.fed_size, dtype=torch.float64)
    total, last = 0.0, start
    for piece in target:
        context = attend(c, w, state[-1][0], es) if c.previous else None
        x = w["decoder.embedding.weight"][last]
        if c.previous:
            x = torch.cat([x, context])
        elif c.input_feeding:
            x = torch.cat([x, fed])
        new = []
        for k in range(c.decoder_layers):
            below = x
            if k and c.context_to_all:
                x = torch.cat([x, context])
            h, m = cell(c, w, "decoder", f"l{k}", x, *state[k])
            new.append((h, m))
            x = h + below if c.residual_from and k + 1 >= c.residual_from else h
        state, s = new, x
        if c.attention != "none" and not c.previous:
            context = attend(c, w, s, es)
        z = s if c.attention == "none" else torch.cat([context, s])
        r = z
        if c.readout_size:
            r = w["readout.weight"] @ z + w["readout.bias"]
            r = torch.tanh(r) if c.readout_activation == "tanh" else r
        if c.input_feeding:
            fed = r if c.readout_size else context
        out = w.get("output.weight", w["decoder.embedding.weight"])
        total += torch.log_softmax(out @ r + w["output.bias"], 0)[piece].item()
        last = piece
    return total
