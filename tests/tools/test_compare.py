"""Runs are compared value by value: what differs is said, what is meant to differ is not, and nothing else."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tools import compare
from tools.__main__ import main


def saved(folder, name, frame, table=None):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(content.replace_schema_metadata({"phiscope.table": table} if table else {}), path)


def frame(**columns):
    usual = {"view": ["noise", "noise", "original"], "sample": [0, 1, 0], "norm": [1.5, np.nan, 2.5]}
    lists = {"weights": [[0.25, 0.75], [1.0], []], "seconds": [0.1, 0.2, 0.3]}
    return pd.DataFrame(usual | lists | columns)


def differences(before, after, keys=(), **expected):
    changed = compare.Expected(**expected).applied("t", before)
    return [(one.what, one.largest) for one in compare.of_frames("t.parquet", changed, after, keys)]


def test_equal_tables_have_no_differences_nan_equals_nan_and_time_does_not_count():
    assert differences(frame(), frame(seconds=[9.0, 9.0, 9.0])) == []


@pytest.mark.parametrize("column", ["norm", "weights", "view"])
def test_columns_of_every_kind_are_compared(column):
    values = {"norm": [1.5, np.nan, np.nan], "weights": [[0.25, 0.75], [], [1.0]], "view": ["noise", "noise", "blur"]}
    assert [what for what, _ in differences(frame(), frame(**{column: values[column]}))] == [f"column {column}"]


def test_the_last_bit_of_a_number_counts_and_the_largest_difference_is_said():
    above = np.nextafter(2.5, 3)
    assert differences(frame(), frame(norm=[1.5, np.nan, above])) == [("column norm", above - 2.5)]
    nested = frame(weights=[[0.25, 0.5], [1.0], []])
    assert differences(frame(), nested) == [("column weights", 0.25)]


def test_where_the_ends_of_lists_lie_counts():
    assert differences(frame(), frame(weights=[[0.25], [0.75, 1.0], []]))[0][0] == "column weights"


def test_rows_are_sorted_by_the_keys_of_the_table_and_else_their_order_counts():
    turned = frame().iloc[::-1].reset_index(drop=True)
    assert differences(frame(), turned, keys=("view", "sample")) == []
    assert differences(frame(), turned) == [(compare.REORDERED, None)]


def test_rows_and_columns_of_one_side_only_are_said():
    assert differences(frame(), frame().drop(columns="norm")) == [("only the old table has the column norm", None)]
    assert differences(frame().drop(columns="norm"), frame()) == [("only the new table has the column norm", None)]
    assert differences(frame(), frame().iloc[:2]) == [("3 rows before, 2 after", None)]


def test_a_new_name_or_text_is_forgiven_where_it_is_expected_and_nowhere_else():
    named = frame().rename(columns={"norm": "length"})
    assert differences(frame(), named, renamed={("t", "norm"): "length"}) == []
    assert len(differences(frame(), named, renamed={("other", "norm"): "length"})) == 2
    other = frame(view=["blur", "blur", "original"])
    assert differences(frame(), other, values={("t", "view"): {"noise": "blur"}}) == []
    assert len(differences(frame(), other, values={("t", "view"): {"original": "blur"}})) == 1


@pytest.mark.parametrize(("options", "code"), [([], 1), (["--reordered", "odd"], 0)])
def test_folders_are_compared_by_the_command(tmp_path, capsys, options, code):
    for side in ("old", "new"):
        turned = frame().iloc[:: 1 if side == "old" else -1]
        saved(tmp_path / side, "tables/attacks.parquet", turned, "attacks")
        saved(tmp_path / side, "statistics/odd.parquet", turned)
        saved(tmp_path / side, f"chunks/{side}.parquet", frame())
    assert main(["compare-results", str(tmp_path / "old"), str(tmp_path / "new"), *options]) == code
    assert (compare.REORDERED in capsys.readouterr().out) == bool(code)


def test_the_command_reads_what_is_expected(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    saved(old, "features/noise/test.parquet", frame(), "features")
    saved(new, "features/noise/test.parquet", frame(view=["a", "a", "b"]).rename(columns={"norm": "l"}), "features")
    texts = ["--values", "features.view:noise=a", "features.view:original=b"]
    assert main(["compare-results", str(old), str(new), *texts, "--renamed", "features.norm=l"]) == 0
    assert main(["compare-results", str(old), str(new), *texts]) == 1


def test_a_table_of_one_run_only_is_a_difference_and_an_empty_folder_an_error(tmp_path, capsys):
    old, new = tmp_path / "old", tmp_path / "new"
    for name in ("a", "b"):
        saved(old, f"tables/{name}.parquet", frame())
    saved(new, "tables/a.parquet", frame())
    assert [str(one) for one in compare.compare(old, new)] == ["tables/b.parquet: only the old run has this file"]
    assert main(["compare-results", str(old), str(tmp_path / "nowhere")]) == 2
    assert "no Parquet table" in capsys.readouterr().err
