import pandas as pd

from phiscope.workflow.drawing import draw


def test_a_figure_is_an_svg_and_a_png_with_its_caption_called_by_its_whole_name(tmp_path):
    """And one whose panels stand below each other on a narrow screen stands there once more."""
    log = pd.DataFrame({"epoch": [0, 1], "train_loss": [1.0, 0.5], "val_loss": [1.1, 0.7], "val_accuracy": [0.5, 0.8]})
    draw("training-7", {"classifier_log": log.assign(learning_rate=[0.1, 0.05])}, tmp_path / "figures")
    files = sorted(path for path in (tmp_path / "figures").iterdir() if path.is_file())
    assert [path.name for path in files] == ["training-7.png", "training-7.rst", "training-7.svg"]
    assert files[0].read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in files[2].read_bytes()
    assert files[1].read_text().startswith("Training: ")
    assert [path.name for path in (tmp_path / "figures/narrow").iterdir()] == ["training-7.svg"]
