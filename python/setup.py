# SPDX-License-Identifier: MIT
"""Builds the package trujaman; what does not change stands in pyproject.toml."""
import os
import sys

from setuptools import setup

# pip runs this file from elsewhere, without its folder in the path.
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import declarations  # noqa: E402

setup(version=declarations.version(), cffi_modules=["declarations.py:ffibuilder"])
