"""The sections of the page, a module each: its question, the numbers and artifacts it is written from, its data.

A module says as literals TITLE, the question; NUMBERS, keys of the table `paper_comparison` that its sentences name,
all of them optional; NEEDS and OPTIONAL, names of artifacts. `data(run)`, where it is there, makes of these what
`templates/sections/<name>.html.j2` puts into words: None where the run has nothing to say. Pictures a template names.
"""

from __future__ import annotations

from phiscope.words.declared import literals_of

# In the order of the page.
SECTIONS = (
    "asked",
    "check",
    "classifier",
    "duplicates",
    "distances",
    "outside",
    "neighbours",
    "slice",
    "ambiguity",
    "human",
    "projection",
    "support",
    "balls",
    "attacks",
    "pixels",
    "inversion",
    "denoising",
    "latent",
    "implicit",
    "samples",
    "comparison",
    "noise",
    "certificates",
    "limits",
    "provenance",
    "references",
)

# Those that ask about images, or what is done to them: a run on vectors alone has none of them.
OF_IMAGES = ("check", "attacks", "pixels", "inversion", "denoising", "latent", "implicit")


def module_of(section: str) -> str:
    return f"{__name__}.{section}"


def said_by(section: str, constant: str) -> tuple[str, ...]:
    """NUMBERS, NEEDS or OPTIONAL of a section, read without importing its module."""
    return literals_of(module_of(section), [constant])[constant]


def title_of(section: str) -> str:
    return literals_of(module_of(section), ["TITLE"])["TITLE"]
