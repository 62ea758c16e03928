"""The hull of a million features on a card, or of a tenth on the processor: passes, certificates, and selection."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from benchmarks.made import Mixture
from phiscope.arrays import blocks, full_float32
from phiscope.geometry.hull import HullProjection, Vertices, pricing, products, project, selection, verify

TOLERANCE = 1e-6
BLOCK = 256  # queries of a product
KEPT = 192
ROWS = 8192  # vertices that are priced in float64 at a time
CHECKED = 100  # queries that code of its own verifies


def clock(device: str) -> float:
    """Seconds so far: of the processor for one thread on it, which bears other work beside; else of the clock, once
    the card has done what it was given."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    elif torch.get_num_threads() == 1:
        return time.process_time()
    return time.perf_counter()


def timed(function: Callable[[], object], device: str, repeats: int = 3) -> float:
    """Seconds of a call once it has run, the median; see `clock`."""
    function()
    seconds = []
    for _ in range(repeats):
        start = clock(device)
        function()
        seconds.append(clock(device) - start)
    return float(np.median(seconds))


def seconds_of_a_pass(points: NDArray, vertices: Tensor, device: str) -> float:
    """The floor: one float32 product of queries and vertices, blocks of 256 queries, into a reused buffer."""
    x = torch.from_numpy(points).to(device)
    buffer = torch.empty(min(BLOCK, len(x)), len(vertices), device=device)

    def product() -> None:
        for part in x.split(BLOCK):
            torch.mm(part, vertices.T, out=buffer[: len(part)])

    with full_float32():
        return timed(product, device, repeats=1)


def selecting(n: int, d: int, device: str) -> dict:
    """Seconds of the products of 256 queries with n vertices, and of these with the lowest 192 of each picked out."""
    there = torch.randn(n, d, device=device)
    w = torch.nn.functional.normalize(torch.randn(BLOCK, d)).numpy()
    reach = min(n, selection.CELLS // BLOCK)
    none = pricing.Kept(
        np.zeros((BLOCK, KEPT), np.int64),
        np.full((BLOCK, KEPT), np.inf, np.float32),
        np.zeros(BLOCK, np.int64),
        np.full(BLOCK, np.inf, np.float32),
    )

    def product() -> None:
        priced = products.by_torch(w, BLOCK * reach, there.device)
        for part in blocks(n, reach):
            priced(there[part])

    with full_float32():
        alone = timed(product, device)
        both = timed(lambda: pricing.lowest_on(w, there, 1, none), device)
    return {
        "n": n,
        "d": d,
        "product_s": alone,
        "with_selection_s": both,
        "selection_over_product": (both - alone) / alone,
    }


def measure(n: int, m: int, d: int, device: str, threads: int) -> dict:
    """One row: time, passes, rounds, supports, certificates, memory."""
    start = clock(device)
    mixture = Mixture(d, device)
    points, array = mixture.draw(m), mixture.draw(n)
    drawn = clock(device) - start
    project(points[:2], array[:500], tol=TOLERANCE)  # compile
    start = clock(device)
    vertices = Vertices(array)
    prepared = clock(device) - start
    start = clock(device)
    given = vertices.light(m, device)
    light = torch.tensor(given) if isinstance(given, np.ndarray) else given
    placed = clock(device) - start
    floor = seconds_of_a_pass(points, light, str(light.device))  # a small hull stays on the processor
    start = clock(device)
    projection = project(points, vertices, tol=TOLERANCE, threads=threads, device=device)
    seconds = clock(device) - start
    start = clock(device)
    exact = relative_gaps(projection, points, light)
    verified = clock(device) - start
    some = verify(_first(projection, CHECKED), points[:CHECKED], array)
    own = some.gap / (projection.distance[:CHECKED] * some.farthest)
    return {
        "m": m,
        "n": n,
        "d": d,
        "drawing_s": drawn,
        "preparing_s": prepared,
        "onto_the_device_s": placed,
        "projection_s": seconds,
        "pass_s": floor,
        "passes": seconds / floor,
        "rounds_mean": projection.rounds.mean(),
        "rounds_max": projection.rounds.max(),
        "support_mean": np.diff(projection.support_offsets).mean(),
        "converged": (projection.status == "converged").mean(),
        "outside": (projection.position == "outside").mean(),
        "relative_gap_max": projection.relative_gap.max(),
        "relative_gap_max_in_float64": exact.max(),
        "verifying_s": verified,
        f"relative_gap_max_of_{CHECKED}_verified_apart": own.max(),
        "priced_on": str(light.device),
        "vertices_gb": array.nbytes / 1e9,
        "device_peak_gb": torch.cuda.max_memory_allocated() / 1e9 if device.startswith("cuda") else float("nan"),
    }


def relative_gaps(projection: HullProjection, points: NDArray, vertices: Tensor) -> NDArray[np.float64]:
    """g / (‖z - x‖ R) of every query, every price in float64 on the vertices' device; R as the projection tells it."""
    z = torch.from_numpy(projection.nearest).to(vertices.device)
    w = z - torch.from_numpy(points).to(z)
    lowest = torch.full((len(w),), torch.inf, dtype=torch.float64, device=w.device)
    for start in range(0, len(vertices), ROWS):
        prices = vertices[start : start + ROWS].double() @ w.T
        lowest = torch.minimum(lowest, prices.amin(dim=0))
    gap = ((w * z).sum(dim=1) - lowest).cpu().numpy()
    return gap / (projection.distance * projection.radius)


def _first(projection: HullProjection, count: int) -> HullProjection:
    """The same of the first queries."""
    end = projection.support_offsets[min(count, len(projection.distance))]
    parts = {name: getattr(projection, name)[:count] for name in projection.__dataclass_fields__}
    parts |= {name: getattr(projection, name)[:end] for name in ("support_indices", "support_weights")}
    return HullProjection(**parts | {"support_offsets": projection.support_offsets[: count + 1]})
