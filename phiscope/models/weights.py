"""Fill a network with the weights of a file: which of its dictionaries, and which prefix of its keys, fit."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from phiscope.datasets.files import ABSENT, trouble
from phiscope.errors import ModelError, shown
from phiscope.models import hub
from phiscope.models.contents import State, few, states_in
from phiscope.models.numbers import require_numbers

_USUAL = ("state_dict", "")  # a file's own place for weights: Lightning's, and the whole file
_AVERAGED = re.compile(r"(^|[._])(ema|swa|averaged?|shadow)([._]|$)|ema$|^ema", re.IGNORECASE)


def load_weights(
    network: nn.Module, path: str | Path, *, prefix: str = "", key: str | None = None, where: str = "weights"
) -> None:
    """Fill `network` from a state dict (.pt, .pth, .th), a Lightning checkpoint (.ckpt) or safetensors.

    Files of pickles can hold tensors, never code. `key` names the dictionary in the file, its keys joined by dots where
    it is nested; None takes the only one that fits, and of a network and its moving average the network, and says so.
    `prefix` is cut off every key that has it (`module.` of DataParallel, `network.` of a Lightning module); keys
    without it are then not part of the network. Raises ModelError naming what the file holds and which prefix would
    fit. A folder that transformers wrote is read by networks of that package. `where` is the place in the config that
    errors speak of, such as `denoising.network.weights`.
    """
    path = Path(os.path.expandvars(path)).expanduser()
    if said := trouble(path, folders=True):
        if said == ABSENT:
            raise ModelError(f"{where}.path: there is no file {path}; give the path of a state dict")
        raise ModelError(f"{where}.path: {path}: {said}")
    try:
        if hub.is_folder_for(network, path):
            place, state = "", hub.state_of(network, path)
        else:
            place, state = _choose(states_in(path), network, prefix, key)
        _fill(network, state, prefix)
    except ModelError as error:
        raise ModelError(f"{where}: {path}: {error}") from error
    if place not in _USUAL:
        print(shown(f"{path}: the weights are those of `{place}`"))


def _choose(states: Mapping[str, State], network: nn.Module, prefix: str, key: str | None) -> tuple[str, State]:
    """The dictionary to fill the network from, and its place in the file."""
    if key is not None:
        if key not in states:
            raise ModelError(f"no tensors below the key {key!r}; there are some below {_places(list(states))}")
        return key, states[key]
    fitting = [place for place, state in states.items() if not _differences(network, state, prefix)]
    plain = [place for place in fitting if not _AVERAGED.search(place)]
    averaged = [place for place in states if _AVERAGED.search(place) and place not in plain[:1]]
    if len(plain) > 1 and not set(plain) & set(_USUAL):
        raise ModelError(f"{_places(plain)} of the file fit the network; choose one with `key`")
    if plain or fitting:
        place = next((each for each in _USUAL if each in plain), (plain or fitting)[0])
        others = [each for each in averaged if each != place]
        if others:
            print(shown(f"a moving average of the weights lies unused below {_places(others)}; `key` chooses it"))
        return place, states[place]
    raise ModelError(_why_none(states, network, prefix))


def _why_none(states: Mapping[str, State], network: nn.Module, prefix: str) -> str:
    """Why nothing in the file fits, and what would."""
    proposed = {place: found for place, state in states.items() if (found := _fitting_prefix(network, state))}
    if proposed:
        place = min(proposed, key=lambda each: (bool(_AVERAGED.search(each)), each not in _USUAL))
        under = f"`key: {place}` and " if place not in _USUAL or _more_than_one(proposed, place) else ""
        return (
            f"keys do not fit the network with prefix {prefix!r}; they do with {under}`prefix: {proposed[place]}`: "
            f"the file holds {few(sorted(states[place]))}"
        )
    place = max(states, key=lambda each: len(states[each]))
    if place in _USUAL or len(states) == 1:
        return _differences(network, states[place], prefix)
    return f"of {_places(list(states))} none fits; `{place}`: {_differences(network, states[place], prefix)}"


def _more_than_one(proposed: Mapping[str, str], place: str) -> bool:
    """Whether with the prefix of this place another one, not a moving average, would fit as well."""
    return sum(proposed[each] == proposed[place] and not _AVERAGED.search(each) for each in proposed) > 1


def _fitting_prefix(network: nn.Module, state: State) -> str | None:
    """What to cut off the keys of `state` so that they are those of the network, if something does."""
    own = _needed(network)
    if not own:
        return None
    first = own[0]
    for key in [*state, *(key.replace("._orig_mod.", ".") for key in state)]:
        prefix = key.removesuffix(first)
        if prefix and prefix + first == key and not _differences(network, state, prefix):
            return prefix
    return None


def _needed(network: nn.Module) -> list[str]:
    # Batch norm counts its batches; old files lack the count and nothing rests on it.
    return sorted(key for key in network.state_dict() if not key.endswith("num_batches_tracked"))


def _without(state: State, prefix: str) -> State:
    """Keys less a prefix, and less what torch.compile puts before those of parts that it compiled."""
    cut = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
    return {key.replace("._orig_mod.", "."): value for key, value in cut.items()}


def _differences(network: nn.Module, state: State, prefix: str) -> str:
    """In which keys or shapes a dictionary does not fit the network; empty where it does."""
    own, cut = network.state_dict(), _without(state, prefix)
    missing = [key for key in _needed(network) if key not in cut]
    unexpected = sorted(cut.keys() - own.keys())
    if missing or unexpected:
        held = "" if cut else f"; the file holds {few(sorted(state))}"
        return (
            f"keys do not fit the network: missing {few(missing)}, unexpected {few(unexpected)}{held}; check `prefix` "
            f"(now {prefix!r}) and what the network is built from"
        )
    wrong = [key for key in cut if _shape(own[key]) not in (None, tuple(cut[key].shape))]
    if wrong:
        return f"{wrong[0]} has shape {tuple(cut[wrong[0]].shape)}, the network expects {_shape(own[wrong[0]])}"
    return ""


def _shape(tensor: Tensor) -> tuple[int, ...] | None:
    """None of a parameter that takes its shape from the file or from the first image."""
    return None if is_lazy(tensor) else tuple(tensor.shape)


def _places(places: list[str]) -> str:
    return few([f"`{place}`" if place else "the whole file" for place in places], 5)


def _fill(network: nn.Module, state: State, prefix: str) -> None:
    if differences := _differences(network, state, prefix):
        raise ModelError(differences)
    cut = _without(state, prefix)
    require_numbers(cut, network)
    network.load_state_dict(cut, strict=False)
