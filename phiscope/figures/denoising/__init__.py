"""Figures about denoising: frames in, figure out."""
