"""Figures about attacks: frames in, figure out."""
