"""Measurements of the real program on this machine, each beside its own baseline."""
