# SPDX-License-Identifier: MIT
"""The commands pack, train and unpack."""
from __future__ import annotations

import argparse
import os
import signal
import warnings
from typing import Any, Dict, IO, Optional

import torch
from torch import Tensor

from . import corpus, model_file, options as table, pack as packs, results
from .corpus import Pack
from .errors import TrujamanError
from .trainer import Machine, Trainer

STORES = ("bfloat16", "int8", "float32")
PRECISIONS = ("float32", "fp16", "bf16")


def add_to(subparsers: Any) -> None:
    p = subparsers.add_parser("pack", allow_abbrev=False,
                              help="put a training into one folder, to be run elsewhere")
    p.add_argument("-o", "--output", required=True, metavar="FOLDER", help="a new folder")
    table.add_to(p)
    p.set_defaults(run=run_pack)

    p = subparsers.add_parser("train", allow_abbrev=False, help="train a pack, or from texts",
                              description="Trains the pack in FOLDER and writes a result to "
                              "--output; or, from --source and --target, a model to --model.")
    p.add_argument("pack", nargs="?", metavar="FOLDER", help="what `pack` wrote")
    p.add_argument("-o", "--output", metavar="FOLDER", help="where the result of a pack goes")
    p.add_argument("-m", "--model", metavar="FILE", help="the model, if there is no pack")
    p.add_argument("--start", metavar="FOLDER", help="a result whose weights to start from")
    p.add_argument("--store", choices=STORES, default="bfloat16", help="of a result's matrices")
    p.add_argument("--device", default="auto", help="auto, cpu or cuda")
    p.add_argument("--precision", choices=("auto", *PRECISIONS), default="auto",
                   help="auto: fp16, which is mixed, on a GPU, otherwise float32")
    p.add_argument("--threads", type=int, metavar="N")
    p.add_argument("--log", metavar="FILE", help="a line of JSON for each update")
    p.add_argument("--force", action="store_true", help="replace --model, or a result")
    table.add_to(p)
    p.set_defaults(run=run_train)

    p = subparsers.add_parser("unpack", allow_abbrev=False,
                              help="make a model from a pack and its result")
    p.add_argument("pack", metavar="PACK")
    p.add_argument("result", metavar="RESULT")
    p.add_argument("-m", "--model", required=True, metavar="FILE")
    p.add_argument("--int8", action="store_true", help="store the matrices in eight bits")
    p.set_defaults(run=run_unpack)


def run_pack(a: argparse.Namespace) -> int:
    made = corpus.make(table.given(a))
    size = packs.save(made, a.output)
    dev = "no dev set" if made.dev is None else f"a dev set of {len(made.dev_sources)}"
    print(f"{a.output}: {made.train.n} pairs, {dev}, {size} bytes "
          f"({100 * size / packs.MOST_BYTES:.0f} % of what a pack may have)")
    for reason, n in made.skipped.items():
        print(f"left out, {reason}: {n} pairs")
    return 0


def _machine(a: argparse.Namespace) -> Machine:
    name = a.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as e:
        raise TrujamanError(f"--device {a.device}: {e}") from None
    precision = a.precision
    if precision == "auto":
        precision = "fp16" if device.type == "cuda" else "float32"
    if precision == "fp16" and device.type == "cpu":
        raise TrujamanError("--precision fp16 needs a GPU; bf16 does not")
    if a.threads is not None:
        if not 1 <= a.threads <= 4096:
            raise TrujamanError("--threads must be from 1 to 4096")
        torch.set_num_threads(a.threads)
    # The fused layers get their weights one by one, so that they keep the format's names;
    # cuDNN copies them at each call, which takes microseconds.
    warnings.filterwarnings("ignore", message="RNN module weights are not part")
    return Machine(device, precision)


def _open_pack(a: argparse.Namespace) -> Pack:
    given = table.given(a)
    if a.pack is None:
        if a.model is None or a.output is not None:
            raise TrujamanError("without a pack, train needs --source, --target and --model")
        return corpus.make(given)
    if a.output is None or a.model is not None:
        raise TrujamanError("with a pack, train needs --output, and no --model")
    pack = packs.load(a.pack)
    for name, value in given.items():
        if name not in table.RUNNING:
            raise TrujamanError(f"--{name} was decided when the pack was made")
        pack.options[name] = value
    return pack


def _start_from(pack: Pack, folder: str) -> None:
    weights, _ = results.load(folder)
    model_file.check_tensors(model_file.shapes(pack.config), weights)
    pack.init = weights


def _check_outputs(a: argparse.Namespace) -> None:
    path = a.model if a.pack is None else os.path.join(a.output, "result.json")
    if os.path.exists(path) and not a.force:
        raise TrujamanError(f"{path} exists; --force replaces it")


def _open_log(a: argparse.Namespace) -> Optional[IO[str]]:
    path = a.log
    if path is None and a.pack is not None:
        path = os.path.join(a.output, "log.jsonl")
    if path is None:
        return None
    try:
        return open(path, "w", encoding="utf-8", buffering=1)
    except OSError as e:
        raise TrujamanError(f"cannot write {path}: {e.strerror}") from None


def run_train(a: argparse.Namespace) -> int:
    machine, pack = _machine(a), _open_pack(a)
    _check_outputs(a)
    if a.start is not None:
        _start_from(pack, a.start)
    if a.output is not None:
        os.makedirs(a.output, exist_ok=True)

    def keep(weights: Dict[str, Tensor], metadata: Dict[str, str], update: int) -> None:
        if a.output is not None:
            results.save(a.output, weights, metadata, a.store, update)
            return
        network = model_file.build(pack.config, weights)
        model_file.save(a.model, network, pack.source_spm, pack.target_spm, metadata)

    log = _open_log(a)
    try:
        trainer = Trainer(pack, machine, log, keep, a.began)

        def stop(*_: Any) -> None:
            trainer.stopped = True

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, stop)
        trainer.run()
    finally:
        if log is not None:
            log.close()
    return 0


def run_unpack(a: argparse.Namespace) -> int:
    pack = packs.load(a.pack)
    weights, metadata = results.load(a.result)
    network = model_file.build(pack.config, weights)
    model_file.save(a.model, network, pack.source_spm, pack.target_spm, metadata, a.int8)
    shown = {k: metadata[k] for k in ("trained_updates", "dev_bleu", "dev_nll") if k in metadata}
    print(f"{a.model}: " + ", ".join(f"{k} {v}" for k, v in shown.items()))
    return 0
