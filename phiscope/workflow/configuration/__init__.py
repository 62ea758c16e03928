"""The configuration of a run: files laid over one another and over the schema's defaults, checked before anything runs.

    config = load(["presets/mnist.yaml", "mine.yaml"], {"seed": 3})

What stands in `workflow/schemas/config.schema.yaml` holds for every data set; nothing of one run reaches another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from phiscope.errors import ConfigError
from phiscope.factories import look_beside
from phiscope.workflow.configuration.checks import check, enabled, present, require_asked
from phiscope.workflow.configuration.contradictions import check_together
from phiscope.workflow.configuration.defaults import SCHEMA, defaults_of, filled, schema_at
from phiscope.workflow.configuration.features import check_features, of_features, over_defaults
from phiscope.workflow.configuration.following import following, without_orphans
from phiscope.workflow.configuration.layers import overlaid
from phiscope.workflow.configuration.names import check_names
from phiscope.workflow.configuration.one_split import found_out
from phiscope.workflow.configuration.presence import require_present
from phiscope.workflow.configuration.sources import located, read
from phiscope.workflow.configuration.validation import require_shape, validate
from phiscope.workflow.places import project

__all__ = ["complete", "enabled", "load", "located", "of_features", "present", "read", "require_present", "resolve"]


def load(
    files: Sequence[str | Path] = (), changes: Mapping[str, Any] | None = None, *, root: str | Path | None = None
) -> dict[str, Any]:
    """The whole configuration that files, in their order, and changes on top make; without a file, config.yaml's.

    root: the folder with config.yaml and workflow/; else the project's. Raises ConfigError in one sentence: what,
    where, what was expected. Files of data, networks and weights that it names are there when this returns.
    """
    root = Path(root or project())
    paths = [Path(file) for file in files] or [root / "config.yaml"]
    layers = [*map(read, paths), changes or {}]
    look_beside(paths)
    try:
        return complete(layers, name=paths[0].stem, root=root)
    except ConfigError as error:
        raise located(error, paths, changes) from None


def complete(
    layers: Sequence[Mapping[str, Any]], *, name: str | None = None, root: str | Path | None = None
) -> dict[str, Any]:
    """The whole configuration that mappings, in their order, make, checked as by `load`; name: see `resolve`."""
    config = resolve(layers, Path(root or project()) / SCHEMA, name=name)
    require_present(config)
    return config


def resolve(
    layers: Sequence[Mapping[str, Any]], schema: str | Path | None = None, *, name: str | None = None
) -> dict[str, Any]:
    """Layers over one another and over the schema's defaults, checked; name: of the run where no layer names it.

    Raises ConfigError; looks at no file but the schema and, of vectors, at the names of arrays, which tell the splits.
    """
    rules = schema_at(Path(schema or project() / SCHEMA))
    given = dict[str, Any]()
    for layer in layers:
        require_shape(layer, rules)
        given = overlaid(given, layer)
    defaults = over_defaults(defaults_of(rules), given, name)
    merged = defaults
    for layer in layers:
        merged = overlaid(merged, layer)
    whole = filled(rules, found_out(merged, defaults))
    validate(whole, rules)
    config = without_orphans(whole, given)
    check_names(config)
    check(config)
    check_together(config)
    check_features(config, given, defaults)
    require_asked(config, given)
    return following(config, name)
