"""Execute the notebook of the documentation, and keep what it printed and drew.

python -m tools notebook
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).parents[1] / "docs/notebook.ipynb"
_LONGEST = 1200  # seconds of one cell


def execute(path: Path, folder: Path) -> Any:
    """The notebook after all its cells ran in a folder. Raises nbclient's CellExecutionError where one fails."""
    import nbformat
    from nbclient import NotebookClient  # deferred: requirements-docs.lock has it, not requirements.lock

    # The kernel of this interpreter, whatever kernels the machine has; phiscope from the checkout.
    os.environ["PYTHONPATH"] = os.pathsep.join([str(NOTEBOOK.parents[1]), os.environ.get("PYTHONPATH", "")])
    os.environ["JUPYTER_PATH"] = str(Path(sys.prefix, "share/jupyter"))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=_LONGEST, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def kept(notebook: Any, folder: Path) -> Any:
    """The notebook without what differs from one execution to the next: times, counts, and the folder it ran in."""
    import nbformat

    for cell in notebook.cells:
        cell.metadata = {}
        for output in cell.get("outputs", []):
            output.pop("execution_count", None)
            if output.output_type == "execute_result":
                output["execution_count"] = cell.get("execution_count")
    notebook.metadata.pop("language_info", None)
    return nbformat.from_dict(_without(notebook, str(folder)))


def _without(value: Any, folder: str) -> Any:
    if isinstance(value, str):
        return value.replace(f"{folder}/", "").replace(folder, ".")
    if isinstance(value, dict):
        return {key: _without(each, folder) for key, each in value.items()}
    return [_without(each, folder) for each in value] if isinstance(value, list) else value


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools notebook", description=__doc__.partition("\n")[0])
    parser.parse_args(arguments)
    import nbformat

    with tempfile.TemporaryDirectory(prefix="phiscope-notebook-") as folder:
        notebook = kept(execute(NOTEBOOK, Path(folder)), Path(folder))
    nbformat.write(notebook, NOTEBOOK)
    print(NOTEBOOK)
    return 0
