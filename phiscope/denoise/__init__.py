"""Noise and what takes it away again: numpy and torch only."""
