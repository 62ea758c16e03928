"""Rows of tables and statistics that figures of latent space show; `latent_space` makes the images among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

SAMPLED = 0  # the trial whose spectra are drawn


def tiles_of(tiles: pd.DataFrame, figure: str) -> pd.DataFrame:
    """The images that one figure shows; tiles: the statistic latent_tiles."""
    return tiles[tiles["figure"] == figure]


def of_setting(rows: pd.DataFrame, setting: str) -> pd.DataFrame:
    """The rows of a setting, of its first training where they tell trainings apart."""
    own = rows[rows["setting"] == setting]
    return own[own["training"] == own["training"].iloc[0]] if "training" in own else own


def sampled_spectra(spectra: pd.DataFrame, setting: str) -> pd.DataFrame:
    """One sampled encoding of every test image in the published basis; spectra: the table of that name."""
    chosen = (spectra["setting"] == setting) & (spectra["basis"] == "gram-schmidt") & (spectra["trial"] == SAMPLED)
    return spectra[chosen]


def rotation_stops(rotation: pd.DataFrame, classes: Sequence[str]) -> list[str]:
    """Names of the labels that the way of a rotation goes through; rotation: the statistic latent_rotation."""
    way = rotation.drop_duplicates(["source", "target"])
    return [classes[label] for label in [way["source"].iloc[0], *way["target"]]]


def truncation_titles(denoising: pd.DataFrame) -> list[str]:
    """What stands above the columns of truncated images; denoising: the statistic latent_denoising."""
    counts = sorted(count for count in denoising["components"].unique() if count > 0)
    return ["image", "all", *map(str, counts)]


def of_reading(rows: pd.DataFrame, *, published: bool = False) -> pd.DataFrame:
    """Of a statistic that has both readings, those of the basis that the run looks at, or the published ones.

    The run's own come first (`experiments.latent.operators.measure`); the two may share a basis, never the encoding.
    """
    return rows[(rows["encoding"] == "sampled") == published]


def _words(rows: pd.DataFrame) -> str:
    basis = {"gram-schmidt": "Gram-Schmidt", "lowdin": "Löwdin"}.get(rows["basis"].iloc[0], rows["basis"].iloc[0])
    return f"{basis}, {'sampled z' if rows['encoding'].iloc[0] == 'sampled' else 'mean μ'}"


def reading_titles(denoising: pd.DataFrame) -> dict[str, str]:
    """Panel of truncated images -> how their latents were read; denoising: the statistic latent_denoising."""
    published, own = (_words(of_reading(denoising, published=flag)) for flag in (True, False))
    return {"published": f"{published}, as published", "own": own}


def rotation_titles(denoising: pd.DataFrame) -> dict[str, str]:
    """Panel of turned images -> how they were turned; denoising: the statistic latent_denoising."""
    published, own = (_words(of_reading(denoising, published=flag)) for flag in (True, False))
    return {
        "published": f"{published}, equation (11) as published, of rank one: images become one and the same",
        "plane": f"{published}, rotation in the plane of two axes: images stay different",
        "own": f"{own}, rotation in the plane of two axes",
    }


def logs_of(logs: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The training logs of the encoders below each other; logs: by `<setting>/<training>`."""
    parts = [log.assign(setting=name.rpartition("/")[0]) for name, log in logs.items()]
    return pd.concat(parts, ignore_index=True)
