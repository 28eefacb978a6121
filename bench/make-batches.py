#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Write batches of real sentence pairs as ids: one JSON object a line,
{"source": [[id, …], …], "target": [[id, …], …]}, for train-torch.py and bench-training.

    make-batches.py --source A --target B --model MODEL.safetensors > BATCHES.jsonl

The pieces are those of a model's own vocabularies, every side ends with </s>, and batches are
cut as the trainer cuts them: pairs of like length together, in random order.
Debian: python3-sentencepiece.
"""
import argparse
import json
import random
import struct
import sys

import sentencepiece


def vocabularies(path):
    """The SentencePiece models that a model file holds: source, target."""
    with open(path, "rb") as f:
        (length,) = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(length))
        for name in "source.spm", "target.spm":
            begin, end = header[name]["data_offsets"]
            f.seek(8 + length + begin)
            yield sentencepiece.SentencePieceProcessor(model_proto=f.read(end - begin))


def read_side(path, pieces):
    with open(path, encoding="utf-8", errors="replace") as f:
        lines = f.read().split("\n")[:-1]
    return [ids + [pieces.eos_id()] for ids in pieces.encode(lines)]


def cut(pairs, tokens):
    """Batches of at most so many target ids, and twice as many source ids."""
    batches, batch, n_source, n_target = [], [], 0, 0
    for pair in pairs:
        full = n_target + len(pair[1]) > tokens or n_source + len(pair[0]) > 2 * tokens
        if batch and full:
            batches.append(batch)
            batch, n_source, n_target = [], 0, 0
        batch.append(pair)
        n_source += len(pair[0])
        n_target += len(pair[1])
    return batches  # the last, incomplete batch is dropped


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    p.add_argument("--source", required=True)
    p.add_argument("--target", required=True)
    p.add_argument("--model", required=True, help="whose vocabularies are taken")
    p.add_argument("--batch-tokens", type=int, default=2500, help="target ids (2500)")
    p.add_argument("--batches", type=int, default=40, help="how many (40)")
    p.add_argument("--max-pieces", type=int, default=128, help="longer pairs are left out (128)")
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    source, target = vocabularies(a.model)
    pairs = [(s, t) for s, t in zip(read_side(a.source, source), read_side(a.target, target))
             if 1 < len(s) <= a.max_pieces + 1 and 1 < len(t) <= a.max_pieces + 1]
    numbers = random.Random(a.seed)
    numbers.shuffle(pairs)
    pairs.sort(key=lambda pair: (len(pair[1]), len(pair[0])))
    batches = cut(pairs, a.batch_tokens)
    numbers.shuffle(batches)
    for batch in batches[:a.batches]:
        numbers.shuffle(batch)
        json.dump({"source": [s for s, _ in batch], "target": [t for _, t in batch]},
                  sys.stdout, separators=(",", ":"))
        print()


if __name__ == "__main__":
    main()
