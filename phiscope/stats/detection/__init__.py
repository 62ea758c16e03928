"""Statistics of detection: frame in, frame out."""
