#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The peer of bench-translate: the model of make-model in PyTorch on one core, greedy, ids in
and ids out, so many source and target pieces for every sentence: nothing is padded, no
text is tokenised. In float32, and with LSTMs and linear layers quantised dynamically to int8.
Debian: python3-torch libopenblas0-openmp.

    OPENBLAS_CORETYPE=SKYLAKEX translate-torch.py [OPTIONS]

Prints "torch translate/PRECISION TARGET-PIECES/S" of the best batch size, and on stderr
those of all: medians over --seconds each. int8 runs with PyTorch's default engine for quantised
layers, with --engine NAME, or with each that this PyTorch has (--engine all).
"""
import argparse
import os
import statistics
import sys
import time

os.environ.setdefault("GLOG_minloglevel", "2")  # QNNPACK warns in every call

import torch
from torch import nn


class Translator(nn.Module):
    """Two layers a side, bidirectional encoder, dot attention, input feeding, readout."""

    def __init__(self, a):
        super().__init__()
        size = a.size
        self.source = nn.Embedding(a.words, size)
        self.target = nn.Embedding(a.words, size)
        self.encoder = nn.LSTM(size, size // 2, 2, bidirectional=True)
        self.lower = nn.LSTMCell(2 * size, size)
        self.upper = nn.LSTMCell(size, size)
        self.readout = nn.Linear(2 * size, size)
        self.output = nn.Linear(size, a.words)

    def forward(self, source, n_target):
        """[positions][sentences] ids to [n_target][sentences] ids."""
        memory, (h, c) = self.encoder(self.source(source))
        # Put the forward and the reverse direction of each layer side by side.
        h, c = (torch.cat((s[0::2], s[1::2]), dim=2) for s in (h, c))
        first, second = (h[0], c[0]), (h[1], c[1])
        memory = memory.transpose(0, 1).contiguous()
        keys = memory.transpose(1, 2).contiguous()
        fed = torch.zeros_like(h[0])
        last = torch.ones(source.shape[1], dtype=torch.long)
        outputs = []
        for _ in range(n_target):
            first = self.lower(torch.cat((self.target(last), fed), dim=1), first)
            second = self.upper(first[0], second)
            query = second[0].unsqueeze(1)
            context = torch.bmm(torch.bmm(query, keys).softmax(2), memory).squeeze(1)
            fed = torch.tanh(self.readout(torch.cat((context, second[0]), dim=1)))
            last = self.output(fed).argmax(1)
            outputs.append(last)
        return torch.stack(outputs)


def rate(model, batch, a):
    """Target pieces a second with batches of so many sentences."""
    source = torch.randint(a.words, (a.pieces, batch))
    model(source, a.pieces)
    times, end = [], time.perf_counter() + a.seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        model(source, a.pieces)
        times.append(time.perf_counter() - start)
    return batch * a.pieces / statistics.median(times)


def parse():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    for name, value in ("size", 512), ("words", 8000), ("pieces", 20), ("threads", 1):
        p.add_argument("--" + name, type=int, default=value, help=f"({value})")
    p.add_argument("--seconds", type=float, default=2.0, help="for each batch size (2)")
    p.add_argument("--batches", default="16,32,64,128,256", help="sizes (16,32,64,128,256)")
    p.add_argument("--precision", default="float32,int8", help="(float32,int8)")
    p.add_argument("--engine", default="default", help="of quantised layers (default)")
    return p.parse_args()


def engines(a):
    """The engines to try for quantised layers."""
    known = [e for e in torch.backends.quantized.supported_engines if e != "none"]
    if a.engine == "all":
        return known
    if a.engine == "default":
        return [e for e in [torch.backends.quantized.engine] if e != "none"]
    return [a.engine]


def quantised(model, engine):
    """The model with dynamically quantised layers, or None if the engine cannot do that."""
    torch.backends.quantized.engine = engine
    try:
        return torch.quantization.quantize_dynamic(
            model, {nn.LSTM, nn.LSTMCell, nn.Linear}, dtype=torch.qint8)
    except RuntimeError as e:
        print(f"torch: {engine} is skipped: {str(e).splitlines()[0]}", file=sys.stderr)
        return None


def best_rate(model, name, a):
    """The best rate over the batch sizes; tells all."""
    best = 0
    for batch in map(int, a.batches.split(",")):
        pieces = rate(model, batch, a)
        print(f"torch: {name}, {batch} sentences: {pieces:.0f} target pieces/s",
              file=sys.stderr)
        best = max(best, pieces)
    return best


def main():
    a = parse()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    torch.set_flush_denormal(True)
    float32 = Translator(a).eval()
    for precision in a.precision.split(","):
        models = {"float32": float32}
        if precision == "int8":
            models = {f"int8 {e}": quantised(float32, e) for e in engines(a)}
            models = {name: m for name, m in models.items() if m is not None}
            if not models:
                print("torch: int8 is skipped: this PyTorch has no engine for quantised layers",
                      file=sys.stderr)
                continue
        best = 0
        for name, model in models.items():
            if precision == "int8":
                torch.backends.quantized.engine = name.split()[1]
            with torch.inference_mode():
                best = max(best, best_rate(model, name, a))
        print(f"torch translate/{precision} {best:.0f}", flush=True)


if __name__ == "__main__":
    main()
