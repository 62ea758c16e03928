"""Statistics of denoising: frame in, frame out."""
