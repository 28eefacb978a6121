# SPDX-License-Identifier: MIT
"""Pairs of texts, and the pairs that are held out as dev set, as `trujaman train` takes them."""
from __future__ import annotations

import bz2
import gzip
import lzma
import sys
from typing import Dict, List, NamedTuple, Optional, Tuple

from . import numbers
from .errors import TrujamanError

HOLD_OUT_ONE_IN, MOST_HELD_OUT, FEWEST_TO_HOLD_OUT, SOURCES_PER_HELD_OUT = 100, 1000, 200, 10
TRAINS, JUDGES, IS_COPY = 0, 1, 2
MARK = b"\xef\xbb\xbf"
SPACES = b" \t\n\v\f\r"
ZSTD = b"\x28\xb5\x2f\xfd"


def _unpack(data: bytes, path: str) -> bytes:
    try:
        if data.startswith(b"\x1f\x8b"):
            return gzip.decompress(data)
        if data.startswith(b"BZh"):
            return bz2.decompress(data)
        if data.startswith(b"\xfd7zXZ\0"):
            return lzma.decompress(data)
    except (OSError, EOFError, ValueError, lzma.LZMAError) as e:
        raise TrujamanError(f"cannot unpack {path}: {e}") from None
    if data.startswith(ZSTD):
        raise TrujamanError(f"{path}: zstd is not read here; unpack it first")
    return data


def read_lines(path: str) -> List[bytes]:
    """The lines of a file or of standard input, without line ends and byte-order mark."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read()
        else:
            with open(path, "rb") as f:
                data = f.read()
    except OSError as e:
        raise TrujamanError(f"cannot read {path}: {e.strerror}") from None
    data = _unpack(data, path)
    if data.startswith(MARK):
        data = data[len(MARK):]
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return [line[:-1] if line.endswith(b"\r") else line for line in lines]


class Pairs(NamedTuple):
    """Two texts, line for line translations of each other."""

    source: List[bytes]
    target: List[bytes]


def read_pairs(source: str, target: str) -> Pairs:
    pairs = Pairs(read_lines(source), read_lines(target))
    if len(pairs.source) != len(pairs.target):
        raise TrujamanError(
            f"{source} has {len(pairs.source)} lines and {target} has {len(pairs.target)}; "
            "line for line they must be translations of each other")
    return pairs


def text_of(line: bytes) -> Optional[str]:
    """None for a line that is blank or not UTF-8."""
    if not line.strip(SPACES):
        return None
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return None


def is_usable(pairs: Pairs, i: int) -> bool:
    return text_of(pairs.source[i]) is not None and text_of(pairs.target[i]) is not None


def target_bytes(pairs: Pairs) -> Tuple[int, int]:
    """The number of usable pairs and the bytes of their target side."""
    usable = [i for i in range(len(pairs.source)) if is_usable(pairs, i)]
    return len(usable), sum(len(pairs.target[i]) for i in usable)


def _hash(line: bytes) -> int:
    h = 0
    for word in line.translate(bytes.maketrans(SPACES, b" " * len(SPACES))).split(b" "):
        if word:
            h = numbers.fingerprint(h, word)
    return h


def _groups(pairs: Pairs) -> List[List[int]]:
    """Lines with equal sources, by hash; those with few members first."""
    by_hash: Dict[int, List[int]] = {}
    for i in range(len(pairs.source)):
        if is_usable(pairs, i):
            by_hash.setdefault(_hash(pairs.source[i]), []).append(i)
    ordered = [by_hash[h] for h in sorted(by_hash)]
    return sorted(ordered, key=len)


def hold_out(pairs: Pairs, n_usable: int, seed: int) -> Optional[List[int]]:
    """What becomes of each line; None: nothing is held out."""
    if n_usable < FEWEST_TO_HOLD_OUT:
        return None
    groups = _groups(pairs)
    wanted = min(n_usable // HOLD_OUT_ONE_IN, MOST_HELD_OUT, len(groups) // SOURCES_PER_HELD_OUT)
    if wanted == 0:
        return None
    n = wanted
    while n < len(groups) and len(groups[n]) <= len(groups[wanted - 1]):
        n += 1
    candidates = {g[0]: g for g in groups[:n]}
    fate = [TRAINS] * len(pairs.source)
    for line in sorted(candidates):
        if numbers.random_below(seed, line, n) < wanted:
            wanted -= 1
            fate[line] = JUDGES
            for copy in candidates[line][1:]:
                fate[copy] = IS_COPY
        n -= 1
    return fate
