"""Encoded images where they lie: in files, in cells of Parquet, or in memory; each is read when it is asked for.

A split of them is described by arrays, one entry an image, so that an index of it can be kept instead of its pixels:
`packed` gives these arrays and what holds for all, `unpacked` is the way back.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.files import require_content
from phiscope.datasets.stamps import FileStamps
from phiscope.errors import DataError, PhiscopeError

Encoded = bytes | Path | None  # an image file's content or place; None where the source has a row but no image
Arrays = dict[str, NDArray]
Load = Callable[[str], Any]  # an array of an index by name: one that is read when a range of it is asked for
Result = TypeVar("Result")

_BLOCK = 64  # contents and results that are held at once, beside those that a caller keeps
_ROWS = 256  # of Parquet, decompressed at once
_BUFFER = 2**20  # bytes; without it a whole column chunk is read at once
_KEPT = 2**26  # bytes of groups of rows that are kept for who asks for one image after another


class EncodedImages(ABC):
    """n images, each the content of an image file."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def name(self, row: int) -> str:
        """What the image is called in messages: where it lies."""

    @abstractmethod
    def file(self, row: int) -> str | None:
        """What the source calls it, relative to the data set; None where it has no name."""

    @abstractmethod
    def read(self, rows: Sequence[int] | NDArray) -> Iterator[tuple[int, Encoded]]:
        """(k, content of the image rows[k]) of each, in the order in which the source is read fastest.

        Raises DataError where a file is not what it was when `stamped` was called.
        """

    @abstractmethod
    def take(self, members: NDArray) -> EncodedImages:
        """The images at these positions, in this order."""

    @property
    @abstractmethod
    def changed(self) -> str | None:
        """What is said of a file that is another than when `stamped` was called, if one is."""

    @abstractmethod
    def stamped(self) -> EncodedImages:
        """The same images with the size and time of change of every file as it is now."""

    @abstractmethod
    def packed(self, below: Path) -> tuple[Arrays, dict[str, Any]]:
        """Arrays and other values that `unpacked` makes the same of. Places are told from the path `below` on."""

    def first(self) -> Encoded:
        return next(self.read([0]))[1]


def in_blocks(
    images: EncodedImages, rows: Sequence[int] | NDArray, function: Callable[[Encoded, int], Result]
) -> Iterator[tuple[int, Result]]:
    """(k, function(content, rows[k])) of each, on several threads, with few contents in memory at once.

    Pillow lets go of the interpreter while it decodes. They come in no particular order.
    """
    contents = images.read(rows)
    if len(rows) == 1:
        yield from ((k, function(content, int(rows[k]))) for k, content in contents)
        return
    with ThreadPoolExecutor() as pool:
        while block := list(islice(contents, _BLOCK)):
            results = pool.map(lambda each: function(each[1], int(rows[each[0]])), block)
            yield from zip((k for k, _ in block), results)


@dataclass(frozen=True)
class ImageFiles(EncodedImages):
    """names: of files below the root, or whole paths."""

    root: Path
    names: Sequence[str]
    stamps: FileStamps | None = None

    def __len__(self) -> int:
        return len(self.names)

    def name(self, row: int) -> str:
        return str(self.root / self.names[row])

    def file(self, row: int) -> str:
        return self.names[row]

    def read(self, rows: Sequence[int] | NDArray) -> Iterator[tuple[int, Path]]:
        for k, row in enumerate(rows):
            file = self.root / self.names[row]
            if self.stamps is not None:
                self.stamps.require(int(row), file)
            yield k, file

    def take(self, members: NDArray) -> ImageFiles:
        stamps = None if self.stamps is None else self.stamps.take(members)
        return replace(self, names=[self.names[row] for row in members.tolist()], stamps=stamps)

    @property
    def changed(self) -> str | None:
        """See `FileStamps.changed`; nothing without stamps."""
        return None if self.stamps is None else self.stamps.changed([self.root / name for name in self.names])

    def stamped(self) -> ImageFiles:
        return replace(self, stamps=FileStamps.of(self.root / name for name in self.names))

    def packed(self, below: Path) -> tuple[Arrays, dict[str, Any]]:
        assert self.stamps is not None
        arrays = {"file_sizes": self.stamps.sizes, "file_times": self.stamps.times, **packed_texts("names", self.names)}
        return arrays, {"kind": "files", "root": _relative(self.root, below)}

    @classmethod
    def unpacked(cls, load: Load, about: Mapping[str, Any], below: Path) -> ImageFiles:
        stamps = FileStamps(_whole(load, "file_sizes"), _whole(load, "file_times"))
        return cls(below / about["root"], unpacked_texts("names", load), stamps)


@dataclass(frozen=True)
class ParquetImages(EncodedImages):
    """Images in the field `bytes` of a column of structs.

    file_of, group, row: (n,) of each image its file, and there its group of rows and its row, from 0. paths: what the
    source calls them.
    """

    files: Sequence[Path]
    column: str
    file_of: NDArray[np.int64]
    group: NDArray[np.int64]
    row: NDArray[np.int64]
    paths: Sequence[str | None] | None = None
    stamps: FileStamps | None = None
    _kept: dict[tuple[int, int], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.row)

    def name(self, row: int) -> str:
        return f"{self.files[self.file_of[row]]}, row {self.row[row]}"

    def file(self, row: int) -> str | None:
        return None if self.paths is None else self.paths[row]

    def read(self, rows: Sequence[int] | NDArray) -> Iterator[tuple[int, bytes | None]]:
        """File by file and group by group, so that none of them is decompressed twice; small ones are kept a while."""
        rows = np.asarray(rows, dtype=np.int64)
        for number in np.unique(self.file_of[rows]).tolist():
            if self.stamps is not None:
                self.stamps.require(number, self.files[number])
            yield from self._of_file(number, rows, np.flatnonzero(self.file_of[rows] == number))

    def _of_file(self, number: int, rows: NDArray, members: NDArray) -> Iterator[tuple[int, bytes | None]]:
        """Of the images rows[members], which lie in one file."""
        import pyarrow.parquet as pq

        groups = self.group[rows[members]]
        wanted = {group: members[groups == group] for group in np.unique(groups).tolist()}
        with reading_parquet(self.files[number]):
            for group in [group for group in wanted if (number, group) in self._kept]:
                begin, contents = self._kept[number, group]
                for k in wanted.pop(group).tolist():
                    yield k, contents[int(self.row[rows[k]]) - begin].as_py()
            if not wanted:
                return
            with pq.ParquetFile(self.files[number], buffer_size=_BUFFER) as file:
                metadata = file.metadata
                begins = np.cumsum([0, *(metadata.row_group(k).num_rows for k in range(metadata.num_row_groups))])
                for group, asked in wanted.items():
                    places = self.row[rows[asked]] - begins[group]
                    if len(asked) == 1 and metadata.row_group(group).total_byte_size <= _KEPT // 4:
                        contents = self._keep(file, number, group, int(begins[group]))
                        yield int(asked[0]), contents[int(places[0])].as_py()
                    else:
                        yield from self._of_group(file, group, places, asked)

    def _keep(self, file: Any, number: int, group: int, begin: int) -> Any:
        """The contents of a group, of which one image is asked for: others may follow one by one."""
        table = file.read_row_group(group, columns=[f"{self.column}.bytes"])
        contents = table.column(0).combine_chunks().flatten()[0]
        self._kept[number, group] = begin, contents
        while sum(kept.nbytes for _, kept in self._kept.values()) > _KEPT:
            del self._kept[next(iter(self._kept))]  # the oldest
        return contents

    def _of_group(self, file: Any, group: int, places: NDArray, asked: NDArray) -> Iterator[tuple[int, bytes | None]]:
        """places: rows in the group, of the images that are to be called `asked`."""
        order = np.argsort(places, kind="stable")
        places, asked = places[order], asked[order]
        done = passed = 0
        for batch in file.iter_batches(_ROWS, row_groups=[group], columns=[f"{self.column}.bytes"]):
            end = int(np.searchsorted(places, passed + len(batch)))
            if end > done:
                contents = batch.column(0).flatten()[0]  # without the bytes where the struct itself is null
                for k, place in zip(asked[done:end].tolist(), (places[done:end] - passed).tolist()):
                    yield k, contents[place].as_py()
            done, passed = end, passed + len(batch)
            if done == len(places):
                return

    def take(self, members: NDArray) -> ParquetImages:
        paths = None if self.paths is None else [self.paths[row] for row in members.tolist()]
        places = {"file_of": self.file_of[members], "group": self.group[members], "row": self.row[members]}
        return replace(self, **places, paths=paths)

    @property
    def changed(self) -> str | None:
        """See `FileStamps.changed`; nothing without stamps."""
        return None if self.stamps is None else self.stamps.changed(self.files)

    def stamped(self) -> ParquetImages:
        return replace(self, stamps=FileStamps.of(self.files))

    def packed(self, below: Path) -> tuple[Arrays, dict[str, Any]]:
        assert self.stamps is not None
        arrays = {"file_of": self.file_of, "group": self.group, "row": self.row}
        arrays |= {"file_sizes": self.stamps.sizes, "file_times": self.stamps.times}
        if self.paths is not None:
            arrays |= packed_texts("paths", self.paths)
        files = [_relative(file, below) for file in self.files]
        return arrays, {"kind": "parquet", "files": files, "column": self.column, "named": self.paths is not None}

    @classmethod
    def unpacked(cls, load: Load, about: Mapping[str, Any], below: Path) -> ParquetImages:
        return cls(
            [below / file for file in about["files"]],
            about["column"],
            _whole(load, "file_of"),
            _whole(load, "group"),
            _whole(load, "row"),
            unpacked_texts("paths", load) if about["named"] else None,
            FileStamps(_whole(load, "file_sizes"), _whole(load, "file_times")),
        )


@contextmanager
def reading_parquet(file: Path) -> Iterator[None]:
    """The body reads a file of Parquet: DataError, naming it, for whatever pyarrow makes of a damaged one."""
    try:
        yield
    except PhiscopeError:
        raise
    except Exception as error:  # names that are no UTF-8, sizes below zero, types that do not fit: there is no end
        require_content(file)
        said = (str(error).strip().splitlines() or ["of no kind that is known"])[0]
        raise DataError(
            f"{file}: not a whole Parquet file, or of types that do not fit ({said}); fetch it again"
        ) from error


@dataclass(frozen=True)
class ContentsInMemory(EncodedImages):
    """Contents as a reader of the user's own gives them; an index of them holds them themselves.

    numbers: (n,) what each is called in messages.
    """

    where: str
    contents: Callable[[int], Encoded]
    numbers: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    def name(self, row: int) -> str:
        return f"{self.where}, image {self.numbers[row]}"

    def file(self, row: int) -> None:
        return None

    def read(self, rows: Sequence[int] | NDArray) -> Iterator[tuple[int, Encoded]]:
        return ((k, self.contents(int(row))) for k, row in enumerate(rows))

    def take(self, members: NDArray) -> ContentsInMemory:
        def contents(row: int) -> Encoded:
            return self.contents(int(members[row]))

        return ContentsInMemory(self.where, contents, self.numbers[members])

    @property
    def changed(self) -> str | None:
        """Nothing: there are no files behind them."""
        return None

    def stamped(self) -> ContentsInMemory:
        return self

    def packed(self, below: Path) -> tuple[Arrays, dict[str, Any]]:
        contents = [self._bytes(row) for row in range(len(self))]
        ends = np.cumsum([len(content) for content in contents], dtype=np.int64)
        joined = np.frombuffer(b"".join(contents), dtype=np.uint8)
        return {"contents": joined, "content_ends": ends, "numbers": self.numbers}, {
            "kind": "contents",
            "where": self.where,
        }

    def _bytes(self, row: int) -> bytes:
        content = self.contents(row)
        return content.read_bytes() if isinstance(content, Path) else content or b""

    @classmethod
    def unpacked(cls, load: Load, about: Mapping[str, Any], below: Path) -> ContentsInMemory:
        joined, ends = load("contents"), _whole(load, "content_ends")

        def contents(row: int) -> Encoded:
            begin, end = int(ends[row - 1]) if row else 0, int(ends[row])
            return joined[begin:end].tobytes() if begin < end else b""

        return cls(about["where"], contents, _whole(load, "numbers"))


KINDS: dict[str, Any] = {"files": ImageFiles, "parquet": ParquetImages, "contents": ContentsInMemory}


def unpacked(load: Load, about: Mapping[str, Any], below: Path) -> EncodedImages:
    """What `packed` told of; below: the path of the data set as it is now."""
    return KINDS[about["kind"]].unpacked(load, about, below)


def packed_texts(name: str, texts: Sequence[str | None]) -> Arrays:
    """Texts as bytes one after the other, with where each ends; -1 - end where there is no text."""
    encoded = [b"" if text is None else os.fsencode(text) for text in texts]
    ends = np.cumsum([len(each) for each in encoded], dtype=np.int64)
    missing = np.array([text is None for text in texts], dtype=np.bool_)
    return {
        name: np.frombuffer(b"".join(encoded), dtype=np.uint8),
        f"{name}_ends": np.where(missing, -1 - ends, ends),
    }


def unpacked_texts(name: str, load: Load) -> list[Any]:
    joined, told = _whole(load, name).tobytes(), _whole(load, f"{name}_ends")
    ends = np.where(told < 0, -1 - told, told).tolist()
    begins = [0, *ends[:-1]]
    return [
        None if missing else os.fsdecode(joined[begin:end])
        for begin, end, missing in zip(begins, ends, (told < 0).tolist())
    ]


def _whole(load: Load, name: str) -> NDArray:
    array = load(name)
    return array[:] if array.get_shape() != [0] else np.empty(0, np.uint8)  # safetensors refuses empty ranges


def _relative(path: Path, below: Path) -> str:
    """From the data set's path on, so that both can move; the whole path where it lies elsewhere."""
    return str(path.relative_to(below)) if path.is_relative_to(below) else str(path.absolute())
