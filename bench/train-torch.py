#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The peer of `trujaman train`: the equal model trained by PyTorch on the CPU, on batches
that make-batches.py wrote. Prints target pieces per second (</s> counted), the median of
the updates. Debian: python3-torch libopenblas0-openmp.

    OPENBLAS_CORETYPE=SKYLAKEX train-torch.py [OPTIONS] BATCHES.jsonl

What was tried with PyTorch 1.13, in CPU time of one thread on a Zen 4: glibc's malloc told to
keep freed memory: +25 % (compare-training.sh does). A packed or a padded encoder: within 3 %,
the trial of compare-training.sh decides. A packed decoder: -12 %, for its batches have little
padding. Adam by `foreach`, oneDNN off (LSTMs do not train through it), ATEN_CPU_CAPABILITY,
huge pages, OpenBLAS's SKYLAKEX or ZEN kernels: within 5 %, which is noise. Only real words
go through readout and output layer; batches are made ready before the clock runs.
"""
import argparse
import json
import resource
import statistics
import time

import torch
from torch import nn
from torch.nn.functional import cross_entropy, dropout
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

BOS = 1


class PackedEncoder(nn.Module):
    """PyTorch's own way with sequences of different lengths."""

    def __init__(self, a):
        super().__init__()
        self.rnn = nn.LSTM(a.embedding_size, a.hidden_size // 2, a.encoder_layers,
                           batch_first=True, bidirectional=True, dropout=a.dropout)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True)
        outputs, (h, c) = self.rnn(packed)
        memory, _ = pad_packed_sequence(outputs, batch_first=True)

        def joined(state):
            state = state.reshape(self.rnn.num_layers, 2, *state.shape[1:])
            return torch.cat((state[:, 0], state[:, 1]), dim=2)

        return memory, (joined(h), joined(c))


class PaddedEncoder(nn.Module):
    """Whole steps with padding; the reverse direction reads each sentence turned round."""

    def __init__(self, a):
        super().__init__()
        units = a.hidden_size // 2
        self.dropout = a.dropout
        self.layers = nn.ModuleList(
            nn.ModuleList(nn.LSTM(a.hidden_size if k else a.embedding_size, units,
                                  batch_first=True) for _ in range(2))
            for k in range(a.encoder_layers))

    @staticmethod
    def turn(x, at):
        return x.gather(1, at.unsqueeze(2).expand(-1, -1, x.shape[2]))

    def forward(self, x, lengths):
        steps = torch.arange(x.shape[1])
        at = (lengths[:, None] - 1 - steps).where(steps < lengths[:, None], steps[None])
        rows, last = torch.arange(len(x)), lengths - 1
        states = []
        for k, (forth, back) in enumerate(self.layers):
            if k:
                x = dropout(x, self.dropout, self.training)
            ahead, _ = forth(x)
            behind, _ = back(self.turn(x, at))
            # nn.LSTM returns only the last step's cell. With padding that is not the last word's,
            # so take the hidden state, which costs the same.
            state = torch.cat((ahead[rows, last], behind[rows, last]), dim=1)
            states.append(state)
            x = torch.cat((ahead, self.turn(behind, at)), dim=2)
        h = torch.stack(states)
        return x, (h, h)


class Translator(nn.Module):
    def __init__(self, a):
        super().__init__()
        z = 2 * a.hidden_size
        self.p = a.dropout
        self.packed_decoder = a.decoder == "packed"
        self.source = nn.Embedding(a.words, a.embedding_size)
        self.target = nn.Embedding(a.words, a.embedding_size)
        self.encoder = (PackedEncoder if a.encoder == "packed" else PaddedEncoder)(a)
        self.decoder = nn.LSTM(a.embedding_size, a.hidden_size, a.decoder_layers,
                               batch_first=True, dropout=a.dropout)
        self.attention = nn.Linear(a.hidden_size, a.hidden_size, bias=False)
        self.readout = nn.Linear(z, a.readout_size) if a.readout_size else None
        self.output = nn.Linear(a.readout_size or z, a.words)
        if a.tied_output:
            self.output.weight = self.target.weight

    def decode(self, x, lengths, state):
        layers = self.decoder.num_layers
        state = tuple(s[-layers:].contiguous() for s in state)
        if not self.packed_decoder:
            return self.decoder(x, state)[0]
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        outputs, _ = self.decoder(packed, state)
        return pad_packed_sequence(outputs, batch_first=True)[0]

    def forward(self, batch):
        memory, state = self.encoder(dropout(self.source(batch.source), self.p, self.training),
                                     batch.n_source)
        states = self.decode(dropout(self.target(batch.inputs), self.p, self.training),
                             batch.n_target, state)
        scores = torch.bmm(states, self.attention(memory).transpose(1, 2))
        scores = scores.masked_fill(batch.padding[:, None, :], -float("inf"))
        context = torch.bmm(scores.softmax(2), memory)
        z = torch.cat((context, states), dim=2)[batch.real]
        if self.readout is not None:
            z = torch.tanh(self.readout(z))
        return self.output(dropout(z, self.p, self.training))


class Batch:
    """Everything that does not depend on the weights, made before the clock runs. Sorted
    by source length, longest first: packing needs no further order then."""

    def __init__(self, line):
        pairs = json.loads(line)
        pairs = sorted(zip(pairs["source"], pairs["target"]), key=lambda p: -len(p[0]))
        sources = [torch.tensor(s) for s, _ in pairs]
        targets = [torch.tensor(t) for _, t in pairs]
        inputs = [torch.tensor([BOS] + t[:-1]) for _, t in pairs]
        self.n_source = torch.tensor([len(s) for s in sources])
        self.n_target = torch.tensor([len(t) for t in targets])
        self.source = pad_sequence(sources, batch_first=True)
        self.inputs = pad_sequence(inputs, batch_first=True)
        self.padding = torch.arange(self.source.shape[1]) >= self.n_source[:, None]
        self.real = torch.arange(self.inputs.shape[1]) < self.n_target[:, None]
        self.wanted = pad_sequence(targets, batch_first=True)[self.real]
        self.pieces = len(self.wanted)


def update(model, optimizer, batch, a):
    optimizer.zero_grad(set_to_none=True)
    loss = cross_entropy(model(batch), batch.wanted, label_smoothing=a.label_smoothing)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), a.clip)
    optimizer.step()
    return loss.item()


def parse():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    for name, value in ("embedding-size", 256), ("hidden-size", 512), ("encoder-layers", 2), \
            ("decoder-layers", 2), ("readout-size", 256), ("words", 8000), ("threads", 2), \
            ("updates", 20), ("skip", 3):
        p.add_argument("--" + name, type=int, default=value, help=f"({value})")
    for name, value in ("dropout", 0.2), ("label-smoothing", 0.1), ("clip", 1.0), \
            ("learning-rate", 1e-3):
        p.add_argument("--" + name, type=float, default=value, help=f"({value})")
    p.add_argument("--tied-output", action="store_true")
    p.add_argument("--encoder", choices=("packed", "padded"), default="packed")
    p.add_argument("--decoder", choices=("packed", "padded"), default="padded")
    p.add_argument("--foreach", action="store_true", help="Adam over lists of tensors")
    p.add_argument("--no-mkldnn", action="store_true")
    p.add_argument("--verbose", action="store_true", help="a line an update")
    p.add_argument("batches")
    return p.parse_args()


def main():
    a = parse()
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    torch.set_flush_denormal(True)
    torch.backends.mkldnn.enabled = not a.no_mkldnn
    with open(a.batches, encoding="utf-8") as f:
        batches = [Batch(line) for line in f]
    model = Translator(a)
    for parameter in model.parameters():
        nn.init.uniform_(parameter, -0.08, 0.08)
    optimizer = torch.optim.Adam(model.parameters(), a.learning_rate, foreach=a.foreach)
    rates = []
    for i in range(a.skip + a.updates):
        batch = batches[i % len(batches)]
        start = time.perf_counter()
        loss = update(model, optimizer, batch, a)
        seconds = time.perf_counter() - start
        if a.verbose:
            print(f"update {i}: loss {loss:.4f}, {batch.pieces} pieces, {seconds:.3f} s")
        if i >= a.skip:
            rates.append(batch.pieces / seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"torch {statistics.median(rates):.0f} target pieces/s, {a.threads} threads, "
          f"{sum(p.numel() for p in model.parameters())} parameters, peak {peak} MiB")


if __name__ == "__main__":
    main()
