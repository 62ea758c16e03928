"""Frames of latent space like those of a run, small and seeded: three classes in six dimensions."""

import numpy as np
import pandas as pd

NAMES = ["ant", "bee", "cow"]
RULE = {"encoding": "sampled", "basis": "gram-schmidt", "axes": "all", "sign": "magnitude"}
READ = {"encoding": "mean", "basis": "lowdin", "axes": "first-set", "sign": "signed"}
EMPTY = dict.fromkeys(("encoding", "basis", "axes", "sign"), "")


def tiles(rng, panels: dict[str, tuple[int, int]]) -> pd.DataFrame:
    rows = [
        {"panel": panel, "row": row, "column": column, "channels": 1, "height": 4, "width": 5, "image": rng.random(20)}
        for panel, (height, width) in panels.items()
        for row in range(height)
        for column in range(width)
    ]
    return pd.DataFrame(rows)


def latent() -> pd.DataFrame:
    rows = []
    for setting, error in (("published", 0.4), ("faithful", 0.1)):
        measured = [("lsd", RULE, k, 0.85 + 0.01 * k) for k in range(1, 11)] + [("lsd", READ, 1, 0.95)]
        measured += [("classifier", EMPTY, 0, 0.99), ("lda", EMPTY, 0, 0.96), ("logistic", EMPTY, 0, 0.97)]
        measured += [("encode_decode", EMPTY | {"encoding": "sampled"}, 0, 0.94)]
        measured += [("nearest_mean", EMPTY | {"encoding": "mean"}, 0, 0.93)]
        measured += [("squared_error", EMPTY | {"encoding": "mean"}, 0, error)]
        measured += [("squared_error_of_class_mean", EMPTY, 0, 0.2), ("squared_error_of_mean", EMPTY, 0, 0.27)]
        for measure, keys, k, value in measured:
            ends = {"ci_low": value - 0.01, "ci_high": value + 0.01, "lowest": value - 0.02, "highest": value + 0.02}
            rows.append({"setting": setting, "measure": measure, "k": k, "value": value} | keys | ends)
    return pd.DataFrame(rows)


def spectra(rng) -> pd.DataFrame:
    label = rng.integers(0, 3, 60)
    amplitude = rng.normal(size=(60, 6))
    rank = rng.integers(1, 5, 60)
    return pd.DataFrame(
        {"label": label, "predicted": (label + (rank > 1)) % 3, "amplitude": list(amplitude), "rank_of_label": rank}
    )


def rotation() -> pd.DataFrame:
    rows = []
    for path in ("givens", "projector", "algorithm", "class means", "encodings"):
        for step in range(7):
            stage = max(step - 1, 0) // 3
            place = {"path": path, "step": step, "source": stage, "target": stage + 1, "diversity": 0.2 - 0.01 * step}
            rows += [place | {"label": label, "share": [0.5, 0.3, 0.2][label]} for label in range(3)]
    return pd.DataFrame(rows)


def counts() -> pd.DataFrame:
    rows = []
    for basis, more in (("gram-schmidt", 1), ("lowdin", 2)):
        for axes, of in (("all", 6), ("set 1", 3), ("the others", 3)):
            for place, judge in enumerate(("sure", "dense", "near", "shown")):
                null = {"null": 2 - 0.2 * place, "null_low": 1, "null_high": 3}
                rows.append({"basis": basis, "axes": axes, "judge": judge, "count": min(of, 3 - more), "of": of} | null)
    return pd.DataFrame(rows)


def numbers(rng) -> pd.DataFrame:
    rows = [
        {"quantity": f"convergence_{quantity}", "kind": kind, "x": x, "value": 1 / x}
        for quantity in ("average", "deviation", "expected")
        for kind in ("encoded", "drawn")
        for x in (5.0, 10.0, 50.0)
    ]
    rows += [{"quantity": "condition", "kind": None, "x": k, "value": k**2} for k in (1.0, 2.0, 3.0)]
    rows += [
        {"quantity": "order", "kind": kind, "x": float(k), "value": rng.uniform(0.8, 0.9)}
        for kind in ("gram-schmidt", "lowdin")
        for k in range(5)
    ]
    return pd.DataFrame(rows)


def frames_of_latent(rng) -> dict[str, dict]:
    """What every figure of latent space is drawn from."""
    pairs = [(i, j) for i in range(3) for j in range(3) if i != j]
    trials = [{"measure": "lsd", "k": 1, "value": rng.uniform(0.8, 0.9), "trial": t} | RULE for t in range(4)]
    trials += [
        {"measure": "encode_decode", "k": 0, "value": rng.uniform(0.9, 1), "trial": t} | EMPTY | {"encoding": "sampled"}
        for t in range(4)
    ]
    x = np.linspace(-4, 4, 20)
    densities = [
        pd.DataFrame({"kind": kind, "label": label, "x": x, "density": np.exp(-(x**2))})
        for kind in ("encoded", "drawn")
        for label in range(3)
    ]
    products = [
        pd.DataFrame({"kind": kind, "row": [0, 0, 1, 1], "column": [0, 1, 0, 1], "value": [1.0, 0.9, 0.9, 1.0]})
        for kind in ("averages", "axes")
    ]
    levels = [(level, k) for level in (0.0, 0.2) for k in (0, -1, 1, 4)]
    log = pd.DataFrame({"epoch": [0, 1], "generator_loss": [1.0, 0.9], "discriminator_loss": [1.2, 1.3]})
    learned = {
        "setting": ["published"] * 2,
        "epoch": [0, 1],
        "val_squared_error": [0.5, 0.4],
        "val_accuracy": [0.6, 0.9],
    }
    return {
        "latent_batches": {"batch_tiles": tiles(rng, dict.fromkeys(("images", "decoded", "generated"), (2, 2)))},
        "latent_sets": {
            "set_tiles": tiles(
                rng, {"encoded latents": (3, 4), "averages, encoded": (1, 3), "averages, drawn": (1, 3)}
            ),
            "latent_densities": pd.concat(densities),
            "classes": NAMES,
        },
        "latent_axes": {
            "axis_tiles": tiles(rng, {"averages": (3, 2), "axes": (3, 2)}),
            "latent_products": pd.concat(products),
        },
        "latent_accuracy": {
            "sampled_spectra": spectra(rng),
            "main_trials": pd.DataFrame(trials),
            "main_latent": latent().head(19),
            "classes": NAMES,
        },
        "latent_amplitudes": {"sampled_spectra": spectra(rng)},
        "latent_truncation": {
            "truncation_tiles": tiles(rng, dict.fromkeys(("published", "own"), (5, 4))),
            "truncation_titles": ["image", "all", "1", "4"],
            "reading_titles": {"published": "as published", "own": "own"},
        },
        "latent_rotation": {
            "rotation_tiles": tiles(rng, dict.fromkeys(("published", "plane", "own"), (2, 7))),
            "rotation_stops": NAMES,
            "rotation_titles": {"published": "as published", "plane": "in a plane", "own": "own"},
        },
        "latent_shown": {"shown_counts": counts()},
        "latent_way": {"own_rotation": rotation(), "classes": NAMES},
        "latent_metric": {
            "latent_metric": pd.DataFrame(
                [{"label": i, "other": j, "angle": 1 + 0.1 * abs(i - j), "confusion": 0.01 / (i + j)} for i, j in pairs]
            ),
            "latent_linearity": pd.DataFrame(
                [{"label": i, "step": s, "error": s / 10} for i in range(3) for s in (0.1, 1.0, 4.0)]
            ),
            "classes": NAMES,
        },
        "latent_denoising": {
            "own_denoising": pd.DataFrame(
                [{"level": a, "components": k, "kept": 0.8, "psnr": 9.0 + k} for a, k in levels]
            )
        },
        "latent_tradeoff": {"latent": latent()},
        "latent_basis": {"main_basis": numbers(rng)},
        "latent_training": {"encoder_logs": pd.DataFrame(learned), "generator_log": log},
    }
