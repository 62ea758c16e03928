"""Figures about latent: frames in, figure out."""
