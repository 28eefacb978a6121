# SPDX-License-Identifier: MIT
"""The training loop: updates, validations, the log, and the conditions that end it."""
from __future__ import annotations

import contextlib
import math
import sys
import time
from dataclasses import dataclass
from typing import Any, Callable, Dict, IO, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor

from . import batches, bleu, model_file, numbers, optimizer, options as table, search, vocabulary
from .batches import Batch
from .corpus import Pack
from .errors import TrujamanError
from .network import Dropout, Network

LARGEST_SCALE = 65536.0
UPDATES_PER_SCALE = 2000  # after which a larger scale is tried
MOST_WILD = 10  # updates in a row with an absurd loss
SECONDS_BETWEEN_LINES = 10
TYPES = {"fp16": torch.float16, "bf16": torch.bfloat16}


@dataclass
class Score:
    """Of a model on the dev set; without one, `update` alone counts."""

    update: int = 0
    nll: Optional[float] = None
    bleu: Optional[float] = None

    def is_better(self, best: "Score") -> bool:
        if best.update == 0 or self.nll is None or best.nll is None:
            return True
        if self.bleu is None or best.bleu is None or self.bleu == best.bleu:
            return self.nll < best.nll
        return self.bleu > best.bleu


class Losses(NamedTuple):
    loss: Tensor  # sum over the target pieces, with label smoothing
    nll: Tensor   # without


@dataclass
class Machine:
    """Where and how to compute."""

    device: torch.device
    precision: str = "float32"  # or fp16, bf16: mixed

    def autocast(self) -> Any:
        if self.precision == "float32":
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, dtype=TYPES[self.precision])


class Trainer:
    """One training. `keep` gets the weights and metadata of each new best model."""

    def __init__(self, pack: Pack, machine: Machine, log: Optional[IO[str]],
                 keep: Callable[[Dict[str, Tensor], Dict[str, str], int], None],
                 began: Optional[float] = None) -> None:
        self.pack, self.machine, self.log, self.keep = pack, machine, log, keep
        self.o = pack.options
        self.began = time.monotonic() if began is None else began
        self.said = self.since_run = time.monotonic()
        self.best, self.validated_at, self.since_best = Score(), 0, 0
        self.epoch = self.batch = self.wild = 0
        self.validation_seconds = self.update_seconds = 0.0
        self.pieces_since, self.since = 0, self.said
        torch.manual_seed(numbers.random(self.o["seed"], numbers.NOISE) >> 1)
        self._open_network()
        self.target = vocabulary.open_as(pack.config, pack.target_spm)
        start = self.target.bos if pack.config.decoder_start == "bos" else self.target.eos
        if start < 0 or self.target.eos < 0:
            raise TrujamanError("the target vocabulary: found no <s> or </s>")
        self.ids = search.Ids(start, self.target.eos, self.target.unk)
        self.optimizer = optimizer.Optimizer(list(self.network.parameters()), self.o)
        # Of the loss, so that float16 holds its gradients.
        self.scale = LARGEST_SCALE if machine.precision == "fp16" else 1.0
        self.stopped = False
        pack.train.to(machine.device)
        if pack.dev is not None:
            pack.dev.to(machine.device)
            self.dev_batches = batches.in_order(pack.dev, self.o["batch-tokens"])
        self._next_epoch()
        self.chosen, self.every = pack.chosen, self.o["validate-every"]
        if self.every is None:
            self.every = table.interval(pack.least_interval, len(self.order))
            self.chosen = f"{self.chosen} --validate-every {self.every}".strip()

    def _open_network(self) -> None:
        o, c = self.o, self.pack.config
        dropout = Dropout(o["dropout"], o["recurrent-dropout"], o["attention-dropout"])
        if self.pack.init is not None:
            weights = model_file.to_float(self.pack.init)
            self.network = model_file.build(
                c, {n: t for n, t in weights.items() if n not in model_file.TEXTS}, dropout)
        else:
            self.network = Network(c, dropout)
            self.network.initialise(numbers.random(o["seed"], numbers.PARAMETERS) >> 1)
        self.network.to(self.machine.device)

    def _next_epoch(self) -> None:
        self.order = batches.of_epoch(
            self.pack.train, self.o["batch-tokens"],
            numbers.random(self.o["seed"], numbers.BATCHES), self.epoch)

    # --- What is told -------------------------------------------------------------------------

    def seconds(self) -> float:
        """Of training: without the time that loading took."""
        return time.monotonic() - self.since_run

    def left(self) -> float:
        """Seconds until --minutes after the beginning of the process."""
        return 60 * self.o["minutes"] - (time.monotonic() - self.began)

    def say(self, text: str) -> None:
        print(f"train: {text}", file=sys.stderr, flush=True)

    def write_log(self, **values: Any) -> None:
        if self.log is None:
            return
        def text(v: Any) -> str:
            if isinstance(v, bool):
                return str(v).lower()
            return f"{v:.9g}" if isinstance(v, float) else str(v)
        line = ", ".join(f'"{k}": {text(v)}' for k, v in values.items())
        self.log.write("{" + line + "}\n")

    def _tell_update(self, loss: float, pieces: int) -> None:
        now = time.monotonic()
        self.pieces_since += pieces
        if now - self.said < SECONDS_BETWEEN_LINES:
            return
        speed = self.pieces_since / max(now - self.since, 1e-9)
        self.say(f"update {self.optimizer.updates}, epoch {self.epoch + 1}, loss {loss:.3f}, "
                 f"{speed:.0f} pieces/s, {self.seconds():.0f} s")
        self.said = self.since = now
        self.pieces_since = 0

    # --- Updates --------------------------------------------------------------------------------

    def losses(self, b: Batch, smoothing: float) -> Losses:
        with self.machine.autocast():
            r = self.network(b.source, b.lengths, b.inputs)
            logits = self.network.logits(r[b.real])
        logs = logits.float().log_softmax(1)
        nll = -logs.gather(1, b.wanted[b.real].unsqueeze(1)).sum()
        if smoothing == 0:
            return Losses(nll, nll)
        return Losses((1 - smoothing) * nll - smoothing * logs.mean(1).sum(), nll)

    def _accumulate(self, pairs: List[int], n_pieces: int) -> Tuple[float, float]:
        """Adds the gradients of some pairs; loss and nll. A batch that does not fit into a GPU's
        memory is computed in halves, with the same result."""
        try:
            b = batches.make(self.pack.train, pairs, self.ids.start)
            found = self.losses(b, self.o["label-smoothing"])
            (found.loss * (self.scale / n_pieces)).backward()
            return found.loss.item(), found.nll.item()
        except RuntimeError as e:
            if "out of memory" not in str(e) or len(pairs) < 2:
                raise
        # A backward pass that ran out of memory may have left a part of its gradients.
        raise _TooLarge

    def gradients(self, pairs: List[int]) -> Tuple[float, float, int]:
        """Gradients of a batch, and its loss, nll and pieces."""
        n_pieces = sum(self.pack.train.n_target[p] for p in pairs)
        parts = 1
        while True:
            for p in self.optimizer.parameters:
                p.grad = None
            try:
                sums = [self._accumulate(pairs[i::parts], n_pieces) for i in range(parts)]
                return sum(s[0] for s in sums), sum(s[1] for s in sums), n_pieces
            except _TooLarge:
                torch.cuda.empty_cache()
                parts = min(2 * parts, len(pairs))

    def _check(self, loss: float, norm: float) -> None:
        n = self.optimizer.updates + 1
        advice = "the training has diverged; lower --learning-rate, set --clip or raise --warmup"
        if not math.isfinite(loss) or not math.isfinite(norm):
            raise TrujamanError(f"update {n}: the loss is {loss:g}, the norm of the gradient "
                                f"{norm:g}: {advice}")
        wild = loss > 3 * 0.7 * self.pack.config.target_words.bit_length()
        self.wild = self.wild + 1 if wild else 0
        if self.wild >= MOST_WILD:
            raise TrujamanError(f"update {n}: the loss is {loss:g}: {advice}")

    def update(self) -> None:
        began = time.monotonic()
        self.network.train()
        loss, nll, n = self.gradients(self.order[self.batch])
        epoch = self.epoch + 1
        self.batch += 1
        if self.batch >= len(self.order):
            self.batch, self.epoch = 0, self.epoch + 1
            self._next_epoch()
        norm, rate = self.optimizer.norm(1 / self.scale), self.optimizer.rate()
        if self.scale > 1 and not math.isfinite(norm):
            self.scale /= 2  # an overflow of float16 says nothing about the training
            return
        if self.machine.precision == "fp16" and \
                self.optimizer.updates % UPDATES_PER_SCALE == UPDATES_PER_SCALE - 1:
            self.scale = min(2 * self.scale, LARGEST_SCALE)
        self._check(loss / n, norm)
        self.optimizer.step(norm)
        self.update_seconds = max(0.9 * self.update_seconds, time.monotonic() - began)
        self.write_log(update=self.optimizer.updates, epoch=epoch, loss=loss / n, nll=nll / n,
                       pieces=n, learning_rate=rate, gradient_norm=norm, seconds=self.seconds())
        self._tell_update(loss / n, n)

    # --- Validations ------------------------------------------------------------------------------

    @torch.no_grad()
    def dev_nll(self) -> float:
        self.network.eval()
        total, n = 0.0, 0
        for pairs in self.dev_batches:
            b = batches.make(self.pack.dev, pairs, self.ids.start)
            total += self.losses(b, 0.0).nll.item()
            n += b.n_pieces
        return total / max(n, 1)

    def dev_bleu(self) -> float:
        """Of greedy translations of whole lines."""
        with self.machine.autocast():
            found = search.translate(self.network, self.pack.dev_sources, self.ids)
        return bleu.corpus_bleu([self.target.text(f) for f in found], self.pack.dev_references)

    def _measure(self, hurry: bool) -> Score:
        score = Score(self.optimizer.updates)
        if self.pack.dev is None:
            return score
        score.nll = self.dev_nll()
        if not math.isfinite(score.nll):
            raise TrujamanError(f"update {score.update}: the loss of the dev set is {score.nll}")
        if not hurry:
            score.bleu = self.dev_bleu()
        return score

    def validate(self, hurry: bool = False) -> None:
        """Measures the average of the weights and keeps it if it is the best. In a hurry, the
        loss alone decides."""
        began = time.monotonic()
        self.optimizer.swap()
        score = self._measure(hurry)
        best = score.is_better(self.best)
        if best:
            self.best = score
            self._keep(score)
        self.optimizer.swap()
        self.validated_at = score.update
        self.since_best = 0 if best else self.since_best + 1
        if self.since_best and self.since_best % optimizer.PLATEAU_VALIDATIONS == 0:
            self.optimizer.halve()
        self.validation_seconds = max(self.validation_seconds, time.monotonic() - began)
        if score.nll is None:
            return
        shown = "not measured" if score.bleu is None else f"{score.bleu:.2f}"
        self.say(f"update {score.update}: dev BLEU {shown}, nll {score.nll:.4f}"
                 f"{', the best so far' if best else ''}")
        self.write_log(update=score.update, epoch=self.epoch + (self.batch > 0),
                       dev_nll=score.nll, dev_bleu="null" if score.bleu is None else score.bleu,
                       best=best, seconds=self.seconds())
        self.said = self.since = time.monotonic()
        self.pieces_since = 0

    def _keep(self, score: Score) -> None:
        metadata = dict(self.pack.metadata, trained_updates=str(score.update))
        if score.nll is not None:
            metadata["dev_nll"] = f"{score.nll:.4f}"
        if score.bleu is not None:
            metadata["dev_bleu"] = f"{score.bleu:.2f}"
        weights = optimizer.snapshot(self.network.tensors())
        self.keep(weights, model_file.file_metadata(self.pack.config, metadata), score.update)

    # --- Main loop ------------------------------------------------------------------------------

    def _is_late(self) -> bool:
        """Whether only the last validation fits into the minutes that are left."""
        if self.o["minutes"] <= 0:
            return False
        unknown = 0.0 if self.pack.dev is None else 0.1 * 60 * self.o["minutes"]
        reserve = 1.3 * self.validation_seconds if self.validation_seconds else unknown
        return self.left() < reserve + 2 * self.update_seconds + 1

    def _why(self) -> Optional[str]:
        o = self.o
        if o["updates"] and self.optimizer.updates >= o["updates"]:
            return "the updates are done"
        if o["epochs"] and self.epoch >= o["epochs"]:
            return "the epochs are done"
        if o["patience"] and self.since_best >= o["patience"]:
            return "no new best model for a while"
        if self.stopped:
            return "a signal ended the training"
        if self.optimizer.updates and self._is_late():
            return "the time is over"
        return None

    def run(self) -> None:
        c = self.pack.train
        self.said = self.since = self.since_run = time.monotonic()
        self.say(f"{c.n} pairs, {c.source_pieces} and {c.target_pieces} pieces, "
                 f"{sum(p.numel() for p in self.network.parameters())} parameters, "
                 f"{len(self.order)} updates an epoch, {self.machine.device}, "
                 f"{self.machine.precision}")
        if self.chosen:
            self.say(f"chosen: {self.chosen}")
            self.write_log(chosen=f'"{self.chosen}"')
        while True:
            u = self.optimizer.updates
            why = self._why()
            if why is None and u and u % self.every == 0 and self.validated_at != u:
                self.validate()
                why = self._why()
            if why is not None:
                break
            self.update()
        if self.validated_at != self.optimizer.updates:
            self.validate(hurry=self.o["minutes"] > 0 and self.validation_seconds > self.left())
        self.say(f"{why}: {self.optimizer.updates} updates, {self.seconds():.0f} s; "
                 f"the best model is that of update {self.best.update}")


class _TooLarge(Exception):
    """A batch did not fit into the memory of a GPU."""
