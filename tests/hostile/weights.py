"""Weights: safetensors, state dicts and checkpoints of torch, and what is taken for them."""

from __future__ import annotations

import argparse
import io
import json
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

from tests.hostile import asking
from tests.hostile.arrays import Runs, written
from tests.hostile.bombs import deflated_zeros, npy, zip_file
from tests.hostile.case import add, case

WEIGHTS = asking.weights()
STATE = asking.state()
SAFE = save(STATE)


def torch_bytes(content: Any, **options: Any) -> bytes:
    kept = io.BytesIO()
    torch.save(content, kept, **options)
    return kept.getvalue()


def saved(change=lambda state: state, **options: Any):
    """A state dict with something changed."""

    def make(folder: Path) -> Path:
        (folder / "w.pt").write_bytes(torch_bytes(change(dict(STATE)), **options))
        return folder / "w.pt"

    return make


ZIPPED, LEGACY = torch_bytes(STATE), torch_bytes(STATE, _use_new_zipfile_serialization=False)
for form, content, name in (
    ("safetensors", SAFE, "w.safetensors"),
    ("zipped", ZIPPED, "w.pt"),
    ("legacy", LEGACY, "w.pth"),
):
    add(f"whole {form}", "weights", written(content, name), WEIGHTS, gives="first")
    for where, end in (
        ("at the beginning", 12),
        ("in its header", 300),
        ("in the middle", len(content) // 2),
        ("by a byte", -1),
    ):
        add(f"{form} weights cut {where}", "cut off", written(content[:end], name), WEIGHTS, "cut off")
    add(f"{form} weights for a head", "weights", written(content, name), asking.head, "expected `weight`")
add("empty weights", "empty", written(b"", "w.pt"), WEIGHTS, "is empty")
add("empty safetensors", "empty", written(b"", "w.safetensors"), WEIGHTS, "is empty")
add("text for weights", "something else", written(b"hello\n" * 9, "w.pt"), WEIGHTS, "not a file of tensors")
add("text for safetensors", "something else", written(b"hello\n" * 9, "w.safetensors"), WEIGHTS, "safetensors")
add("page for weights", "something else", written(b"<!DOCTYPE html>", "w.pt"), WEIGHTS, "page of the web")
add("page for safetensors", "something else", written(b"  <html>", "w.safetensors"), WEIGHTS, "page of the web")
add(
    "pointer for weights",
    "something else",
    written(b"version https://git-lfs.github.com/spec/v1\n", "w.pt"),
    WEIGHTS,
    "Git LFS",
)
add("array for weights", "something else", written(npy(np.zeros(3)), "w.pt"), WEIGHTS, "array of NumPy")
add(
    "archive for weights",
    "archives",
    written(zip_file([("w.pt", ZIPPED, len(ZIPPED), 0)]), "w.zip"),
    WEIGHTS,
    "unpack it first",
)


# Safetensors.


def safe(header: Any, data: bytes = b"", length: int | None = None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return written(struct.pack("<Q", len(text) if length is None else length) + text + data, "w.safetensors")


ONE = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
add("safetensors with a header of exabytes", "promises", safe(b"{}", length=2**63), WEIGHTS, "safetensors")
add("safetensors with a header of a gigabyte", "promises", safe(b"{}", length=2**30), WEIGHTS, "safetensors")
add(
    "safetensors that promises petabytes",
    "promises",
    safe({"a": {"dtype": "F32", "shape": [2**50], "data_offsets": [0, 2**52]}}, bytes(8)),
    WEIGHTS,
    "safetensors",
)
add(
    "safetensors whose shape overflows",
    "promises",
    safe({"a": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 8]}}, bytes(8)),
    WEIGHTS,
    "safetensors",
)
add(
    "safetensors with overlapping tensors", "damaged", safe({"a": ONE, "b": ONE}, bytes(8)), WEIGHTS, "safetensors|keys"
)
add(
    "safetensors with a key twice",
    "damaged",
    safe(
        b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}',
        bytes(16),
    ),
    WEIGHTS,
    "safetensors|keys",
)
add("safetensors nested too deep", "damaged", safe(b'{"a":' + b"[" * 100_000), WEIGHTS, "safetensors")
add("safetensors that is no JSON", "damaged", safe(b"{" + b"\xff" * 50), WEIGHTS, "safetensors")
add("safetensors without tensors", "empty", safe({}), WEIGHTS, "no tensors|keys")
add(
    "safetensors with hostile keys",
    "names",
    safe({"a\nb\x1b[2J\u202e": ONE}, bytes(8)),
    WEIGHTS,
    r"a\\nb\\x1b\[2J\\u202e",
)
add("safetensors with a key of a megabyte", "names", safe({"k" * 2**20: ONE}, bytes(8)), WEIGHTS, "keys")
add("safetensors of an unknown type", "damaged", safe({"a": ONE | {"dtype": "Q99"}}, bytes(8)), WEIGHTS, "safetensors")
add(
    "safetensors with metadata of numbers",
    "damaged",
    safe({"__metadata__": {"a": 1}, "a": ONE}, bytes(8)),
    WEIGHTS,
    "safetensors",
)
add("safetensors of 8 bits", "weights", lambda f: of_kind(f, torch.float8_e4m3fn), WEIGHTS, "float8")


def of_kind(folder: Path, kind: torch.dtype) -> Path:
    (folder / "w.safetensors").write_bytes(save({key: value.to(kind) for key, value in STATE.items()}))
    return folder / "w.safetensors"


# Pickles.
class Mine:
    pass


add("a pickle that runs code", "code", written(pickle.dumps(Runs()), "w.pkl"), WEIGHTS, "could run code")
add(
    "a pickle that runs code as .th",
    "code",
    written(pickle.dumps({"state_dict": Runs()}), "w.th"),
    WEIGHTS,
    "could run code",
)
add(
    "a pickle of a builtin",
    "code",
    written(b'cbuiltins\nexec\n(S\'open(__import__("os").environ["PHISCOPE_CANARY"], "w")\'\ntR.', "w.pkl"),
    WEIGHTS,
    "weights|code",
)
add("a pickle for a head", "code", written(pickle.dumps(Runs()), "w.pkl"), asking.head, "could run code")
add(
    "a checkpoint that runs code",
    "code",
    saved(lambda state: {"state_dict": state, "more": Runs()}),
    WEIGHTS,
    "system, which is not a tensor",
)
add(
    "a legacy checkpoint that runs code",
    "code",
    saved(lambda state: {"state_dict": state, "more": Runs()}, _use_new_zipfile_serialization=False),
    WEIGHTS,
    "system, which is not a tensor",
)
add(
    "a checkpoint with arguments",
    "code",
    saved(lambda state: {"state_dict": state, "args": argparse.Namespace(a=1)}),
    WEIGHTS,
    "argparse.Namespace, which is not a tensor",
)
add("a checkpoint with a function of torch", "code", written(b"", "w.pt"), WEIGHTS, "empty")
add("a whole network", "code", lambda f: whole(f), WEIGHTS, "could run code")
add("a program of TorchScript", "code", lambda f: scripted(f), WEIGHTS, "TorchScript")
add(
    "joblib for weights",
    "code",
    written(b"\x80\x04\x95" + pickle.dumps(STATE["0.weight"].numpy())[3:], "w.joblib"),
    WEIGHTS,
    "could run code|numpy",
)


def whole(folder: Path) -> Path:
    torch.save(asking.network(), folder / "w.pt")
    return folder / "w.pt"


def scripted(folder: Path) -> Path:
    import warnings

    with warnings.catch_warnings(action="ignore"):
        torch.jit.save(torch.jit.script(asking.network()), folder / "w.pt")
    return folder / "w.pt"


def repacked(change):
    """torch's own archive with other members."""

    def make(folder: Path) -> Path:
        with zipfile.ZipFile(io.BytesIO(ZIPPED)) as archive:
            members = [(name, archive.read(name)) for name in archive.namelist()]
        (folder / "w.pt").write_bytes(zip_file(change([(name, data, len(data), 0) for name, data in members])))
        return folder / "w.pt"

    return make


def zeros(members: list) -> list:
    return [
        each if not each[0].endswith("data/0") else (each[0], deflated_zeros(8 * 2**30), 8 * 2**30, 8)
        for each in members
    ]


add("a tensor of 8 GiB of zeros", "bombs", repacked(zeros), WEIGHTS, "unpacks to")
add(
    "a member of 8 GiB beside the weights",
    "bombs",
    repacked(lambda m: [*m, ("archive/spare", deflated_zeros(8 * 2**30), 8 * 2**30, 8)]),
    WEIGHTS,
    "unpacks to",
)
add(
    "a member of weights twice",
    "archives",
    repacked(lambda m: [*m, next(each for each in m if each[0].endswith("data/0"))]),
    WEIGHTS,
    "twice",
)
add(
    "a member of weights that leads out",
    "archives",
    repacked(lambda m: [*m, ("../../x", b"x", 1, 0)]),
    WEIGHTS,
    "leads out",
)
add(
    "weights without their data",
    "damaged",
    repacked(lambda m: [each for each in m if "/data/" not in each[0]]),
    WEIGHTS,
    "damaged|cut off",
)
add(
    "weights without their pickle",
    "damaged",
    repacked(lambda m: [each for each in m if "data.pkl" not in each[0]]),
    WEIGHTS,
    "archive",
)


def flipped(folder: Path) -> Path:
    """A bit of the largest exponent of a weight, which torch reads without a word."""
    content = bytearray(ZIPPED)
    content[ZIPPED.find(STATE["0.weight"].numpy().tobytes()[:8]) + 3] ^= 0x40
    (folder / "w.pt").write_bytes(content)
    return folder / "w.pt"


def without_checksums(folder: Path) -> Path:
    torch.serialization.set_crc32_options(False)
    torch.save(STATE, folder / "w.pt")
    return folder / "w.pt"


add("weights with a bit turned", "damaged", flipped, WEIGHTS, "checksums")
add("a head with a bit turned", "damaged", flipped, asking.head, "checksums")
add("weights without checksums", "weights", without_checksums, WEIGHTS, gives="first -0.002496")


def pickled(program: bytes) -> bytes:
    """A legacy file of torch whose content is this pickle."""
    return (
        pickle.dumps(0x1950A86A20F9469CFC6C, 2)
        + pickle.dumps(1001, 2)
        + pickle.dumps({"little_endian": True}, 2)
        + program
    )


STORAGE = b"(X\x07\x00\x00\x00storageq\x00ctorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu\x8a\x08%sNtQ"
REBUILD = b"\x80\x02}X\x01\x00\x00\x00actorch._utils\n_rebuild_tensor_v2\n"
REBUILD += b"(%sK\x00(%st(%stI00\nccollections\nOrderedDict\n)RtRs."
KEYS = pickle.dumps(["0"], 2) + struct.pack("<q", 2) + struct.pack("<2f", 1, 2)


def number(value: int) -> bytes:
    return b"\x8a\x08" + struct.pack("<q", value)


def crafted(size: int, shape: tuple[int, ...], stride: tuple[int, ...]) -> bytes:
    storage = STORAGE % struct.pack("<q", size)
    return pickled(REBUILD % (storage, b"".join(map(number, shape)), b"".join(map(number, stride)))) + KEYS


add(
    "a storage of petabytes",
    "promises",
    written(crafted(2**50, (2,), (1,)), "w.pth"),
    WEIGHTS,
    "damaged|cut off|not whole",
)
add(
    "a storage of 7 GB",
    "promises",
    written(crafted(7 * 10**9 // 4, (2,), (1,)), "w.pth"),
    WEIGHTS,
    "damaged|cut off|not whole",
)
add(
    "a tensor outside its storage",
    "promises",
    written(crafted(2, (2**40,), (1,)), "w.pth"),
    WEIGHTS,
    "damaged|cut off|not whole",
)
EXPANDED = torch.zeros(2).as_strided((2**50,), (0,))
TALL = torch.zeros(2).as_strided((2**38, 4), (0, 0))
for form, options in (("zipped", {}), ("legacy", {"_use_new_zipfile_serialization": False})):
    for where, ask, says in (("weights", WEIGHTS, "keys do not fit"), ("a head", asking.head, "expected `weight`")):
        add(
            f"a tensor of petabytes by its strides for {where}, {form}",
            "promises",
            written(torch_bytes({"a": EXPANDED}, **options), "w.pt"),
            ask,
            says,
        )
    add(
        f"weights of petabytes by their strides, {form}",
        "promises",
        saved(lambda s: s | {"0.weight": EXPANDED}, **options),
        WEIGHTS,
        "0.weight has shape",
    )
    add(
        f"a head of terabytes by its strides, {form}",
        "promises",
        written(torch_bytes({"weight": TALL}, **options), "w.pt"),
        asking.head,
        "weight claims 1,099,511,627,776 numbers",
    )
add("strides below zero", "promises", written(crafted(2, (2,), (-1,)), "w.pth"), WEIGHTS, "damaged|cut off|not whole")


def nested(folder: Path) -> Path:
    """Four levels of a thousand keys, all of the same dictionaries: 10^12 of them to whoever visits each."""
    inner: Any = {"x": torch.zeros(1)}
    for _ in range(4):
        inner = {f"k{k}": inner for k in range(1000)}
    torch.save(inner, folder / "w.pt")
    return folder / "w.pt"


def circular(folder: Path) -> Path:
    content: dict = {"a": torch.zeros(1)}
    content["again"] = content
    torch.save(content, folder / "w.pt")
    return folder / "w.pt"


add("dictionaries of dictionaries", "bombs", nested, WEIGHTS, "more than 262,144 entries")
add("a dictionary that holds itself", "damaged", circular, WEIGHTS, "keys do not fit|none fits")


# State dicts of something else.
def with_first(change):
    return saved(lambda state: state | {"0.weight": change(state["0.weight"])})


def named(change):
    return saved(lambda state: {change(key): value for key, value in state.items()})


add("NaN in weights", "numbers", with_first(lambda w: w * float("nan")), WEIGHTS, "0.weight.*(NaN|not finite)")
add(
    "one NaN in weights",
    "numbers",
    with_first(lambda w: torch.where(w == w.max(), float("nan"), w)),
    WEIGHTS,
    "0.weight.*(NaN|not finite)",
)
add("infinity in weights", "numbers", with_first(lambda w: w + float("inf")), WEIGHTS, "0.weight.*not finite")
add(
    "NaN in a mean of batch norm",
    "numbers",
    saved(lambda s: s | {"1.running_mean": s["1.running_mean"] * float("nan")}),
    WEIGHTS,
    "1.running_mean.*not finite",
)
add(
    "a negative variance",
    "numbers",
    saved(lambda s: s | {"1.running_var": -s["1.running_var"]}),
    WEIGHTS,
    "1.running_var.*negative",
)
add(
    "NaN in safetensors",
    "numbers",
    written(save({k: v * float("nan") if v.is_floating_point() else v for k, v in STATE.items()}), "w.safetensors"),
    WEIGHTS,
    "not finite",
)
add("complex weights", "numbers", with_first(lambda w: w + 1j), WEIGHTS, "0.weight.*complex")
add("whole numbers for weights", "numbers", with_first(lambda w: (w * 99).to(torch.int8)), WEIGHTS, "0.weight.*int8")
add("truth values for weights", "numbers", with_first(lambda w: w > 0), WEIGHTS, "0.weight.*bool")
add(
    "quantised weights",
    "numbers",
    with_first(lambda w: torch.quantize_per_tensor(w, 0.1, 0, torch.qint8)),
    WEIGHTS,
    "0.weight.*qu?int8",
)
add("sparse weights", "numbers", with_first(lambda w: w.to_sparse()), WEIGHTS, "0.weight.*sparse")
add("weights without numbers", "numbers", with_first(lambda w: w.to("meta")), WEIGHTS, "0.weight.*(meta|no numbers)")
add(
    "weights too large for float32",
    "numbers",
    with_first(lambda w: w.double() * 1e300),
    WEIGHTS,
    "0.weight.*(too large|not finite)",
)
add("a number for a weight", "weights", with_first(lambda w: w.sum()), WEIGHTS, "0.weight has shape \\(\\)")
add("wrong shapes", "weights", with_first(lambda w: w[:, :, :2]), WEIGHTS, "0.weight has shape")
add(
    "missing keys",
    "weights",
    saved(lambda s: {k: v for k, v in s.items() if not k.startswith("3")}),
    WEIGHTS,
    "missing 3.bias",
)
add("extra keys", "weights", saved(lambda s: s | {"9.weight": s["0.weight"]}), WEIGHTS, "unexpected 9.weight")
add("another architecture", "weights", saved(lambda s: nn.Linear(3, 4).state_dict()), WEIGHTS, "missing")
add("hostile keys", "names", named(lambda key: f"\x1b[2J\u202e\n{key}"), WEIGHTS, r"\\x1b\[2J\\u202e\\n")
add(
    "thousands of keys",
    "names",
    saved(lambda s: {f"layer{k}.weight": torch.zeros(()) for k in range(2_000)}),
    WEIGHTS,
    "keys do not fit",
)
add(
    "keys that are numbers",
    "weights",
    saved(lambda s: dict(enumerate(s.values()))),
    WEIGHTS,
    "expected a dict of tensors",
)
add("a list of tensors", "weights", saved(lambda s: list(s.values())), WEIGHTS, "expected a dict of tensors")
add("one tensor", "weights", saved(lambda s: s["0.weight"]), WEIGHTS, "expected a dict of tensors")
add(
    "an accuracy of NaN",
    "weights",
    saved(lambda s: {"state_dict": s, "best_acc": float("nan"), "top1": 10**400}),
    WEIGHTS,
    gives="None",
)


@case("NaN in a head of torch", "numbers", asking.head, "finite")
def nan_head(folder: Path) -> Path:
    torch.save({"weight": torch.full((3, 4), float("nan")), "bias": torch.zeros(3)}, folder / "h.pt")
    return folder / "h.pt"


@case("a complex head of torch", "numbers", asking.head, "complex")
def complex_head(folder: Path) -> Path:
    torch.save({"weight": torch.ones((3, 4)) * 1j, "bias": torch.zeros(3)}, folder / "h.pt")
    return folder / "h.pt"


@case("a sparse head of torch", "numbers", asking.head, "sparse")
def sparse_head(folder: Path) -> Path:
    torch.save({"weight": torch.eye(3, 4).to_sparse(), "bias": torch.zeros(3)}, folder / "h.pt")
    return folder / "h.pt"


@case("a head whose lower bound is NaN", "numbers", asking.head, "lower bound nan")
def bound_of_nan(folder: Path) -> Path:
    from safetensors.torch import save_file

    about = {"layer": "x", "lower_bound": "NaN"}
    save_file({"weight": torch.ones((4, 3)), "bias": torch.zeros(3)}, folder / "h.safetensors", metadata=about)
    return folder / "h.safetensors"


# Folders of transformers.


def hub(path: Path) -> str:
    from phiscope.models import load_weights
    from phiscope.models.loading import construct

    filled = construct("phiscope.models.hub:transformers", {"config": str(path)}, "classifier.factory")
    load_weights(filled, path, where="classifier.weights")
    return type(filled).__name__


CONFIG = {
    "model_type": "resnet", "embedding_size": 4, "hidden_sizes": [4, 4], "depths": [1, 1], "num_channels": 1,
    "num_labels": 3, "layer_type": "basic",
}  # fmt: skip


def described(content: Any, weights: bytes | None = None, name: str = "pytorch_model.bin", **more: str):
    def make(folder: Path) -> Path:
        (folder / "config.json").write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        if weights is not None:
            (folder / name).write_bytes(weights)
        for file, text in more.items():
            (folder / f"{file}.py").write_text(text)
        return folder

    return make


OWN = {"model_type": "mine", "auto_map": {"AutoConfig": "mine.Mine", "AutoModelForImageClassification": "mine.Mine"}}
CODE = "import os\nopen(os.environ['PHISCOPE_CANARY'], 'w')\nclass Mine: pass\n"
add("a folder with code of its own", "code", described(OWN, mine=CODE), hub, "code", long=True)
add(
    "a known folder with code of its own",
    "code",
    described(CONFIG | {"auto_map": OWN["auto_map"]}, pickle.dumps(Runs()), mine=CODE),
    hub,
    "weights|code",
    long=True,
)
add(
    "a folder with weights that run code",
    "code",
    described(CONFIG, torch_bytes({"a": Runs()})),
    hub,
    "could run code|not a tensor|weights",
    long=True,
)
add("a folder with damaged weights", "cut off", described(CONFIG, SAFE[:50], "model.safetensors"), hub, "w", long=True)
add("a folder with an empty config", "empty", described(b""), hub, "config", long=True)
add("a folder with a config of noise", "damaged", described(b"\xff\xfe{"), hub, "config", long=True)
add("a folder with a config of a list", "damaged", described([1]), hub, "config", long=True)
add(
    "a config of a million layers",
    "promises",
    described(CONFIG | {"depths": [10**7, 1]}),
    hub,
    "depths is 10,000,000",
    long=True,
)
add(
    "a config of petabytes",
    "promises",
    described(CONFIG | {"hidden_sizes": [2**30, 2**30]}),
    hub,
    "hidden_sizes is 1,073,741,824",
    long=True,
)
