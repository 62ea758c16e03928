"""Frames of denoising like those of a run, small and seeded."""

from itertools import product

import pandas as pd


def frames_of_denoising(rng) -> dict[str, dict]:
    """What the figures about denoisers are drawn from."""
    return {
        "denoising": {"denoising_summary": _summary()},
        "denoised": {"denoised_images": _denoised(rng)},
        "filter_inversion": {"filter_inversion": _filter_inversion()},
        "denoising_study": {"study_summary": _study()},
    }


def _summary() -> pd.DataFrame:
    rows = [("blocks", "noisy", 14.1), ("blocks", "biharmonic-true-mask", 17.0), ("gaussian", "network", 20.5)]
    frame = pd.DataFrame(rows, columns=["noise", "method", "psnr"])
    return frame.assign(dataset="test", level=0.2, ci_low=frame["psnr"] - 1, ci_high=frame["psnr"] + 1)


def _denoised(rng) -> list[dict]:
    images = {name: rng.uniform(size=(1, 8, 8)) for name in ("network", "noisy", "clean", "tv", "nlm", "dct", "new")}
    return [{"noise": "gaussian", "level": 0.2, "images": images}, {"noise": "blocks", "level": 0.25, "images": images}]


def _filter_inversion() -> pd.DataFrame:
    rows = product(("random", "orientation"), (4, 8, 16, 64), (False, True), (0.0, 0.01, 0.1), range(2))
    frame = pd.DataFrame(rows, columns=["bank", "filters", "both_signs", "noise", "image"])
    return frame.assign(error=1e-9 + frame["noise"] / frame["filters"] ** 0.5)


def _study() -> pd.DataFrame:
    rows = [
        *[("losses", *pair, "gaussian 0.2", 0.8) for pair in product(("L1", "L2"), ("sharpness", "out_of_range"))],
        *[("cheating", name, "psnr", noise, 20.0) for name in ("a", "b") for noise in ("clean", "gaussian 0.2")],
        *[("step_size", name, "psnr", "gaussian 0.2", 20.0) for name in ("0.1", "0.4", "0.4, shrinking")],
        *[("filter_classification", name, "accuracy", None, 0.4) for name in ("pixels", "random filters")],
        *[("retrained", name, "psnr", "gaussian 0.2", 18.0) for name in ("noisy", "retrained")],
        *[("generalisation", a, "psnr", f"{b} 1", 20.0) for a in ("x", "blocks") for b in ("x", "blocks")],
        *[("gradients", f"B = {size}", "variance", None, 3 / size) for size in (1, 4, 16)],
        ("gradients", "indicator", "gradient_norm", None, 0.0),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["experiment", "setting", "measure", "noise", "value"])
    apart = {"difference_low": frame.index % 2 * 0.1, "difference_high": 0.2}
    return frame.assign(n=3, ci_low=frame["value"] - 0.1, ci_high=frame["value"] + 0.1, **apart)
