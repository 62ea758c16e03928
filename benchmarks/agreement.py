"""What a device computes beside what the processor does: of networks, attacks, inversions, trainings and hulls.

Where a difference has a bound of its own, from a certificate or from the rounding of float32, that is what is claimed.
Elsewhere the rule is that of the noise of features (decision 19): no further from float64 than `FACTOR` times what the
processor's float32 is at the most.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from phiscope.arrays import full_float32, generator, unit_range
from phiscope.attacks import deepfool, judge, pgd
from phiscope.experiments.geometry.noise import FACTOR, measured
from phiscope.features import extract
from phiscope.geometry.hull import Vertices, pricing, project, verify
from phiscope.geometry.inversion import invert
from phiscope.models import FeatureMap

EPSILON = 4 / 255
TOLERANCE = 1e-6  # of inversions, relative, and of hull projections
KINK = 1e-4
LENGTHS = 4 * 7e-5  # relative: images of DeepFool computed in two ways differed by 7e-5 at the most (docs/performance)
ATTACKED, INVERTED, QUERIES = 64, 8, 128


@dataclass(frozen=True)
class Scene:
    """network: (b, c, h, w) to logits; feature_map: its features; images uint8 (m, c, h, w) and labels (m,)."""

    name: str
    network: nn.Module
    feature_map: FeatureMap
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]


def rows(scene: Scene, device: str) -> Iterator[dict]:
    """One row for each check: what was compared, the largest difference, what is claimed, and why."""
    for check in (_features, _gradients, _pgd, _deepfool, _inversions, _training, _prices, _projections):
        start = time.perf_counter()
        yield from check(scene, device)
        print(f"agreement{check.__name__}: {time.perf_counter() - start:.0f} s", flush=True)


def _row(check: str, n: int, measured: float, claimed: float, because: str) -> dict:
    holds = "yes" if measured <= claimed else "NO"
    return {"check": check, "n": n, "measured": measured, "claimed": claimed, "holds": holds, "because": because}


def _features(scene: Scene, device: str) -> Iterator[dict]:
    noise = measured(copy.deepcopy(scene.feature_map), scene.images[:256])
    here = extract(copy.deepcopy(scene.feature_map), scene.images)
    there = extract(copy.deepcopy(scene.feature_map), scene.images, device=device)
    apart = np.linalg.norm(there.astype(np.float64) - here, axis=1) / noise.of_features(here)
    yield _row("features: difference over δ(x)", len(here), apart.max(), 1.0, "noise δ of features, decision 19")


def _gradient(network: nn.Module, images: NDArray, labels: NDArray, device: str, kind: torch.dtype) -> Tensor:
    """Of the cross-entropy by pixels (m, d), in float64 on the processor.

    Each image is called the next class: the gradient of what a network is sure of is a difference of equal numbers.
    """
    network = copy.deepcopy(network).eval().requires_grad_(False).to(device, kind)
    x = torch.from_numpy(unit_range(images)).to(device, kind).requires_grad_()
    wanted = (labels + 1) % (labels.max() + 1)
    with full_float32():
        loss = functional.cross_entropy(network(x), torch.from_numpy(wanted).to(device), reduction="sum")
        (gradient,) = torch.autograd.grad(loss, x)
    return gradient.flatten(1).cpu().double()


def _three_gradients(scene: Scene, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """On the processor in float64 and in float32, and in float32 on the device."""
    ways = (("cpu", torch.float64), ("cpu", torch.float32), (device, torch.float32))
    exact, here, there = (_gradient(scene.network, scene.images, scene.labels, *way) for way in ways)
    return exact, here, there


def _gradients(scene: Scene, device: str) -> Iterator[dict]:
    """Of the median image: where a ReLU of one image is on the other side of 0, its gradient is another by a share of
    it. Such images are counted. FGSM goes by the signs."""
    exact, here, there = _three_gradients(scene, device)
    lengths = exact.norm(dim=1)
    lengths = lengths.clamp(min=float(lengths.median()))
    ours, theirs = ((each - exact).norm(dim=1) / lengths for each in (there, here))
    because = f"{FACTOR:g} x the processor's float32 to float64"
    name = "gradients by pixels: relative to float64, median image"
    yield _row(name, len(exact), float(ours.median()), FACTOR * float(theirs.median()), because)
    beyond, allowed = (int((each > KINK).sum()) for each in (ours, theirs))
    name = f"gradients by pixels: images more than {KINK:g} off, a ReLU beyond its kink"
    yield _row(name, len(exact), beyond, FACTOR * max(1, allowed), because)
    other, expected = (int((each.sign() != exact.sign()).sum()) for each in (there, here))
    name = "FGSM: pixels that go another way than in float64"
    yield _row(name, exact.numel(), other, FACTOR * max(1, expected), because)


def _attacked(attack: Callable, scene: Scene, device: str, **options) -> tuple:
    return tuple(
        attack(copy.deepcopy(scene.network).to(place), scene.images[:ATTACKED], **options) for place in ("cpu", device)
    )


def _pgd(scene: Scene, device: str) -> Iterator[dict]:
    options = {"norm": "linf", "epsilon": EPSILON, "step": EPSILON / 4, "steps": 10, "stop": False}
    here, there = _attacked(pgd, scene, device, **options)
    images = scene.images[:ATTACKED]
    away = np.abs(there.images - unit_range(images)).max()
    yield _row("PGD: largest change of a pixel", ATTACKED, float(away), EPSILON + 2.0**-23, "ε, and rounding of pixels")
    network = copy.deepcopy(scene.network)
    ours, theirs = (judge(network, images, each.images) for each in (there, here))
    there_judged = judge(copy.deepcopy(network).to(device), images, there.images)
    doubtful = np.abs(ours.lead) <= FACTOR * np.abs(there_judged.lead - ours.lead).max()
    other = (there_judged.success != ours.success) & ~doubtful
    yield _row("PGD: judged otherwise on the device", ATTACKED, float(other.sum()), 0.0, "but leads within rounding")
    rates = float(abs(ours.success.mean() - theirs.success.mean()))
    yield _row("PGD: shares of success differ by", ATTACKED, rates, 1.5 / ATTACKED, "one image in the sample")


def _deepfool(scene: Scene, device: str) -> Iterator[dict]:
    here, there = _attacked(deepfool, scene, device)
    ours, theirs = (judge(scene.network, scene.images[:ATTACKED], each.images) for each in (there, here))
    lost = float((theirs.success & ~ours.success).sum())
    yield _row("DeepFool: successes that the processor does not see", ATTACKED, lost, 0.0, "2 % beyond the boundary")
    alike = (here.iterations == there.iterations) & (theirs.l2 > 0)
    apart = np.abs(ours.l2 - theirs.l2)[alike] / theirs.l2[alike]
    name = f"DeepFool: lengths, of {int(alike.sum())} with as many steps"
    yield _row(name, ATTACKED, float(apart.max(initial=0)), LENGTHS, "4 x what two ways differed by, performance")
    yield _row("DeepFool: with other steps", ATTACKED, float((~alike).mean()), 0.05, "assumed: one in twenty")


def _inversions(scene: Scene, device: str) -> Iterator[dict]:
    """Images half-way to another image's features: solved in float64 in the end, whatever found them."""
    images = unit_range(scene.images[: INVERTED + 1]).astype(np.float64)
    features = extract(copy.deepcopy(scene.feature_map), scene.images[: INVERTED + 1]).astype(np.float64)
    targets = 0.5 * features[:-1] + 0.5 * features[1:]
    here, there = (
        invert(copy.deepcopy(scene.feature_map).to(place), targets, images[:-1], device=place)
        for place in ("cpu", device)
    )
    solved = there.status == "solved"
    double = scene.feature_map.double()
    with torch.no_grad():
        reached = double(torch.from_numpy(there.image)).numpy()
    residual = np.linalg.norm(reached - targets, axis=1) / np.linalg.norm(targets, axis=1)
    worst = float(residual[solved].max(initial=0))
    yield _row("inversion: residual, recomputed", int(solved.sum()), worst, TOLERANCE, "its certificate, in float64")
    lost = float(((here.status == "solved") & ~solved).sum())
    yield _row("inversion: solved on the processor alone", INVERTED, lost, 1.0, "assumed: searches are local")
    both = solved & (here.status == "solved")
    longer = float((there.distance[both] / here.distance[both]).mean()) if both.any() else 1.0
    yield _row("inversion: mean ratio of distances", int(both.sum()), longer, 1.05, "assumed: searches are local")


def step_of_training(scene: Scene, device: str, kind: torch.dtype, size: int = 128) -> Tensor:
    """What one step of SGD changes of all parameters, in float64 on the processor."""
    network = copy.deepcopy(scene.network).train().requires_grad_(True).to(device, kind)
    before = nn.utils.parameters_to_vector(network.parameters()).detach().cpu().double()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    x = torch.from_numpy(unit_range(scene.images[:size])).to(device, kind)
    with full_float32():
        functional.cross_entropy(network(x), torch.from_numpy(scene.labels[:size]).to(device)).backward()
        optimiser.step()
    return nn.utils.parameters_to_vector(network.parameters()).detach().cpu().double() - before


def _training(scene: Scene, device: str) -> Iterator[dict]:
    exact = step_of_training(scene, "cpu", torch.float64)
    steps = (step_of_training(scene, place, torch.float32) for place in (device, "cpu"))
    ours, theirs = (float((step - exact).norm() / exact.norm()) for step in steps)
    because = f"{FACTOR:g} x the processor's float32 to float64"
    yield _row("training step: relative to float64", len(exact), ours, FACTOR * theirs, because)


def _made(n: int, m: int, d: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    random = generator(0, n, d)
    vertices, points = (np.maximum(random.normal(size=(k, d)), 0).astype(np.float32) for k in (n, m))
    return points, vertices


def _prices(scene: Scene, device: str) -> Iterator[dict]:
    """The lowest prices of random directions with vertices of one sign, whose sums round worst."""
    points, vertices = _made(20_000, QUERIES, 2048)
    w = (points - vertices.mean(0)).astype(np.float64)
    w /= np.linalg.norm(w, axis=1, keepdims=True)
    there = torch.from_numpy(vertices).to(device)
    limit, count = np.full(QUERIES, np.inf), 192
    none = pricing.Kept(*(np.zeros((QUERIES, count), kind) for kind in (np.int64, np.float32)),
                        np.zeros(QUERIES, np.int64), limit.astype(np.float32))  # fmt: skip
    with full_float32():
        kept = pricing.lowest_on(w.astype(np.float32), there, 1, none)
    exact = w @ vertices.T.astype(np.float64)
    bound = pricing.rounding(2048, float(np.linalg.norm(vertices.astype(np.float64), axis=1).max()))
    off = np.abs(np.take_along_axis(exact, kept.at, 1) - kept.price).max()
    yield _row("prices of 2,048 dimensions to float64", QUERIES * count, float(off), bound, "proven bound on rounding")
    np.put_along_axis(exact, kept.at, np.inf, 1)
    missed = (kept.others - exact.min(1)).max()
    yield _row("prices not kept: below the bound told", QUERIES, float(missed), bound, "proven bound on rounding")


def _projections(scene: Scene, device: str) -> Iterator[dict]:
    points, vertices = _made(20_000, QUERIES, 256)
    here = project(points, vertices, tol=TOLERANCE)
    there = project(points, Vertices(torch.from_numpy(vertices).to(device)), tol=TOLERANCE)
    proof = verify(there, points, vertices)
    gap = (proof.gap / (there.distance * proof.farthest)).max()
    yield _row("projections: relative gap, verified apart", QUERIES, float(gap), TOLERANCE, "the certificate")
    apart = np.abs(here.distance - there.distance)
    allowed = np.maximum(here.distance - here.distance_lower, there.distance - there.distance_lower)
    most = float((apart / allowed).max())
    yield _row("projections: distances over their gaps", QUERIES, most, 1.0, "both certificates")
