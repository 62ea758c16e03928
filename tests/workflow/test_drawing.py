import pandas as pd

from phiscope.workflow.drawing import draw


def test_a_figure_is_an_svg_and_a_png_with_its_caption_called_by_its_whole_name(tmp_path):
    comparison = pd.DataFrame(
        {
            "paper": ["Yousefzadeh 2022"],
            "section": ["7"],
            "quantity": ["share"],
            "unit": ["share"],
            "paper_value": [0.8],
        }
        | {"value": [0.7], "ci_low": [0.6], "ci_high": [0.8], "interval": ["bootstrap"], "n": [9], "key": ["a"]}
    )
    draw("comparison-7", {"paper_comparison": comparison}, tmp_path / "figures")
    files = sorted((tmp_path / "figures").iterdir())
    assert [path.name for path in files] == ["comparison-7.png", "comparison-7.rst", "comparison-7.svg"]
    assert files[0].read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in files[2].read_bytes()
    assert files[1].read_text().startswith("Shares measured in this run")
