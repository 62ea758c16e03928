import pandas as pd
import pytest

from phiscope import tables
from phiscope.workflow.frames import write_frames

CONFIG = {"run": "small", "seed": 7}


def test_each_frame_goes_to_the_path_of_its_name_with_what_the_run_says(tmp_path):
    paths = {name: tmp_path / f"{name}.parquet" for name in ("one", "two", "unasked")}
    write_frames({"one": pd.DataFrame({"x": [1]}), "two": pd.DataFrame({"y": ["a", "b"]})}, paths, CONFIG)
    assert tables.read(paths["one"]).to_dict("list") == {"x": [1]}
    assert tables.read(paths["two"]).to_dict("list") == {"y": ["a", "b"]}
    assert not paths["unasked"].exists()
    assert tables.provenance(paths["one"])["seed"] == 7


def test_a_frame_without_a_place_is_a_bug(tmp_path):
    with pytest.raises(KeyError, match="two"):
        write_frames({"two": pd.DataFrame()}, {"one": tmp_path / "one.parquet"}, CONFIG)
