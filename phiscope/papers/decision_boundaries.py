"""What Yousefzadeh 2022, here the text, states about CIFAR-10, and the words for what is measured beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from phiscope.papers.verdicts import Claim, claim_of
from phiscope.stats.attacks import GROUPS, NORM_THIRDS, QUESTIONS
from phiscope.stats.closest import QUESTIONS as CLOSEST
from phiscope.stats.inversion import BESIDE_DEEPFOOL, questions_about
from phiscope.stats.inversion import QUESTIONS as INVERSIONS
from phiscope.stats.sweeps import QUESTIONS as SWEEPS
from phiscope.words.detectors import DIFFERENCE, INDICATORS, SCORES

PAPER = "Yousefzadeh 2022"


@dataclass(frozen=True)
class Stated:
    """A quantity in words, its unit as in the table `paper_comparison`, the section of the paper, and its value there.

    value None: the paper gives no number. paper empty: the question is ours. claims: what it says of the quantity,
    where that is more than the number; see `phiscope.papers.verdicts`.
    """

    quantity: str
    unit: str
    section: str = ""
    value: float | None = None
    paper: str = PAPER
    claims: Claim | None = None

    @property
    def claim(self) -> Claim:
        return self.claims or claim_of(self.value, self.unit)


def _supports(space: str, value: float) -> dict[str, Stated]:
    # ASSUME: Yousefzadeh 2022 does not say how it counts, so its one number stands beside all three ways.
    ways = {
        "pooled": "pooled over all supports",
        "query": "mean share per sample",
        "weighted": "weighted by coefficient",
    }
    name = f"supporting samples with the sample's label, {space} space"
    return {
        f"same_label_{space}_{way}": Stated(f"{name}, {words}", "share", "7.2", value) for way, words in ways.items()
    }


def _accuracies(space: str, before: float | None, after: float | None, same: float | None) -> dict[str, Stated]:
    name = f"accuracy of the samples projected in {space} space"
    changed = f"share of predictions changed by projecting, {space} space"
    return {
        f"accuracy_before_{space}": Stated(f"{name}, before", "share", "7.2", before),
        f"accuracy_after_{space}": Stated(f"{name}, after", "share", "7.2", after),
        f"accuracy_change_{space}": Stated(f"{name}, after minus before", "difference", "7.2", same),
        f"changed_{space}": Stated(changed, "share", "7.2", same),
    }


def _sample(sample: int | str, name: str, section: str, margin: float, distance: float) -> dict[str, Stated]:
    return {
        f"sample_{sample}_margin": Stated(f"{name}: margin", "distance", section, margin),
        f"sample_{sample}_distance": Stated(f"{name}: distance to the feature hull", "distance", section, distance),
    }


# The attacks that the text names, by what a run's views are called here.
ATTACKS = {
    "deepfool": "DeepFool",
    "pgd_first": "PGD, up to the first success",
    "pgd_full": "PGD, all its steps",
}


def _attacked(attack: str, values: dict[str, float | None]) -> dict[str, Stated]:
    """Of samples that an attack moved across a boundary; the text does not say whether they survive rounding."""
    ways = {"success": "", "success_8bit": ", after rounding to 8 bits"}
    return {
        f"{attack}_{key}_{counted}": Stated(
            f"{ATTACKS[attack]}{words}: {QUESTIONS[key][0]}",
            QUESTIONS[key][1],
            "7.2",
            value,
            claims="most" if key == "towards_hull" else None,
        )
        for counted, words in ways.items()
        for key, value in values.items()
    }


def _by_norm(attack: str) -> dict[str, Stated]:
    """Whether an attack moves samples towards the hull, by the norm of their features before it."""
    return {
        f"{attack}_towards_hull_{third}": Stated(
            f"{ATTACKS[attack]}: {QUESTIONS['towards_hull'][0]}, {GROUPS[third]}", "share", paper=""
        )
        for third in NORM_THIRDS
    }


# Table 1: margins of the first test sample, a cat, to the other classes, in the order of the classes of CIFAR-10.
TABLE_1 = {
    "airplane": 3.498, "car": 3.266, "bird": 2.546, "cat": None, "deer": 3.087, "dog": 2.629, "frog": 2.711,
    "horse": 3.805, "ship": 3.494, "truck": 3.849,
}  # fmt: skip


def _table_1() -> dict[str, Stated]:
    return {
        f"sample_0_margin_{place}": Stated(f"first test sample: margin to {name}", "distance", "7.1, Table 1", value)
        for place, (name, value) in enumerate(TABLE_1.items())
        if value is not None
    }


def _swept() -> dict[str, Stated]:
    """One attack at many settings, and paths over many pairs; the text has one path, and says it of all attacks."""
    places: dict[str, tuple[str, float | None]] = {
        "bisected_below_genuine": ("7.2", 1.0),
        "paths_same_class": ("7.1, Figure 9", None),
        "paths_other_class": ("7.1, Figure 9", None),
        "paths_curved": ("7.1, Figure 9", None),
    }
    return {
        key: Stated(*words, *places[key]) if key in places else Stated(*words, paper="")
        for key, words in SWEEPS.items()
    }


def _inverted() -> dict[str, Stated]:
    """What is asked of inverted samples; Yousefzadeh 2022 answers one question for all, the others for single ones."""
    # `when x_r has the same classification as x_φ, this constraint is automatically satisfied via a direct path`.
    stated: dict[str, tuple[str, float | None]] = {
        f"inverted_{target}_path_changes": ("5", 0.0) for target in ("flip", "hull")
    }
    stated |= dict.fromkeys(("boundary_closer_pixel", "boundary_closer_feature"), ("7.2, Figure 10", None))
    solved = [f"inverted_{target}_{key}" for target in ("flip", "hull") for key in ("solved", "no_image")]
    own = (*solved, *BESIDE_DEEPFOOL, *CLOSEST)
    ours = dict.fromkeys(own, ("", None, ""))
    answers = stated | ours
    inverted = {key: Stated(*words, *answers.get(key, ("7.1", None))) for key, words in INVERSIONS.items()}
    key = "boundary_closer_pixel"
    return inverted | {key: replace(inverted[key], claims="most")}


def _one_sample(sample: int, name: str, stated: dict[str, tuple[str, float | None]]) -> dict[str, Stated]:
    questions = questions_about(sample, name)
    return {(key := f"sample_{sample}_{about}"): Stated(*questions[key], *place) for about, place in stated.items()}


def _human(indicator: str, what: str = "rank correlation") -> Stated:
    return Stated(f"{what} with human label entropy: {indicator}", "correlation", paper="")


_SEGMENT = ("segment_from_neighbour", "segment_from_sample", "segment_unlike")
_OF_ATTACKS: dict[str, float | None] = {
    "rate": None,
    "closer_to_boundary": 1.0,
    "below_genuine": 1.0,
    "towards_hull": None,
}

STATED: dict[str, Stated] = {
    # ASSUME: 0.9 stands for `above 90 %`.
    "accuracy": Stated("accuracy on the test samples", "share", "7.2", 0.9),
    "closer_to_hull": Stated(
        "share of test samples closer to the hull than to the boundary", "share", "7.2", 0.783, claims="most"
    ),
    "median_margin": Stated("median margin", "distance", "7.2, Figure 10"),
    "median_distance": Stated("median distance to the hull, feature space", "distance", "7.2, Figure 10"),
    "outside_feature": Stated("share of test samples proven outside the hull, feature space", "share", "6, 7.1", 1.0),
    "outside_pixel": Stated("share of test samples proven outside the hull, pixel space", "share", "6, 7.1", 1.0),
    **{
        f"within_noise_{space}": Stated(
            f"share of test samples no further from the hull than noise, {space} space", "share", paper=""
        )
        for space in ("feature", "pixel")
    },
    "margin_within_noise": Stated("share of test samples no further from a boundary than noise", "share", paper=""),
    # `the accuracy does not change at all`, since no boundary separates a sample from its projection.
    **_accuracies("feature", None, None, 0.0),
    **_accuracies("pixel", 0.9, 0.33, None),
    **_supports("feature", 0.78),
    **_supports("pixel", 0.27),
    "balls_train_nonempty": Stated("share of train balls that hold another sample", "share", "7.2", 0.499),
    "balls_test_nonempty": Stated("share of test balls that hold another sample", "share", "7.2", 0.47),
    # ASSUME: `each B contains about 297 on average` is over all balls of both splits, empty ones included.
    "balls_mean": Stated("other samples inside a ball, mean", "count", "7.2", 297),
    "balls_most": Stated("other samples inside a ball, most", "count", "7.2", 4791),
    "in_union": Stated("share of test samples in the union of training balls", "share", "7.2", 0.68),
    "on_union_surface": Stated("share of test samples for which noise decides about that union", "share", paper=""),
    "lipschitz": Stated("Lipschitz constant of the head, σ_max(Wφ)", "ratio", "7.1", 6.122),
    "largest_ratio": Stated("largest observed ratio of (14) over pairs with a test sample", "ratio", "3"),
    **_sample(0, "first test sample", "7.1", 2.546, 0.508),
    **_table_1(),
    "sample_0_train_inside": Stated("first test sample: train samples in its ball", "count", "7.1", 437),
    "sample_0_test_inside": Stated("first test sample: test samples in its ball", "count", "7.1", 69),
    **_sample(731, "test sample #732", "7.2", 0.3745, 2.143),
    **_sample(1, "test sample #2", "7.2, Figure 14", 2.494, 0.845),
    **_sample("1_deepfool", "test sample #2 under DeepFool", "7.2, Figure 14", 0.0001, 0.640),
    # `standard adversarial methods such as DeepFool move the samples towards` the hull: no number.
    **_attacked("deepfool", _OF_ATTACKS),
    **_by_norm("deepfool"),
    # `DeepFool and PGD attacks` (contribution 4); how PGD is stopped it does not say.
    **_attacked("pgd_first", _OF_ATTACKS),
    **_by_norm("pgd_first"),
    **_attacked("pgd_full", _OF_ATTACKS),
    **_by_norm("pgd_full"),
    **_swept(),
    **_inverted(),
    **_one_sample(
        0,
        "first test sample",
        {
            "path_ratio": ("7.1, Figure 9", None),
            **dict.fromkeys(("morph_end", *_SEGMENT), ("7.1, Figure 8", None)),
        },
    ),
    **_one_sample(
        731,
        "test sample #732",
        {
            "edited_margin": ("7.2", 1.225),
            "edited_distance": ("7.2", 0.605),
            "edited_moved": ("7.2", 5.21),
            "edited_path_ratio": ("7.2, Figure 12", None),
        },
    ),
    **{f"human_{key}": _human(name) for key, name in (INDICATORS | SCORES).items()},
    "human_difference": _human(DIFFERENCE, what="difference of rank correlations"),
}
