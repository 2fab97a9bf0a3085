"""Writes the sample papers beside this file: ``python -m item_bank.samples.make_samples``."""

from pathlib import Path

from item_bank.samples.toan_12 import paper

FOLDER = Path(__file__).parent


def main() -> None:
    """Write every sample."""
    (FOLDER / "toan_12_giua_ky.docx").write_bytes(paper())


if __name__ == "__main__":
    main()
