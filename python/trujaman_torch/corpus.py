# SPDX-License-Identifier: MIT
"""From texts and options to what a training needs: ids, vocabularies, configuration."""
from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Callable, Dict, Iterator, List, Optional

from torch import Tensor

from . import model_file, numbers, options as table, safetensors, texts, vocabulary
from . import config as configuration
from .batches import Corpus
from .config import Config
from .errors import TrujamanError
from .options import Options
from .texts import Pairs

# not inherited from an initial model
RESULTS = ("trained_updates", "averaged_updates", "dev_bleu", "dev_chrf", "dev_nll")


@dataclass
class Pack:
    """Everything that a training needs; no text but the references of the dev set."""

    options: Options
    config: Config
    metadata: Dict[str, str]  # free keys of the model
    chosen: str
    least_interval: int
    source_spm: bytes
    target_spm: bytes
    train: Corpus
    dev: Optional[Corpus] = None  # for the loss: pairs that are not too long
    dev_sources: List[List[int]] = field(default_factory=list)  # all lines, to be translated
    dev_references: List[str] = field(default_factory=list)
    skipped: Dict[str, int] = field(default_factory=dict)  # pairs left out, by reason
    init: Optional[Dict[str, Tensor]] = None


def _split(pairs: Pairs, splitters: List[vocabulary.Splitter], config: Config, max_pieces: int,
           take: Callable[[int], bool], skipped: Dict[str, int]) -> Corpus:
    ids, n_source, n_target = array("i"), [], []
    for i in range(len(pairs.source)):
        if not take(i):
            continue
        lines = [texts.text_of(pairs.source[i]), texts.text_of(pairs.target[i])]
        if None in lines:
            skipped["blank or not UTF-8"] = skipped.get("blank or not UTF-8", 0) + 1
            continue
        rows = [s.ids(line) for s, line in zip(splitters, lines)]
        if not all(rows) or max(map(len, rows)) > max_pieces:
            why = "too long" if all(rows) else "without a piece"
            skipped[why] = skipped.get(why, 0) + 1
            continue
        if config.source_eos:
            rows[0].append(splitters[0].eos)
        rows[1].append(splitters[1].eos)
        for row, lengths in zip(rows, (n_source, n_target)):
            ids.extend(row)
            lengths.append(len(row))
    return Corpus(ids, n_source, n_target)


def _vocabularies(o: Options, pairs: Pairs, takes: Callable[[int], bool]) -> List[bytes]:
    def lines(*sides: List[bytes]) -> Iterator[bytes]:
        for side in sides:
            for i, line in enumerate(side):
                if takes(i) and texts.text_of(line) is not None:
                    yield line

    def read(file: str) -> bytes:
        return vocabulary.read(file, o["vocab-type"] == "tokens")

    files = [o["source-vocab"], o["target-vocab"]]
    if o["shared-vocab"]:
        file = files[0] or files[1]
        both = read(file) if file else vocabulary.train(lines(*pairs), o)
        return [both, both]
    return [read(file) if file else vocabulary.train(lines(side), o)
            for file, side in zip(files, pairs)]


def _from_init(o: Options, init: str) -> "tuple[Config, Dict[str, str], Dict[str, Tensor]]":
    """The model to start from; options may add metadata, not contradict the architecture."""
    metadata, tensors = safetensors.read(init)
    config = configuration.from_metadata(metadata)
    for t in table.TABLE:
        if o[t.name] is None:
            continue
        if t.name in table.MAKE_VOCABULARY or t.name in ("tied-output", "tied-embeddings",
                                                         "attention-scale"):
            raise TrujamanError(f"--{t.name} and --init exclude each other")
        if hasattr(config, t.key) and getattr(config, t.key) != o[t.name]:
            raise TrujamanError(f"--{t.name}: found {o[t.name]}, wanted {getattr(config, t.key)} "
                                f"as in {init}, the model to start from")
    config = model_file.from_tensors(metadata, tensors).network.config
    free = {k: v for k, v in metadata.items() if k not in RESULTS}
    return config, {**free, **table.metadata(o)}, tensors


def make(options: Options) -> Pack:
    """Reads the texts and does what needs no GPU."""
    o = table.with_defaults(options)
    for name in ("source", "target"):
        if o[name] is None:
            raise TrujamanError(f"--{name} is missing")
    if (o["dev-source"] is None) != (o["dev-target"] is None):
        raise TrujamanError("--dev-source and --dev-target need each other")
    pairs = texts.read_pairs(o["source"], o["target"])
    n_usable, n_bytes = texts.target_bytes(pairs)
    if n_usable == 0:
        raise TrujamanError(f"{o['source']} and {o['target']}: no usable sentence pair")
    fate = None
    if o["dev-source"] is None:
        fate = texts.hold_out(pairs, n_usable, numbers.random(o["seed"], numbers.HELD_OUT))
    o, chosen, least = table.choose(o, n_bytes)

    def takes(i: int) -> bool:
        return fate is None or fate[i] == texts.TRAINS

    tensors = None
    if o["init"] is not None:
        config, metadata, tensors = _from_init(o, o["init"])
        spms = [safetensors.raw(tensors[n]) for n in model_file.vocabulary_names(config)]
    else:
        metadata = table.metadata(o)
        table.configure(o, 2, 2, bool(o["shared-vocab"]) or None not in
                        (o["source-vocab"], o["target-vocab"]))  # faults before minutes of work
        spms = _vocabularies(o, pairs, takes)
    cut = config.token_vocabulary if o["init"] is not None else o["vocab-type"] == "tokens"
    splitters = [vocabulary.Splitter(spms[0], "source", cut, o["source-eos"] is not False and
                                     (o["init"] is None or config.source_eos)),
                 vocabulary.Splitter(spms[1], "target", cut)]
    if o["init"] is None:
        config = table.configure(o, *(len(s.vocabulary) for s in splitters), spms[0] == spms[1])
    if config.decoder_start == "bos" and splitters[1].bos < 0:
        raise TrujamanError("the target vocabulary: found no piece <s>, which training needs")
    pack = Pack(o, config, metadata, " ".join(chosen), least, *spms,
                train=Corpus(array("i"), [], []), init=tensors)
    pack.train = _split(pairs, splitters, config, o["max-pieces"], takes, pack.skipped)
    if pack.train.n == 0:
        raise TrujamanError(f"{o['source']} and {o['target']}: no usable sentence pair")
    _add_dev(pack, pairs, fate, splitters)
    return pack


def _add_dev(pack: Pack, pairs: Pairs, fate: Optional[List[int]],
             splitters: List[vocabulary.Splitter]) -> None:
    o = pack.options
    if o["dev-source"] is not None:
        pairs, fate = texts.read_pairs(o["dev-source"], o["dev-target"]), None
    elif fate is None:
        if o["schedule"] == "plateau":
            raise TrujamanError("--schedule plateau needs a dev set")
        return

    def takes(i: int) -> bool:
        return fate is None or fate[i] == texts.JUDGES

    pack.dev = _split(pairs, splitters, pack.config, o["max-pieces"], takes, {})
    for i in filter(takes, range(len(pairs.source))):
        line = pairs.source[i].decode("utf-8", errors="replace")
        ids = splitters[0].ids(line)
        pack.dev_sources.append(ids + ([splitters[0].eos] if pack.config.source_eos else []))
        pack.dev_references.append(pairs.target[i].decode("utf-8", errors="replace"))
