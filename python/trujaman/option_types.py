# SPDX-License-Identifier: MIT
"""The options by name, for type checkers and editors. The library has the table of them, with
ranges and defaults, which trujaman.options() and trujaman.train_options() list; a test compares."""
from __future__ import annotations

import os
from typing import Literal, Sequence, TypedDict, Union

File = Union[str, "os.PathLike[str]"]


class ResultOptions(TypedDict, total=False):
    """Options of translating and scoring; trujaman-translate(1) explains each."""

    threads: int
    smt: bool
    beam: int
    beam_threshold: float
    exact: bool
    length_penalty: float
    n_best: int
    sample: bool
    temperature: float
    top_k: int
    top_p: float
    seed: int
    split: Literal["auto", "off"]
    max_pieces: int
    tsv: int
    prefix: int
    field: str | Sequence[str]
    fuzzy: bool
    keep: File
    glossary: File
    localize_numbers: bool
    copy_names: Literal["auto", "off"]
    replace_unknown: bool
    case: Literal["auto", "keep"]
    no_repeat_ngram: int
    coverage_penalty: float
    suppress: File
    min_length: int
    alignments_threshold: float
    attention: bool
    word_scores: bool
    normalize: bool
    plain: bool
    cache: int
    ensemble: Literal["mean", "log"]
    strict: bool


class TranslatorOptions(ResultOptions, total=False):
    """And a column of files."""

    alignments: bool  # results() has an argument of this name


class TrainOptions(TypedDict, total=False):
    """Options of training; trujaman-train(1) explains each."""

    dev_source: File
    dev_target: File
    corpora: File
    init: File
    cell: Literal["lstm", "gru"]
    embedding_size: int
    hidden_size: int
    encoder_layers: int
    decoder_layers: int
    bidirectional: bool
    attention: Literal["none", "dot", "cosine", "general", "additive"]
    attention_size: int
    attention_activation: Literal["tanh", "sigmoid", "relu"]
    attention_query: Literal["current", "previous"]
    input_feeding: bool
    readout_size: int
    readout_activation: Literal["tanh", "none"]
    residual_from: int
    layer_norm: bool
    attention_heads: int
    context_to_all: bool
    source_eos: bool
    decoder_start: Literal["bos", "eos"]
    name: str
    source_language: str
    target_language: str
    license: str
    attribution: str
    tied_output: bool
    tied_embeddings: bool
    attention_scale: bool
    source_vocab: File
    target_vocab: File
    vocab_size: int
    vocab_type: Literal["unigram", "bpe", "tokens"]
    shared_vocab: bool
    byte_fallback: bool
    character_coverage: float
    placeables: int
    extend_vocab: bool
    placeables_raw: float
    normalization: bool
    subword_sampling: float
    case_augmentation: float
    punctuation_augmentation: float
    copy_target: float
    optimizer: Literal["sgd", "adam"]
    learning_rate: float
    schedule: Literal["constant", "inverse-sqrt", "plateau"]
    warmup: int
    batch_tokens: int
    clip: float
    dropout: float
    recurrent_dropout: float
    attention_dropout: float
    label_smoothing: float
    ema: float
    max_pieces: int
    average_checkpoints: int
    guided_alignment: File
    guided_alignment_weight: float
    seed: int
    validate_every: int
    updates: int
    epochs: int
    minutes: float
    patience: int
    checkpoint_every: float
    threads: int
    resume: bool
    force: bool
    force_text: bool
