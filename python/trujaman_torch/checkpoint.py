# SPDX-License-Identifier: MIT
"""Reads what torch.save wrote without running anything that the file asks for.

A checkpoint is a pickle: it may name any function of any module and have it called. Here only
tensors, containers and numbers are made. Classes of the packages that write checkpoints become
stand-ins that keep what they are given and do nothing; any other name is refused.
"""
from __future__ import annotations

import collections
import io
import pickle
import struct
import zipfile
from typing import Any, BinaryIO, Callable, Dict, List, Tuple

import torch
from torch import Tensor

from .errors import TrujamanError

LARGEST = 1 << 36  # bytes of all tensors
MAGIC = 0x1950A86A20F9469CFC6C  # of files by PyTorch before 1.6
STORAGES: Dict[str, torch.dtype] = {
    "FloatStorage": torch.float32, "HalfStorage": torch.float16, "DoubleStorage": torch.float64,
    "BFloat16Storage": torch.bfloat16, "LongStorage": torch.int64, "IntStorage": torch.int32,
    "ShortStorage": torch.int16, "CharStorage": torch.int8, "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
# Packages whose objects may be in a checkpoint; their code is neither needed nor run.
STAND_INS = ("onmt", "torchtext", "fairseq", "omegaconf", "torch", "numpy", "argparse",
             "collections", "functools", "_codecs", "datetime", "enum", "pathlib", "copyreg",
             "six", "typing")
PLAIN = {
    ("collections", "OrderedDict"): collections.OrderedDict, ("builtins", "set"): set,
    ("builtins", "frozenset"): frozenset, ("builtins", "dict"): dict, ("builtins", "list"): list,
    ("builtins", "tuple"): tuple, ("builtins", "int"): int, ("builtins", "float"): float,
    ("builtins", "bool"): bool, ("builtins", "str"): str, ("builtins", "object"): object,
    ("torch", "Size"): tuple,
}


class StandIn:
    """An object of a class that was not loaded: its attributes, and what it was called with."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self.arguments_ = arguments

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, dict):
            self.__dict__.update({str(k): v for k, v in state.items()})
        else:
            self.state_ = state

    # What pickles do to lists and dictionaries, subclasses included.
    def append(self, item: Any) -> None:
        self.__dict__.setdefault("items_", []).append(item)

    def extend(self, items: Any) -> None:
        for item in items:
            self.append(item)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.__dict__.setdefault("entries_", []).append((key, value))

    def __hash__(self) -> int:
        return id(self)


def _stand_in(module: str, name: str) -> type:
    return type(name.rpartition(".")[2], (StandIn,), {"__module__": f"stand-in for {module}"})


class Storage:
    """The numbers of one or more tensors, read when they are needed."""

    def __init__(self, dtype: torch.dtype, read: Callable[[], bytes], n: int) -> None:
        self.dtype, self.read, self.n = dtype, read, n
        self.tensor: Any = None

    def numbers(self) -> Tensor:
        """[n]"""
        if self.tensor is None:
            data = self.read()
            wanted = self.n * torch.empty(0, dtype=self.dtype).element_size()
            if len(data) < wanted:
                raise TrujamanError(f"a tensor has {len(data)} bytes, wanted {wanted}")
            self.tensor = torch.frombuffer(bytearray(data[:wanted]), dtype=self.dtype) if wanted \
                else torch.empty(0, dtype=self.dtype)
        return self.tensor


def _is_size(n: Any) -> bool:
    return isinstance(n, int) and 0 <= n < LARGEST


def rebuild(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> Tensor:
    """A tensor as a view of its storage; never one that reads beyond it or repeats numbers."""
    if not isinstance(storage, Storage) or not isinstance(size, tuple) or \
            not isinstance(stride, tuple) or len(size) != len(stride) or \
            not all(map(_is_size, (offset, *size, *stride))):
        raise TrujamanError("a tensor has no valid shape")
    count, last = 1, offset
    for n, step in zip(size, stride):
        count *= n
        last += (n - 1) * step if n else 0
    if count > storage.n or (count and last >= storage.n):
        raise TrujamanError(f"a tensor of shape {list(size)} does not fit into its storage "
                            f"of {storage.n} numbers")
    return torch.as_strided(storage.numbers(), size, stride, offset).clone()


def _parameter(data: Any, *_: Any) -> Any:
    return data


class Reader(pickle.Unpickler):
    """Makes nothing but containers, numbers, tensors and stand-ins."""

    def __init__(self, f: BinaryIO, load: Callable[[Tuple[Any, ...]], Storage]) -> None:
        super().__init__(f, encoding="utf-8", errors="replace")
        self.load_storage = load

    def find_class(self, module: str, name: str) -> Any:
        module = {"__builtin__": "builtins", "copy_reg": "copyreg"}.get(module, module)
        if (module, name) in PLAIN:
            return PLAIN[module, name]
        if module == "torch._utils" and name in ("_rebuild_tensor_v2", "_rebuild_tensor"):
            return rebuild
        if module == "torch._utils" and name == "_rebuild_parameter":
            return _parameter
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        if module.split(".")[0] in STAND_INS:
            return _stand_in(module, name)
        raise TrujamanError(f"it names {module}.{name}, which no checkpoint needs; "
                            "nothing of it was run")

    def persistent_load(self, pid: Any) -> Storage:
        if not isinstance(pid, tuple) or len(pid) < 5 or pid[0] != "storage" or \
                not isinstance(pid[1], torch.dtype) or not _is_size(pid[4]):
            raise TrujamanError("found a storage of an unknown kind")
        return self.load_storage(pid)


def _read_zip(f: BinaryIO) -> Any:
    """PyTorch 1.6 and newer."""
    archive = zipfile.ZipFile(f)
    pickles = [n for n in archive.namelist() if n.endswith("/data.pkl") and n.count("/") == 1]
    if len(pickles) != 1:
        raise TrujamanError("found an archive without one data.pkl")
    base = pickles[0][:-len("data.pkl")]
    if base + "byteorder" in archive.namelist() and \
            archive.read(base + "byteorder").strip() != b"little":
        raise TrujamanError("found numbers that are not little endian")
    storages: Dict[str, Storage] = {}

    def load(pid: Tuple[Any, ...]) -> Storage:
        key = str(pid[2])
        if key not in storages:
            name = f"{base}data/{key}"
            info = archive.getinfo(name)
            # PyTorch stores without compression; a bomb would need it.
            if info.compress_type != zipfile.ZIP_STORED:
                raise TrujamanError(f"{name}: it is compressed")
            storages[key] = Storage(pid[1], lambda: archive.read(name), pid[4])
        return storages[key]

    if archive.getinfo(pickles[0]).file_size > 1 << 30:
        raise TrujamanError("data.pkl: it is larger than 1 GiB")
    return Reader(io.BytesIO(archive.read(pickles[0])), load).load()


def _read_old(f: BinaryIO) -> Any:
    """PyTorch before 1.6: pickles one after the other, then the storages."""
    def none(pid: Tuple[Any, ...]) -> Storage:
        raise TrujamanError("found a tensor before the data")

    if Reader(f, none).load() != MAGIC:
        raise TrujamanError("this is no file of torch.save")
    for _ in range(2):  # protocol, and sizes of the machine
        Reader(f, none).load()
    storages: Dict[str, Storage] = {}
    late: List[Tuple[Storage, Tuple[Any, ...]]] = []

    class Late(Reader):
        def find_class(self, module: str, name: str) -> Any:
            found = super().find_class(module, name)
            return _Later if found is rebuild else found

    def load(pid: Tuple[Any, ...]) -> Storage:
        storage = storages.setdefault(str(pid[2]), Storage(pid[1], bytes, pid[4]))
        late.append((storage, pid))
        return storage

    result = Late(f, load).load()
    for key in Reader(f, none).load():
        (n,) = struct.unpack("<q", f.read(8))
        storage = storages.get(str(key))
        if storage is None or n != storage.n:
            raise TrujamanError(f"the storage {key!r} does not fit")
        data = f.read(n * torch.empty(0, dtype=storage.dtype).element_size())
        storage.read = lambda data=data: data
    return _resolve(result)


class _Later:
    """A tensor whose numbers come after the pickle."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments


def _resolve(value: Any) -> Any:
    if isinstance(value, _Later):
        return rebuild(*value.arguments)
    if isinstance(value, dict):
        return type(value)((k, _resolve(v)) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return type(value)(_resolve(v) for v in value)
    return value


def load(path: str) -> Any:
    """The object of a file of torch.save: containers, numbers, tensors and stand-ins."""
    try:
        with open(path, "rb") as f:
            if f.read(4) == b"PK\x03\x04":
                f.seek(0)
                return _read_zip(f)
            f.seek(0)
            return _read_old(f)
    except OSError as e:
        raise TrujamanError(f"cannot read {path}: {e.strerror}") from None
    except TrujamanError as e:
        raise TrujamanError(f"{path}: {e}") from None
    except Exception as e:  # pickle, zipfile and struct raise whatever the bytes make them
        raise TrujamanError(f"{path}: this is no file of torch.save: {e!r}") from None
