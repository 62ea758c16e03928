"""What the tables say: DataFrame in, DataFrame out. Statistics judge tolerances; solvers only report."""

from phiscope.stats.attacks import attack_summary
from phiscope.stats.comparison import paper_comparison
from phiscope.stats.detection import by_confidence, detection, roc_curves
from phiscope.stats.human import human_agreement, label_entropy
from phiscope.stats.inversions import (
    as_demanded,
    inversion_distances,
    inversion_summary,
    order_of_distances,
    pixel_boundary,
    sample_summary,
)
from phiscope.stats.standing import ball_summary, projection_accuracy, standing, support_shares

__all__ = [
    "as_demanded",
    "attack_summary",
    "ball_summary",
    "by_confidence",
    "detection",
    "human_agreement",
    "inversion_distances",
    "inversion_summary",
    "label_entropy",
    "order_of_distances",
    "paper_comparison",
    "pixel_boundary",
    "projection_accuracy",
    "roc_curves",
    "sample_summary",
    "standing",
    "support_shares",
]
