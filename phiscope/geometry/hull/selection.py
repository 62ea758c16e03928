"""The lowest prices of each query, picked out by torch where the prices are made: on a card they never leave it.

The problem: of b x k prices, which a product has just written, the `count` lowest of each row, together with those of
the blocks before. What it may cost is the product itself, 2 b k d operations: at 2,048 dimensions 1,024 times as long
as it takes a card to read the prices once, at 64 dimensions some four times. A search for the lowest among all k reads
them four to six times; so it comes in two stages. The least of every `GROUP` prices is found by reading all of them
once. The `count` groups with the lowest of these hold the `count` lowest prices: each of these lies in a group whose
least is no larger than the largest of them, and other groups hold nothing lower. Among these groups and what was kept
before, the search goes on: count x GROUP of k prices, of a million one in 85 with 192 kept.

What a block costs beside its reading hardly grows with k (on an H200, 256 queries: 0.27 ms to read a million prices,
0.45 ms for both searches and what lies between), so blocks are large, and one thread at a time has them.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

GROUP = 64  # prices of which the least is looked at; near the square root of k / count, where both searches are short
CELLS = 1 << 28  # prices on a card at a time: 1.1 GB
ONE_AT_A_TIME = Lock()  # of the threads that price on a card, which does one product after another anyway


class Selection:
    """The `count` lowest of the prices that were added so far, for each of `size` queries, on a device of torch."""

    def __init__(self, size: int, count: int, device: Any) -> None:
        import torch  # deferred: small projections do without

        self.price = torch.full((size, count), torch.inf, dtype=torch.float32, device=device)
        self.at = torch.zeros((size, count), dtype=torch.int64, device=device)

    def add(self, prices: Tensor, first: int) -> None:
        """prices (size, k) of the vertices from the first on; the tensor is not needed afterwards."""
        import torch

        count = self.price.shape[1]
        found, columns = candidates(prices, count)
        price, at = torch.cat([self.price, found], dim=1), torch.cat([self.at, columns + first], dim=1)
        self.price, order = price.topk(count, dim=1, largest=False, sorted=False)
        self.at = at.gather(1, order)

    def below(self, limit: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int64]]:
        """Vertices, prices (size, count) and how many there are (size,): those priced below limit (size,), first."""
        price, order = self.price.sort(dim=1)
        at, prices = self.at.gather(1, order).cpu().numpy(), price.cpu().numpy()
        within = prices < limit[:, None]
        return np.where(within, at, 0), np.where(within, prices, np.float32(np.inf)), within.sum(axis=1)


def candidates(prices: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Prices and columns, (b, some) each, among which the `count` lowest of every row of prices (b, k) are."""
    import torch

    (size, k), device = prices.shape, prices.device
    groups = k // GROUP
    if groups <= count:
        return prices, torch.arange(k, device=device).expand(size, k)
    # Group g has the columns g, g + groups, ...: neighbouring threads read neighbouring prices.
    least = prices[:, : groups * GROUP].unflatten(1, (GROUP, groups)).amin(dim=1)
    chosen = least.topk(count, dim=1, largest=False, sorted=False).indices
    places = (torch.arange(0, groups * GROUP, groups, device=device)[:, None] + chosen[:, None, :]).flatten(1)
    rest = torch.arange(groups * GROUP, k, device=device).expand(size, -1)
    columns = torch.cat([places, rest], dim=1)
    return prices.gather(1, columns), columns
