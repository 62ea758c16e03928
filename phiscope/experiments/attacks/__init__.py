"""Attacks over their settings: where each leaves samples, and which detectors see it."""
