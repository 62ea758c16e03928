"""Networks of the package transformers by configuration alone: its classes take a config object, which YAML has not.

    factory: phiscope.models.hub:transformers
    arguments: {config: $MY_DATA/vit}       # a folder with config.json, or that file
    weights: {path: $MY_DATA/vit}           # the same folder: keys of older versions are converted as transformers does

timm needs nothing of this: `factory: timm:create_model`, `arguments: {model_name: resnet18, num_classes: 10}`.
"""

from __future__ import annotations

import json
import os
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phiscope.datasets.files import require_content
from phiscope.errors import DataError, ModelError
from phiscope.models.contents import states_in

if TYPE_CHECKING:
    from torch import Tensor, nn

_MOST_OF_A_FIELD = 2**17  # no width, number of layers or classes of a published network is larger
_MISSING = "it is made by the package transformers, which is not installed: pip install 'phiscope[transformers]'"


def transformers(*, architecture: str | None = None, config: str | None = None, **fields: Any) -> nn.Module:
    """A network of `AutoModelForImageClassification` with random weights.

    architecture: its `model_type`, such as `vit`, `convnext`, `resnet`; config: instead, a folder with a config.json
    or that file. fields: of the config, such as `num_labels`, `image_size`, `hidden_size`. Nothing is downloaded.
    Raises ModelError where neither is given or both, and for what transformers refuses.
    """
    if (architecture is None) == (config is None):
        raise ModelError("arguments: give either `architecture`, such as vit, or `config`, a folder with config.json")
    if config is not None:
        _require_small(_file(config))
    package = _package()
    try:
        if architecture is not None:
            made: Any = partial(package.AutoConfig.for_model, _known(package, architecture))
        else:
            made = partial(
                package.AutoConfig.from_pretrained, _file(config), local_files_only=True, trust_remote_code=False
            )
        if fields and (unknown := [name for name in fields if not hasattr(plain := made(), name)]):
            raise ModelError(f"arguments: the config of {plain.model_type} has no field {unknown[0]!r}")
        described = made(**fields)
        classes = package.MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING[type(described)]
        own = (
            classes[0] if isinstance(classes, tuple) else classes
        )  # of several, such as with a teacher's head, the plain
        return own._from_config(described)
    except ModelError:
        raise
    except Exception as error:  # whatever a damaged description makes of these classes
        raise ModelError(f"transformers refuses {architecture or config}: {_said(error)}") from error


def _known(package: Any, architecture: str) -> str:
    names = {config.model_type for config in package.MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING}
    if architecture not in names:
        near = get_close_matches(architecture, names) or ["vit", "convnext", "resnet"]
        raise ModelError(
            f"arguments.architecture: transformers has no classifier of images {architecture!r}; expected one such as "
            f"{', '.join(near)}"
        )
    return architecture


def _file(config: str | None) -> Path:
    place = Path(os.path.expandvars(str(config))).expanduser()
    if not (file := place if place.is_file() else place / "config.json").is_file():
        raise ModelError(f"arguments.config: there is no config.json in {place}")
    return file


def _require_small(file: Path) -> None:
    """Raise ModelError for what is no description of a network, or for one that asks for a layer for every atom."""
    try:
        described = json.loads(require_content(file) and file.read_text(encoding="utf-8"))
    except DataError as error:
        raise ModelError(f"arguments.config: {error}") from error
    except (ValueError, OSError, RecursionError) as error:
        raise ModelError(f"arguments.config: {file}: is no whole config.json; get it once more") from error
    if not isinstance(described, dict):
        raise ModelError(f"arguments.config: {file}: is a {type(described).__name__}; expected fields of a config")
    for name, value in described.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, int) and not isinstance(each, bool) and each > _MOST_OF_A_FIELD:
                raise ModelError(f"arguments.config: {file}: {name} is {each:,}; expected at most {_MOST_OF_A_FIELD:,}")


def _said(error: Exception) -> str:
    """The first line of what transformers or torch says, less what it says of code and of switching safety off."""
    said = (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
    if "custom code" in said or "trust_remote_code" in said:
        return "it needs code that comes with the folder, which is not run; expected a network of transformers itself"
    if "weights_only" in said or "torch.load" in said or "GLOBAL" in said:
        return "its weights are a pickle of more than tensors, which could run code and stays closed; use safetensors"
    return said


def is_folder_for(network: nn.Module, path: Path) -> bool:
    """Whether a folder holds weights as `save_pretrained` writes them, and the network is one that reads them."""
    return path.is_dir() and (path / "config.json").is_file() and hasattr(network, "from_pretrained")


def state_of(network: nn.Module, path: Path) -> dict[str, Tensor]:
    """The weights of a folder by the keys of the network, converted from older ones. Raises ModelError if some lack."""
    try:
        _package().utils.logging.disable_progress_bar()
        own: Any = network
        for file in sorted(path.glob("model*.safetensors")) or sorted(path.glob("pytorch_model*.bin")):
            states_in(file)  # says what is wrong with it; what holds more than tensors stays closed
        loaded, report = type(own).from_pretrained(
            path, config=own.config, local_files_only=True, output_loading_info=True, trust_remote_code=False
        )
    except ModelError as error:
        raise ModelError(f"{file.name} {error}") from error
    except Exception as error:  # whatever damaged weights make of these classes
        raise ModelError(_said(error)) from error
    if missing := sorted(report["missing_keys"]):
        raise ModelError(f"the folder lacks {len(missing)} weights of the network, such as {missing[0]}")
    return loaded.state_dict()


def _package() -> Any:
    try:
        return import_module("transformers")
    except ImportError as error:
        raise ModelError(_MISSING) from error
