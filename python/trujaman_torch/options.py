# SPDX-License-Identifier: MIT
"""The options of `trujaman train`, with its ranges, defaults and choices from the text."""
from __future__ import annotations

import argparse
import math
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from . import config as configuration
from .config import Config
from .errors import TrujamanError

MANY = 2147483647
SIZE = float(configuration.LARGEST_SIZE)


class Option(NamedTuple):
    name: str
    kind: str  # text, word, whole, number, flag
    default: Any = None  # None: chosen later
    low: float = 0
    high: float = 0
    words: Tuple[str, ...] = ()
    key: str = ""  # the metadata key that it sets


def _key(name: str, kind: str = "text", low: float = 0, words: Tuple[str, ...] = ()) -> Option:
    return Option(name, kind, None, low, SIZE, words, name.replace("-", "_"))


TABLE: List[Option] = [
    *(Option(n, "text") for n in ("source", "target", "dev-source", "dev-target", "init")),
    _key("cell", "word", words=("lstm", "gru")),
    *(_key(n, "whole", 1) for n in ("embedding-size", "hidden-size", "encoder-layers",
                                    "decoder-layers")),
    _key("bidirectional", "flag"),
    _key("attention", "word", words=("none", "dot", "cosine", "general", "additive")),
    _key("attention-size", "whole", 1),
    _key("attention-activation", "word", words=("tanh", "sigmoid", "relu")),
    _key("attention-query", "word", words=("current", "previous")),
    _key("input-feeding", "flag"),
    _key("readout-size", "whole"),
    _key("source-eos", "flag"),
    _key("decoder-start", "word", words=("bos", "eos")),
    _key("layer-norm", "flag"),
    _key("residual-from", "whole"),
    _key("attention-heads", "whole", 1),
    _key("context-to-all", "flag"),
    _key("readout-activation", "word", words=("tanh", "none")),
    *(_key(n) for n in ("name", "source-language", "target-language", "license", "attribution")),
    *(Option(n, "flag") for n in ("tied-output", "tied-embeddings", "attention-scale",
                                  "shared-vocab", "byte-fallback")),
    Option("source-vocab", "text"),
    Option("target-vocab", "text"),
    Option("vocab-size", "whole", None, 8, 1000000),
    Option("vocab-type", "word", None, words=("unigram", "bpe", "tokens")),
    Option("optimizer", "word", "adam", words=("sgd", "adam")),
    Option("learning-rate", "number", 0.002, 0, 1e38),
    Option("schedule", "word", "inverse-sqrt", words=("constant", "inverse-sqrt", "plateau")),
    Option("warmup", "whole", None, 0, MANY),
    Option("batch-tokens", "whole", None, 1, 1e7),
    Option("clip", "number", 1.0, 0, 1e9),
    Option("dropout", "number", 0.2, 0, 0.9),
    Option("recurrent-dropout", "number", 0.0, 0, 0.9),
    Option("attention-dropout", "number", 0.0, 0, 0.9),
    Option("label-smoothing", "number", 0.1, 0, 0.9),
    Option("ema", "number", 0.999, 0, 0.999999),
    Option("max-pieces", "whole", 128, 1, 16384),
    Option("seed", "whole", 1, 0, MANY),
    Option("validate-every", "whole", None, 1, MANY),
    Option("updates", "whole", 0, 0, MANY),
    Option("epochs", "whole", 40, 0, MANY),
    Option("minutes", "number", 0.0, 0, 1e7),
    Option("patience", "whole", 10, 0, MANY),
]
# What may be changed when a pack is trained.
RUNNING = ("optimizer", "learning-rate", "schedule", "warmup", "batch-tokens", "clip", "dropout",
           "recurrent-dropout", "attention-dropout", "label-smoothing", "ema", "seed",
           "validate-every", "updates", "epochs", "minutes", "patience")
MAKE_VOCABULARY = ("source-vocab", "target-vocab", "vocab-size", "vocab-type", "shared-vocab",
                   "byte-fallback")
Options = Dict[str, Any]


def _fault(t: Option, value: str) -> TrujamanError:
    wanted = {"whole": f"a whole number from {t.low:.0f} to {t.high:.0f}",
              "number": f"a number from {t.low:g} to {t.high:g}", "flag": "true or false",
              "word": f"one of {'|'.join(t.words)}"}[t.kind]
    return TrujamanError(f"--{t.name} must be {wanted}, not '{value}'")


def _value(t: Option, text: str) -> Any:
    if t.kind == "text":
        return text
    if t.kind == "flag" and text in ("true", "false"):
        return text == "true"
    if t.kind == "word" and text in t.words:
        return text
    try:
        if t.kind == "whole" and text.isascii() and text.isdigit() and \
                t.low <= int(text) <= t.high:
            return int(text)
        if t.kind == "number" and text and not set(text) - set("0123456789.eE+-") and \
                t.low <= float(text) <= t.high:
            return float(text)
    except ValueError:
        pass
    raise _fault(t, text)


def add_to(parser: argparse.ArgumentParser, names: Optional[Tuple[str, ...]] = None) -> None:
    for t in TABLE:
        if names is None or t.name in names:
            if t.name == "shared-vocab":
                parser.add_argument("--shared-vocab", nargs="?", const="true", metavar="BOOL")
                continue
            metavar = "|".join(t.words) or {"text": "TEXT", "flag": "BOOL"}.get(t.kind, "N")
            parser.add_argument(f"--{t.name}", metavar=metavar)


def given(arguments: argparse.Namespace) -> Options:
    """Those options that the user set."""
    found: Options = {}
    for t in TABLE:
        text = getattr(arguments, t.name.replace("-", "_"), None)
        if text is not None:
            found[t.name] = _value(t, text)
    return found


def with_defaults(options: Options) -> Options:
    return {t.name: options.get(t.name, t.default) for t in TABLE}


# --- Choices from the text (src/train/choices.c) ----------------------------------------------

class Scale(NamedTuple):
    below: float  # bytes of the target text
    vocab_size: int
    batch_tokens: int
    network: Tuple[int, int, int, int]  # embedding, hidden, encoder layers, decoder layers
    least_interval: int


SCALES = (Scale(300000, 1000, 500, (128, 256, 1, 1), 100),
          Scale(1000000, 2000, 1000, (192, 384, 1, 1), 150),
          Scale(3000000, 4000, 1500, (256, 512, 1, 1), 250),
          Scale(math.inf, 8000, 2500, (256, 512, 2, 2), 250))
SIZES = ("embedding-size", "hidden-size", "encoder-layers", "decoder-layers")
MOST_UPDATES_TO_VALIDATE, LONGEST_WARMUP, EPOCHS_OF_WARMUP, SHORTEST_WARMUP = 1000, 1000, 4, 100
BYTES_PER_PIECE = 3


def choose(options: Options, target_bytes: int) -> Tuple[Options, List[str], int]:
    """Fills in what was not set; also what was chosen, as options, and the least interval of
    validations."""
    o, chosen = dict(options), []
    scale = next(s for s in SCALES if target_bytes < s.below)
    network = SCALES[-1].network
    is_set = any(o[n] is not None for n in (*SIZES, "vocab-size", "attention-size",
                                            "readout-size"))

    def take(name: str, value: Any) -> None:
        o[name] = value
        chosen.append(f"--{name} {value}")

    if o["init"] is None and not is_set:
        if o["source-vocab"] is None or o["target-vocab"] is None:
            take("vocab-size", scale.vocab_size)
        network = scale.network
        chosen += [f"--{n} {v}" for n, v in zip(SIZES, network)]
    if o["init"] is None and o["vocab-size"] is None:
        o["vocab-size"] = SCALES[-1].vocab_size
    if o["batch-tokens"] is None:
        if o["warmup"] is None:
            take("batch-tokens", scale.batch_tokens)
        else:
            o["batch-tokens"] = SCALES[-1].batch_tokens
    if o["warmup"] is None:
        epoch = target_bytes // BYTES_PER_PIECE // o["batch-tokens"]
        n = min(epoch if o["init"] is not None else EPOCHS_OF_WARMUP * epoch, LONGEST_WARMUP)
        take("warmup", n if o["init"] is not None else max(n, SHORTEST_WARMUP))
    o["network"] = network
    return o, chosen, scale.least_interval


def interval(least: int, n: int) -> int:
    """Updates between validations, for an epoch of n updates."""
    if n < least:
        return n * -(-least // n)
    parts = -(-n // MOST_UPDATES_TO_VALIDATE)
    return -(-n // parts)


# --- The configuration (src/train/description.c) ------------------------------------------------

DEFAULTS = {"cell": "lstm", "bidirectional": True, "attention": "general",
            "attention-activation": "tanh", "attention-query": "current", "input-feeding": False,
            "source-eos": True, "decoder-start": "bos", "layer-norm": False, "residual-from": 0,
            "attention-heads": 1, "context-to-all": False, "readout-activation": "tanh"}


def configure(o: Options, source_words: int, target_words: int, same: bool) -> Config:
    """The configuration that options ask for; `same`: one vocabulary for both sides."""
    embedding, hidden, encoder, decoder = o["network"]
    v = {n: o[n] if o[n] is not None else d for n, d in DEFAULTS.items()}
    embedding, hidden = o["embedding-size"] or embedding, o["hidden-size"] or hidden
    encoder = o["encoder-layers"] or encoder
    additive = v["attention"] == "additive"
    values = {n.replace("-", "_"): value for n, value in v.items()}
    values.update(
        embedding_size=embedding, hidden_size=hidden, encoder_layers=encoder,
        decoder_layers=o["decoder-layers"] or (1 if encoder == 1 else decoder),
        attention_size=(o["attention-size"] or hidden) if additive else 0,
        readout_size=o["readout-size"] if o["readout-size"] is not None else embedding,
        source_words=source_words, target_words=target_words,
        text_features=("token_vocabulary",) if o["vocab-type"] == "tokens" else (),
        tied_embeddings=bool(o["tied-embeddings"]), attention_scale=bool(o["attention-scale"]))
    config = Config(**values)
    tied = o["tied-output"]
    values["tied_output"] = config.output_in == embedding if tied is None else tied
    if values["tied_embeddings"] and not same:
        raise TrujamanError("--tied-embeddings true needs one vocabulary for both sides: "
                            "--shared-vocab, or one file as --source-vocab and --target-vocab")
    return Config(**values).check()


def metadata(o: Options) -> Dict[str, str]:
    """The free metadata that options set."""
    free = ("name", "source-language", "target-language", "license", "attribution")
    return {n.replace("-", "_"): o[n] for n in free if o[n] is not None}
