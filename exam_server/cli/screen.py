"""Where commands print."""

from rich.console import Console


def screen(*, stderr: bool = False) -> Console:
    """The terminal. Square brackets and colons are a paper's own: "[a;b]" is an interval, no markup."""
    return Console(stderr=stderr, markup=False, emoji=False)
