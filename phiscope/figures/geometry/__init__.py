"""Figures about geometry: frames in, figure out."""
