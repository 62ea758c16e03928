"""Figures about papers: frames in, figure out."""
