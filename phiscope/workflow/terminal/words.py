"""Steps and times in words."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SPLITS = {"train": "training", "test": "test"}
_COUNTED = re.compile(r"(?:\b(train|test) )?(?:\b(samples|images) )?\b(\d{7})-(\d{7})\b")
_CHUNK = re.compile(r"(\d{7})-(\d{7})")


def step(rule: str, message: str | None, wildcards: Mapping[str, str]) -> str:
    """What a job does, from the message of its rule: `Features of noise, test samples 0000000-0000500` becomes
    `features of noise, 500 test samples`.

    A rule without a message has its name and its wildcards.
    """
    words = " ".join((message or "").split())
    if not words:
        words = ", ".join([rule.replace("_", " "), *(value for value in wildcards.values() if not _CHUNK.match(value))])
    words = _COUNTED.sub(_samples, words)
    chunk = _CHUNK.fullmatch(wildcards.get("chunk", ""))
    if chunk and not _COUNTED.search(message or ""):
        words += f", {_count(chunk, 'samples')}"
    return _as_part(words)


def _samples(found: re.Match[str]) -> str:
    split, noun, *_ = found.groups()
    return _count(_CHUNK.search(found[0]), " ".join([*([_SPLITS[split]] if split else []), noun or "samples"]))


def _count(chunk: re.Match[str] | None, noun: str) -> str:
    assert chunk
    count = int(chunk[2]) - int(chunk[1])
    return f"{count:,} {noun.removesuffix('s') if count == 1 else noun}"


def _as_part(words: str) -> str:
    """As the part of a sentence: without the capital letter, unless the first word has more of them, as `PGD` has."""
    first = words.partition(" ")[0]
    return words if first[1:] != first[1:].lower() else words[:1].lower() + words[1:]


def left(seconds: float) -> str:
    """`about 2 min left`."""
    return "under a minute left" if seconds < 55 else f"about {_rounded(seconds)} left"


def after(seconds: float) -> str:
    """How long something took: `8 s`, `4 min 7 s`, `2 h 10 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _rounded(seconds: float) -> str:
    minutes = max(round(seconds / 60), 1)
    if minutes < 90:
        return f"{minutes} min"
    hours, rest = divmod(5 * round(minutes / 5), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def steps(count: int) -> str:
    return f"{count:,} step" if count == 1 else f"{count:,} steps"
