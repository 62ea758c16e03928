"""Figures about inversion: frames in, figure out."""
