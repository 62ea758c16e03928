"""What each rule needs, as measured: memory and time in the sizes of the data. Memory of peaks in the logs of runs.

    memory (MB) and seconds of a job = formulas below in n training samples, m samples of the job, t samples that tables
    hold, p values of an image, f features, c classes

Measured on two cores of an AMD EPYC: the tiny preset, digits (1,297 training samples of 64 values), CIFAR-10 (50,000 of
3,072), features alone, and networks at 224 pixels (150,528 values; ResNet-50 is the largest). The formulas lie above
every peak; how far is in docs/cluster.md. Time is the processor's, of one core.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

_COPY = 4e-6  # MB of a float32
_CHUNK = 10_000  # samples of one, where a job holds one of many
_BATCH = 16  # images that a search takes at a time where memory does for it
_MOST_OF_A_SEARCH = 4000.0  # MB for these, with which it takes fewer


class Sizes(NamedTuple):
    """n training samples; m samples of the job; t samples of all tables; p values of an image; f features; c classes;
    steps of an attack; epochs of a training; hours that the budget allows all inversions; file, MB of what
    the user names.
    """

    n: int
    m: int
    t: int
    p: int
    f: int
    c: int
    steps: int = 1
    epochs: int = 1
    hours: float = 1.0
    file: float = 0.0


class Need(NamedTuple):
    """memory: MB of the process; seconds: of its work, without what starting takes; card: whether a network computes,
    or a hull has many products, which is done on a card where the configuration says so."""

    memory: Callable[[Sizes], float]
    seconds: Callable[[Sizes], float] = lambda s: 30.0
    card: bool = False


def _network(s: Sizes) -> float:
    """torch, a network of the user's, its activations: 264 to 445 MB for digits and CIFAR-10, 1,220 for ResNet-50."""
    return 500 + 0.01 * s.p + 3 * s.file


def _images(count: float, s: Sizes, copies: float) -> float:
    return copies * _COPY * count * s.p


def _searching(s: Sizes) -> float:
    """Jacobians of f rows as long as an image, seven copies of them: `phiscope.geometry.inversion.memory`."""
    one = 8 * _COPY * s.f * s.p
    return _network(s) + 300 + one * max(1, min(_BATCH, _MOST_OF_A_SEARCH // one))


def _pass(s: Sizes) -> float:
    """Seconds of an image through the network: 1 ms of 3,072 values in ResNet-20, 100 of 150,528 in ResNet-50."""
    return 7e-7 * s.p


def _trained(s: Sizes) -> float:
    """Three passes each: 78 processor seconds an epoch of CIFAR-10 with ResNet-20."""
    return 3 * _pass(s) * s.n * s.epochs


_LOOK = Need(lambda s: _network(s) + _images(500, s, 2), lambda s: 200 * _pass(s), card=True)
_LIGHT = Need(lambda s: 300)
_ROWS = Need(lambda s: 300 + 1e-3 * s.t * s.c + 3 * _COPY * (s.t + s.n) * s.f, lambda s: 1e-5 * s.t * s.c)
_TRAINING = Need(lambda s: _network(s) + _images(s.n, s, 2), _trained, card=True)
_LATENT = Need(lambda s: _network(s) + 200 + _images(s.n + s.t, s, 2), lambda s: 600 * _pass(s) * 100, card=True)


def _searched(samples: float, s: Sizes) -> float:
    """Two passes of 110 Jacobians a sample at most, of f rows; the budget, of which a job used 2.3 times its share."""
    return min(1500 * s.hours, 60 + samples * 220 * s.f * _pass(s))


_PLACED = Need(lambda s: _network(s) + _images(s.m, s, 6) + 2e-3 * s.m * s.c, lambda s: 4 * _pass(s) * s.m, card=True)


def _spanned(s: Sizes) -> float:
    """Features that span a hull, and of queries seven copies in float64.

    Those of one chunk are read and copied, as those of one class are. Those of more are mapped: their pages need not
    stay in memory, but are read again where they do not.
    """
    return _COPY * s.f * (s.n + 5 * min(s.n, _CHUNK) + 14 * s.m)


_HULL = Need(
    lambda s: 300 + _spanned(s) + 2e-3 * s.m,
    lambda s: 2e-10 * 8 * s.m * s.n * s.f + 5e-3 * s.m,
    card=True,
)
# Prices of all vertices once, and a problem of each class, of ten at the most unless the configuration says otherwise.
_CLASS_HULL = Need(
    lambda s: 300 + _spanned(s) + 2e-2 * s.m,
    lambda s: 2e-10 * 8 * s.m * s.n * s.f + 5e-3 * s.m * min(s.c, 10),
)
_PICTURES = Need(lambda s: 800 + 0.5e-3 * s.t * s.c + 3 * _COPY * (s.t + s.n) * s.f + 2e-3 * s.p, lambda s: 60.0)

NEEDS: Mapping[str, Need] = MappingProxyType(
    {
        # Before samples are counted, n and m are what the configuration allows at most.
        "prepare_dataset": Need(lambda s: 1500 + 3 * s.file, lambda s: 300.0),
        "prepare_other_dataset": Need(lambda s: 1500 + 3 * s.file, lambda s: 300.0),
        "list_samples": _LIGHT,
        "slice_dataset": Need(lambda s: 150 + _images(s.m, s, 3)),
        "make_view": Need(
            lambda s: _network(s) + _images(s.m, s, 8) + min(0.15 * s.p, 600),
            lambda s: 4 * _pass(s) * s.m * s.steps,
            card=True,
        ),
        "judge_attack": _PLACED,
        "pick_samples": _LIGHT,
        "check_loaded_classifier": _LOOK,
        "check_before_training": _LOOK,
        "check_trained_classifier": _LOOK,
        "load_classifier": _LOOK,
        "train_classifier": _TRAINING,
        "fit_head": Need(lambda s: 500 + 6 * _COPY * s.n * s.f, lambda s: 1e-5 * s.n * s.f),
        "split_classifier": _LOOK,
        "extract_features": _PLACED,
        "locate": Need(lambda s: 450 + 2e-3 * s.m * s.c, lambda s: 2e-5 * s.m * s.c),
        "project_feature_hull": _HULL,
        "project_processed_hull": _HULL,
        "project_class_hull": _CLASS_HULL,
        "project_left_out": Need(
            lambda s: 300 + _spanned(s._replace(m=min(s.n, 10_000))) + 2e-2 * min(s.n, 10_000),
            lambda s: 2 * min(s.n, 10_000) * (2e-10 * 8 * s.n * s.f + 5e-3),
            card=True,
        ),
        # 1.7 GB beside 0.61 of vertices; 8 MB a query of 150,528 values, of 256 at a time.
        "project_pixel_hull": Need(
            lambda s: 300 + 4 * _COPY * s.n * s.p + 54e-6 * s.p * min(s.m, 256),
            lambda s: 2e-10 * 6 * s.m * s.n * s.p + 5e-3 * s.m,
            card=True,
        ),
        "verify_hulls": Need(lambda s: 500 + _images(s.n, s, 3), lambda s: 1e-9 * s.n * s.p * 10 + 5e-3 * s.t),
        "list_inspected": _ROWS,
        # Programs over some 600 vertices, and five copies of a hundred queries.
        "solve_again": Need(
            lambda s: 500 + _images(s.n, s, 1.5) + 3 * _COPY * (s.t + s.n) * s.f + 0.016 * s.p,
            lambda s: 30 + 1e-7 * s.n * (s.p + s.f),
        ),
        "find_duplicates": Need(lambda s: 400 + _images(s.n, s, 1) + 3 * _COPY * (s.t + s.n) * s.f),
        "count_balls": _ROWS,
        "score_samples": _ROWS,
        "gather_features": Need(lambda s: 200 + 4 * _COPY * min(s.n, _CHUNK) * s.f, lambda s: 1e-8 * s.n * s.f),
        "merge_chunks": _ROWS,
        "compute_statistics": _ROWS,
        "compute_hulls": _ROWS,
        "compute_questions": _ROWS,
        # Test samples in seven numbers of dimensions, which together are twice the features.
        "measure_dimension": Need(
            lambda s: 300 + 12 * _COPY * s.t * s.f,
            lambda s: max(s.t - s.n, 0) * (2e-10 * 16 * s.n * s.f + 7e-3),
        ),
        "compute_detection": _ROWS,
        "locate_rounded": Need(
            lambda s: _PLACED.memory(s) + _HULL.memory(s), lambda s: _PLACED.seconds(s) + _HULL.seconds(s), card=True
        ),
        # Some twenty settings, of forty passes there and back of an image each.
        "sweep_attacks": Need(
            lambda s: _network(s) + _images(250, s, 8) + 6 * _COPY * s.n * s.f, lambda s: 3600.0, card=True
        ),
        "measure_paths": _LOOK,
        "compute_sweeps": _ROWS,
        "compare_with_paper": _ROWS,
        "time_search": _LOOK,
        "invert": Need(_searching, lambda s: _searched(s.m, s), card=True),
        # 60 gradients, 90 passes and the last digits in float64: some 120 passes there and back an image.
        "find_closest": Need(
            lambda s: _network(s) + _images(s.m, s, 12) + _images(125, s, 80) + 100,
            lambda s: 60 + 300 * _pass(s) * s.m + 2e-10 * s.m * s.n * s.p,
            card=True,
        ),
        "explore_ball": Need(_searching, lambda s: _searched(10, s), card=True),
        "edit_sample": Need(_searching, lambda s: 300.0, card=True),
        "compute_inversions": Need(lambda s: 500 + 3 * _COPY * s.n * s.f),
        "load_denoiser": _LOOK,
        "train_denoiser": _TRAINING,
        "score_denoisers": Need(lambda s: _network(s) + _images(1000, s, 8), lambda s: 1200.0, card=True),
        "compute_denoising": _ROWS,
        "measure_filters": _LOOK,
        "study_denoising": Need(lambda s: _network(s) + _images(2000, s, 8), lambda s: 3600.0, card=True),
        "retrain_denoiser": Need(lambda s: _network(s) + _images(2000, s, 8), lambda s: 1800.0, card=True),
        "sum_up_study": _LIGHT,
        "denoise_folder": Need(lambda s: 2000.0, lambda s: 3600.0, card=True),
        "gather_images": _LIGHT,
        "fit_implicit": Need(lambda s: 900.0, lambda s: 1200.0, card=True),
        "compute_implicit": _LIGHT,
        "measure_latent_waves": _LOOK,
        "compute_latent_waves": _LIGHT,
        "train_decoders": _TRAINING,
        "compute_decoders": _LIGHT,
        "measure_rates": _LOOK,
        "compute_rates": _LIGHT,
        "compute_redrawn": _LIGHT,
        "load_generator": _LOOK,
        "train_gan": Need(lambda s: _network(s) + 200 + _images(s.n, s, 2), lambda s: 5 * _trained(s), card=True),
        "load_encoder": _LOOK,
        "train_encoder": Need(lambda s: _network(s) + 300 + _images(s.n, s, 2), lambda s: 5 * _trained(s), card=True),
        "sample_latents": _LATENT,
        "encode_dataset": _LATENT,
        "build_basis": _LATENT,
        "measure_latent": _LATENT,
        "compute_latent": _ROWS,
        "measure_operators": _LATENT,
        "judge_directions": _LATENT,
        "check_claims": _ROWS,
        "exhibit_latent": _LATENT,
        "compare_latent_views": _ROWS,
        "draw_figures": _PICTURES,
        "render_report": Need(lambda s: 400.0),
        "require_agreement": _LIGHT,
        "make_thumbnails": Need(lambda s: 400 + 4e-3 * s.p + 1e-2 * s.t, lambda s: 30 + 2e-3 * s.t),
        "render_explorer": Need(lambda s: 400 + 1e-2 * s.t + 1e-3 * s.t * s.c, lambda s: 10 + 2e-3 * s.t),
        "estimate_cost": _LOOK,
    }
)
