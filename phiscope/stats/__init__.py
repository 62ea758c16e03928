"""What the tables say: DataFrame in, DataFrame out. Statistics judge tolerances; solvers only report."""

from phiscope.stats.comparison import paper_comparison
from phiscope.stats.human import human_agreement, label_entropy
from phiscope.stats.standing import ball_summary, projection_accuracy, standing, support_shares

__all__ = [
    "ball_summary",
    "human_agreement",
    "label_entropy",
    "paper_comparison",
    "projection_accuracy",
    "standing",
    "support_shares",
]
