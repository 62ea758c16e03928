"""Noise and what takes it away again: arrays in, arrays out."""
