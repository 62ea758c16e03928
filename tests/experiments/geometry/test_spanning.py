"""Features that span a hull, gathered into one file and mapped: the same numbers in the same order."""

import numpy as np
import pytest
from safetensors.numpy import load_file

from phiscope import tables
from phiscope.experiments.geometry.spanning import gather, spanning, vectors
from phiscope.files import Stamp, require_unchanged, stamp_of, stamping, write_arrays
from phiscope.geometry import hull


@pytest.fixture
def chunks(tmp_path):
    """Files of 7, 1 and 4 samples in no order."""
    random = np.random.default_rng(0)
    samples = random.permutation(50)[:12]
    paths = []
    for rows in np.split(np.arange(12), [7, 8]):
        features = random.normal(size=(len(rows), 3)).astype(np.float32)
        paths.append(tmp_path / f"{rows[0]}.safetensors")
        write_arrays({"features": features, "samples": samples[rows], "labels": samples[rows] % 5}, paths[-1])
    return paths


def in_memory(chunks):
    """What a projection was given before features were gathered: all chunks one after another, sorted."""
    parts = list(map(load_file, chunks))
    whole = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    order = np.argsort(whole["samples"])
    return {key: array[order] for key, array in whole.items()}


def is_mapped(array):
    while array is not None and not isinstance(array, np.memmap):
        array = array.base
    return array is not None


def test_gathered_chunks_are_mapped_in_the_order_of_the_samples(chunks, tmp_path):
    gather(chunks, tmp_path / "train.safetensors")
    expected, found = in_memory(chunks), spanning(tmp_path / "train.safetensors")
    for key, array in expected.items():
        assert is_mapped(found[key])
        assert not found[key].flags.writeable
        assert found[key].dtype == array.dtype
        np.testing.assert_array_equal(found[key], array)


def test_one_chunk_is_put_into_order(chunks):
    expected, found = in_memory(chunks[:1]), spanning(chunks[0])
    for key, array in expected.items():
        np.testing.assert_array_equal(found[key], array)


def test_others_read_the_gathered_file_as_safetensors(chunks, tmp_path):
    gather(chunks, tmp_path / "train.safetensors")
    for key, array in load_file(tmp_path / "train.safetensors").items():
        np.testing.assert_array_equal(array, in_memory(chunks)[key])


def test_the_gathered_file_has_a_stamp_and_a_checksum_that_sees_a_changed_byte(chunks, tmp_path):
    path = tmp_path / "train.safetensors"
    with stamping(Stamp("made by this")):
        gather(chunks, path)
    assert stamp_of(path).fingerprint == "made by this"
    require_unchanged(path)
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="checksum is another"):
        require_unchanged(path)


def test_a_projection_onto_mapped_vertices_is_the_same_to_the_bit(tmp_path):
    random = np.random.default_rng(1)
    features, samples = random.normal(size=(900, 24)).astype(np.float32), random.permutation(900)
    paths = []
    for rows in np.split(np.arange(900), 3):
        paths.append(tmp_path / f"{rows[0]}.safetensors")
        write_arrays({"features": features[rows], "samples": samples[rows], "labels": samples[rows]}, paths[-1])
    gather(paths, tmp_path / "train.safetensors")
    queries = 2 * random.normal(size=(20, 24))
    before = hull.project(queries, in_memory(paths)["features"], threads=1)
    after = hull.project(queries, spanning(tmp_path / "train.safetensors")["features"], threads=1)
    for name, value in vars(before).items():
        np.testing.assert_array_equal(getattr(after, name), value)


def test_a_table_is_read_where_nothing_is_gathered_beside_it(tmp_path):
    features = np.arange(6, dtype=np.float32).reshape(3, 2)
    columns = tables.no_rows("features") | {"features": features, "logits": np.zeros((3, 4))}
    columns |= {key: np.arange(3) for key in ("sample", "label", "predicted", "closest_class")}
    columns |= {key: np.zeros(3) for key in ("margin", "margin_noise", "noise")}
    columns |= tables.constant({"view": "original", "split": "train"}, 3)
    table, beside = tmp_path / "train.parquet", tmp_path / "train.safetensors"
    tables.write(columns, "features", table, {})
    write_arrays({"features": features + 1}, beside)
    np.testing.assert_array_equal(vectors(table, [tmp_path / "other.safetensors"]), features)
    np.testing.assert_array_equal(vectors(table, [beside]), features + 1)


def test_nothing_to_span_is_nothing(tmp_path):
    arrays = {"features": np.empty((0, 4), np.float32), "samples": np.empty(0, np.int64), "labels": np.empty(0, int)}
    write_arrays(arrays, tmp_path / "none.safetensors")
    assert spanning(tmp_path / "none.safetensors")["features"].shape == (0, 4)
