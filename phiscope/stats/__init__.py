"""What the tables say: DataFrame in, DataFrame out. Statistics judge tolerances; solvers only report."""

from phiscope.stats.attacks import attack_summary
from phiscope.stats.certificates import certificates, named_after_hull
from phiscope.stats.comparison import paper_comparison
from phiscope.stats.denoising import denoising_summary
from phiscope.stats.detection import by_confidence, detection, roc_curves
from phiscope.stats.human import human_agreement, label_entropy
from phiscope.stats.implicit_answers import answers as implicit_answers
from phiscope.stats.implicit_decoders import decoder_answers, decoder_summary
from phiscope.stats.implicit_views import Redrawn, redrawn
from phiscope.stats.implicit_waves import latent_answers, latent_waves
from phiscope.stats.inversions import (
    as_demanded,
    inversion_distances,
    inversion_summary,
    order_of_distances,
    pixel_boundary,
    sample_summary,
)
from phiscope.stats.lecture import held_out_choice, study_summary
from phiscope.stats.standing import ball_summary, projection_accuracy, standing, support_shares
from phiscope.stats.views import by_view

__all__ = [
    "Redrawn",
    "as_demanded",
    "attack_summary",
    "ball_summary",
    "by_confidence",
    "by_view",
    "certificates",
    "decoder_answers",
    "decoder_summary",
    "denoising_summary",
    "detection",
    "held_out_choice",
    "human_agreement",
    "implicit_answers",
    "inversion_distances",
    "inversion_summary",
    "label_entropy",
    "latent_answers",
    "latent_waves",
    "named_after_hull",
    "order_of_distances",
    "paper_comparison",
    "pixel_boundary",
    "projection_accuracy",
    "redrawn",
    "roc_curves",
    "sample_summary",
    "standing",
    "study_summary",
    "support_shares",
]
