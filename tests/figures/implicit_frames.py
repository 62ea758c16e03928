"""Frames of images as functions of position like those of a run, small and seeded."""

import numpy as np
import pandas as pd


def frames_of_implicit(rng) -> dict[str, dict]:
    """What the figures about images as functions are drawn from; `b` is the group that is spoken of."""
    drawn = _drawn(rng)
    return {
        "implicit_k": {"implicit_by_k": drawn["by_k"], "main_group": "b"},
        "implicit_spectrum": {"implicit_tuned": drawn["tuned"], "implicit_powers": drawn["powers"]},
        "implicit_within": {"implicit_powers": drawn["powers"]},
        "implicit_networks": {"implicit_networks": drawn["networks"], "main_group": "a"},
        "implicit_rates": {"implicit_rates": _rates(), "main_group": "a"},
        "implicit_scale": {"implicit_scales": drawn["scales"]},
        "implicit_bases": {"implicit_bases": drawn["bases"], "main_group": "b"},
        "implicit_pictures": {"implicit_gallery": drawn["gallery"]},
        "implicit_waves": {"latent_waves": _waves()},
        "implicit_decoders": {"implicit_decoders": _decoders()},
    }


def _rates() -> pd.DataFrame:
    rows = [("a", name, "share", at, 20 + 9 * at) for name in ("dct", "haar", "dct+haar") for at in (0.01, 0.1)]
    rows += [("a", name, "rate", at, 25 + 5 * at) for name in ("dct", "dct+haar", "jpeg") for at in (0.5, 1.0)]
    rows += [("a", "jpeg", "scan", at, 26 + 5 * at) for at in (0.5, 1.0)]
    frame = pd.DataFrame(rows, columns=["group", "basis", "measure", "at", "value"])
    return frame.assign(ci_low=frame["value"] - 1, ci_high=frame["value"] + 1)


def _decoders() -> pd.DataFrame:
    ways = [("none", np.nan, np.nan), ("gaussian", 16.0, 1.0), ("gaussian", 16.0, 4.0), ("dense", np.nan, np.nan)]
    rows = [(*way, name) for way in ways for name in ("psnr", "sharpness", "energy_kept", "energy_right")]
    value = np.linspace(0.3, 0.9, len(rows))
    frame = pd.DataFrame(rows, columns=["encoding", "k", "sigma", "measure"])
    return frame.assign(value=value, ci_low=value - 0.1, ci_high=value + 0.1)


def _waves() -> pd.DataFrame:
    """Two families of directions, with every control, in every basis."""
    rows = [
        {"network": network, "family": family, "kind": kind, "basis": basis, "measure": "effective"}
        for network, family in (("generator", "axes"), ("autoencoder", "units"))
        for kind in ("latent", "random", "difference", "untrained")
        for basis in ("waves", "fourier", "dct", "pixels", "orthogonal")
    ]
    value = np.linspace(4, 40, len(rows))
    return pd.DataFrame(rows).assign(value=value, ci_low=0.9 * value, ci_high=1.1 * value)


def _drawn(rng) -> dict[str, pd.DataFrame]:
    """Fits of three images in two groups by name of the frame: one encoding without k, one with three."""
    ways = [("none", np.nan), *(("gaussian", k) for k in (2.0, 8.0, 32.0))]
    rows = [
        {"group": group, "image": f"{group}/{i}", "height": 8, "width": 8, "model": model, "encoding": encoding,
         "spectrum": "", "asked_k": k, "k": 0 if np.isnan(k) else k, "parameters": 100 + i, "psnr_parseval": 20.0 + i}
        for group, i in (("a", 0), ("b", 1), ("b", 2)) for model in ("mlp", "projection") for encoding, k in ways
    ]  # fmt: skip
    tuned = pd.DataFrame(rows)
    numbers = ("psnr_train", "psnr_heldout", "spectrum_l1", "spectrum_energy", "energy_beyond")
    tuned = tuned.assign(**{name: rng.uniform(10, 30, len(tuned)) for name in numbers})
    by_k = pd.concat([tuned.assign(measure=m, value=tuned[m]) for m in numbers[:2]]).assign(ci_low=9.0, ci_high=31.0)
    parts = (("all", ""), ("kind", "a"), ("encoding", "gaussian"))
    powers = pd.DataFrame(
        [(m, p, *part, -0.5, 0.4) for m in numbers[:2] for p in (*numbers[2:], "spectrum_frequency") for part in parts],
        columns=["measure", "power", "part", "name", "value", "pooled"],
    ).assign(ci_low=-0.7, ci_high=-0.2)
    scales = tuned[tuned["encoding"] == "gaussian"].assign(sigma=4.0, spectrum_slope=1.2, best=True)
    bases = pd.DataFrame([("a", 8, n, s, 10 + 9 * s) for n in ("dct", "orthogonal") for s in (0.1, 0.3)])
    bases.columns = ["group", "height", "encoding", "share", "value"]
    networks = pd.DataFrame(
        [(g, m, n, 11.0) for g in "ab" for n in ("dct", "haar") for m in ("psnr_all", "psnr_train")]
    )
    networks.columns = ["group", "measure", "encoding", "value"]
    shape = {"channels": 1, "height": 4, "width": 5, "image": rng.uniform(size=20)}
    gallery = [
        {"encoding": "original"} | shape,
        *({**row, "psnr_train": 20.0, "psnr_heldout": 9.0} | shape for row in rows[:4]),
    ]
    return {
        "tuned": tuned, "by_k": by_k, "powers": powers, "scales": scales, "gallery": pd.DataFrame(gallery),
        "bases": bases.assign(ci_low=9.0, ci_high=14.0), "networks": networks.assign(ci_low=9.0, ci_high=14.0),
    }  # fmt: skip
