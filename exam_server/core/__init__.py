"""Pure decisions: the sitting, its clock and chain, orders of items, access. No I/O, no clock, no chance."""
