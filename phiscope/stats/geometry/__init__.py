"""Statistics of geometry: frame in, frame out."""
