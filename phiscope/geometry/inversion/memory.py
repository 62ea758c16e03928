"""How much memory inverting takes, and how many images at a time fit into what there is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from phiscope.arrays import choose_device
from phiscope.errors import DataError
from phiscope.geometry.activations import measured
from phiscope.geometry.inversion.gradients import MANY
from phiscope.geometry.inversion.relaxed import Softened

MOST = 16  # images per Jacobian: more of them are no faster on a CPU
GROUP = 8  # groups of so many batches are searched together, so that full batches are left when some have finished
_SHARE = 0.8  # of the available memory
_TRIALS = 16  # images in float32, or half as many in float64, that one search looks at for each of a batch
_VECTORS = 12  # float64 copies of an image that a search holds
_MEGA = 2**20


@dataclass(frozen=True)
class Batch:
    """images: per Jacobian; group: that are searched for together, of which some may keep a Jacobian."""

    images: int
    group: int


@dataclass(frozen=True)
class Footprint:
    """Bytes per image: saved, activations that a backward pass needs; widest, the largest of them; jacobian, f rows of
    n float32 numbers; vector, n float64 numbers."""

    saved: int
    widest: int
    jacobian: int
    vector: int

    @property
    def many(self) -> bool:
        """Whether there are so many features that a search makes gradient steps."""
        return 2 * self.jacobian >= MANY * self.vector

    def needed(self, batch: Batch) -> int:
        """Most bytes that a search holds beside the network.

        A Jacobian stands beside the activations that its rows are pulled back through, then beside a copy of some of
        its columns (`box`); images that creep keep theirs (`restoration`). Gradient steps go back through activations
        in float64 (`gradients`).
        """
        rows = max(self.saved + self.jacobian, 3 * self.jacobian, 2 * self.saved if self.many else 0)
        rows += 2 * _TRIALS * self.widest
        return batch.images * rows + batch.group * (self.jacobian + _VECTORS * self.vector)


def footprint(feature_map: Callable[[Tensor], Tensor], image: Tensor) -> Footprint:
    """Measured by one forward pass of one image (1, ...), float32."""
    features: list[Tensor] = []

    def compute(image: Tensor) -> None:
        with Softened(image.new_zeros(1)):
            features.append(feature_map(image))

    each = measured(compute, image.float())
    return Footprint(each.saved, each.widest, features[0].shape[1] * image.numel() * 4, image.numel() * 8)


def batch_that_fits(each: Footprint, memory: float) -> Batch:
    """As many images as fit, MOST or that halved until they do, so that a little less memory changes nothing.

    Raises DataError where not even one image fits.
    """
    sizes = [Batch(MOST >> halved, GROUP * (MOST >> halved)) for halved in range(MOST.bit_length())]
    for batch in (*sizes, Batch(1, 1)):
        if each.needed(batch) <= memory:
            return batch
    raise DataError(
        f"inversion: one image needs {each.needed(Batch(1, 1)) / 1e9:.2g} GB and {memory / 1e9:.2g} GB are free; "
        "run fewer jobs at a time, or on a machine with more memory"
    )


def free_memory(device: str = "cpu", *, jobs: int = 1) -> float:
    """Bytes that one of `jobs` jobs at a time may fill: a share of what the machine, its control group or SLURM leaves.

    device: `auto` takes the card where there is one, as everywhere.
    """
    device = choose_device(device)
    if device.startswith("cuda"):
        return _SHARE * torch.cuda.mem_get_info(device)[0] / jobs
    known = [_machine(), _control_group(Path("/proc/self/cgroup")), _slurm(os.environ)]
    return _SHARE * min(bytes_ for bytes_ in known if bytes_ is not None) / jobs


def _machine(path: Path = Path("/proc/meminfo")) -> float:
    """What Linux says can be had without swapping; elsewhere, all that the machine has."""
    if path.is_file():
        for line in path.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return 1024.0 * int(line.split()[1])
    return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def _control_group(path: Path, root: Path = Path("/sys/fs/cgroup")) -> float | None:
    """What is left of the smallest limit (`memory.max`) that this process or a group above it is under."""
    if not path.is_file():
        return None
    own = next((line[3:].lstrip("/") for line in path.read_text().splitlines() if line.startswith("0::")), "")
    left = [_left(group) for group in (root / own, *(root / own).parents) if group.is_relative_to(root)]
    return min((bytes_ for bytes_ in left if bytes_ is not None), default=None)


def _left(group: Path) -> float | None:
    """Pages of files that nobody has used lately can be had back."""
    try:
        limit, used = ((group / name).read_text().strip() for name in ("memory.max", "memory.current"))
        idle = dict(line.split() for line in (group / "memory.stat").read_text().splitlines()).get("inactive_file", 0)
    except OSError:
        return None
    return None if limit == "max" else float(limit) - float(used) + float(idle)


def _slurm(environment: Mapping[str, str]) -> float | None:
    """What SLURM gave this job, in megabytes per node or per core."""
    if node := environment.get("SLURM_MEM_PER_NODE"):
        return float(node) * _MEGA or None  # 0 stands for all of it
    if core := environment.get("SLURM_MEM_PER_CPU"):
        return float(core) * _MEGA * int(environment.get("SLURM_CPUS_ON_NODE", "1"))
    return None
