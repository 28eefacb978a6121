# SPDX-License-Identifier: MIT
"""Learning rate, gradient norm, updates and the moving average of the weights."""
from __future__ import annotations

import math
from typing import Dict, List, Optional

import torch
from torch import Tensor
from torch.nn import Parameter

from .options import Options

PLATEAU_VALIDATIONS = 2  # validations without a new best model that halve the rate


class Optimizer:
    """SGD or Adam over a network's parameters, as `trujaman train` does it."""

    def __init__(self, parameters: List[Parameter], options: Options) -> None:
        self.parameters, self.options = parameters, options
        self.updates, self.plateau = 0, 1.0
        self.adam: Optional[torch.optim.Adam] = None
        if options["optimizer"] == "adam":
            self.adam = torch.optim.Adam(parameters, lr=options["learning-rate"],
                                         betas=(0.9, 0.999), eps=1e-8)
        self.average: Optional[List[Tensor]] = None
        if options["ema"] > 0:
            self.average = [p.detach().clone() for p in parameters]

    def rate(self) -> float:
        """Of the next update."""
        o, n = self.options, self.updates + 1
        if self.updates < o["warmup"]:
            return o["learning-rate"] * n / o["warmup"]
        if o["schedule"] == "inverse-sqrt":
            return o["learning-rate"] * math.sqrt(max(o["warmup"], 1) / n)
        return o["learning-rate"] * self.plateau

    def halve(self) -> None:
        if self.options["schedule"] == "plateau":
            self.plateau /= 2

    def gradients(self) -> List[Tensor]:
        for p in self.parameters:
            if p.grad is None:
                p.grad = torch.zeros_like(p)
        return [p.grad for p in self.parameters]

    def norm(self, factor: float = 1.0) -> float:
        """Multiplies all gradients by `factor`; their norm, all together."""
        if factor != 1:
            torch._foreach_mul_(self.gradients(), factor)
        return torch.stack([g.float().norm() for g in self.gradients()]).norm().item()

    @torch.no_grad()
    def step(self, norm: float) -> None:
        """One update from the gradients, whose norm is given."""
        clip, rate = self.options["clip"], self.rate()
        gradients = self.gradients()
        if 0 < clip < norm:
            torch._foreach_mul_(gradients, clip / norm)
        if self.adam is not None:
            self.adam.param_groups[0]["lr"] = rate
            self.adam.step()
        else:
            torch._foreach_add_(self.parameters, gradients, alpha=-rate)
        if self.average is not None:
            t = self.updates
            decay = min((1 + t) / (10 + t), self.options["ema"])
            torch._foreach_mul_(self.average, decay)
            torch._foreach_add_(self.average, self.parameters, alpha=1 - decay)
        self.updates += 1

    @torch.no_grad()
    def swap(self) -> None:
        """Exchanges the weights and their average, if there is one."""
        for p, a in zip(self.parameters, self.average or []):
            kept = p.detach().clone()
            p.copy_(a)
            a.copy_(kept)


def snapshot(named: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Copies of weights in RAM."""
    return {name: p.detach().to("cpu", torch.float32, copy=True) for name, p in named.items()}
