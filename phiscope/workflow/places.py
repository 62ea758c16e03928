"""Where the files of the workflow lie: in the checkout around the package, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

from phiscope.errors import ConfigError

_PACKAGE = Path(__file__).parents[1]
_SHARE = "share"  # folder of the package that a wheel puts them in; see pyproject.toml


def project() -> Path:
    """The folder with Snakefile, workflow/, scripts/, config.yaml and presets/.

    Raises ConfigError where the package was installed without them.
    """
    return _project_of(_PACKAGE)


def _project_of(package: Path) -> Path:
    for folder in (package / _SHARE, package.parent):
        if (folder / "Snakefile").is_file():
            return folder
    raise ConfigError(
        f"{package}: no Snakefile lies in its folder {_SHARE} or beside it; install phiscope from a wheel or, with -e, "
        "from a checkout"
    )


def require_folder(storage: str | None) -> None:
    """Raises ConfigError where results were to lie in a storage of Snakemake's (`--default-storage-provider`).

    What is planned follows from files that are there already, which are read where they lie.
    """
    if storage:
        raise ConfigError(
            f"--default-storage-provider {storage}: results have to lie in a folder that the main process and all "
            "jobs see, since what is left to do follows from them; leave it out, and start in such a folder (or "
            "--directory)"
        )
