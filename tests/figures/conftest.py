"""Frames like those of a run, small and seeded."""

import numpy as np
import pandas as pd
import pytest

from tests.figures.denoising_frames import frames_of_denoising
from tests.figures.implicit_frames import frames_of_implicit
from tests.figures.inversion_frames import frames_of_inversions
from tests.figures.latent_frames import frames_of_latent

NAMES = ["ant", "bee", "cow"]


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def standing(rng):
    """Two views of 40 samples; sample 0 is closer to the hull, sample 1 to a boundary, sample 2 predicted wrong."""
    views = []
    for view in ("hull-pixel", "original"):
        margin, distance = rng.uniform(0.5, 3.0, 40), rng.uniform(0.2, 2.0, 40)
        margin[:2], distance[:2] = (2.0, 0.1), (1.0, 1.5)
        label = rng.integers(0, 3, 40)
        predicted = label.copy()
        predicted[2] = (label[2] + 1) % 3
        views.append(
            pd.DataFrame(
                {
                    "view": view,
                    "split": "test",
                    "sample": np.arange(40),
                    "label": label,
                    "predicted": predicted,
                    "margin": margin,
                    "closest_class": (predicted + 1) % 3,
                    "distance": distance,
                    "distance_lower": distance,
                    "distance_noise": 1e-6,
                    "margin_noise": 1e-6,
                    "position": "outside",
                    "ambiguity": margin - distance,
                    "confidence": 0.9,
                    "correct": label == predicted,
                }
            )
        )
    return pd.concat(views, ignore_index=True)


@pytest.fixture
def gallery(rng):
    rows = []
    for group in ("most ambiguous", "least ambiguous"):
        for rank in range(3):
            image = rng.uniform(size=(1, 4, 5))
            names = {"label_name": "ant", "predicted_name": "bee" if rank == 0 else "ant"}
            shape = {"channels": 1, "height": 4, "width": 5, "image": image.ravel()}
            rows.append({"rank": rank, "group": group, "sample": 10 + rank, "ambiguity": rank - 1.5} | names | shape)
    return pd.DataFrame(rows)


@pytest.fixture
def log():
    epochs = np.arange(5)
    losses = {"train_loss": 0.5**epochs, "val_loss": 0.6**epochs, "val_accuracy": 1 - 0.5 ** (epochs + 1)}
    return pd.DataFrame({"epoch": epochs, "learning_rate": 0.1, **losses})


@pytest.fixture
def contact_sheet(rng):
    """Two images of a class, one of another."""
    names = [(0, "ant", "ant/0.png"), (0, "ant", "ant/1.png"), (2, "a cow with a very long name indeed", "image 17")]
    shape = {"channels": 1, "height": 4, "width": 5}
    images = [shape | {"image": rng.uniform(size=20), "classes": 3} for _ in names]
    return pd.DataFrame(names, columns=["number", "class", "name"]).join(pd.DataFrame(images))


@pytest.fixture
def projection_accuracy():
    rows = [("original", "feature", 100, 0.9, 0.9, 0), ("original", "pixel", 50, 0.88, 0.34, 30)]
    return pd.DataFrame(rows, columns=["view", "space", "n", "accuracy_before", "accuracy_after", "changed"])


@pytest.fixture
def support_shares():
    rows = [("feature", 0, 4, 4, 1.0, 1.0), ("feature", 1, 1, 0, 0.0, 0.0), ("pixel", 0, 10, 2, 0.2, 0.5)]
    frame = pd.DataFrame(rows, columns=["space", "sample", "support_size", "same_label", "same_share", "same_weight"])
    return frame.assign(view="original")


@pytest.fixture
def balls(rng):
    frame = pd.DataFrame({"split": ["train"] * 30 + ["test"] * 20, "radius": rng.uniform(0.1, 3.0, 50)})
    inside = np.maximum(0, (frame["radius"] * 10 - 10).astype(int))
    return frame.assign(view="original", train_inside=inside, test_inside=0, in_train_union=True)


@pytest.fixture
def plane_slice():
    """Three classes in the plane: `bee` right of u = 1, `cow` above v = 2, domain v > -2; the sample at the origin."""
    line = np.linspace(-3, 3, 61)
    u, v = (axis.ravel() for axis in np.meshgrid(line, line))
    number = np.where(v > 2, 2, np.where(u > 1, 1, 0))
    grid = pd.DataFrame({"u": u, "v": v, "class": number, "inside_domain": v > -2})
    grid["class_name"] = np.array(NAMES)[number]
    rows = [("sample", 0, 0, 1.0, "ant"), ("flip", 1, 0, np.nan, "bee"), ("flip", 0, 2, np.nan, "cow")]
    rows += [("hull", -0.3, -0.4, np.nan, "hull"), ("train", -1, -1, np.nan, "")]
    return {"slice_grid": grid, "slice_points": pd.DataFrame(rows, columns=["kind", "u", "v", "radius", "label"])}


@pytest.fixture
def agreement():
    rows = [("ambiguity indicator (d_h - d_f)", 0.41, 0.39, 0.43), ("softmax uncertainty", 0.38, 0.36, 0.4)]
    return pd.DataFrame(rows, columns=["indicator", "correlation", "ci_low", "ci_high"])


@pytest.fixture
def duplicate_pairs(rng):
    """A copy with another label, a near copy, and two images that only the network takes for one."""
    kinds = [("exact", "exact", 0.0, 1e-7), ("near", "near", 0.02, 0.1), ("apart", "near", 0.3, 0.2)]
    rows = []
    for pair, about in enumerate(kinds):
        about = dict(zip(("kind", "feature_kind", "pixel_rms", "feature_distance"), about))
        for split, sample in (("test", 4), ("train", 17)):
            image = {"channels": 1, "height": 4, "width": 5, "image": rng.uniform(size=20)}
            who = {"pair": pair, "split": split, "sample": sample + pair, "label_name": "ant"}
            rows.append(about | who | image | {"same_label": pair > 0})
    return pd.DataFrame(rows)


@pytest.fixture
def class_pairs():
    rows = [(0, 1, 2.0), (0, 2, 5.0), (1, 0, 2.5)]
    return pd.DataFrame(rows, columns=["class", "other_class", "median_margin"])


@pytest.fixture
def page(rng):
    def support(count):
        weights = np.sort(rng.dirichlet(np.ones(count)))[::-1]
        return [{"image": rng.uniform(size=(1, 8, 8)), "label_name": "ant", "weight": w} for w in weights]

    features = rng.uniform(size=60)
    return {
        "image": rng.uniform(size=(1, 8, 8)),
        "features": features,
        "flip_point": features + 0.5,
        "hull_point": features + 0.1,
        "pixel_projection": rng.uniform(size=(1, 8, 8)),
        "support_feature": support(3),
        "support_pixel": support(12),
        "own": "ant",
        "label": "bee",
        "closest": "cow",
        "margin": 2.546,
        "distance": 0.508,
        "pixel_distance": 3.21,
    }


@pytest.fixture
def detection():
    """Two detectors on an attack and on a foreign view."""
    views = [("pgd", "all"), ("pgd", "success"), ("digits", "all")]
    areas = {"margin": [0.9, 0.99996, 0.6], "fdbd": [0.8, 0.87, 1.0]}
    rows = [
        (*view, name, measure, values[place] if measure == "area" else 0.25, 0.1, 1.0, 40)
        for place, view in enumerate(views) for name, values in areas.items() for measure in ("area", "fpr95")
    ]  # fmt: skip
    columns = ["view", "counted", "detector", "measure", "value", "ci_low", "ci_high", "n"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def roc_curves(detection):
    curves = detection.loc[detection["measure"] == "area", ["view", "counted", "detector"]]
    rates = pd.DataFrame({"false_positive_rate": [0.0, 0.5, 1.0], "true_positive_rate": [0.25, 0.75, 1.0]})
    return curves.merge(rates, how="cross")


@pytest.fixture
def by_confidence(detection):
    rows = detection[detection["counted"] == "success"]
    return pd.concat([rows.assign(confidence=k, value=rows["value"] / (1 + k), series="pgd") for k in (0.0, 2.0)])


@pytest.fixture
def attack_plane(standing):
    """An attack that leaves samples at a hundredth of their margin, and fails on the last ten of 40."""
    genuine = standing[standing["view"] == "original"].assign(success=np.nan)
    attacked = genuine.assign(view="pgd", margin=genuine["margin"] / 100, success=genuine["sample"] < 30)
    return pd.concat([genuine, attacked], ignore_index=True)


@pytest.fixture
def exhibits(rng):
    image = rng.uniform(0.2, 0.8, size=(1, 8, 8))
    attacked = image.copy()
    attacked[0, 0, 0] += 0.05
    position = {"predicted": "ant", "margin": 2.494, "distance": 0.845}
    moved = {"predicted": "bee", "margin": 0.0001, "distance": 0.64}
    outcome = {"success": True, "success_8bit": False, "l2": 0.05, "linf": 0.05}
    return [{"view": "pgd", "image": image, "attacked": attacked, "before": position, "after": moved} | outcome]


@pytest.fixture
def hull_places(rng):
    """Twenty test samples, two of them wrong, and ten of another data set, which lie further out."""
    own = rng.uniform(0.5, 2, 30)
    label = np.r_[np.zeros(18, int), 1, 1, np.full(10, -1)]
    p_value = np.r_[rng.uniform(0.01, 1, 20), np.full(10, 0.01)]
    return pd.DataFrame(
        {"view": ["original"] * 20 + ["digits"] * 10, "split": "test", "sample": np.arange(30), "label": label,
         "predicted": 0, "distance": own / 2, "own_distance": own, "other_distance": own[::-1] + 1, "p_value": p_value,
         "own_p_value": p_value**2}
    )  # fmt: skip


@pytest.fixture
def dimension():
    shares = {2: 0.016, 4: 0.14, 8: 0.79, 16: 1.0, 20: 1.0}
    rows = [
        {"space": space, "k": k, "dimensions": 20, "n": 500, "vertices": 1297, "outside": share / part,
         "outside_low": share / part - 0.01, "outside_high": share / part + 0.01, "distance": share / 5 / part,
         "distance_low": share / 6 / part, "distance_high": share / 4 / part}
        for space, part in (("feature", 1), ("latent", 2)) for k, share in shares.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture
def detector_questions():
    rows = [
        {"question": question, "view": view, "detector": name, "measure": measure, "value": value,
         "ci_low": value - 0.05, "ci_high": min(value + 0.05, 1), "against": against, "difference": value - 0.7,
         "difference_low": value - 0.75, "difference_high": value - 0.65, "n": 12, "n_genuine": 1488}
        for question, view in (("error", "original"), ("disagreement", "original"), ("foreign", "digits"))
        for measure in ("area", "fpr95")
        for name, value in (("margin", 0.95), ("hull", 0.7), ("knn", 0.72), ("union", 0.4))
        for against in ("hull", "knn")
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.fixture
def inversion_frames(rng):
    return frames_of_inversions(rng)


def _overshoots() -> pd.DataFrame:
    """Bisection is below all, more overshoot below fewer; in 8 bits hardly any attack is left."""
    keys = ("rate", "rate_8bit", "below_0", "below_0.001", "below_0.01", "below_0.05")
    rows = [
        {"attack": attack, "overshoot": overshoot, "key": key, "value": value, "ci_low": value - 0.05, "ci_high": value}
        for attack, overshoot, value in (("bisected", np.nan, 1.0), ("deepfool", 0.0, 0.8), ("deepfool", 0.1, 0.2))
        for key in keys
    ]
    return pd.DataFrame(rows)


def _attack_front() -> pd.DataFrame:
    """Two leads and two penalties; more lead costs hull distance, more penalty brings it back."""
    rows = [
        {
            "confidence": lead,
            "hull_penalty": penalty,
            "margin": 0.1 + lead / 4,
            "distance": 0.8 - lead / 10 + penalty,
            "unseen": 0.3,
            "unseen_low": 0.2,
            "unseen_high": 0.4,
            "front": lead > 0,
            "rate": 0.9,
            "asked": 3,
            "genuine_margin": 1.0,
            "genuine_distance": 0.7,
        }
        for lead in (0.0, 4.0)
        for penalty in (0.0, 1.0)
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def frames(rng, standing, gallery, duplicate_pairs, log, contact_sheet, projection_accuracy, support_shares, balls,
           plane_slice, agreement, class_pairs, page, roc_curves, detection, by_confidence, attack_plane,
           exhibits, hull_places, dimension, detector_questions, inversion_frames):  # fmt: skip
    """What every figure of the registry is drawn from."""
    frames = {
        "contact_sheet": {"contact_sheet": contact_sheet},
        "duplicates": {"duplicate_pairs": duplicate_pairs},
        "training": {"classifier_log": log},
        "distances": {"main_standing": standing},
        "distances_by_view": {"standing": standing},
        "plane": {"main_standing": standing},
        "training_margins": {"training_standing": standing[standing["view"] == "original"]},
        "ambiguity": {"ambiguity_gallery": gallery},
        "accuracy": {"main_accuracy": projection_accuracy, "class_count": 3},
        "support": {"main_support": support_shares},
        "balls": {"main_balls": balls},
        "slice": plane_slice,
        "human": {"human_standing": standing.assign(entropy=1.0 / (1 + standing["margin"])), "agreement": agreement},
        "class_margins": {"class_pairs": class_pairs, "classes": NAMES},
        "sample": {"sample_page": page},
        "roc": {"roc_curves": roc_curves, "detection": detection},
        "detection_by_confidence": {"by_confidence": by_confidence},
        "attack_plane": {"attacked_standing": attack_plane},
        "overshoot": {"overshoots": _overshoots()},
        "attack_front": {"attack_front": _attack_front()},
        "which_hull": {"hull_places": hull_places},
        "dimension": {"dimension": dimension},
        "detector_questions": {"detector_questions": detector_questions},
        "adversarial": {"attacked_samples": exhibits},
    }
    return frames | inversion_frames | frames_of_denoising(rng) | frames_of_implicit(rng) | frames_of_latent(rng)
