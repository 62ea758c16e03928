"""The vertices of a hull, prepared: looked through once, moved and scaled where digits would be lost otherwise."""

from __future__ import annotations

import math
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phiscope.arrays import as_numpy, is_tensor
from phiscope.errors import DataError
from phiscope.geometry.compiled import compiled
from phiscope.geometry.hull.placement import placed
from phiscope.geometry.hull.products import require_float32
from phiscope.geometry.hull.wolfe import nearest_candidate, square_distance
from phiscope.geometry.inputs import floats

if TYPE_CHECKING:
    from torch import Tensor

FEWEST = 1500  # the coarsest subset has about as many vertices
STEP = 3  # each subset is every third of the next; an optimum over a subset is violated by about twice its support
FAR = 100.0  # vertices whose offset from the origin exceeds their spread so many times are moved there
ROWS = 8192  # vertices that the mean is taken of, at most
# Multiplications of one pricing of all vertices for all queries from which torch makes the products, a quarter faster
# than numpy; below that, importing torch takes longer than it saves.
LARGE = 2**34
LARGEST, LEAST = 1e150, 1e-120  # of numbers, and of the reach of vertices that are not all the same: squares are needed
FARTHEST = 1e140  # of queries, in reaches of the vertices
_PLAIN = (2.0**-60, 2.0**100)  # reaches between these are solved as they are: float32 prices have digits to spare
_SAVED = ("origin", "exponent", "centre", "largest", "spans", "far", "reach")
_UNIT = 2.0**-53  # the relative rounding of float64


class Vertices:
    """Vertices (n, d) of a hull, ready for any number of projections; they are kept, not copied.

    `array`: (vertices - origin) 2^-exponent, the vertices themselves unless they lie far from the origin or are so
    large or small that float32 prices overflow or underflow. Raises DataError for what is no matrix of finite float32
    or float64 numbers below 1e150, or whose squares of differences underflow.
    """

    def __init__(self, vertices: NDArray | Tensor) -> None:
        self._take(vertices)
        self.largest, _ = self._farthest(self.origin)
        self.centre = self.array[:: max(1, len(self.array) // ROWS)].astype(np.float64).mean(0)
        row = self._span()
        spread, offset = self.spans[row], np.linalg.norm(self.centre)
        if offset > FAR * spread or (spread > 0 and not _PLAIN[0] < spread < _PLAIN[1]):
            self._move(self._middle() if offset > FAR * spread else self.origin)
            row = self._span()
        self.far = [self.array[row].astype(np.float64)]
        for _ in range(2):
            spread, row = self._farthest(self.far[-1])
            self.far.append(self.array[row].astype(np.float64))
        self.reach = spread / 2  # no point is nearer than this to both ends of a line this long

    def save(self, path: str | Path) -> None:
        """What was found out about the vertices, as .npz, which may stand beside the vertices' own file."""
        about = {name: getattr(self, name) for name in _SAVED}
        with Path(path).open("wb") as file:
            np.savez(file, fingerprint=_fingerprint(self.given), **about)

    @classmethod
    def load(cls, path: str | Path, vertices: NDArray | Tensor) -> Vertices:
        """The vertices with what `save` wrote about them; raises DataError where it was written about others."""
        prepared = cls.__new__(cls)
        prepared._take(vertices)
        with np.load(path) as saved:
            if not np.array_equal(saved["fingerprint"], _fingerprint(prepared.given)):
                raise DataError(f"vertices: {path} was saved with others; prepare these by Vertices(vertices)")
            for name in _SAVED:
                value = saved[name]
                setattr(prepared, name, value if value.ndim else value.item())
        prepared.far = list(prepared.far)
        if prepared.moved:
            prepared.array = _read_only(np.ldexp(prepared.array - prepared.origin, -prepared.exponent))
        return prepared

    def _take(self, vertices: NDArray | Tensor) -> None:
        self.given = floats(vertices, "vertices")
        if self.given.ndim != 2 or 0 in self.given.shape:
            raise DataError(f"vertices {tuple(self.given.shape)}: expected (n, d), n and d not 0")
        self.array = _read_only(as_numpy(self.given))
        self.origin, self.exponent = np.zeros(self.array.shape[1]), 0
        self._light: NDArray[np.float32] | Tensor | None = None

    def _span(self) -> int:
        """Distances from the centre; returns which vertex is the farthest."""
        self.spans = np.empty(len(self.array))
        return int(_distances(self.array, self.centre, self.spans))

    def __len__(self) -> int:
        return len(self.array)

    def __repr__(self) -> str:
        return f"Vertices({len(self.array)} of {self.array.shape[1]} dimensions)"

    @property
    def grain(self) -> float:
        """What rounding moves a nearest point by, which is written down beside the origin."""
        return 2 * _UNIT * (self.largest + math.ldexp(float(np.linalg.norm(self.origin)), -self.exponent))

    @property
    def moved(self) -> bool:
        return bool(self.exponent or self.origin.any())

    @property
    def strides(self) -> list[int]:
        """Every how many-th vertex is priced to find a first support: from coarse to fine."""
        levels = int(np.log(max(1, len(self.array) / FEWEST)) / np.log(STEP))
        return [STEP**level for level in range(levels, 0, -1)] or [1]

    def light(self, queries: int, device: str = "cpu") -> NDArray[np.float32] | Tensor:
        """The vertices in float32 as prices of so many queries are made with: of torch if they are given so or many.

        device: where many are put, see `placed`; those that lie on a card already stay there.
        """
        many = queries * self.array.size > LARGE
        if self._light is None or (many and not is_tensor(self._light)):
            large = is_tensor(self.given) or many
            self._light = self._tensor() if large else self.array.astype(np.float32, copy=False)
        if is_tensor(self._light):
            if many and device != "cpu" and self._light.device.type == "cpu":
                self._light = self._light.to(placed(device, 4 * self.array.size))
            require_float32(str(self._light.device))
        return self._light

    def inwards(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points where `array` is; raises DataError for one that lies too far away."""
        there = np.ldexp(points - self.origin, -self.exponent) if self.moved else points
        far = np.abs(there).max(axis=1, initial=0) > (FARTHEST * self.reach if self.reach else LARGEST)
        if far.any():
            raise DataError(
                f"points: row {int(far.argmax())} lies {FARTHEST:g} times as far from the hull as the hull is large; "
                "expected points whose squared distances can be told apart"
            )
        return there

    def outwards(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.ldexp(points, self.exponent) + self.origin if self.moved else points

    def written(self, z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Nearest points as they are once they have been written down where the vertices were given."""
        return np.ldexp(self.outwards(z) - self.origin, -self.exponent) if self.moved else z

    def _middle(self) -> NDArray[np.float64]:
        """A vertex near the centre: differences to it are 0 where vertices are the same."""
        some = np.arange(0, len(self.array), max(1, len(self.array) // ROWS))
        return self.array[nearest_candidate(self.centre, self.array, some)].astype(np.float64)

    def _move(self, origin: NDArray[np.float64]) -> None:
        """Move the vertices by their origin and, where need be, scale them so that they reach about as far as 1."""
        spread, _ = self._farthest(origin)
        if 0 < spread < LEAST:
            raise DataError(
                f"vertices: no two differ by more than {2 * spread:.1g}, and squares of that underflow; expected "
                f"differences above {LEAST:g}, such as of points and vertices both times a power of 2"
            )
        plain = spread == 0 or _PLAIN[0] < spread < _PLAIN[1]
        self.origin, self.exponent = origin, 0 if plain else math.frexp(spread)[1]
        self.array = _read_only(np.ldexp(self.array - origin, -self.exponent))
        self.centre = np.ldexp(self.centre - origin, -self.exponent)
        self.largest, _ = self._farthest(np.zeros(len(origin)))

    def _farthest(self, point: NDArray) -> tuple[float, int]:
        """Distance and row of the vertex farthest from a point."""
        square, row = _farthest(self.array, point)
        if not square < LARGEST**2:
            if not np.isfinite(self.array[row]).all():
                raise DataError(f"vertices: row {row} holds a value that is not finite; expected finite numbers only")
            raise DataError(f"vertices: the square of row {row} overflows; expected values below {LARGEST:g}")
        return float(np.sqrt(square)), row

    def _tensor(self) -> Tensor:
        """float32, where the vertices are, and the same memory if they are float32 already."""
        import torch  # deferred: slow to import

        if is_tensor(self.given) and not self.moved:
            return self.given.detach().to(torch.float32)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # torch warns of what it could write into; it never does
            here = torch.from_numpy(self.array.astype(np.float32, copy=False))
        return here.to(self.given.device) if is_tensor(self.given) else here


def _fingerprint(array: NDArray | Tensor) -> NDArray[np.uint64]:
    """Rows, columns, bits of a number, and a number that changes with every other number in every other place."""
    numbers = _read_only(as_numpy(array))
    words = numbers.view(np.uint32)
    odd = np.random.default_rng(0).integers(2**64, size=words.shape[1], dtype=np.uint64) | np.uint64(1)
    rows = np.empty(len(words), np.uint64)
    _hashes(words, odd, rows)
    return np.array([*numbers.shape, numbers.dtype.itemsize, zlib.crc32(rows.tobytes())], dtype=np.uint64)


@compiled()
def _hashes(words: Any, odd: Any, out: Any) -> None:
    for j in range(words.shape[0]):
        total = np.uint64(0)
        for k in range(words.shape[1]):
            total += np.uint64(words[j, k]) * odd[k]
        out[j] = total


@compiled()
def _distances(vertices: Any, point: Any, out: Any) -> Any:
    """‖v - p‖ of every vertex; returns which is the farthest."""
    farthest = 0
    for j in range(vertices.shape[0]):
        out[j] = np.sqrt(square_distance(vertices[j], point))
        if out[j] > out[farthest]:
            farthest = j
    return farthest


@compiled()
def _farthest(vertices: Any, point: Any) -> Any:
    """Square distance and row of the vertex farthest from a point, or of the first that is not finite."""
    best, row = -1.0, 0
    for j in range(vertices.shape[0]):
        square = square_distance(vertices[j], point)
        if not np.isfinite(square):
            return square, j
        if square > best:
            best, row = square, j
    return best, row


def _read_only(array: NDArray) -> NDArray:
    """One type of array for the compiled code, memory-mapped or not."""
    view = np.ascontiguousarray(array).view(np.ndarray)
    view.flags.writeable = False
    return view
