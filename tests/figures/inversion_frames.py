"""Frames of inversions like those of a run, small and seeded."""

import numpy as np
import pandas as pd

CLASSES = ["ant", "bee", "cow"]


def frames_of_inversions(rng) -> dict[str, dict]:
    """What the figures about inverted images are drawn from."""
    return {
        "inverted": {"inverted_page": _inverted(rng)},
        "perimeter": {"perimeter_page": _perimeter(rng)},
        "morph": {"morph_steps": _morph_steps(rng)},
        "segment": {"segment_steps": _segment_steps(rng)},
        "straight_paths": {"straight_paths": _straight_paths(rng)},
        "path": {"sample_path": _path(), "class_count": 3},
        "edit": {"edit_page": _edit(rng)},
        "inversion_distances": {"inversion_distances": _distances()},
        "pixel_boundary": {"pixel_boundary": _pixel_boundary(rng)},
        "closest": {"closest_gallery": _closest(rng)},
        "closest_distances": {"closest_distances": _closest_distances(rng)},
    }


def _closest(rng) -> list[dict]:
    """Four samples and the images on the boundary next to them."""
    images = rng.uniform(0.2, 0.8, size=(4, 1, 8, 8))
    about = {"own": "ant", "other": "bee"}
    return [
        about | {"sample": k, "image": image, "closest": image + 0.03 * k, "pixel_distance": 0.24 * k}
        for k, image in enumerate(images)
    ]


def _closest_distances(rng) -> pd.DataFrame:
    """Forty samples, one of which has no image; DeepFool's are farther, those of all attacks between."""
    distance, margin = rng.uniform(0.1, 1, size=(2, 40))
    frame = pd.DataFrame({"pixel_distance": distance, "deepfool": 1.2 * distance, "attack": 1.1 * distance})
    frame.loc[0, "pixel_distance"] = np.nan
    return frame.assign(margin=margin, correct=np.arange(40) % 7 > 0)


def _inverted(rng) -> dict:
    """A sample of `ant`: its flip point's image was found, its hull's was not reached, DeepFool's is beside them."""
    image = rng.uniform(0.2, 0.8, size=(1, 8, 8))
    moved = {"image": image + 0.05, "pixel_distance": 0.4, "rms": 12.75}
    reached = {"feature_distance": 2.546, "relative_residual": 3.1e-7, "class_changes": 1, "status": "solved"}
    flip = {"kind": "flip", "predicted": "bee", "target_class": "bee"} | moved | reached
    hull = flip | {"kind": "hull", "predicted": "ant", "target_class": "ant", "status": "unreached", "class_changes": 3}
    deepfool = {"kind": "deepfool", "predicted": "cow"} | moved | {"pixel_distance": 0.05}
    return {"image": image, "own": "ant", "images": [flip, hull, deepfool]}


def _perimeter(rng) -> dict:
    one = {"predicted": "ant", "pixel_distance": 4.82, "status": "solved", "features": rng.uniform(size=60)}
    images = {"reference": np.zeros((1, 8, 8)), "image": rng.uniform(size=(1, 8, 8))}
    pairs = [one | images | {"name": "black"}, one | images | {"name": "train image 12", "status": "unreached"}]
    return {
        "image": rng.uniform(size=(1, 8, 8)), "features": rng.uniform(size=60), "own": "ant", "radius": 2.546,
        "pairs": pairs,
    }  # fmt: skip


def _morph_steps(rng) -> pd.DataFrame:
    """Twelve steps each; the plain way leaves the class in the middle, the last morph was not reached."""
    rows = []
    for way in ("morph", "interpolation"):
        for step in range(12):
            own = way == "morph" or not 4 < step < 8
            row = {"way": way, "step": step, "distance": 2.54 * (1 - step / 11), "own": own}
            row |= {"predicted_name": "ant" if own else "bee", "reached": way == "interpolation" or step < 11}
            rows.append(row | {"channels": 1, "height": 4, "width": 5, "image": rng.uniform(size=20)})
    return pd.DataFrame(rows)


def _segment_steps(rng) -> pd.DataFrame:
    """Four points near three references; the first image near the sample was not reached."""
    rows = []
    for reference in ("train image 12", "the sample", "their blend"):
        for share in np.linspace(0, 1, 4):
            row = {"reference": reference, "share": share, "distance": 2.5 * (1 - share), "own": share > 0}
            row |= {"predicted_name": "ant" if share else "bee", "reached": share > 0 or reference != "the sample"}
            rows.append(row | {"channels": 1, "height": 4, "width": 5, "image": rng.uniform(size=20)})
    return pd.DataFrame(rows)


def _straight_paths(rng) -> pd.DataFrame:
    """Pairs of one class and of two, whose paths are longer."""
    other = np.arange(40) % 2
    return pd.DataFrame(
        {"predicted": 0, "other_predicted": other, "length_over_chord": 1 + other + rng.exponential(size=40),
         "farthest": rng.uniform(size=40)}
    )  # fmt: skip


def _path() -> pd.DataFrame:
    """A half circle of pixels over a straight line of features, with `bee` in the middle of the circle."""
    share = np.linspace(0, 1, 21)
    pixel = pd.DataFrame({"space": "pixel", "share": share, "length_over_chord": np.pi / 2})
    pixel["along"], pixel["across"] = 1 - np.cos(np.pi * share), np.sin(np.pi * share)
    pixel["class"] = np.where(np.abs(share - 0.5) < 0.2, 1, 0)
    feature = pixel.assign(space="feature", along=2 * share, across=0.0, length_over_chord=1.0)
    feature["class"] = 0
    both = pd.concat([pixel, feature], ignore_index=True)
    return both.assign(class_name=np.array(CLASSES)[both["class"]])


def _edit(rng) -> dict:
    side = {
        "image": rng.uniform(size=(1, 8, 8)),
        "features": rng.uniform(size=60),
        "predicted": "ant",
        "closest": "bee",
    }
    before = side | {"margin": 0.3745, "distance": 2.143, "ambiguity": -1.7685}
    after = side | {"predicted": "cow", "margin": 1.225, "distance": 0.605, "ambiguity": 0.62}
    filled = np.zeros((8, 8), bool)
    filled[1:4, 2:6] = True
    return {"sides": [before, after], "filled": filled, "moved": 5.21, "path": _path(), "classes": 3}


def _distances() -> pd.DataFrame:
    kinds = {"flip": 0.1, "hull": 0.4, "deepfool": 0.05}
    rows = [(kind, k, scale * (1 + k)) for kind, scale in kinds.items() for k in range(21)]
    return pd.DataFrame(rows, columns=["kind", "sample", "pixel_distance"])


def _pixel_boundary(rng) -> pd.DataFrame:
    """In feature space the hull is closer but for sample 0, in pixel space the boundary but for samples 0 and 1."""
    frame = pd.DataFrame(
        {"sample": np.arange(40), "margin": rng.uniform(1, 3, 40), "distance": rng.uniform(0.2, 1, 40)}
    )
    frame["pixel_margin"], frame["pixel_distance"] = rng.uniform(0.01, 0.1, 40), rng.uniform(2, 4, 40)
    frame.loc[0, "distance"], frame.loc[:1, "pixel_margin"] = 5.0, 9.0
    return frame
