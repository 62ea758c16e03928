"""A card beside the processor: do they agree, what do times come to over the floor, and the hull of a million features.

Without a card all of it runs on the processor, the hull at a tenth of its size, and the page says so.
"""

from __future__ import annotations

import copy
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks import agreement, card_hull, made
from benchmarks.agreement import Scene
from benchmarks.output import markdown, write_csv
from phiscope.arrays import choose_device, full_float32, unit_range
from phiscope.attacks import pgd
from phiscope.features import batch_size, extract
from phiscope.geometry.inversion import invert

HULL = {True: (1_280_000, 10_000, 2048), False: (128_000, 1_000, 2048)}  # vertices, queries, features; with a card
QUICK_HULL = (6_000, 50, 64)
SELECTION = {True: ((1_280_000, 2048), (1_280_000, 64)), False: ((128_000, 2048), (128_000, 64))}
QUICK_SELECTION = ((20_000, 64),)
_SIDE = {True: 8192, False: 2048}  # of the matrices whose product says how fast the device multiplies


def write(folder: Path, about: str, threads: int, *, quick: bool = False) -> None:
    """card.md with four tables, and each as csv; DeviceError is not caught: a card that cannot be used is a result."""
    device = choose_device("auto")
    is_card = device != "cpu"
    torch.set_num_threads(threads)
    start = time.perf_counter()
    scene = made.scene()
    agreed = list(agreement.rows(scene, device))
    over = times(scene, device, 512 if is_card else 2048)
    chosen = [card_hull.selecting(n, d, device) for n, d in (QUICK_SELECTION if quick else SELECTION[is_card])]
    hull = card_hull.measure(*(QUICK_HULL if quick else HULL[is_card]), device, threads)
    where = f"On {torch.cuda.get_device_name()}" if is_card else _WITHOUT
    about = f"{about}; {time.perf_counter() - start:.0f} s, {time.process_time():.0f} processor seconds in all"
    tables = {
        "agreement": ("Agreement with the processor", f"{scene.name}. {_AGREEMENT}", agreed),
        "times": ("Times over the floor", _TIMES, over),
        "selection": ("Selecting the lowest prices", _SELECTION, chosen),
        "hull": ("The hull", _HULL, [{"what": name, "value": value} for name, value in hull.items()]),
    }
    text = [f"# A card\n\n{where}\n\n{about}.\n"]
    for name, (title, words, rows) in tables.items():
        frame = write_csv(rows, folder, f"card-{name}", about)
        text.append(f"## {title}\n\n{words}\n\n{markdown(frame)}\n")
    (folder / "card.md").write_text("\n".join(text))


_WITHOUT = (
    "No card was there: everything ran on the processor, the hull at a tenth of its size (128,000 vertices, 1,000 "
    "queries). What a card computes was compared with nothing, but its code ran: agreement is of that code on the "
    "processor."
)
_AGREEMENT = (
    "`measured` is the largest that was seen, and holds where it is no more than `claimed`. δ and the factor of four "
    "are those of [decision 19](../../decisions/0019-noise-of-features.md); bounds on rounding those of "
    "[the hull](../../performance.md#what-bounds-it)."
)
_TIMES = (
    "Floor: as many multiplications and additions as the network has, at the rate of one large float32 product on the "
    "same device. A gradient is counted as three passes forward, a Jacobian of f rows as 1 + 2f. Seconds are of the "
    "clock, on one thread of a processor alone of the processor."
)
_SELECTION = (
    "256 queries, the lowest 192 prices of each: products alone, and with what picks the prices out. Claimed for a "
    "card: `selection_over_product` is at most 1."
)
_HULL = (
    "Of a mixture of a thousand classes, tolerance 1e-6; passes are times over one float32 product of queries and "
    "vertices on the same device. Every price again in float64: `relative_gap_max_in_float64`."
)


def times(scene: Scene, device: str, images: int) -> list[dict]:
    """Features, a step of an attack, one of a training, and a search, over the operations of the network."""
    images = min(images, len(scene.images))
    one = operations(scene)
    rate = rate_of(device)
    feature_map, network = (copy.deepcopy(part).to(device) for part in (scene.feature_map, scene.network))
    some = scene.images[:images]
    size = batch_size(feature_map, torch.from_numpy(unit_range(some[:1])).to(device))
    steps = {"norm": "linf", "epsilon": agreement.EPSILON, "step": agreement.EPSILON / 4, "steps": 10, "stop": False}
    few = unit_range(some[:9]).astype(np.float64)
    features = extract(copy.deepcopy(scene.feature_map), some[:9]).astype(np.float64)
    targets = 0.5 * (features[:-1] + features[1:])
    jacobians: list[int] = []

    def search() -> None:
        jacobians[:] = [int(invert(feature_map, targets, few[:-1], device=device).jacobians.sum())]

    batch = min(128, images)
    rows = [
        ("features", images, lambda: extract(feature_map, some, device=device, size=size), lambda: images),
        ("PGD, 10 steps", images, lambda: pgd(network, some, **steps), lambda: 31 * images),
        (
            "training step, with its copies of the network",
            batch,
            lambda: agreement.step_of_training(scene, device, torch.float32, batch),
            lambda: 3 * batch,
        ),
        ("inversions, whole searches", 8, search, lambda: jacobians[0] * (1 + 2 * targets.shape[1])),
    ]
    out = []
    for name, count, call, passes in rows:
        seconds = card_hull.timed(call, device, repeats=1)
        floor = passes() * one / rate
        out.append({"what": name, "images": count, "seconds": seconds, "floor_s": floor, "over_floor": seconds / floor})
    return out


def operations(scene: Scene) -> float:
    """Multiplications and additions of one image forwards."""
    image = torch.from_numpy(unit_range(scene.images[:1]))
    with torch.no_grad(), torch.autograd.profiler.profile(with_flops=True) as seen:
        copy.deepcopy(scene.feature_map)(image)
    return float(sum(event.flops or 0 for event in seen.function_events or ()))


def rate_of(device: str) -> float:
    """Operations per second of a float32 product of large square matrices."""
    side = _SIDE[device != "cpu"]
    one, other = (torch.randn(side, side, device=device) for _ in range(2))
    with full_float32():
        return 2 * side**3 / card_hull.timed(lambda: one @ other, device)
