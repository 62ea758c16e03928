"""Figures about detection: frames in, figure out."""
