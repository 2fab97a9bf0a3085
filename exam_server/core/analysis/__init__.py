"""The analysis of an exam. Whoever only reads findings imports ``findings``, and none of what makes them."""
