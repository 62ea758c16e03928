import numpy as np
import pandas as pd

from benchmarks.output import circumstances, markdown, write_figure, write_table
from phiscope.figures.style import blank


def test_circumstances_name_machine_load_date_and_versions():
    line = circumstances(2)
    for words in ("cores", "threads used: 2", "load average", "UTC", f"numpy {np.__version__}"):
        assert words in line


def test_a_table_can_be_read_again_and_says_where_it_is_from(tmp_path):
    rows = [{"solver": "a", "seconds": 0.25}, {"solver": "b", "trouble": "not run: why"}]
    write_table(rows, "Title", tmp_path, "peers", "a machine")
    assert (tmp_path / "peers.csv").read_text().startswith("# a machine\n")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "peers.csv", comment="#"), pd.DataFrame(rows))
    assert (tmp_path / "peers.md").read_text().startswith("# Title\n\na machine.\n\n| solver | seconds | trouble |")


def test_markdown_writes_a_dash_where_there_is_nothing():
    frame = pd.DataFrame({"m": [1000, 2], "gap": [1.23456e-9, np.nan]})
    assert markdown(frame).splitlines()[2:] == ["| 1,000 | 1.23e-09 |", "| 2 | – |"]


def test_a_figure_carries_its_circumstances(tmp_path):
    write_figure(blank(2.0), tmp_path, "empty", "a machine; 2026; numpy 2")
    assert {path.suffix for path in tmp_path.iterdir()} == {".svg", ".png"}
