"""Statistics of implicit: frame in, frame out."""
