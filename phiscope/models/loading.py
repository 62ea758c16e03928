"""Build a network from a factory, fill it with weights from a file, keep it as safetensors + json."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from phiscope.errors import ModelError, PhiscopeError
from phiscope.factories import content_of, function_of
from phiscope.files import read_json, replacing, stamped, write_json
from phiscope.models.classifier import Normalised
from phiscope.models.output import Choice

_PLAIN = (str, int, float, tuple, list, dict, type(None))  # bool is an int


def build(
    factory: str,
    arguments: Mapping[str, Any],
    normalise: Mapping[str, Any] | None,
    *,
    output: Choice = None,
    columns: Sequence[int] | None = None,
    where: str = "factory",
) -> Normalised:
    """The network that `factory` returns for `arguments`, behind its normalisation.

    normalise: {mean, deviation} per channel, for pixels in [0, 1]; None leaves them as they are. output, columns: see
    `Normalised`. where: as in `construct`. A network of float16 or bfloat16 is widened to float32, which keeps its
    weights as they are and computes without their rounding.
    """
    network = _widened(construct(factory, arguments, where))
    normalise = normalise or {"mean": [0.0], "deviation": [1.0]}
    return Normalised(network, normalise["mean"], normalise["deviation"], output, columns)


def construct(factory: str, arguments: Mapping[str, Any], where: str) -> nn.Module:
    """The bare network that a factory returns for `arguments`: see `phiscope.factories` for where that lies.

    What only wraps a network for speed is taken off: DataParallel; torch.compile and scripting are switched off while
    the factory is imported and runs. So layers can be reached by their names. `where` is the place in the config that
    errors speak of.
    """
    with _as_written():
        function = _function(factory, where)
        try:
            network = function(**arguments)
        except PhiscopeError as error:
            raise ModelError(f"{where.removesuffix('factory')}{error}") from error
        except TypeError as error:
            raise ModelError(f"{where}: {factory} does not take {dict(arguments)} ({error})") from error
        except (Exception, SystemExit) as error:  # whatever somebody's code raises
            said = (str(error).strip().splitlines() or ["no reason"])[0]
            raise ModelError(
                f"{where}: {factory} fails with {dict(arguments)} ({type(error).__name__}: {said})"
            ) from error
    if isinstance(network, type):
        raise ModelError(
            f"{where}: {factory} returned the class {network.__name__} itself; return {network.__name__}()"
        )
    if not isinstance(network, nn.Module):
        raise ModelError(f"{where}: {factory} returned {type(network).__name__}; expected a torch Module")
    network = _unwrapped(network)
    if isinstance(network, torch.jit.ScriptModule):
        raise ModelError(
            f"{where}: {factory} returned a module of TorchScript, whose layers cannot be reached; return the network "
            "that it was made of"
        )
    return network


@contextlib.contextmanager
def _as_written() -> Iterator[None]:
    """`torch.jit.script` returns what it is given, as with PYTORCH_JIT=0, and so does `torch.compile`.

    So also where a part of a network is compiled, or a function of its module.
    """
    state: Any = torch.jit._state
    was, compiled = state._enabled.enabled, torch.compile
    state.disable()
    torch.compile = _not_compiled
    try:
        yield
    finally:
        torch.compile = compiled
        if was:
            state.enable()


def _not_compiled(model: Any = None, **_: Any) -> Any:
    return (lambda function: function) if model is None else model


def _unwrapped(network: nn.Module) -> nn.Module:
    """The network without DataParallel, and it and its parts without torch.compile."""
    while True:
        if isinstance(network, nn.DataParallel | nn.parallel.DistributedDataParallel):
            network = network.module
        elif isinstance(inner := getattr(network, "_orig_mod", None), nn.Module):
            network = inner
        else:
            break
    for module in list(network.modules()):
        module._compiled_call_impl = None  # of `network.compile()`
        for name, part in module.named_children():
            if isinstance(inner := getattr(part, "_orig_mod", None), nn.Module):
                setattr(module, name, inner)
    return network


def _widened(network: nn.Module) -> nn.Module:
    kinds = {each.dtype for each in network.state_dict().values()}
    return network.float() if kinds & {torch.float16, torch.bfloat16} else network


def _function(factory: str, where: str) -> Callable[..., Any]:
    try:
        return function_of(factory)
    except (Exception, SystemExit) as error:  # whatever importing somebody's module raises
        raise ModelError(
            f"{where}: cannot find {factory!r} ({type(error).__name__}: {error}); expected `package.module:function` "
            "of an installed package or beside the configuration, or `file.py:function`"
        ) from error


def _with_defaults(factory: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as given, and the factory's defaults for the others, as far as JSON can hold them."""
    parameters = inspect.signature(_function(factory, "factory")).parameters.values()
    defaults = {parameter.name: parameter.default for parameter in parameters}
    return {name: value for name, value in defaults.items() if isinstance(value, _PLAIN)} | dict(arguments)


def save_artifact(network: nn.Module, description: Mapping[str, Any], path: str | Path) -> None:
    """Write `path` (.safetensors) and the same name with .json: how to build it, and what is known of it.

    Defaults of the factory are written out, so that what is kept can be built after they have changed.
    """
    from safetensors.torch import save_file

    path = Path(path)
    arguments = _with_defaults(description["factory"], description["arguments"])
    description = dict(description) | {"arguments": arguments}
    content = content_of(description["factory"])
    about = {} if content is None else {"factory": content}  # so that another forward pass is another artifact
    with replacing(path) as temporary:
        save_file(_apart(network.state_dict()), temporary, metadata=stamped(about) or None)
    write_json(description, path.with_suffix(".json"))


def _apart(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Contiguous tensors, none of which shares memory with another, as safetensors wants them."""
    apart: dict[str, Tensor] = {}
    places: set[int] = set()
    for key, value in state.items():
        whole = value.contiguous()
        place = whole.untyped_storage().data_ptr()
        apart[key] = whole.clone() if place in places else whole
        places.add(place)
    return apart


def load_network(path: str | Path, device: str = "cpu") -> nn.Module:
    """The network that `save_artifact` wrote, in evaluation mode, on a device."""
    return load_artifact(path)[0].to(device)


def load_artifact(path: str | Path) -> tuple[nn.Module, dict[str, Any]]:
    """The network that `save_artifact` wrote, in evaluation mode, and its description.

    A description without `normalise` is that of a bare network: a generator, an encoder.
    """
    from safetensors.torch import load_file

    path = Path(path)
    description = read_json(path.with_suffix(".json"))
    where = f"{path.with_suffix('.json')}: factory"
    network: nn.Module
    if "normalise" in description:
        named = ("factory", "arguments", "normalise", "output", "columns")
        network = build(**{key: description[key] for key in named if key in description}, where=where)
    else:
        network = construct(description["factory"], description["arguments"], where)
    network.load_state_dict(load_file(path))
    return network.eval(), description
