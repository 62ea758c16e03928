"""Networks as plain torch modules: building, loading, saving, and splitting into features and a linear head."""

from phiscope.models.feature_map import FeatureMap, split
from phiscope.models.loading import build, construct, load_artifact, save_artifact
from phiscope.models.weights import load_weights

__all__ = ["FeatureMap", "build", "construct", "load_artifact", "load_weights", "save_artifact", "split"]
