"""Where Chromium is, and how it is started."""

import shutil
from pathlib import Path

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=vi",
)


def chromium_path() -> str | None:
    """The machine's Chromium or Chrome, None when it has none."""
    usual = Path("/usr/bin/chromium")
    if usual.exists():
        return str(usual)
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
