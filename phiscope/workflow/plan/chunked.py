"""Which chunks of which views are made: of images, features, hull projections, verdicts on attacks.

A view's chunk is made from the chunk of the view it starts from that holds the same samples: a view of the first 60
samples takes them out of its parent's chunk of 500. Chunks of all views begin at multiples of one size, so there is
one such chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from phiscope.workflow.plan.plan import Plan

IMAGES = "images"
LOCATED = "features"  # features and margins, which one job makes
ATTACKS = "attacks"
ROUNDED = "rounded"
HULLS = {space: f"hulls/{space}" for space in ("feature", "pixel", "processed", "class")}


class Chunk(NamedTuple):
    """What is made (a name above), of which view or `dataset:<name>`, of which samples: their range is the name."""

    what: str
    view: str
    split: str
    name: str


def chunks_of(plan: Plan) -> frozenset[Chunk]:
    """Every chunk that a run makes: those that tables and figures ask for, and what these are made from."""
    waiting, chunks = list(_asked(plan)), set()
    while waiting:
        chunk = waiting.pop()
        if chunk not in chunks:
            chunks.add(chunk)
            waiting += _made_from(chunk, plan)
    return frozenset(chunks)


def _asked(plan: Plan) -> Iterator[Chunk]:
    views = plan.views
    for name, split in plan.geometry.located:
        yield from (Chunk(LOCATED, name, split, part) for part in plan.chunk_names(views.samples(name, split)))
    hulls = [(space, name) for name, view in views.items() for space in view.spaces]
    hulls += [("processed", name) for name in views.hulls_of] + [("class", name) for name in plan.geometry.of_classes]
    for space, name in hulls:
        yield from (Chunk(HULLS[space], name, "test", part) for part in plan.projected_chunks(name, space))
    for name in plan.geometry.judged:
        parts = plan.chunk_names(views.samples(name, "test"))
        yield from (Chunk(what, name, "test", part) for what in (ATTACKS, ROUNDED) for part in parts)


def _made_from(chunk: Chunk, plan: Plan) -> Iterator[Chunk]:
    """The chunks that a chunk is made from directly."""
    if chunk.what != IMAGES:
        yield chunk._replace(what=IMAGES)
    if chunk.what in HULLS.values():
        yield chunk._replace(what=LOCATED)
    view = plan.views.get(chunk.view)
    if view and view.is_derived and chunk.what in (IMAGES, ATTACKS):
        parent = plan.views.covering(view.parent, chunk.split, chunk.name)
        yield chunk._replace(what=IMAGES, view=view.parent, name=parent)
        if "pixel_hull" in view.needs:
            yield Chunk(HULLS["pixel"], view.parent, chunk.split, parent)
