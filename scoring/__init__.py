"""Measurement: arrays in, frozen results out. Pure numpy and scipy."""
