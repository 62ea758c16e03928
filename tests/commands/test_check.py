"""`phiscope check`: a look at a classifier without a run."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from phiscope import datasets
from phiscope.commands import main
from phiscope.workflow.configuration import load
from phiscope.workflow.plan import Plan
from phiscope.workflow.record import write_record
from tests.experiments.models.seen import CLASSES, DEVIATION, MEAN, Nearest, images

FACTORY = "tests.experiments.models.seen:Nearest"


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A function of images that writes a data set of them, weights, and a configuration that it gives the path of."""
    monkeypatch.chdir(tmp_path)
    pixels, labels = images(10)
    torch.save(Nearest().state_dict(), tmp_path / "weights.pt")

    def write(turn=lambda x: x):
        own = np.ascontiguousarray(turn(pixels))
        np.savez(
            tmp_path / "data.npz", train_images=own[CLASSES:], train_labels=labels[CLASSES:], test_images=own,
            test_labels=labels,
        )  # fmt: skip
        config = {
            "run": "nearest",
            "dataset": {"path": str(tmp_path / "data.npz")},
            "classifier": {
                "factory": FACTORY,
                "normalise": {"mean": MEAN, "deviation": DEVIATION},
                "weights": {"path": str(tmp_path / "weights.pt")},
            },
            "latent": {"enabled": False},
        }
        (tmp_path / "mine.yaml").write_text(json.dumps(config))
        return tmp_path / "mine.yaml"

    return write


def test_says_what_was_seen_and_draws_it(written, tmp_path, capsys):
    assert main(["check", str(written())]) == 0
    out = capsys.readouterr().out
    assert "two images of each class: results/nearest/check.png" in out
    assert "The network is right on 100 % of 120 test images" in out
    assert "there are 120 test and 108 training images of 12 classes" in out
    assert "estimate of the long parts" in out
    assert out.endswith("Nothing here is to doubt.\n")
    assert Image.open(tmp_path / "results/nearest/check.png").size[0] > 600
    assert [path.name for path in (tmp_path / "results/nearest").iterdir()] == ["check.png"]


def test_of_vectors_alone_the_head_is_tried(root, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["check", str(root / "presets/features.yaml"), "--config", "classifier.head=fit"]) == 0
    out = capsys.readouterr().out
    assert "500 test and 1,297 training vectors of 20 features, of 10 classes." in out
    assert "of 130 held-out training vectors; it gets 9" in out
    assert not list(tmp_path.iterdir())


def test_doubts_are_the_last_words(written, tmp_path, capsys):
    path = str(written(lambda x: x[:, :, ::-1]))
    assert main(["check", path, "--images", str(tmp_path / "sheet.png")]) == 0
    *_, last = capsys.readouterr().out.partition("Doubtful: ")
    assert "upside down, it would be" in last
    assert (tmp_path / "sheet.png").is_file()
    assert main(["check", path, "--config", "dataset.options.transform=PIL.ImageOps:flip"]) == 0
    assert capsys.readouterr().out.endswith("Nothing here is to doubt.\n")


def test_changes_are_laid_over_one_another(written, capsys):
    other = ["classifier.normalise.mean=[0.1]", "classifier.normalise={deviation: [255]}"]
    assert main(["check", str(written()), "--config", *other]) == 0
    assert "mean [0.1] and deviation [255], as for values up to 255" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--config", "classifier.columns=[0, 1]"], "tells 2 classes apart"),
        (["--config", "classifer=1"], "did you mean 'classifier'"),
        (["--config", "dataset.path=nowhere.npz"], "config: dataset.path: there is no "),
        (["--config", "classifier.head=other"], "no layer named 'other'"),
        (["none.yaml"], "config: none.yaml: cannot be read"),
    ],
)
def test_what_a_run_would_refuse_is_one_sentence_and_an_exit_code(written, capsys, arguments, words):
    assert main(["check", str(written()), *arguments]) == 1
    captured = capsys.readouterr()
    assert words in captured.err
    assert len(captured.err.splitlines()) == 1


@pytest.mark.parametrize("change", ["classifier", "=3", "seed=[", "classifier..head=x"])
def test_a_change_that_is_no_key_and_value_is_refused(written, change, capsys):
    assert main(["check", str(written()), "--config", change]) == 1
    said = capsys.readouterr().err
    assert said.startswith("phiscope: --config ")
    assert change.partition("=")[0] in said
    assert len(said.splitlines()) == 1


def test_images_that_the_run_has_prepared_are_not_read_again(written, tmp_path, capsys, monkeypatch):
    path = written()
    plan = Plan.of(load([path]))
    write_record(tmp_path / plan.results, load([path]), [path])
    for split in ("test", "train"):
        dataset = datasets.load(str(tmp_path / "data.npz"), split)
        datasets.save(dataset, tmp_path / plan.prepared(split), 0, plan.fingerprint("prepare_dataset", split=split))
    (tmp_path / "data.npz").unlink()
    assert main(["check", str(path)]) == 0
    assert main(["check", str(path), "--config", "seed=1"]) == 1  # another order: not what is prepared
    assert "there is no such file" in capsys.readouterr().err
