"""File formats at the edges: readers that make a ``Draft``, and its report. Pure: bytes and values only."""
