# SPDX-License-Identifier: MIT
"""Any state dict, by a file that says which of its tensors is which.

The file is JSON: `config` has the keys of docs/MODEL.md, `tensors` says for each tensor of the
format where it comes from, `ignore` lists what the state dict has in addition (a * at the end of
a name stands for the rest), `state` names the way to the state dict inside the file, if it is not
the whole: ["model", "weights"].
"""
from __future__ import annotations

import fnmatch
from typing import Any, Dict, List

import torch
from torch import Tensor

from .. import config as configuration
from ..errors import TrujamanError
from .common import Imported, Taker

KEYS = {"config", "tensors", "ignore", "state"}
RULE_KEYS = {"from", "transpose", "blocks", "rows", "columns", "zeros"}


def _span(rule: Dict[str, Any], key: str, n: int, name: str) -> slice:
    span = rule.get(key, [0, n])
    if not isinstance(span, list) or len(span) != 2 or \
            not all(isinstance(i, int) for i in span) or not 0 <= span[0] <= span[1] <= n:
        raise TrujamanError(f"the mapping of {name}: {key} must be [first, end] within {n}")
    return slice(span[0], span[1])


def _blocks(t: Tensor, order: Any, name: str) -> Tensor:
    """Blocks of rows in another order: gates."""
    if not isinstance(order, list) or sorted(order) != list(range(len(order))) or not order or \
            len(t) % len(order):
        raise TrujamanError(f"the mapping of {name}: blocks must be an order of equal parts, "
                            "such as [0, 1, 3, 2]")
    return torch.cat([t.chunk(len(order))[i] for i in order])


def _tensor(rule: Any, state: Dict[str, Tensor], used: List[str], name: str) -> Tensor:
    if isinstance(rule, str):
        rule = {"from": rule}
    if not isinstance(rule, dict) or not set(rule) <= RULE_KEYS:
        raise TrujamanError(f"the mapping of {name}: wanted a name, or "
                            f"{', '.join(sorted(RULE_KEYS))}")
    if "zeros" in rule:
        shape = rule["zeros"]
        if not isinstance(shape, list) or len(shape) not in (1, 2) or \
                not all(isinstance(n, int) and 0 < n <= configuration.LARGEST_SIZE
                        for n in shape):
            raise TrujamanError(f"the mapping of {name}: zeros must be a shape")
        return torch.zeros(shape)
    source = rule.get("from")
    if source not in state:
        raise TrujamanError(f"the mapping of {name}: the state dict has no tensor {source!r}")
    used.append(source)
    t = state[source].float()
    if rule.get("transpose"):
        t = t.t()
    if t.dim() == 2 and "columns" in rule:
        t = t[:, _span(rule, "columns", t.shape[1], name)]
    t = t[_span(rule, "rows", len(t), name)] if t.dim() else t.reshape(1)
    return (_blocks(t, rule["blocks"], name) if "blocks" in rule else t).contiguous()


def read(checkpoint: Any, mapping: Any, source_tokens: List[str], target_tokens: List[str]
         ) -> Imported:
    """From what `checkpoint.load` or a safetensors file holds."""
    if not isinstance(mapping, dict) or not {"config", "tensors"} <= set(mapping) <= KEYS or \
            not isinstance(mapping["tensors"], dict):
        raise TrujamanError("the mapping: wanted an object with config and tensors")
    for step in mapping.get("state", []):
        if not isinstance(checkpoint, dict) or step not in checkpoint:
            raise TrujamanError(f"the mapping: there is no {step!r} on the way to the state dict")
        checkpoint = checkpoint[step]
    state = Taker(checkpoint).left
    used: List[str] = []
    tensors = {name: _tensor(rule, state, used, name)
               for name, rule in mapping["tensors"].items()}
    ignored = mapping.get("ignore", [])
    for name in state:
        if name not in used and not any(fnmatch.fnmatchcase(name, str(i)) for i in ignored):
            raise TrujamanError(f"the state dict has a tensor {name}, "
                                "which the mapping neither uses nor ignores")
    keys = mapping["config"]
    if not isinstance(keys, dict) or not all(isinstance(v, str) for v in keys.values()):
        raise TrujamanError("the mapping: config must have strings, as in docs/MODEL.md")
    return Imported(configuration.from_metadata(keys), tensors, source_tokens, target_tokens)
