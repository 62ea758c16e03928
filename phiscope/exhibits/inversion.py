"""What figures about inverted samples show: images with what the tables say of them, paths, an edit.

Arrays and frames in, mappings and frames out, as `phiscope.exhibits.samples` has it for the other figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from safetensors import safe_open

from phiscope.geometry.paths import equidistant, length_over_chord, straight
from phiscope.head import Head

Shown = Mapping[str, NDArray]
Open = Callable[[str], NDArray]

PLAIN = ("black", "grey", "white")


def image_at(folder: Path, reference: str) -> NDArray[np.float64]:
    """The image that the column `image` of `inversions` names: file in the run's folder, array or `images`, row.

    For whoever has a finished run's folder; figures know their files from the plan and call `image_of`.
    """
    file, *array, row = reference.split(":")
    with safe_open(folder / file, framework="numpy") as arrays:
        return arrays.get_slice(array[0] if array else "images")[int(row)]


def image_of(files: Mapping[str, Path], reference: str) -> NDArray[np.float64]:
    """The image that the column `image` of `inversions` names; files: by `<target>/<chunk>`, as the plan has them."""
    file, row = reference.split(":")
    target, chunk = Path(file).parts[-2:]
    with safe_open(files[f"{target}/{Path(chunk).stem}"], framework="numpy") as arrays:
        return arrays.get_slice("images")[int(row)]


def beside(
    number: int,
    attacks: pd.DataFrame | None,
    kept: Mapping[str, Mapping[str, NDArray]] | None,
    view: str | None,
) -> list[tuple[dict[str, Any], NDArray]]:
    """(row of `attacks`, image) of one sample under a view, if the run has it; kept: by view, samples and images."""
    if view is None or attacks is None or not kept or view not in kept:
        return []
    rows = attacks[(attacks["view"] == view) & (attacks["sample"] == number)].to_dict("records")
    places = np.flatnonzero(kept[view]["samples"] == number)
    return [(row, kept[view]["images"][place]) for row, place in zip(rows, places)]


def inverted_page(
    number: int,
    inversions: pd.DataFrame,
    standing: pd.DataFrame,
    image: NDArray,
    classes: Sequence[str],
    open_at: Open,
    deepfool: Sequence[tuple[Mapping[str, Any], NDArray]] = (),
) -> dict[str, Any]:
    """One sample and the images of its points: see `figures.inversion.inverted`; deepfool: as from `beside`.

    inversions: the table; standing: as from `stats.standing`, of the view `original`; image: the sample's.
    """
    own = inversions[(inversions["sample"] == number) & inversions["target"].isin(["flip", "hull"])]
    place = standing.set_index("sample").loc[number]
    away = {"flip": place["margin"], "hull": place["distance"]}
    images = [_inverted(row, away[row["target"]], image, classes, open_at) for row in own.to_dict("records")]
    images += [attacked(row, moved, classes) for row, moved in deepfool]
    return {"image": image, "own": classes[int(place["predicted"])], "images": images}


def _inverted(row: Mapping[str, Any], away: float, image: NDArray, classes: Sequence[str], open_at: Open) -> dict:
    if row["status"] == "no_target":
        return {"kind": row["target"], "image": None, "status": row["status"]}
    return {
        "kind": row["target"],
        "image": open_at(row["image"]),
        "predicted": classes[int(row["predicted"])],
        "pixel_distance": row["pixel_distance"],
        "rms": rms(row["pixel_distance"], image),
        "status": row["status"],
        "target_class": classes[int(row["target_class"])],
        "feature_distance": away,
        "relative_residual": row["feature_residual"] / row["target_norm"],
        "class_changes": int(row["class_changes"]),
    }


def attacked(row: Mapping[str, Any], image: NDArray, classes: Sequence[str]) -> dict[str, Any]:
    """The entry of DeepFool beside those of the inversions; row: of `attacks`; image: what the attack left."""
    length = float(row["l2"])
    return {
        "kind": "deepfool",
        "image": image,
        "predicted": classes[int(row["predicted_after"])],
        "pixel_distance": length,
        "rms": rms(length, image),
    }


def rms(distance: float, image: NDArray) -> float:
    """Root mean square change of a pixel, in levels of 255, of images so far apart."""
    return 255 * distance / float(np.sqrt(np.size(image)))


def perimeter_page(shown: Shown, rows: pd.DataFrame, classes: Sequence[str]) -> dict[str, Any] | None:
    """See `figures.inversion.perimeter`; shown: what was explored of one ball, nothing where it was left out; rows: of
    `inversions`.
    """
    if not shown:
        return None
    rim = rows[rows["target"] == "perimeter"].set_index("image", drop=False)
    order = sorted(rim.index, key=_row_of)
    pairs = [
        {
            "name": in_words(row["reference"]),
            "reference": shown["perimeter_references"][place],
            "image": shown["perimeter_images"][place],
            "features": shown["perimeter_features"][place],
            "pixel_distance": row["pixel_distance"],
            "predicted": classes[int(row["predicted"])],
            "status": row["status"],
        }
        for place, row in enumerate(rim.loc[order].to_dict("records"))
    ]
    own = classes[int(rim["own"].iloc[0])] if len(rim) else ""
    radius = float(rim["radius"].iloc[0]) if len(rim) else np.nan
    return {"image": shown["image"], "features": shown["centre"], "own": own, "radius": radius, "pairs": pairs}


def in_words(reference: str) -> str:
    """`train:12` -> `train image 12`; `black` as it is."""
    others = {"itself": "the sample", "blend": "their blend"}
    if reference in others:
        return others[reference]
    return reference if reference in PLAIN else "{} image {}".format(*reference.split(":"))


def morph_steps(shown: Shown, rows: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame | None:
    """See `figures.inversion.morph`; plain interpolation stands where the radius is on the way to 0. None where
    the ball was left out.
    """
    if not shown:
        return None
    ball = rows[rows["target"] == "ball"]
    ball = ball.loc[ball["image"].map(_row_of).sort_values().index].to_dict("records")
    own, path = int(ball[0]["own"]), shown["path_features"]
    away = np.linalg.norm(shown["morph_features"] - shown["centre"], axis=1)
    steps = []
    for k, row in enumerate(ball):
        about = {"distance": away[k], "predicted": int(row["predicted"]), "reached": row["status"] != "unreached"}
        steps.append({"way": "morph", "step": k} | about | _flat(shown["morph_images"][k]))
    for k, radius in enumerate(shown["morph_radii"]):
        # ASSUME: plain interpolation has gone as far as the radius has shrunk; Yousefzadeh 2022 shows none.
        at = round((1 - radius / shown["morph_radii"][0]) * (len(path) - 1))
        share = at / (len(path) - 1)
        image = (1 - share) * shown["neighbour"] + share * shown["image"]
        distance = np.linalg.norm(path[at] - shown["centre"])
        about = {"distance": distance, "predicted": int(shown["path_classes"][at]), "reached": True}
        steps.append({"way": "interpolation", "step": k} | about | _flat(image))
    frame = pd.DataFrame(steps)
    return frame.assign(own=frame["predicted"] == own, predicted_name=[classes[k] for k in frame["predicted"]])


def segment_steps(shown: Shown, rows: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame | None:
    """See `figures.inversion.segment`. None where the ball was left out."""
    if not shown:
        return None
    on_it = rows[rows["target"] == "segment"]
    on_it = on_it.loc[on_it["image"].map(_row_of).sort_values().index]
    steps = [
        {
            "reference": in_words(row["reference"]),
            "share": float(shown["segment_shares"][place]),
            "distance": row["radius"],
            "predicted_name": classes[int(row["predicted"])],
            "own": row["predicted"] == row["own"],
            "reached": row["status"] != "unreached",
            **_flat(shown["segment_images"][place]),
        }
        for place, row in enumerate(on_it.to_dict("records"))
    ]
    return pd.DataFrame(steps)


def _flat(image: NDArray) -> dict[str, Any]:
    return {"image": image.ravel()} | dict(zip(("channels", "height", "width"), image.shape))


def _row_of(reference: str) -> int:
    return int(reference.rpartition(":")[2])


def explored_path(shown: Shown, head: Head, classes: Sequence[str]) -> pd.DataFrame | None:
    """The straight pixel path to one sample; shown: what was explored of its ball, None where it was left out."""
    if not shown:
        return None
    return path_frame(shown["path_features"], shown["path_classes"], head, classes)


def path_frame(features: NDArray, labels: NDArray, head: Head, classes: Sequence[str]) -> pd.DataFrame:
    """See `figures.inversion.path`; features (n, f) and classes (n,) of the straight pixel path."""
    a, b = features[0], features[-1]
    direct = straight(a, b, len(features))
    parts = []
    for space, points, own in (("pixel", features, labels), ("feature", direct, head.classify(direct))):
        drawn = equidistant(points, a, b)
        frame = pd.DataFrame({"space": space, "share": np.linspace(0, 1, len(points))})
        frame["along"], frame["across"], frame["class"] = drawn[:, 0], drawn[:, 1], own
        parts.append(frame.assign(length_over_chord=length_over_chord(points)))
    path = pd.concat(parts, ignore_index=True)
    return path.assign(class_name=[classes[label] for label in path["class"]])


def edit_page(shown: Shown, sides: pd.DataFrame, head: Head, classes: Sequence[str]) -> dict[str, Any]:
    """See `figures.inversion.edit`; shown and sides: what the edit of one sample gave."""
    rows = sides.set_index("side").loc[["before", "after"]].to_dict("records")
    pages = [
        {
            "image": image,
            "features": features,
            "predicted": classes[int(row["predicted"])],
            "closest": classes[int(row["closest_class"])] if row["closest_class"] >= 0 else "no class",
            **{key: row[key] for key in ("margin", "distance", "ambiguity")},
        }
        for image, features, row in zip(shown["images"], shown["features"], rows)
    ]
    path = path_frame(shown["path_features"], shown["path_classes"], head, classes)
    edit = {"filled": shown["filled"], "moved": rows[0]["moved"], "path": path}
    return {"sides": pages, "classes": len(classes)} | edit
