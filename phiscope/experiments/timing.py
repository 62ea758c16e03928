"""How long something takes, for estimates."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch


def timed(call: Callable[[], object], device: torch.device | str = "cpu") -> float:
    """Seconds of processor time that `call` takes; on a card, seconds until it has finished."""
    card = torch.device(device) if torch.device(device).type == "cuda" else None
    clock = time.perf_counter if card else time.process_time
    if card:
        torch.cuda.synchronize(card)
    start = clock()
    call()
    if card:
        torch.cuda.synchronize(card)
    return clock() - start
