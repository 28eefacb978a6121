# SPDX-License-Identifier: MIT
"""Models of other programs as Trujamán models."""
