import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from phiscope.datasets import load
from tests.datasets.readers.samples import GREY, LABELS, RANDOM, refused


def encoded(array: np.ndarray, form="PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, form)
    return buffer.getvalue()


def parquet(path, images, labels, names=None, image="image", label="label"):
    metadata = {"huggingface": json.dumps({"info": {"features": {label: {"names": names}}}})} if names else None
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    table = pa.table({image: pa.array(images, kind), label: pa.array(labels)})
    pq.write_table(table.replace_schema_metadata(metadata), path)


def rows(arrays):
    return [{"bytes": encoded(array), "path": None} for array in arrays]


def test_parquet_shards_in_order_with_names_from_the_file(tmp_path):
    parquet(tmp_path / "train-00000-of-00002.parquet", rows(GREY[:4]), [0, 1, 2, 0], ["x", "y", "z"])
    parquet(tmp_path / "train-00001-of-00002.parquet", rows(GREY[4:]), [1, 2], ["x", "y", "z"])
    dataset = load(str(tmp_path), "train")
    np.testing.assert_array_equal(dataset.images[:, 0], GREY)
    assert dataset.labels.tolist() == LABELS.tolist()
    assert dataset.classes == ("x", "y", "z")


def test_parquet_with_other_columns(tmp_path):
    colour = RANDOM.integers(0, 256, (2, 5, 4, 3), dtype=np.uint8)
    parquet(tmp_path / "test.parquet", rows(colour), [0, 1], image="picture", label="kind")
    dataset = load(str(tmp_path), "test", image="picture", label="kind")
    np.testing.assert_array_equal(dataset.images, colour.transpose(0, 3, 1, 2))


def test_parquet_refuses(tmp_path):
    file = tmp_path / "train.parquet"
    parquet(file, [*rows(GREY[:2]), {"bytes": b"no picture", "path": None}], [0, 1, 2])
    refused(tmp_path, "train.parquet, row 2", "not an image")
    parquet(file, [*rows(GREY[:1]), {"bytes": None, "path": "x.png"}], [0, 1])
    refused(tmp_path, "row 1 has no image bytes")
    parquet(file, rows([GREY[0], GREY[1][:3]]), [0, 1])
    refused(tmp_path, "row 1", "expected all images of one size")
    parquet(file, rows(GREY[:2]), [0, None])
    refused(tmp_path, "'label'", "without nulls")
    parquet(file, rows(GREY[:2]), [0, -1])
    refused(tmp_path, "label -1 of image 1")
    parquet(file, rows(GREY[:2]), [0, 1], label="class")
    refused(tmp_path, "columns image, class", "dataset.options.label")
    file.write_bytes(file.read_bytes()[:-20])
    refused(tmp_path, "not a whole Parquet file")
    refused(tmp_path, "train", "none that is test", split="test")
