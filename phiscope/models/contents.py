"""What a file of weights holds, read without running anything of it; where it is something else, what that is."""

from __future__ import annotations

import itertools
import os
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from phiscope.datasets.archives import require_plain
from phiscope.datasets.files import beginning, mistaken, trouble
from phiscope.datasets.limits import MOST_ENTRIES
from phiscope.errors import DataError, ModelError

State = dict[str, Tensor]

_ANEW = (
    "save its tensors anew with two lines in the program that made it: "
    "`state = {key: value.cpu() for key, value in model.state_dict().items()}` and "
    '`torch.save(state, "weights.pt")`'
)
_EXPECTED = "expected a state dict of torch, a Lightning checkpoint or safetensors"
_DAMAGED = "is damaged or cut off; get or save it once more"
_PART = 2**20  # bytes
_DEEP = 4  # levels of dictionaries that are searched for tensors
# Beginnings of files that are no weights of torch.
_BEGINNINGS = {
    b"\x89HDF": "a file of HDF5, as Keras writes it",
    b"\x93NUMPY": "an array of NumPy",
    b"GGUF": "a file of GGUF",
    b"\x1f\x8b": "compressed with gzip; unpack it first",
    b"7z\xbc\xaf": "an archive of 7-Zip; unpack it first",
    b"Rar!": "an archive of RAR; unpack it first",
    b"%PDF": "a PDF document",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
}
_LEGACY = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # with which torch began its files before they were archives
# Words that names of an accuracy of a whole network are made of: `best_prec1`, `val/acc@1`, `testAccuracy`. Another
# word makes it something else: of training, of five guesses, an error, the epoch of the best one.
_NAME = 200  # characters of a key that may name one
_ACCURACY = {"acc", "accuracy", "prec"}
_AROUND = {"1", "at", "best", "clean", "current", "eval", "final", "last", "max", "model", "natural", "score"}
_OF_SPLITS = {"test": 2, "testing": 2, "val": 1, "valid": 1, "validation": 1}  # which goes first
_SUFFIXES = {
    ".onnx": "a network of ONNX",
    ".tflite": "a network of TensorFlow Lite",
    ".pb": "a graph of TensorFlow",
    ".h5": "a file of HDF5, as Keras writes it",
    ".msgpack": "a file of Flax",
    ".keras": "a network of Keras",
    ".index": "a checkpoint of TensorFlow",
    ".pdparams": "a file of PaddlePaddle",
}


def states_in(path: Path) -> dict[str, State]:
    """Every dictionary of tensors in a file, by its place there: `` for the whole file, else keys joined by dots.

    Pickles are opened with `weights_only=True`: they can hold tensors, never code. Raises ModelError in one sentence
    that says what the file is.
    """
    if path.is_dir():
        raise ModelError(f"is a folder with {few(_names_in(path))}; name the file of weights in it")
    head = _head(path)
    _require_weights(path, head)
    if path.suffix == ".safetensors" or head[8:9] == b"{":
        return {"": _safetensors(path)}
    if head[:2] == b"PK":
        _require_whole(path)
    content = _pickled(path, head)
    states = dict(_dictionaries(content, "", _DEEP))
    if not states:
        held = few([str(key) for key in content]) if isinstance(content, Mapping) else type(content).__name__
        raise ModelError(f"expected a dict of tensors, or one below a key; found {held}")
    return states


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))
    except OSError as error:
        raise ModelError(f"cannot be read ({error.strerror})") from error


def _head(path: Path) -> bytes:
    """The first bytes of a file; ModelError where it cannot be opened as one."""
    if said := trouble(path):
        raise ModelError(said)
    return beginning(path)


def stated_accuracy(path: str | Path) -> float | None:
    """The share of images, in (0, 1], that a file of weights says its network classifies correctly, else None.

    Read are numbers by name (`best_prec1`, `test_acc`, `top1`) beside the weights of a pickle, what a checkpoint of
    Lightning watches, and the metadata of safetensors; above 1 they are per cent. A pickle is opened as tensors only,
    so that what is refused states nothing. Of several, one of test images goes before one of validation images, and
    the file's own before the best of a training, which other weights may have.
    """
    path = Path(os.path.expandvars(path)).expanduser()
    try:
        head = _head(path)
        _require_weights(path, head)
        is_safetensors = path.suffix == ".safetensors" or head[8:9] == b"{"
        content = _metadata(path) if is_safetensors else _pickled(path, head)
    except (ModelError, OSError):
        return None
    stated = _accuracies(content, _DEEP)
    return max(stated, key=lambda each: _precedence(each[0]), default=("", None))[1]


def _precedence(name: str) -> tuple[int, bool]:
    words = set(_words(name))
    return max(_OF_SPLITS.get(word, 0) for word in words), not words & {"best", "max"}


def _accuracies(content: Any, depth: int, seen: Iterator[int] | None = None) -> list[tuple[str, float]]:
    """Names and values of accuracies in nested dictionaries, as shares."""
    seen = itertools.count(1) if seen is None else seen
    if not isinstance(content, Mapping) or not depth:
        return []
    entries = itertools.takewhile(lambda _: next(seen) <= MOST_ENTRIES, content.items())
    content = {key: value for key, value in entries if not {"train", "training"} & set(_words(str(key)[:_NAME]))}
    found: list[tuple[str, Any]] = [(str(key), value) for key, value in content.items()]
    if isinstance(content.get("monitor"), str):  # of Lightning: the name stands beside the numbers
        found += [(f"{content['monitor']} {key}", content.get(f"{key}_score")) for key in ("current", "best_model")]
    shares = [(name, share) for name, value in found if _names_accuracy(name) and (share := _share(value))]
    return shares + [each for value in content.values() for each in _accuracies(value, depth - 1, seen)]


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)]


def _names_accuracy(name: str) -> bool:
    words = set(_words(name))
    named = bool(words & _ACCURACY) or {"top", "1"} <= words
    return named and words <= _ACCURACY | _AROUND | _OF_SPLITS.keys() | {"top"}


def _share(value: Any) -> float | None:
    """A number as a share in (0, 1]; None where it is none, or 0, which a checkpoint begins with."""
    try:
        number = float(value.removesuffix("%") if isinstance(value, str) else value)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None
    if isinstance(value, bool) or not 0 < number <= 100:
        return None
    return number if number <= 1 else number / 100


def _metadata(path: Path) -> Mapping[str, str]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            return file.metadata() or {}
    except (SafetensorError, ValueError) as error:
        raise ModelError("is no whole file of safetensors") from error


def few(names: list[str], most: int = 3) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more if names else "none"


def _require_weights(path: Path, head: bytes) -> None:
    """Say what a file is that holds no weights of torch, by how it begins and by its name."""
    if said := mistaken(head):
        raise ModelError(f"{said}; {_EXPECTED}")
    found = next((words for start, words in _BEGINNINGS.items() if head.startswith(start)), None)
    if head[4:8] == b"TFL3":
        found = _SUFFIXES[".tflite"]
    elif head[257:262] == b"ustar" and path.suffix != ".pt":
        found = "an archive of tar; unpack it first"
    elif head[:1] in b"{[" and path.suffix != ".safetensors":
        found = "a text of JSON"
    elif head[:2] != b"PK" and head[:1] != b"\x80" and path.suffix in _SUFFIXES:
        found = _SUFFIXES[path.suffix]
    elif head[:2] == b"PK" and _is_archive(path):
        found = _in_archive(path)
    if found:
        raise ModelError(f"is {found}; {_EXPECTED}")


def _is_archive(path: Path) -> bool:
    try:
        return zipfile.is_zipfile(path)
    except zipfile.BadZipFile:  # its end says what none can be
        return False


def _in_archive(path: Path) -> str | None:
    """What an archive of zip holds, unless it is torch's form of a pickle."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            require_plain(archive, path.stat().st_size)
    except DataError as error:
        raise ModelError(str(error)) from error
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise ModelError(
            "is damaged or cut off: an archive without its list of members; get or save it once more"
        ) from error
    last = {name.rsplit("/", 1)[-1] for name in names}
    if "constants.pkl" in last:
        return "an archive of TorchScript, which is a program; save the state dict of the network it was made of"
    if "data.pkl" in last:
        return None
    if any(name.endswith(".npy") for name in names):
        return "a file of NumPy arrays"
    if "model.weights.h5" in last:
        return _SUFFIXES[".keras"]
    return f"an archive with {few(names)}; unpack it first"


def _require_whole(path: Path) -> None:
    """Raise ModelError where a member of an archive is not what its checksum says, which torch does not look at.

    Archives that were saved without checksums have zeros in their place.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    while member.CRC and file.read(_PART):
                        pass
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise ModelError(
            "is damaged or cut off: it holds not what its checksums say; get or save it once more"
        ) from error


def _safetensors(path: Path) -> State:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError, RuntimeError, MemoryError) as error:
        said = str(error).partition("\n")[0][:200]  # which lists every type there is where one is unknown
        raise ModelError(
            f"is no whole file of safetensors, of {path.stat().st_size:,} bytes ({said}): it is damaged or cut off; "
            "get or save it once more"
        ) from error


def _pickled(path: Path, head: bytes) -> Any:
    import torch

    try:
        with warnings.catch_warnings(action="ignore"):  # about pickles that are refused in the next line
            return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file can fail in any way
        raise ModelError(_refused(str(error), head)) from error


def _refused(said: str, head: bytes) -> str:
    """One sentence of ours for what torch says, whose own text advises to switch safety off."""
    if named := re.search(r"(?:GLOBAL|Unsupported global:|Unsupported class|class)\s+([A-Za-z_][\w.]*\.[\w.]+)", said):
        return (
            f"holds {named[1].strip('.')}, which is not a tensor and could run code when opened, so that it stays "
            f"closed: {_ANEW}"
        )
    if "zip archive" in said or "central directory" in said or "PytorchStreamReader" in said:
        return "is damaged or cut off: an archive without its end; get or save it once more"
    if head[:2] == b"PK" or head.startswith(_LEGACY) or _LEGACY.startswith(head) or "Ran out of input" in said:
        return _DAMAGED
    if head[:1] == b"\x80":
        return f"is a pickle that torch.save did not write, which could run code and so stays closed: {_ANEW}"
    return "not a file of tensors that torch, Lightning or safetensors wrote; name the file of the weights"


def _dictionaries(content: Any, place: str, depth: int, seen: Iterator[int] | None = None) -> list[tuple[str, State]]:
    """Dictionaries of tensors in nested ones, the outermost first. Raises ModelError where they are too many."""
    seen = itertools.count(1) if seen is None else seen
    if not isinstance(content, Mapping) or not depth:
        return []
    state = {key: value for key, value in content.items() if isinstance(key, str) and isinstance(value, Tensor)}
    found = [(place, state)] if state else []
    for key, value in content.items():
        if next(seen) > MOST_ENTRIES:
            raise ModelError(f"holds more than {MOST_ENTRIES:,} entries in dictionaries; save the state dict alone")
        if isinstance(key, str):
            found += _dictionaries(value, f"{place}.{key}" if place else key, depth - 1, seen)
    return found
