"""Build a network from a factory, fill it with weights from a file, keep it as safetensors + json."""

from __future__ import annotations

import importlib
import inspect
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from phiscope.errors import ModelError
from phiscope.models.classifier import Normalised

_PLAIN = (str, int, float, tuple, list, dict, type(None))  # bool is an int


def build(
    factory: str, arguments: Mapping[str, Any], normalise: Mapping[str, Any] | None, *, where: str = "factory"
) -> Normalised:
    """The network that `package.module:function` returns for `arguments`, behind its normalisation.

    normalise: {mean, deviation} per channel, for pixels in [0, 1]; None leaves them as they are. where: as in
    `construct`.
    """
    network = construct(factory, arguments, where)
    normalise = normalise or {"mean": [0.0], "deviation": [1.0]}
    return Normalised(network, normalise["mean"], normalise["deviation"])


def construct(factory: str, arguments: Mapping[str, Any], where: str) -> nn.Module:
    """The bare network that `package.module:function` returns for `arguments`.

    `where` is the place in the config that errors speak of.
    """
    try:
        network = _function(factory, where)(**arguments)
    except TypeError as error:
        raise ModelError(f"{where}: {factory} does not take {dict(arguments)} ({error})") from error
    if not isinstance(network, nn.Module):
        raise ModelError(f"{where}: {factory} returned {type(network).__name__}; expected a torch Module")
    return network


def _function(factory: str, where: str) -> Callable[..., nn.Module]:
    module_name, _, function_name = factory.partition(":")
    try:
        return getattr(importlib.import_module(module_name), function_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ModelError(
            f"{where}: cannot find {factory!r} ({error}); expected `package.module:function` of an installed package"
        ) from error


def _with_defaults(factory: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as given, and the factory's defaults for the others, as far as JSON can hold them."""
    parameters = inspect.signature(_function(factory, "factory")).parameters.values()
    defaults = {parameter.name: parameter.default for parameter in parameters}
    return {name: value for name, value in defaults.items() if isinstance(value, _PLAIN)} | dict(arguments)


def load_weights(network: nn.Module, path: str | Path, *, prefix: str = "", where: str = "weights") -> None:
    """Fill `network` from a state dict (.pt, .pth, .th), a Lightning checkpoint (.ckpt) or safetensors.

    Files of pickles are opened with `weights_only=True`: they can hold tensors, never code. `prefix` is cut
    off every key that has it (`module.` of DataParallel, `network.` of a Lightning module); keys without it
    are then not part of the network. Raises ModelError naming the keys and shapes that do not fit. `where` is the
    place in the config that errors speak of, such as `denoising.network.weights`.
    """
    path = Path(os.path.expandvars(path)).expanduser()
    if not path.is_file():
        raise ModelError(f"{where}.path: there is no file {path}; give the path of a state dict")
    try:
        _fill(network, _read_state(path), prefix)
    except ModelError as error:
        raise ModelError(f"{where}: {path}: {error}") from error


def _fill(network: nn.Module, state: dict[str, Tensor], prefix: str) -> None:
    if prefix:
        state = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
    own = network.state_dict()
    missing, unexpected = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
    # Batch norm counts its batches; old files lack the count and nothing rests on it.
    missing = [key for key in missing if not key.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise ModelError(
            f"keys do not fit the network: missing {_few(missing)}, unexpected {_few(unexpected)}; check `prefix` "
            f"(now {prefix!r}) and what the network is built from"
        )
    wrong = [key for key in state if own[key].shape != state[key].shape]
    if wrong:
        actual, expected = tuple(state[wrong[0]].shape), tuple(own[wrong[0]].shape)
        raise ModelError(f"{wrong[0]} has shape {actual}, the network expects {expected}")
    network.load_state_dict(state, strict=False)


def _read_state(path: Path) -> dict[str, Tensor]:
    if path.suffix == ".safetensors":
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            return load_file(path)
        except SafetensorError as error:
            raise ModelError(f"not a file of safetensors ({error}); save the state dict once more") from error
    import pickle

    import torch

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise ModelError(
            f"not a file of tensors that can be opened safely ({str(error).splitlines()[0]}); save the state_dict alone"
        ) from error
    state = content.get("state_dict", content) if isinstance(content, dict) else None
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise ModelError("expected a dict of tensors, or one under `state_dict`")
    return state


def _few(keys: list[str]) -> str:
    return ", ".join(keys[:3]) + (f" and {len(keys) - 3} more" if len(keys) > 3 else "") if keys else "none"


def save_artifact(network: nn.Module, description: Mapping[str, Any], path: str | Path) -> None:
    """Write `path` (.safetensors) and the same name with .json: how to build it, and what is known of it.

    Defaults of the factory are written out, so that what is kept can be built after they have changed.
    """
    from safetensors.torch import save_file

    path = Path(path)
    arguments = _with_defaults(description["factory"], description["arguments"])
    description = dict(description) | {"arguments": arguments}
    state = {key: value.contiguous() for key, value in network.state_dict().items()}
    save_file(state, temporary := path.with_name(path.name + ".tmp"))
    temporary.replace(path)
    (temporary := path.with_suffix(".json.tmp")).write_text(json.dumps(description, indent=2) + "\n")
    temporary.replace(path.with_suffix(".json"))


def load_network(path: str | Path, device: str = "cpu") -> nn.Module:
    """The network that `save_artifact` wrote, in evaluation mode, on a device."""
    return load_artifact(path)[0].to(device)


def load_artifact(path: str | Path) -> tuple[nn.Module, dict[str, Any]]:
    """The network that `save_artifact` wrote, in evaluation mode, and its description.

    A description without `normalise` is that of a bare network: a generator, an encoder.
    """
    from safetensors.torch import load_file

    path = Path(path)
    description = json.loads(path.with_suffix(".json").read_text())
    where = f"{path.with_suffix('.json')}: factory"
    network: nn.Module
    if "normalise" in description:
        network = build(description["factory"], description["arguments"], description["normalise"], where=where)
    else:
        network = construct(description["factory"], description["arguments"], where)
    network.load_state_dict(load_file(path))
    return network.eval(), description
