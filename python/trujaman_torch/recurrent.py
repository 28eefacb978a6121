# SPDX-License-Identifier: MIT
"""A stack of LSTM or GRU layers with PyTorch's tensor names, fused where PyTorch can.

B sentences, T steps, H units of a direction, G gates (4 or 3), D directions. A state is a list
with one entry for each layer and direction, layer by layer: (h [B, H], c [B, H]), for GRU (h,).
"""
from __future__ import annotations

from typing import List, Optional, Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

State = List[Tuple[Tensor, ...]]
EPSILON = 1e-5  # of layer normalisation


def normalise(x: Tensor, gamma: Tensor) -> Tensor:
    """Each gate over its units: x [..., G, H], gamma [G, H]."""
    return functional.layer_norm(x, x.shape[-1:], eps=EPSILON) * gamma


class Stack(nn.Module):
    """Layers 0 to n_layers - 1; `inputs` are their input widths."""

    def __init__(self, cell: str, inputs: List[int], units: int, bidirectional: bool = False,
                 layer_norm: bool = False, residual_from: int = 0) -> None:
        super().__init__()
        self.cell, self.units, self.n_layers = cell, units, len(inputs)
        self.inputs = inputs
        self.suffixes = ["", "_reverse"] if bidirectional else [""]
        self.layer_norm, self.residual_from = layer_norm, residual_from
        self.explicit = False  # no fused cells: for ONNX, which has none for one step
        self.gates = 4 if cell == "lstm" else 3
        rows = self.gates * units
        for k, width in enumerate(inputs):
            for suffix in self.suffixes:
                at = f"l{k}{suffix}"
                self.register_parameter(f"weight_ih_{at}", nn.Parameter(torch.zeros(rows, width)))
                self.register_parameter(f"weight_hh_{at}", nn.Parameter(torch.zeros(rows, units)))
                self.register_parameter(f"bias_ih_{at}", nn.Parameter(torch.zeros(rows)))
                self.register_parameter(f"bias_hh_{at}", nn.Parameter(torch.zeros(rows)))
                if layer_norm:
                    self.register_parameter(f"weight_ln_{at}",
                                            nn.Parameter(torch.ones(4 * units)))

    def weights(self, layer: int, suffix: str) -> List[Tensor]:
        """weight_ih, weight_hh, bias_ih, bias_hh."""
        return [getattr(self, f"{name}_l{layer}{suffix}")
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]

    def adds(self, layer: int) -> bool:
        """Whether a layer hands on the sum of its output and its input."""
        return bool(self.residual_from) and layer + 1 >= self.residual_from

    # --- One step of one layer ------------------------------------------------------------

    def step(self, layer: int, suffix: str, x: Tensor, state: Tuple[Tensor, ...],
             mask: Optional[Tensor] = None) -> Tuple[Tensor, ...]:
        """The new state from the input x [B, in]. `mask` [B, H]: recurrent dropout, which the
        products with the old hidden state see."""
        w_ih, w_hh, b_ih, b_hh = self.weights(layer, suffix)
        h = state[0] if mask is None else state[0] * mask
        fused = not self.layer_norm and not self.explicit
        if fused and self.cell == "lstm":
            return torch.lstm_cell(x, (h, state[1]), w_ih, w_hh, b_ih, b_hh)
        if fused and mask is None:
            return (torch.gru_cell(x, h, w_ih, w_hh, b_ih, b_hh),)
        shape = (-1, self.gates, self.units)
        from_x = functional.linear(x, w_ih).reshape(shape)
        from_h = functional.linear(h, w_hh).reshape(shape)
        gamma = getattr(self, f"weight_ln_l{layer}{suffix}").view(4, -1) if self.layer_norm \
            else None
        b_x, b_h = b_ih.view(self.gates, -1), b_hh.view(self.gates, -1)
        if self.cell == "lstm":
            sums = from_x + from_h
            return self._lstm((sums if gamma is None else normalise(sums, gamma)) + b_x + b_h,
                              state[1])
        return self._gru(from_x, from_h, b_x, b_h, gamma, state[0])

    @staticmethod
    def _lstm(a: Tensor, cell: Tensor) -> Tuple[Tensor, ...]:
        i, f, g, o = a.unbind(1)
        cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
        return o.sigmoid() * cell.tanh(), cell

    @staticmethod
    def _gru(from_x: Tensor, from_h: Tensor, b_x: Tensor, b_h: Tensor, gamma: Optional[Tensor],
             h: Tensor) -> Tuple[Tensor, ...]:
        gates = from_x[:, :2] + from_h[:, :2]
        new_x, new_h = from_x[:, 2], from_h[:, 2]
        if gamma is not None:
            gates = normalise(gates, gamma[:2])
            new_x, new_h = normalise(new_x, gamma[2]), normalise(new_h, gamma[3])
        r, u = (gates + b_x[:2] + b_h[:2]).sigmoid().unbind(1)
        n = (new_x + b_x[2] + r * (new_h + b_h[2])).tanh()
        return ((1 - u) * n + u * h,)

    def steps(self, x: Tensor, context: Optional[Tensor], state: State, p: float = 0.0,
              masks: Optional[List[Tensor]] = None) -> Tuple[Tensor, State]:
        """One step of all layers of one direction: x [B, in] is what the first layer reads,
        `context` [B, H] what every layer above it reads too. Dropout p lies between the layers.
        Returns what the top layer hands on, and the new state."""
        new: State = []
        for k in range(self.n_layers):
            if k > 0:
                x = functional.dropout(x, p, self.training)
            below = x
            if k > 0 and context is not None:
                x = torch.cat([x, context], 1)
            new.append(self.step(k, "", x, state[k], masks[k] if masks else None))
            x = new[-1][0] + below if self.adds(k) else new[-1][0]
        return x, new

    # --- Whole sequences --------------------------------------------------------------------

    def _flat(self, layers: range) -> List[Tensor]:
        return [w for k in layers for s in self.suffixes for w in self.weights(k, s)]

    def _stacked(self, state: State, like: Tensor) -> Tuple[Tensor, ...]:
        return tuple(torch.stack(parts).contiguous().to(like.dtype) for parts in zip(*state))

    def _listed(self, state: Tuple[Tensor, ...]) -> State:
        return list(zip(*(s.unbind(0) for s in state)))

    def fused(self, x: Tensor, lengths: Optional[Tensor], state: State, p: float, layers: range
              ) -> Tuple[Tensor, State]:
        """Layers by PyTorch's own kernels (cuDNN's on a GPU), `state` being theirs: x [B, T, in]
        to [B, T, D * H]. Without `lengths` (on the CPU) all sentences have T steps."""
        function = torch.lstm if self.cell == "lstm" else torch.gru
        start = self._stacked(state, x)
        hx = start if self.cell == "lstm" else start[0]
        rest = (self._flat(layers), True, len(layers), p if len(layers) > 1 else 0.0,
                self.training, len(self.suffixes) == 2)
        if lengths is None:
            out, *last = function(x, hx, *rest, True)
            return out, self._listed(tuple(last))
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        if packed.sorted_indices is not None:
            order = packed.sorted_indices
            hx = tuple(s.index_select(1, order) for s in start)
            hx = hx if self.cell == "lstm" else hx[0]
        data, *last = function(packed.data, packed.batch_sizes, hx, *rest)
        back = PackedSequence(data, packed.batch_sizes, packed.sorted_indices,
                              packed.unsorted_indices)
        out, _ = pad_packed_sequence(back, batch_first=True, total_length=x.shape[1])
        if packed.unsorted_indices is not None:
            last = [s.index_select(1, packed.unsorted_indices) for s in last]
        return out, self._listed(tuple(last))

    def _fused_runs(self, x: Tensor, lengths: Optional[Tensor], state: State, p: float
                    ) -> Tuple[Tensor, State]:
        """All layers, as many at once as have no sum between them."""
        last: State = []
        first = 0
        while first < self.n_layers:
            end = first + 1
            while end < self.n_layers and not self.adds(end - 1) and not self.adds(end):
                end += 1
            if first > 0:
                x = functional.dropout(x, p, self.training)
            n = len(self.suffixes)
            out, ends = self.fused(x, lengths, state[first * n:end * n], p, range(first, end))
            # Padding has zeros in both.
            x = out + x if self.adds(first) else out
            last += ends
            first = end
        return x, last

    def _direction(self, layer: int, suffix: str, x: Tensor, real: Tensor,
                   state: Tuple[Tensor, ...], mask: Optional[Tensor]
                   ) -> Tuple[Tensor, Tuple[Tensor, ...]]:
        """One direction of a layer, step by step: x [B, T, in], real [B, T]."""
        n_steps = x.shape[1]
        outputs: List[Tensor] = [x] * n_steps
        for t in (range(n_steps - 1, -1, -1) if suffix else range(n_steps)):
            new = self.step(layer, suffix, x[:, t], state, mask)
            here = real[:, t, None]
            outputs[t] = new[0] * here
            state = tuple(torch.where(here, a.to(b.dtype), b) for a, b in zip(new, state))
        return torch.stack(outputs, 1), state

    def sequence(self, x: Tensor, lengths: Optional[Tensor], state: State, p: float = 0.0,
                 masks: Optional[List[Tensor]] = None) -> Tuple[Tensor, State]:
        """x [B, T, in] to what the top layer hands on, [B, T, D * H] (zeros after each sentence),
        and the last states. `lengths` [B], on the CPU; none: T each. Dropout p lies between the
        layers; `masks`: recurrent dropout, one for each layer and direction."""
        if not self.layer_norm and masks is None:
            return self._fused_runs(x, lengths, state, p)
        steps = torch.arange(x.shape[1], device=x.device)
        real = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device) if lengths is None \
            else steps < lengths.to(x.device)[:, None]
        last: State = []
        for k in range(self.n_layers):
            if k > 0:
                x = functional.dropout(x, p, self.training)
            parts = []
            for suffix in self.suffixes:
                at = len(last)
                out, end = self._direction(k, suffix, x, real, state[at],
                                           masks[at] if masks else None)
                parts.append(out)
                last.append(end)
            out = torch.cat(parts, 2)
            x = out + x * real[:, :, None] if self.adds(k) else out
        return x, last

    def zeros(self, n: int, like: Tensor) -> State:
        """The state before the first step, of n sentences."""
        zero = like.new_zeros(n, self.units)
        return [(zero, zero) if self.cell == "lstm" else (zero,)
                for _ in range(self.n_layers * len(self.suffixes))]
