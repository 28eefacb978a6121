# SPDX-License-Identifier: MIT
"""Makes trujaman/_declarations.py, what cffi needs to know of the library, from the C header.

The module that cffi writes is plain Python (cffi's ABI mode): no compiler and no header of Python
is needed, and the same files serve every version of Python. setup.py calls it; by hand:

    python3 declarations.py FOLDER    writes FOLDER/trujaman/_declarations.py
"""
import os
import re
import sys

from cffi import FFI

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "include", "trujaman.h")
MODULE = "trujaman._declarations"


def read_header() -> str:
    with open(HEADER, encoding="utf-8") as file:
        return file.read()


def version() -> str:
    """The version of the header: "1.2.3"."""
    found = re.findall(r"#define TRUJAMAN_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", read_header())
    return ".".join(found)


def declarations(header: str) -> str:
    """The header as cffi parses it: without comments, directives and what is for C++ only."""
    text = re.sub(r"/\*.*?\*/", " ", header, flags=re.DOTALL)
    text = text.replace("\\\n", " ")
    text = re.sub(r"#ifdef __cplusplus\n.*?\n#endif", "", text, flags=re.DOTALL)
    kept = re.findall(r"^#define TRUJAMAN_VERSION_(?:MAJOR|MINOR|PATCH) \d+$", text, re.MULTILINE)
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    return "\n".join(kept) + re.sub(r"\bTRUJAMAN_API\b", "", text)


def ffibuilder() -> FFI:
    """The declarations; setuptools runs it (cffi_modules)."""
    made = FFI()
    made.set_source(MODULE, None)
    made.cdef(declarations(read_header()))
    return made


if __name__ == "__main__":
    target = os.path.join(sys.argv[1], *MODULE.split(".")) + ".py"
    os.makedirs(os.path.dirname(target), exist_ok=True)
    ffibuilder().emit_python_code(target)
