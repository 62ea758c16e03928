"""Attacks on a classifier, and a judge of them. Networks take pixels in [0, 1]; distances are in these units.

ASSUME: an attack starts from the class the network predicts, not from the label, so that every sample is attacked, the
wrongly classified ones too; it succeeds where the prediction becomes another class.
"""

from phiscope.attacks.deepfool import deepfool
from phiscope.attacks.hull_penalty import HullPenalty
from phiscope.attacks.judge import Judgement, judge
from phiscope.attacks.pgd import pgd, random_start

__all__ = ["HullPenalty", "Judgement", "deepfool", "judge", "pgd", "random_start"]
