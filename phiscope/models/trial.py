"""A guarded trial of a network before anything rests on it: it reads the images, and an image's logits are its own."""

from __future__ import annotations

import inspect
import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from phiscope.errors import ModelError, PhiscopeError
from phiscope.models.output import chosen, in_words

_DROPS = re.compile(r"drop|stochasticdepth", re.IGNORECASE)  # layers of others: DropPath, StochasticDepth
ENOUGH = 32  # images that a head and its network are tried on
_ALONE = 8  # of these, run one by one
_RUNS = 3  # of these together
_ENDINGS = {
    "softmax": "the network ends in softmax: what flows into it is taken for the logits",
    "log_softmax": (
        "the network ends in log softmax: what flows into it is taken for the logits, whose differences, and so "
        "margins, are the same"
    ),
    "sigmoid": "the network ends in a sigmoid: what flows into it is taken for the logit",
}
_LEGACY = np.random.mtrand._rand  # what np.random.rand draws from
_REFUSED = 1e-3  # difference of logits of one image, relative to their spread, above which features would be noise


@torch.no_grad()
def require_runs(network: nn.Module, images: Tensor) -> Tensor:
    """The logits (b, classes) of images (b, channels, h, w); ModelError in one sentence where the network fails."""
    _require_fitting_normalisation(network, images)
    with in_evaluation(network):
        try:
            return network(images)
        except PhiscopeError:
            raise
        except Exception as error:  # whatever somebody's code raises
            raise ModelError(_why(network, images, error)) from error


@contextmanager
def in_evaluation(network: nn.Module) -> Iterator[None]:
    """Evaluation mode within; afterwards every module is in the mode that it was in."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def left_in_training(network: nn.Module) -> list[str]:
    """Names of layers that are in training mode and compute otherwise there: dropout, batch norm, random depth.

    Of the network as a factory returns it. A run computes in evaluation mode whatever the factory left; where this list
    is not empty, the factory's own program may have measured its accuracy in the other.
    """
    kinds = (nn.modules.batchnorm._NormBase, nn.modules.dropout._DropoutNd, nn.RReLU)
    return [
        name
        for name, module in network.named_modules()
        if module.training and (isinstance(module, kinds) or _DROPS.search(type(module).__name__))
    ]


def returned(network: nn.Module, images: Tensor) -> str:
    """Which part of what the network inside a `Normalised` returns is taken for its logits; empty where it is all."""
    inner = getattr(network, "network", None)
    if not isinstance(inner, nn.Module):
        return ""
    told: list[str] = []
    choice: Any = getattr(network, "output", None)

    def note(_: nn.Module, __: Any, output: Any) -> None:
        tensor, what = chosen(output, choice)
        if what:
            told.append(f"the network returns {in_words(output)}: {what} is taken for the logits (classifier.output)")
        elif tensor.dim() == 1 or tensor.shape[1:].numel() == 1:
            told.append("the network returns one number: of two classes, the second lies where the logit is positive")

    handle = inner.register_forward_hook(note)
    try:
        require_runs(network, images)
    finally:
        handle.remove()
    if ending := getattr(network, "ending", ""):
        told.insert(1, _ENDINGS[ending])
    return "; ".join(told[:2])


def _require_fitting_normalisation(network: nn.Module, images: Tensor) -> None:
    for name in ("mean", "deviation"):
        values, channels = getattr(network, name, None), images.shape[1]
        if isinstance(values, Tensor) and values.numel() not in (1, channels):
            raise ModelError(
                f"classifier.normalise.{name} has {values.numel()} numbers, the images are {_size(images)}; "
                f"give one number, or one for each of {channels} channels"
            )


def _why(network: nn.Module, images: Tensor, error: Exception) -> str:
    """What to tell of an error of the forward pass: the innermost layer that failed, what it got and what it wants."""
    name, module, given = _failing(network, images)
    said, of = str(error).strip().splitlines() or [type(error).__name__], f"images are {_size(images)}"
    missing = _missing(module)
    if isinstance(error, TypeError) and missing and len(given) == 1:
        return (
            f"the network ({type(module).__name__}) wants {', '.join(missing)} beside the images; let the factory "
            "return a network that takes images alone"
        )
    shape = tuple(given[0].shape) if given and isinstance(given[0], Tensor) else ()
    if (wanted := getattr(module, "in_channels", None)) and len(shape) == 4 and shape[1] != wanted:
        first = "the network" if shape[1:] == tuple(images.shape[1:]) else f"layer {name!r} of the network"
        return (
            f"{of}, {first} wants {wanted} channel{'s' * (wanted > 1)} and gets {shape[1]}; correct "
            "classifier.arguments, or read the images with as many channels"
        )
    if (wanted := getattr(module, "in_features", None)) and shape and shape[-1] != wanted:
        return (
            f"{of}, from which layer {name!r} of the network gets {shape[-1]} numbers and wants {wanted}: the network "
            "is made for images of another size; give it such, or correct classifier.arguments"
        )
    if "same device" in str(error):
        return (
            f"the network lies on {images.device}, but {name or type(network).__name__!r} has tensors that were not "
            "moved there with it; register them as buffers (`register_buffer`), or say device: cpu"
        )
    got = f" on an input of shape {shape}" if shape else ""
    return f"{of}, and the network fails in {name or type(network).__name__!r}{got}: {said[0]}"


def _failing(network: nn.Module, images: Tensor) -> tuple[str, nn.Module, tuple[Any, ...]]:
    """Name, module and inputs of the innermost module in which the forward pass fails."""
    inside: list[tuple[str, nn.Module, tuple[Any, ...]]] = []
    handles = []
    for name, module in network.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            continue

        def enter(module: nn.Module, given: tuple[Any, ...], name: str = name) -> None:
            inside.append((name, module, given))

        handles += [module.register_forward_pre_hook(enter), module.register_forward_hook(lambda *_: _left(inside))]
    try:
        with torch.no_grad():
            network(images)
    except Exception:  # the one that is being explained
        return inside[-1] if inside else ("", network, (images,))
    finally:
        for handle in handles:
            handle.remove()
    return "", network, (images,)


def _left(inside: list[Any]) -> None:
    inside.pop()


def _missing(module: nn.Module) -> list[str]:
    """Parameters of its forward pass, beyond the first, that have no default."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.KEYWORD_ONLY)
    try:
        parameters = list(inspect.signature(module.forward).parameters.values())[1:]
    except (TypeError, ValueError):
        return []
    return [f"`{each.name}`" for each in parameters if each.default is each.empty and each.kind in kinds]


def _size(images: Tensor) -> str:
    return "x".join(map(str, images.shape[1:]))


@torch.no_grad()
def require_steady(network: nn.Module, images: Tensor) -> str:
    """Run the same images again, in other batches and alone; how far the logits differ, in words.

    images (b, channels, h, w), of which `ENOUGH` do. Raises ModelError where they differ by more than a thousandth of
    their spread: features, distances and certificates would be those of one draw, or of one batch.
    """
    network.eval()
    images = images[:ENOUGH]
    with _own_randomness() as draws:
        logits = require_runs(network, images)
        if not bool(logits.isfinite().all()):
            raise ModelError(
                "the network gives logits that are not finite numbers; check its weights and classifier.normalise"
            )
        spread = max(float(logits.std()), 1e-6 * float(logits.abs().max()), 1e-30)
        few = images[:_ALONE]
        once, *repeats = [network(few) for _ in range(_RUNS)]
        again = max(_largest(repeat - once) for repeat in repeats)
        batches = max(_largest(once - logits[:_ALONE]), _in_batches(network, images, logits))
        drawn = draws()
    if again > _REFUSED * spread or (drawn and batches > _REFUSED * spread):
        raise ModelError(
            f"the same images get other logits when the network runs again, by up to {max(again, batches):.2g} where "
            f"logits spread by {spread:.2g}: it draws random numbers in evaluation (dropout, noise, random depth); let "
            f"it draw only while `self.training`{_named(_in_training(network), ', as in')}"
        )
    if batches > _REFUSED * spread:
        culprits = _batch_norms(network)
        raise ModelError(
            f"the logits of an image rest on the other images of its batch, by up to {batches:.2g} where logits spread "
            f"by {spread:.2g}: {_named(culprits, 'statistics of the batch are taken in') or 'something mixes images'}; "
            "let it use running statistics, in evaluation mode"
        )
    return (
        f"{len(images)} images run again, in other batches and alone: logits differ by at most "
        f"{max(again, batches) / spread:.0e} of their spread"
    )


def _in_batches(network: nn.Module, images: Tensor, logits: Tensor) -> float:
    """Largest difference of logits between one batch, two smaller ones, and images alone."""
    cut = max(1, len(images) // 3)
    parts = [images[:cut], images[cut:], *images[:_ALONE].split(1)]
    expected = [logits[:cut], logits[cut:], *logits[:_ALONE].split(1)]
    worst = 0.0
    for part, wanted in zip(parts, expected, strict=True):
        if not len(part):
            continue
        try:
            worst = max(worst, _largest(network(part) - wanted))
        except Exception as error:  # batch norm in training mode refuses one image, in words of its own
            if _batch_norms(network):
                return float("inf")
            raise ModelError(f"the network cannot run {len(part)} images alone: {error}") from error
    return worst


def _largest(difference: Tensor) -> float:
    return float(difference.abs().nan_to_num(torch.inf).max())


def _batch_norms(network: nn.Module) -> list[str]:
    """Names of batch norms that take the statistics of the batch they see."""
    kinds = (nn.modules.batchnorm._BatchNorm,)
    norms = [(name, module) for name, module in network.named_modules() if isinstance(module, kinds)]
    return [name for name, module in norms if module.training or module.running_mean is None]


def _in_training(network: nn.Module) -> list[str]:
    return [name for name, module in network.named_modules() if module.training and not list(module.children())]


def _named(names: list[str], before: str) -> str:
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f"{before} {', '.join(map(repr, names[:2]))}{more}" if names else ""


@contextmanager
def _own_randomness() -> Iterator[Callable[[], bool]]:
    """Random numbers within are those of a seed; yields whether any was drawn. Afterwards it is as if none were."""
    kept, python, numpy = torch.get_rng_state(), random.getstate(), _LEGACY.get_state()
    begun = (torch.manual_seed(0).get_state(), python, _plain(numpy))

    def drawn() -> bool:
        now = (torch.get_rng_state(), random.getstate(), _plain(_LEGACY.get_state()))
        return not torch.equal(now[0], begun[0]) or now[1:] != begun[1:]

    try:
        yield drawn
    finally:
        torch.set_rng_state(kept)
        random.setstate(python)
        _LEGACY.set_state(numpy)


def _plain(state: Mapping[str, Any] | tuple[Any, ...]) -> tuple[Any, ...]:
    """NumPy's random state in a form that compares."""
    return tuple(each.tobytes() if isinstance(each, np.ndarray) else each for each in tuple(state))
