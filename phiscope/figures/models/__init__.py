"""Figures about models: frames in, figure out."""
