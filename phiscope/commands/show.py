"""Say what a table of a run holds: columns, units, where it comes from, its worst certificates.

phiscope show margins --run digits
phiscope show results/digits/tables/hulls.parquet --rows 5
phiscope show margins --run digits --configuration > again.yaml
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from phiscope.commands.runs import RESULTS, damage, folder_of, require_whole
from phiscope.errors import ConfigError, ResultError
from phiscope.workflow.record import RECORD

# Columns that say how far from exact a row may be: larger is worse.
CERTIFICATES = ("primal_residual", "dual_residual", "duality_gap", "residual", "relative_gap")
_IDENTITY = ("view", "split", "sample", "other_class", "space", "target", "reference")
_WIDE = (pa.types.is_list, pa.types.is_fixed_size_list, pa.types.is_large_list)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a few lines; raises ConfigError where there is no such table."""
    options = _parser().parse_args(arguments)
    path = _path(options.table, options.run)
    _require_whole(path)
    file = pq.ParquetFile(path)
    if options.configuration:
        print(_configuration(path, file.schema_arrow), end="")
        return
    print(f"{path}: {file.metadata.num_rows:,} rows\n")
    print(*_columns(file.schema_arrow), sep="\n")
    narrow = [field.name for field in file.schema_arrow if not any(is_wide(field.type) for is_wide in _WIDE)]
    table = file.read(narrow)
    print(*_certificates(table), sep="\n")
    print(*_provenance(file.schema_arrow), sep="\n")
    if options.rows:
        print()
        print(table.slice(0, options.rows).to_pandas().to_string(index=False))


def _path(table: str, run: str | None) -> Path:
    if table.endswith(".parquet"):
        if not Path(table).is_file():
            raise ConfigError(f"there is no file {table}; expected a Parquet file, or the name of a table of a run")
        return Path(table)
    if run is None:
        runs = sorted(each.parent.name for each in RESULTS.glob(f"*/{RECORD}"))
        if len(runs) != 1:
            raise ConfigError(f"which run? --run NAME; there are: {', '.join(runs) or 'none'}")
        run = runs[0]
    folder = folder_of(run)
    for kind in ("tables", "statistics"):
        if (path := folder / kind / f"{table}.parquet").is_file():
            return path
    there = sorted(path.stem for kind in ("tables", "statistics") for path in (folder / kind).glob("*.parquet"))
    raise ConfigError(f"{folder} has no table {table!r}; it has: {', '.join(there) or 'none yet'}")


def _require_whole(path: Path) -> None:
    """Raise ResultError where a table is damaged, with what makes it anew if it lies in its run."""
    if (path.parent.parent / RECORD).is_file():
        require_whole([path], path.parent.parent)
    elif why := damage(path):
        raise ResultError(f"{path} is damaged ({why}); get it again from the run that made it")


def _columns(schema: pa.Schema) -> Iterator[str]:
    width = max(len(name) for name in schema.names)
    for field in schema:
        about = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        unit = f" [{about['unit']}]" if about.get("unit") else ""
        yield f"{field.name:{width}}  {field.type}{unit}  {about.get('description', '')}".rstrip()


def _certificates(table: pa.Table) -> Iterator[str]:
    if "status" in table.schema.names:
        counts = {
            each["values"]: each["counts"] for each in pc.value_counts(table["status"].combine_chunks()).to_pylist()
        }
        yield "\nstatus: " + ", ".join(f"{count:,} {status}" for status, count in counts.items())
    for name in CERTIFICATES:
        if name not in table.schema.names or not table.num_rows:
            continue
        values = np.asarray(table[name].to_numpy(), dtype=float)
        if not np.isfinite(values).any():
            continue
        row = int(np.nanargmax(np.where(np.isfinite(values), values, np.nan)))
        where = ", ".join(
            f"{key} {table[key][row].as_py()}"
            for key in _IDENTITY
            if key in table.schema.names and table[key][row].is_valid
        )
        yield f"largest {name}: {values[row]:.3g} ({where})"


def _provenance(schema: pa.Schema) -> Iterator[str]:
    text = (schema.metadata or {}).get(b"phiscope.provenance")
    if text is None:
        yield "\nThe file does not say what made it."
        return
    about = json.loads(text)
    about.pop("configuration", None)
    packages = ", ".join(f"{name} {version}" for name, version in about.pop("packages", {}).items())
    yield "\nmade by: " + ", ".join(f"{key} {value}" for key, value in about.items())
    yield f"with: {packages}"


def _configuration(path: Path, schema: pa.Schema) -> str:
    """What the run was told that made the table, as a file to run again."""
    about = json.loads((schema.metadata or {}).get(b"phiscope.provenance", b"{}"))
    if "configuration" not in about:
        raise ConfigError(f"{path} does not hold the configuration that it was made with; a later version writes it")
    versions = ", ".join(f"{name} {version}" for name, version in about["packages"].items())
    text = yaml.safe_dump(about["configuration"], sort_keys=False, allow_unicode=True)
    return f"# Made by phiscope at commit {about['commit']} with Python {about['python']}, {versions}.\n{text}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="phiscope show", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("table", metavar="TABLE", help="its name, such as margins, or a Parquet file")
    parser.add_argument("--run", help="name of the run; the only one below results/ unless given")
    parser.add_argument("--rows", type=int, default=0, help="how many rows to print; none")
    parser.add_argument(
        "--configuration", action="store_true", help="print the whole configuration that it was made with, and no more"
    )
    return parser
