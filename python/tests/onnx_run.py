# SPDX-License-Identifier: MIT
"""Computes an ONNX graph with the few operators that exported models have, from their definitions
in the ONNX standard."""
from __future__ import annotations

from typing import Any, Callable, Dict, List

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

Values = List[Any]


def _tensor(proto: Any) -> Tensor:
    return torch.from_numpy(numpy_helper.to_array(proto).copy())


def _slice(x: Tensor, starts: Tensor, ends: Tensor, axes: Any = None, steps: Any = None) -> Tensor:
    axes = range(len(starts)) if axes is None else axes.tolist()
    steps = [1] * len(starts) if steps is None else steps.tolist()
    for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes, steps):
        assert step == 1
        n = x.shape[axis]
        start, end = (max(0, min(n, v + n if v < 0 else v)) for v in (start, end))
        x = x.narrow(axis, start, max(0, end - start))
    return x


def _rnn(kind: str, a: Dict[str, Any], x: Tensor, w: Tensor, r: Tensor, b: Tensor, *rest: Any
         ) -> Values:
    """x [S, B, in], w [D, G·H, in], r [D, G·H, H], b [D, 2·G·H]; the gates of an LSTM are i, o,
    f, c and those of a GRU z, r, h there."""
    lengths, *start = rest
    assert lengths is None or (lengths == x.shape[0]).all()
    assert kind == "LSTM" or a.get("linear_before_reset") == 1
    order = [0, 2, 3, 1] if kind == "LSTM" else [1, 0, 2]
    outs, ends = [], []
    for d in range(len(w)):
        size = r.shape[2]
        module = (nn.LSTM if kind == "LSTM" else nn.GRU)(x.shape[2], size)

        def gates(t: Tensor) -> Tensor:
            return torch.cat([t.chunk(len(order))[i] for i in order])

        b_ih, b_hh = b[d].chunk(2)
        for name, t in (("weight_ih_l0", w[d]), ("weight_hh_l0", r[d]), ("bias_ih_l0", b_ih),
                        ("bias_hh_l0", b_hh)):
            getattr(module, name).data.copy_(gates(t))
        state = [s[d:d + 1].contiguous() for s in start if s is not None]
        reverse = a.get("direction") == "reverse" or d == 1
        out, end = module(x.flip(0) if reverse else x,
                          (tuple(state) if kind == "LSTM" else state[0]) if state else None)
        outs.append(out.flip(0) if reverse else out)
        ends.append(end if kind == "LSTM" else (end,))
    return [torch.stack(outs, 1), *(torch.cat(parts) for parts in zip(*ends))]


def _reduce(x: Tensor, function: Callable[..., Tensor], a: Dict[str, Any]) -> Tensor:
    return function(x, dim=a["axes"], keepdim=bool(a.get("keepdims", 1)))


def _reshape(x: Tensor, shape: Tensor) -> Tensor:
    return x.reshape([x.shape[i] if n == 0 else n for i, n in enumerate(shape.tolist())])


OPERATORS: Dict[str, Callable[..., Any]] = {
    "Add": lambda a, x, y: x + y, "Sub": lambda a, x, y: x - y, "Mul": lambda a, x, y: x * y,
    "Div": lambda a, x, y: x / y if x.is_floating_point() else x // y,
    "Equal": lambda a, x, y: x == y, "Not": lambda a, x: ~x,
    "And": lambda a, x, y: x & y,
    "MatMul": lambda a, x, y: x @ y, "Tanh": lambda a, x: x.tanh(),
    "Sigmoid": lambda a, x: x.sigmoid(), "Relu": lambda a, x: x.relu(),
    "Gemm": lambda a, x, y, c: a.get("alpha", 1.0) * (
        x.t() if a.get("transA") else x) @ (y.t() if a.get("transB") else y) +
        a.get("beta", 1.0) * c,
    "Concat": lambda a, *x: torch.cat([t.reshape(1) if t.dim() == 0 else t for t in x], a["axis"]),
    "Gather": lambda a, x, i: x.index_select(a.get("axis", 0), i.reshape(-1)).reshape(
        [*x.shape[:a.get("axis", 0)], *i.shape, *x.shape[a.get("axis", 0) + 1:]]),
    "Shape": lambda a, x: torch.tensor(x.shape), "Reshape": lambda a, x, s: _reshape(x, s),
    "Transpose": lambda a, x: x.permute(a["perm"]), "Identity": lambda a, x: x,
    "Unsqueeze": lambda a, x, axes: x[(None,) * 1] if x.dim() == 0 else
    x.unsqueeze(int(axes[0])),
    "Squeeze": lambda a, x, axes: x.squeeze(int(axes[0])),
    "Softmax": lambda a, x: x.softmax(a.get("axis", -1)),
    "LogSoftmax": lambda a, x: x.log_softmax(a.get("axis", -1)),
    "Where": lambda a, c, x, y: torch.where(c, x, y), "Slice": lambda a, *x: _slice(*x),
    "Cast": lambda a, x: x.to({1: torch.float32, 6: torch.int32, 7: torch.int64,
                               9: torch.bool}[a["to"]]),
    "Expand": lambda a, x, s: x * torch.ones(s.tolist(), dtype=x.dtype) if x.dtype != torch.bool
    else x.expand(torch.broadcast_shapes(x.shape, tuple(s.tolist()))),
    "ConstantOfShape": lambda a, s: a["value"].expand(s.tolist()).clone() if "value" in a
    else torch.zeros(s.tolist()),
    "ReduceMean": lambda a, x: _reduce(x, torch.mean, a),
    "ReduceL2": lambda a, x: _reduce(x, torch.linalg.vector_norm, a),
    "Clip": lambda a, x, low=None, high=None: x.clamp(low, high),
    "Split": lambda a, x, sizes: x.split(sizes.tolist(), a.get("axis", 0)),
    "LSTM": lambda a, *x: _rnn("LSTM", a, *x), "GRU": lambda a, *x: _rnn("GRU", a, *x),
}


def run(data: bytes, inputs: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """The outputs of a graph."""
    model = onnx.load_model_from_string(data)
    onnx.checker.check_model(model)
    values: Dict[str, Any] = {"": None, **inputs}
    values.update({i.name: _tensor(i) for i in model.graph.initializer})
    for node in model.graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        for name, value in attributes.items():
            if isinstance(value, onnx.TensorProto):
                attributes[name] = _tensor(value)
            elif isinstance(value, bytes):
                attributes[name] = value.decode()
        if node.op_type == "Constant":
            found: Any = attributes["value"]
        else:
            found = OPERATORS[node.op_type](attributes, *(values[n] for n in node.input))
        found = found if isinstance(found, (list, tuple)) else [found]
        values.update(zip(node.output, found))
    return {o.name: values[o.name] for o in model.graph.output}
