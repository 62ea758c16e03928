"""Figures about implicit: frames in, figure out."""
