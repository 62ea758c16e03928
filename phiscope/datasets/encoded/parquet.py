"""Images in cells of Parquet files, read by groups of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phiscope.datasets.encoded.images import Arrays, EncodedImages, Load
from phiscope.datasets.encoded.packing import packed_texts, relative, unpacked_texts, whole
from phiscope.datasets.files import require_content
from phiscope.datasets.stamps import FileStamps
from phiscope.errors import DataError, PhiscopeError

_ROWS = 256  # of Parquet, decompressed at once
_BUFFER = 2**20  # bytes; without it a whole column chunk is read at once
_KEPT = 2**26  # bytes of groups of rows that are kept for who asks for one image after another


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
        files = [relative(file, below) for file in self.files]
        return arrays, {"kind": "parquet", "files": files, "column": self.column, "named": self.paths is not None}

    @classmethod
    def unpacked(cls, load: Load, about: Mapping[str, Any], below: Path) -> ParquetImages:
        return cls(
            [below / file for file in about["files"]],
            about["column"],
            whole(load, "file_of"),
            whole(load, "group"),
            whole(load, "row"),
            unpacked_texts("paths", load) if about["named"] else None,
            FileStamps(whole(load, "file_sizes"), whole(load, "file_times")),
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
