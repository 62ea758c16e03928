"""What the tables say: DataFrame in, DataFrame out. Statistics judge tolerances; solvers only report."""

from phiscope.stats.attacks import attack_moves, attack_summary
from phiscope.stats.denoising.bench import denoising_summary
from phiscope.stats.denoising.study import held_out_choice, study_summary
from phiscope.stats.detection.curves import by_confidence, detection, roc_curves
from phiscope.stats.detection.human import human_agreement, human_frames, label_entropy
from phiscope.stats.detection.questions import detector_questions
from phiscope.stats.geometry.certificates import (
    LeftOut,
    certificates,
    left_out,
    named_after_classes,
    named_after_hull,
    named_after_what_is_left_out,
)
from phiscope.stats.geometry.hulls import hull_standing, hull_summary, own_and_other
from phiscope.stats.geometry.inspection import class_summary, confusion, inspection
from phiscope.stats.geometry.pairs import class_pairs
from phiscope.stats.geometry.second_opinion import SecondOpinion, second_opinion
from phiscope.stats.geometry.standing import (
    at_zero,
    ball_summary,
    projection_accuracy,
    standing,
    support_shares,
    training_standing,
)
from phiscope.stats.geometry.views import by_view
from phiscope.stats.implicit.answers import answers as implicit_answers
from phiscope.stats.implicit.answers import implicit_frames
from phiscope.stats.implicit.decoders import decoder_answers, decoder_summary
from phiscope.stats.implicit.rates import rate_answers, rate_summary
from phiscope.stats.implicit.redrawn import Redrawn, redrawn
from phiscope.stats.implicit.waves import latent_answers, latent_waves
from phiscope.stats.inversion import (
    InvertedRun,
    as_demanded,
    inversion_distances,
    inversion_frames,
    inversion_summary,
    order_of_distances,
    pixel_boundary,
    sample_summary,
)
from phiscope.stats.sweeps import attack_front, overshoots, sweep_summary

__all__ = [
    "InvertedRun",
    "LeftOut",
    "Redrawn",
    "SecondOpinion",
    "as_demanded",
    "at_zero",
    "attack_front",
    "attack_moves",
    "attack_summary",
    "ball_summary",
    "by_confidence",
    "by_view",
    "certificates",
    "class_pairs",
    "class_summary",
    "confusion",
    "decoder_answers",
    "decoder_summary",
    "denoising_summary",
    "detection",
    "detector_questions",
    "held_out_choice",
    "hull_standing",
    "hull_summary",
    "human_agreement",
    "human_frames",
    "implicit_answers",
    "implicit_frames",
    "inspection",
    "inversion_distances",
    "inversion_frames",
    "inversion_summary",
    "label_entropy",
    "latent_answers",
    "latent_waves",
    "left_out",
    "named_after_classes",
    "named_after_hull",
    "named_after_what_is_left_out",
    "order_of_distances",
    "overshoots",
    "own_and_other",
    "pixel_boundary",
    "projection_accuracy",
    "rate_answers",
    "rate_summary",
    "redrawn",
    "roc_curves",
    "sample_summary",
    "second_opinion",
    "standing",
    "study_summary",
    "support_shares",
    "sweep_summary",
    "training_standing",
]
