"""Synthetic sample of a crawl with planted truth.

`generate` returns frames for tests; `python -m refugee_adaptation.sample` writes the
files that the project builds by default.
"""

from refugee_adaptation.sample.generator import Sample, generate
from refugee_adaptation.sample.settings import GROUPS, SIGNS, Settings

__all__ = ["GROUPS", "SIGNS", "Sample", "Settings", "generate"]
