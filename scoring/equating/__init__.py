"""Equating: which score on one form is worth which score on another.

A form's scores are the whole numbers 0, 1, …, most; a distribution is their probabilities, shape (most + 1,).
"""
