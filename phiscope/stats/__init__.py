"""What the tables say: DataFrame in, DataFrame out. Statistics judge tolerances; solvers only report."""

from phiscope.stats.attacks import attack_summary
from phiscope.stats.comparison import paper_comparison
from phiscope.stats.detection import by_confidence, detection, roc_curves
from phiscope.stats.human import human_agreement, label_entropy
from phiscope.stats.standing import ball_summary, projection_accuracy, standing, support_shares

__all__ = [
    "attack_summary",
    "ball_summary",
    "by_confidence",
    "detection",
    "human_agreement",
    "label_entropy",
    "paper_comparison",
    "projection_accuracy",
    "roc_curves",
    "standing",
    "support_shares",
]
