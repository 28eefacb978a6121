# SPDX-License-Identifier: MIT
"""Files of torch.save, ordinary and hostile: a hostile one runs nothing."""
from __future__ import annotations

import argparse
import collections
import os
import pickle
import zipfile
from typing import Any

import pytest
import torch

from trujaman_torch import TrujamanError, checkpoint


class Calls:
    """A pickle of this has a function called when it is read by pickle.load."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


def tensors() -> Any:
    torch.manual_seed(1)
    base = torch.randn(4, 6)
    return {"a": base, "part": base[1:3, ::2], "turned": base.t(),
            "half": torch.randn(3).half(), "brain": torch.randn(3).bfloat16(),
            "whole": torch.arange(5), "bytes": torch.tensor([1, 2], dtype=torch.uint8),
            "one": torch.tensor(2.5), "empty": torch.zeros(0, 3),
            "parameter": torch.nn.Parameter(torch.ones(2))}


@pytest.mark.parametrize("new", [True, False])
def test_tensors_are_read(tmp_path: Any, new: bool) -> None:
    path = str(tmp_path / "c.pt")
    wanted = {"model": collections.OrderedDict(tensors()), "opt": argparse.Namespace(x=3, y=[1]),
              "list": [tensors(), (1, "two", None, 2.5, True)], "set": {1, 2}}
    torch.save(wanted, path, _use_new_zipfile_serialization=new)
    found = checkpoint.load(path)
    assert list(found["model"]) == list(wanted["model"])
    for name, t in wanted["model"].items():
        for read in (found["model"][name], found["list"][0][name]):
            assert read.dtype == t.dtype and read.shape == t.shape
        assert torch.equal(found["model"][name], t), name
    assert (found["opt"].x, found["opt"].y) == (3, [1])
    assert found["list"][1] == wanted["list"][1] and found["set"] == {1, 2}


@pytest.mark.parametrize("new", [True, False])
def test_hostile_pickles_run_nothing(tmp_path: Any, new: bool) -> None:
    mark = str(tmp_path / "mark")
    hostile = {
        "system": Calls(os.system, f"touch {mark}"),
        "exec": Calls(exec, f"open({mark!r}, 'w')"),
        "eval": Calls(eval, f"open({mark!r}, 'w')"),
        "getattr": Calls(getattr, "text", "upper"),
        "open": Calls(open, mark, "w"),
        "import": Calls(__import__, "this"),
        "mkdir": Calls(os.mkdir, mark),
        "loads": Calls(pickle.loads, pickle.dumps(Calls(os.mkdir, mark))),
        "torch": Calls(torch.save, torch.zeros(1), mark),
        "torch.load": Calls(torch.hub.load_state_dict_from_url, "file://" + mark, str(tmp_path)),
    }
    for name, attack in hostile.items():
        path = str(tmp_path / "c.pt")
        torch.save({"model": attack}, path, _use_new_zipfile_serialization=new)
        if name.startswith("torch"):  # a stand-in takes its place
            assert isinstance(checkpoint.load(path)["model"], checkpoint.StandIn)
        else:
            with pytest.raises(TrujamanError, match="which no checkpoint needs"):
                checkpoint.load(path)
        assert not os.path.exists(mark), name
    # The same file, read by PyTorch itself, does it: the test would notice.
    torch.save(hostile["mkdir"], path, _use_new_zipfile_serialization=new)
    try:
        torch.load(path, weights_only=False)
    except TypeError:
        torch.load(path)
    assert os.path.exists(mark)


def hand_made(path: str, data: bytes, numbers: bytes = b"\0" * 16, **more: Any) -> None:
    with zipfile.ZipFile(path, "w", more.get("compression", zipfile.ZIP_STORED)) as z:
        z.writestr("x/data.pkl", data)
        z.writestr("x/data/0", numbers)


class Persistent(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        return value.pid if isinstance(value, Stored) else None


class Stored:
    def __init__(self, *pid: Any) -> None:
        self.pid = pid


def pickled(offset: Any, size: Any, stride: Any, n: Any = 4) -> bytes:
    import io
    out = io.BytesIO()
    storage = Stored("storage", torch.FloatStorage, "0", "cpu", n)
    call = Calls(torch._utils._rebuild_tensor_v2, storage, offset, size, stride, False, {})
    Persistent(out, protocol=2).dump(call)
    return out.getvalue()


@pytest.mark.parametrize("shape", [
    (0, (5,), (1,)), (3, (2,), (1,)), (0, (2, 2), (3, 1)), (0, (1000000, 1000000), (0, 0)),
    (-1, (2,), (1,)), (0, (-2,), (1,)), (0, (2,), (-1,)), (0, (2,), (1, 1)), (0, [2], [1]),
    (0, (4,), (1,), 5), (0, (4,), (1,), -1), (0, (4,), (1,), 1 << 60), (0, (2,), (1.5,)),
    (1 << 62, (1,), (1,)), (0, (1 << 62, 4), (0, 0)),
])
def test_tensors_that_do_not_fit_are_refused(tmp_path: Any, shape: Any) -> None:
    path = str(tmp_path / "c.pt")
    hand_made(path, pickled(0, (2, 2), (2, 1)))
    assert checkpoint.load(path).tolist() == [[0, 0], [0, 0]]
    hand_made(path, pickled(*shape))
    with pytest.raises(TrujamanError):
        checkpoint.load(path)


def test_damaged_files_are_refused(tmp_path: Any) -> None:
    path = str(tmp_path / "c.pt")
    hand_made(path, pickled(0, (4,), (1,)), compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(TrujamanError, match="compressed"):
        checkpoint.load(path)
    for new in (True, False):
        torch.save(tensors(), path, _use_new_zipfile_serialization=new)
        with open(path, "rb") as f:
            whole = f.read()
        for n in [*range(0, 64), *range(64, len(whole) - 1, 97)]:
            with open(path, "wb") as f:
                f.write(whole[:n])
            with pytest.raises(TrujamanError):
                checkpoint.load(path)
    for data in (b"", b"PK\x03\x04", pickle.dumps({"a": 1}), b"\x80\x02" + b"(" * 100000):
        with open(path, "wb") as f:
            f.write(data)
        with pytest.raises(TrujamanError):
            checkpoint.load(path)
