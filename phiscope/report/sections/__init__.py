"""The sections of the page, a module each: its question, the numbers and artifacts it is written from, its data.

A module says as literals TITLE, the question; NUMBERS, keys of the table `paper_comparison` that its sentences name,
all of them optional; NEEDS and OPTIONAL, names of artifacts. `data(run)`, where it is there, makes of these what
`templates/sections/<name>.html.j2` puts into words: None where the run has nothing to say. Pictures a template names.
"""

from __future__ import annotations

from phiscope.words.declared import literals_of

# What the navigation shows: headings and, below them, sections in the order of the page.
GROUPS: dict[str, tuple[str, ...]] = {
    "Summary": ("overview", "asked"),
    "Data and classifier": ("classifier", "training", "check", "duplicates"),
    "Where samples stand": (
        "distances",
        "outside",
        "which_hull",
        "dimension",
        "neighbours",
        "slice",
        "ambiguity",
        "human",
        "questions",
    ),
    "What surrounds them": ("projection", "support", "balls"),
    "What changes the answer": ("attacks", "closest", "pixels", "inversion"),
    "Single samples": ("samples",),
    "How far to trust this": ("certificates", "noise", "limits", "comparison", "provenance", "references"),
}
# Pages of their own, beside the report: file name -> section.
PAGES = {"denoising": "denoising", "latent": "latent", "functions": "implicit"}

SECTIONS = (*(section for group in GROUPS.values() for section in group), *PAGES.values())

# Those that ask about images, or what is done to them: a run on vectors alone has none of them.
OF_IMAGES = ("check", "attacks", "closest", "pixels", "inversion")

# Those that need a test set and a training set, which is the hull: a run on vectors of one split has none of them.
OF_BOTH = ("outside", "which_hull", "dimension", "ambiguity", "human", "questions", "projection", "support")
OF_TEST = ("classifier", "distances", "slice", "samples")  # and a test set alone is enough for these
OF_TRAINING_ALONE = ("training",)


def groups_of(*, images: bool, only: str | None, detectors: bool) -> dict[str, list[str]]:
    """Groups and sections of a run's report; images: whether it has some; only: the split that it has alone;
    detectors: whether it asks them, whose section is that of attacks."""
    left_out = set() if images else {name for name in OF_IMAGES if name != "attacks" or not detectors}
    left_out |= set(OF_BOTH) if only else set()
    left_out |= set(OF_TEST) if only == "train" else set(OF_TRAINING_ALONE)
    kept = {title: [name for name in group if name not in left_out] for title, group in GROUPS.items()}
    return {title: group for title, group in kept.items() if group}


def module_of(section: str) -> str:
    return f"{__name__}.{section}"


def said_by(section: str, constant: str) -> tuple[str, ...]:
    """NUMBERS, NEEDS or OPTIONAL of a section, read without importing its module."""
    return literals_of(module_of(section), [constant])[constant]


def title_of(section: str) -> str:
    return literals_of(module_of(section), ["TITLE"])["TITLE"]
