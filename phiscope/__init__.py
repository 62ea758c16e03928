"""phiscope: where samples stand in the feature space of an image classifier."""

__version__ = "0.1.0"
