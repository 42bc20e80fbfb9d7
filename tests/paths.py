"""Where the tests find what is not theirs: the repository, its examples and golden numbers, and the data of others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
DOCS = ROOT / "docs"
GOLDEN = ROOT / "tests" / "golden"  # numbers of other programs for made-up data

SHARED = Path(os.environ.get("OBSTACLES_SHARED", ROOT.parent / "shared"))  # beside the repository; not shipped
SHARED_DATA = SHARED / "data"  # answers of others
SHARED_GOLDEN = SHARED / "golden"  # numbers of other programs for the data of others

needs_shared_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the data of others are not here")
needs_shared_golden = pytest.mark.skipif(not SHARED_GOLDEN.is_dir(), reason="the data of others are not here")
