"""The packages of the documentation stand beside those of everything else: none is named twice."""

import re


def names(path):
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    return {re.sub(r"[-_.]+", "-", line.partition("==")[0]).lower() for line in lines}


def test_the_lock_of_the_documentation_only_adds(root):
    added = names(root / "requirements-docs.lock")
    assert {"mkdocs", "mkdocs-material", "mkdocstrings-python", "nbclient", "ipykernel"} <= added
    assert added & names(root / "requirements.lock") == set()
