"""The command that encodes and turns images of the user's, on a run folder made by hand."""

import numpy as np
import pytest
import torch
from PIL import Image

from phiscope.commands.latent import main
from phiscope.errors import ConfigError, DataError
from phiscope.experiments.latent import bases
from phiscope.latent.basis import averages
from phiscope.latent.spectral import decompose
from phiscope.models import save_artifact
from phiscope.models.classifier import Normalised, small_resnet
from phiscope.models.encoder import encoder
from phiscope.models.gan import generator

LABELS, DIMENSION, SIZE = 3, 7, (9, 11)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A folder with the files of a run: 3 labels, 7 dimensions, images of 9 by 11 pixels."""
    folder = tmp_path_factory.mktemp("results") / "odd"
    (folder / "models").mkdir(parents=True)
    (folder / "latent/published-0").mkdir(parents=True)
    torch.manual_seed(0)
    arguments = {"latent": DIMENSION, "channels": 1, "size": list(SIZE), "width": 4}
    drawn = generator(**arguments)
    with torch.no_grad():  # an untrained generator draws flat grey
        for weight in drawn.parameters():
            weight.mul_(10 if weight.dim() > 1 else 1)
    networks = {"generator": ("gan:generator", drawn), "encoder-published-0": ("encoder:encoder", encoder(**arguments))}
    for name, (factory, network) in networks.items():
        about = {"factory": f"phiscope.models.{factory}", "arguments": arguments}
        save_artifact(network.eval(), about, folder / f"models/{name}.safetensors")
    judged = {"factory": "phiscope.models.classifier:small_resnet", "arguments": {"classes": LABELS, "widths": [4, 8]}}
    judge = Normalised(small_resnet(1, LABELS, (4, 8)), [0.3], [0.4])
    normalise = {"mean": [0.3], "deviation": [0.4]}
    save_artifact(judge, judged | {"normalise": normalise}, folder / "models/classifier.safetensors")
    random = np.random.default_rng(1)
    labels = np.arange(90) % LABELS
    latents = random.normal(size=(LABELS, DIMENSION))[labels] + 0.2 * random.normal(size=(90, DIMENSION))
    means = averages(latents, labels, label_count=LABELS)
    bases.save(bases.build_all(means, (), seed=0), folder / "latent/published-0/bases.safetensors")
    return folder


@pytest.fixture
def photographs(tmp_path):
    """A grey image of the run's size and a larger one in colour."""
    random = np.random.default_rng(2)
    (tmp_path / "own").mkdir()
    Image.fromarray(random.integers(0, 256, SIZE, dtype=np.uint8)).save(tmp_path / "own/a.png")
    Image.fromarray(random.integers(0, 256, (30, 40, 3), dtype=np.uint8)).save(tmp_path / "own/b.jpg")
    return tmp_path / "own"


def test_one_row_per_image_and_one_column_per_step(run, photographs, tmp_path, capsys):
    out, kept = tmp_path / "turned.png", tmp_path / "latents.npz"
    main(
        [
            str(run),
            str(photographs),
            "-o",
            str(out),
            "--toward",
            "0",
            "2",
            "--components",
            "1",
            "7",
            "--latents",
            str(kept),
        ]
    )
    with Image.open(out) as picture:
        columns = 2 + 2 + 2 * 3  # itself, decoded; two truncations; two quarter turns in steps of 30 degrees
        assert picture.size == (columns * (SIZE[1] + 1) - 1, 2 * (SIZE[0] + 1) - 1)
        tiles = np.asarray(picture).astype(int)[: SIZE[0]]
    with Image.open(photographs / "a.png") as image:
        np.testing.assert_array_equal(tiles[:, : SIZE[1]], np.asarray(image))
    decoded, all_components = (tiles[:, k * 12 : k * 12 + SIZE[1]] for k in (1, 3))
    assert np.abs(decoded - all_components).max() <= 1
    assert capsys.readouterr().out.splitlines()[1].startswith("b.jpg: classifier ")
    latents = np.load(kept)
    assert latents["name"].tolist() == ["a.png", "b.jpg"]
    made = bases.load(run / "latent/published-0/bases.safetensors")["lowdin"]
    np.testing.assert_allclose(latents["amplitude"], decompose(latents["mean"], made))


def test_inverted_images_are_encoded_inverted(run, photographs, tmp_path):
    with Image.open(photographs / "a.png") as image:
        Image.fromarray(255 - np.asarray(image)).save(tmp_path / "negative.png")
    means = []
    for path, flags in ((photographs / "a.png", []), (tmp_path / "negative.png", ["--invert"])):
        main([str(run), str(path), "-o", str(tmp_path / "x.png"), "--latents", str(tmp_path / "x.npz"), *flags])
        means.append(np.load(tmp_path / "x.npz")["mean"])
    np.testing.assert_allclose(*means, atol=1e-4)


def test_what_cannot_be_done_says_why(run, photographs, tmp_path):
    out = str(tmp_path / "x.png")
    with pytest.raises(ConfigError, match=r"encoder-other-3.*expected a folder results/<run>.*\(here: published-0\)"):
        main([str(run), str(photographs), "-o", out, "--setting", "other", "--training", "3"])
    with pytest.raises(DataError, match="label 5 has no axis in set 1; the labels that have one: 0, 1, 2"):
        main([str(run), str(photographs), "-o", out, "--toward", "5"])
    with pytest.raises(ConfigError, match="--step 0.0: expected more than 0 and at most 90 degrees"):
        main([str(run), str(photographs), "-o", out, "--step", "0"])
    with pytest.raises(ConfigError, match="cannot be written"):
        main([str(run), str(photographs), "-o", str(tmp_path / "x.nothing")])
