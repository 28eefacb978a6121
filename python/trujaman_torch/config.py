# SPDX-License-Identifier: MIT
"""The configuration of a model (docs/MODEL.md, section 2) and the options that extend it."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Tuple

from .errors import TrujamanError

LARGEST_SIZE = 16777216
FORMATS = ("trujaman/1", "trujaman/1.1")

# Options that a file names in its metadata key `features`, with format trujaman/1.1: their values
# when they are not named.
EXTENSIONS: Dict[str, str] = {
    "attention_heads": "1", "context_to_all": "false", "layer_norm": "false",
    "readout_activation": "tanh", "residual_from": "0",
}
# Features that concern the text before and after the network, not the network.
TEXT_FEATURES = ("normalization", "placeables", "token_vocabulary")
# A list of words, which the network does not need: it is left out, and so is its name.
WORD_LIST = "word_list"

KEYS = ("cell", "embedding_size", "hidden_size", "encoder_layers", "decoder_layers",
        "bidirectional", "attention", "attention_size", "attention_activation",
        "attention_query", "input_feeding", "readout_size", "source_eos", "decoder_start")


def _word(keys: Mapping[str, str], key: str, words: Tuple[str, ...]) -> str:
    value = keys.get(key)
    if value not in words:
        raise TrujamanError(f"metadata key {key}: found {value!r}, wanted {' or '.join(words)}")
    return value


def _flag(keys: Mapping[str, str], key: str) -> bool:
    return _word(keys, key, ("true", "false")) == "true"


def _number(keys: Mapping[str, str], key: str, least: int = 1) -> int:
    value = keys.get(key, "")
    if not value.isascii() or not value.isdigit() or len(value) > 8 or \
            (value[0] == "0" and value != "0") or not least <= int(value) <= LARGEST_SIZE:
        raise TrujamanError(f"metadata key {key}: found {value!r}, "
                            f"wanted {least} to {LARGEST_SIZE} in decimal digits")
    return int(value)


@dataclass(frozen=True)
class Config:
    """Sizes are numbers of floats; names are the keys of the metadata."""

    cell: str = "lstm"
    embedding_size: int = 256
    hidden_size: int = 512
    encoder_layers: int = 1
    decoder_layers: int = 1
    bidirectional: bool = True
    attention: str = "general"
    attention_size: int = 0  # 0: not additive
    attention_activation: str = "tanh"
    attention_query: str = "current"
    input_feeding: bool = False
    readout_size: int = 0
    source_eos: bool = True
    decoder_start: str = "bos"
    # What a model has is told by its tensors, not by its metadata.
    tied_output: bool = False
    tied_embeddings: bool = False
    attention_scale: bool = False
    source_words: int = 0
    target_words: int = 0
    # Extensions (format trujaman/1.1).
    layer_norm: bool = False
    residual_from: int = 0  # layers counted from 1; 0: none
    attention_heads: int = 1
    context_to_all: bool = False
    readout_activation: str = "tanh"
    text_features: Tuple[str, ...] = field(default=())

    @property
    def token_vocabulary(self) -> bool:
        """The vocabularies are lists of tokens, not SentencePiece models."""
        return "token_vocabulary" in self.text_features

    @property
    def gates(self) -> int:
        return 4 if self.cell == "lstm" else 3

    @property
    def units(self) -> int:
        """Width of one direction of the encoder."""
        return self.hidden_size // 2 if self.bidirectional else self.hidden_size

    @property
    def z_size(self) -> int:
        return self.hidden_size if self.attention == "none" else 2 * self.hidden_size

    @property
    def previous(self) -> bool:
        return self.attention != "none" and self.attention_query == "previous"

    @property
    def fed_size(self) -> int:
        """Width of what decoder layer 0 reads in addition to the embedding."""
        if self.previous:
            return self.hidden_size
        return (self.readout_size or self.hidden_size) if self.input_feeding else 0

    @property
    def output_in(self) -> int:
        return self.readout_size or self.z_size

    def decoder_input(self, layer: int) -> int:
        if layer == 0:
            return self.embedding_size + self.fed_size
        return self.hidden_size * (2 if self.context_to_all else 1)

    def features(self) -> List[str]:
        """The names for the metadata key `features`, sorted."""
        values = {"attention_heads": str(self.attention_heads),
                  "context_to_all": str(self.context_to_all).lower(),
                  "layer_norm": str(self.layer_norm).lower(),
                  "readout_activation": self.readout_activation,
                  "residual_from": str(self.residual_from)}
        used = [k for k, v in values.items() if v != EXTENSIONS[k]]
        return sorted([*used, *self.text_features])

    def metadata(self) -> Dict[str, str]:
        """The keys of a file with this configuration."""
        keys = {"format": FORMATS[1] if self.features() else FORMATS[0]}
        for key in KEYS:
            keys[key] = _text(getattr(self, key))
        if self.attention != "additive":
            del keys["attention_size"], keys["attention_activation"]
        if self.attention == "none":
            del keys["attention_query"]
        for key in self.features():
            if key in EXTENSIONS:
                keys[key] = _text(getattr(self, key))
        if self.features():
            keys["features"] = ",".join(self.features())
        return keys

    def check(self) -> "Config":
        """Refuses combinations that the format does not have; returns itself."""
        if self.decoder_layers > self.encoder_layers:
            raise TrujamanError(f"decoder_layers: found {self.decoder_layers}, "
                                f"wanted at most encoder_layers, {self.encoder_layers}")
        if self.bidirectional and self.hidden_size % 2:
            raise TrujamanError(f"hidden_size: found {self.hidden_size}, wanted an even number")
        if self.input_feeding and (self.attention == "none" or self.previous):
            raise TrujamanError("input_feeding: wanted an attention, and attention_query current")
        if self.tied_output and self.output_in != self.embedding_size:
            raise TrujamanError(f"the output layer reads {self.output_in} numbers; it can be tied "
                                f"only if that is the embedding size, {self.embedding_size}")
        if self.attention_scale and self.attention == "none":
            raise TrujamanError("attention.scale: there is no attention")
        return self._check_extensions()

    def _check_extensions(self) -> "Config":
        if self.token_vocabulary and len(self.text_features) > 1:
            raise TrujamanError("token_vocabulary: wanted no other feature of the text, found "
                                + ", ".join(self.text_features))
        if self.residual_from == 1 or self.residual_from > self.encoder_layers:
            raise TrujamanError(f"residual_from: found {self.residual_from}, wanted 0, or 2 to "
                                f"encoder_layers, {self.encoder_layers}")
        if self.context_to_all and not self.previous:
            raise TrujamanError("context_to_all: wanted attention_query previous")
        heads = self.attention_heads
        if heads > 1 and (self.attention == "none" or self.hidden_size % heads or
                          (self.attention == "additive" and self.attention_size % heads)):
            raise TrujamanError(f"attention_heads: {heads} do not divide the sizes of an attention")
        if self.readout_activation != "tanh" and not self.readout_size:
            raise TrujamanError("readout_activation: there is no readout")
        return self


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_features(keys: Mapping[str, str]) -> List[str]:
    if keys.get("format") not in FORMATS:
        raise TrujamanError(f"metadata key format: found {keys.get('format')!r}, "
                            f"wanted {' or '.join(FORMATS)}")
    if keys["format"] == FORMATS[0]:
        if "features" in keys:
            raise TrujamanError(f"metadata key features: wanted none with {FORMATS[0]}")
        return []
    names = keys.get("features", "").split(",")
    for name in names:
        if name not in (*EXTENSIONS, *TEXT_FEATURES, WORD_LIST):
            raise TrujamanError(f"the model needs the feature {name!r}, which is not known here")
    if names != sorted(set(names)):
        raise TrujamanError("metadata key features: wanted sorted names, each once")
    if WORD_LIST in names and "token_vocabulary" in names:
        raise TrujamanError("token_vocabulary: wanted no word_list")
    for key in EXTENSIONS:
        if (key in keys) != (key in names):
            raise TrujamanError(f"metadata key {key}: wanted if features names it, and only then")
    return names


def from_metadata(keys: Mapping[str, str]) -> Config:
    """The configuration in a file's metadata; what its tensors tell is left at the defaults."""
    features = _read_features(keys)
    attention = _word(keys, "attention", ("none", "dot", "cosine", "general", "additive"))
    additive = attention == "additive"
    more = {**EXTENSIONS, **{k: keys.get(k, "") for k in features if k in EXTENSIONS}}
    return Config(
        cell=_word(keys, "cell", ("lstm", "gru")),
        embedding_size=_number(keys, "embedding_size"),
        hidden_size=_number(keys, "hidden_size"),
        encoder_layers=_number(keys, "encoder_layers"),
        decoder_layers=_number(keys, "decoder_layers"),
        bidirectional=_flag(keys, "bidirectional"),
        attention=attention,
        attention_size=_number(keys, "attention_size") if additive else 0,
        attention_activation=_word(keys, "attention_activation", ("tanh", "sigmoid", "relu"))
        if additive else "tanh",
        attention_query="current" if attention == "none"
        else _word(keys, "attention_query", ("current", "previous")),
        input_feeding=_flag(keys, "input_feeding"),
        readout_size=_number(keys, "readout_size", 0),
        source_eos=_flag(keys, "source_eos"),
        decoder_start=_word(keys, "decoder_start", ("bos", "eos")),
        layer_norm=_flag(more, "layer_norm"),
        residual_from=_number(more, "residual_from", 0),
        attention_heads=_number(more, "attention_heads"),
        context_to_all=_flag(more, "context_to_all"),
        readout_activation=_word(more, "readout_activation", ("tanh", "none")),
        text_features=tuple(n for n in features if n in TEXT_FEATURES),
    ).check()
