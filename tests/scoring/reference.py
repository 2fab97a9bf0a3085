"""Where the reference data lie: responses, and what established programs give for them."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data" / "irt"


def reference(name: str) -> Path:
    """The folder of a reference data set, in the environment's KHAOTHI_REFERENCE or beside the checkout;
    skips the test where it is absent."""
    folder = Path(os.environ.get("KHAOTHI_REFERENCE", BESIDE)) / name
    if not folder.is_dir():
        pytest.skip(f"no reference data {name}: set KHAOTHI_REFERENCE to their folder")
    return folder
