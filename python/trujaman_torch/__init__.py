# SPDX-License-Identifier: MIT
"""Trujamán's networks in PyTorch; see docs/PYTORCH.md."""
from .config import Config
from .errors import TrujamanError
from .model_file import Model, load, save
from .network import Dropout, Network

__all__ = ["Config", "Dropout", "Model", "Network", "TrujamanError", "load", "save"]
