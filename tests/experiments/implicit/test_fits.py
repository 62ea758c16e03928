"""Images gathered, settings expanded, images drawn: rows of the table `implicit`."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from phiscope import tables
from phiscope.commands.implicit import main
from phiscope.errors import ConfigError
from phiscope.exhibits.implicit import gallery
from phiscope.experiments.implicit import images as redraw
from phiscope.experiments.implicit.fits import COLUMNS, Options, draw, mean_magnitudes
from phiscope.experiments.implicit.settings import Setting, expand
from phiscope.implicit import spectrum
from phiscope.implicit.fit import Schedule
from phiscope.implicit.images import step_edge, white_noise
from phiscope.implicit.networks import Network
from phiscope.stats.implicit.fits import tuned

OPTIONS = Options(Network(width=8, depth=3), Schedule(5), seeds=(3, 4), training=0.5, seed=0)


@pytest.fixture
def pictures():
    return {
        "noise/0": white_noise((8, 8), 1, seed=0),
        "noise/1": white_noise((8, 8), 1, seed=1),
        "edge/wide": step_edge((8, 12), 3),
    }


def rows(pictures, *settings, options=OPTIONS, **more) -> pd.DataFrame:
    return pd.DataFrame([each.row for each in draw(pictures, settings, options, **more)])


def test_lists_are_crossed():
    fits = [
        {"model": "mlp", "encoding": ["gaussian", "positional"], "k": [4, 8], "sigma": 2},
        {"model": "largest", "encoding": "dct", "share": 0.1, "groups": ["noise"]},
    ]
    found = expand(fits, 0.25)
    assert len(found) == 5
    assert {(each.encoding, each.k) for each in found[:4]} == {
        (e, k) for e in ("gaussian", "positional") for k in (4, 8)
    }
    assert {each.learning_rate for each in found[:4]} == {0.25}
    assert found[4] == Setting("largest", "dct", share=0.1, groups=("noise",))


def test_one_row_per_image_setting_and_seed(pictures, tmp_path):
    found = rows(
        pictures, Setting("mlp", "gaussian", k=3, sigma=2.0, learning_rate=0.01), Setting("projection", "none")
    )
    assert len(found) == 3 * 2 + 3
    assert set(found["seed"]) == {3, 4}
    assert (found["status"] == "fitted").all()
    network = found[found["model"] == "mlp"]
    assert (network["parameters"] == network["channels"] * 9 + 6 * 8 + 8 + 8 * 8 + 8).all()
    assert found.loc[found["model"] == "projection", "psnr_heldout"].isna().all()
    tables.write(found[list(COLUMNS)], "implicit", tmp_path / "implicit.parquet", {})
    assert len(tables.read(tmp_path / "implicit.parquet")) == 9


def test_an_image_is_drawn_alike_in_any_company(pictures):
    setting = Setting("mlp", "fourier_random", k=5, learning_rate=0.01)
    alone = rows({"noise/1": pictures["noise/1"]}, setting)
    both = rows(pictures, setting).query("image == 'noise/1'")
    np.testing.assert_allclose(alone["psnr_heldout"], both["psnr_heldout"], atol=1e-3)


def test_parseval_says_what_linear_models_reach(pictures):
    found = rows(
        pictures,
        *(Setting("projection", name, k=7) for name in ("fourier_random", "fourier_grid", "fourier_lowest")),
        Setting("projection", "fourier_strategic", k=7, spectrum="own"),
        *(Setting("largest", name, share=0.2) for name in ("fourier_complete", "dct", "orthogonal")),
    )
    assert len(found) > 20
    told = found[["psnr_train", "psnr_parseval"]].clip(upper=100)  # an edge is a few waves, exactly
    np.testing.assert_allclose(told["psnr_train"], told["psnr_parseval"], atol=1e-8)


def test_least_squares_on_the_complete_basis_is_exact_on_what_it_saw_only(pictures):
    found = rows({"noise/0": pictures["noise/0"]}, Setting("least_squares", "fourier_complete"))
    assert found["psnr_train"].iloc[0] > 200
    assert found["psnr_heldout"].iloc[0] < 20


def test_sparse_models_carry_their_certificate(pictures):
    found = rows(
        {"noise/0": pictures["noise/0"]},
        Setting("basis_pursuit", "fourier_complete+dct"),
        Setting("lasso", "dct", penalty=0.3),
    ).set_index("model")
    assert found.loc["basis_pursuit", "psnr_train"] > 100
    assert found.loc["basis_pursuit", "coefficients"] <= 32
    assert found["duality_gap"].max() < 1e-6
    assert 0 < found.loc["lasso", "coefficients"] < 64


def test_what_cannot_be_drawn_says_why(pictures):
    found = rows(
        pictures,
        Setting("mlp", "fourier_random", k=40, learning_rate=0.01),
        Setting("largest", "haar", share=0.1),
        Setting("projection", "fourier_strategic", k=3, spectrum="mean"),
    )
    told = found.groupby(["image", "model"])["status"].first()
    assert told["noise/0", "mlp"] == "too few waves"
    assert told["edge/wide", "mlp"] == "fitted"
    assert told["edge/wide", "largest"] == "sides not powers of two"
    assert told["noise/0", "projection"] == "no mean spectrum"
    assert found.loc[found["status"] != "fitted", "psnr_train"].isna().all()


def test_the_mean_spectrum_does_not_look_at_the_answer(pictures):
    means = mean_magnitudes(pictures)
    assert set(means) == {"noise/0", "noise/1"}
    np.testing.assert_allclose(means["noise/0"], spectrum.magnitudes(pictures["noise/1"]))


def test_groups_limit_a_setting(pictures):
    found = rows(pictures, Setting("projection", "basic", groups=("edge",)))
    assert set(found["image"]) == {"edge/wide"}


def test_gathers_photographs_controls_and_files(tmp_path):
    Image.fromarray(np.full((10, 20, 3), 51, np.uint8)).save(tmp_path / "a.png")
    specs = [
        {"from": "bundled", "names": ["camera"], "size": [8, 12]},
        {"from": "scrambled", "group": "odd", "names": ["coffee"], "size": 8, "grey": True},
        {"from": "controls", "names": ["white_noise"], "draws": 2, "size": 8},
        {"from": "folder", "path": str(tmp_path), "count": 1},
    ]
    found = redraw.gather(specs, None, 0)
    assert {name: image.shape for name, image in found.items()} == {
        "bundled/camera": (8, 12, 1),
        "odd/coffee": (8, 8, 1),
        "controls/white_noise-0": (8, 8, 3),
        "controls/white_noise-1": (8, 8, 3),
        "folder/a.png": (10, 20, 3),
    }
    assert len(found) == sum(redraw.count_of(spec) for spec in specs)
    np.testing.assert_allclose(found["folder/a.png"], 0.2)
    with pytest.raises(ConfigError, match="1 images are there, expected 2"):
        redraw.gather([specs[3] | {"count": 2}], None, 0)
    with pytest.raises(ConfigError, match="twice"):
        redraw.gather([specs[0], specs[0]], None, 0)
    with pytest.raises(ConfigError, match="expected one of astronaut"):
        redraw.photograph("lena")


def test_cutting_keeps_the_aspect_and_the_mean_of_a_constant():
    image = np.zeros((40, 90, 1))
    image[:, 25:65] = 1  # the middle square
    np.testing.assert_allclose(redraw.fitted(image, 10), 1)
    assert redraw.fitted(image, [4, 9]).shape == (4, 9, 1)


def test_pictures_are_those_of_the_rows(pictures):
    settings = [Setting("mlp", "gaussian", k=3, sigma=s, learning_rate=0.01) for s in (1.0, 4.0)]
    every = list(draw(pictures, settings, OPTIONS))
    drawn = {e.setting.name: e.image for e in every if e.row["image"] == "noise/0" and e.row["seed"] == 3}
    chosen = tuned(pd.DataFrame([e.row for e in every]))
    shown = gallery(chosen, drawn | {"original": pictures["noise/0"]}, "noise/0")
    assert shown["encoding"].tolist() == ["original", "gaussian"]
    sigma = chosen.query("image == 'noise/0'")["sigma"].iloc[0]
    np.testing.assert_allclose(shown["image"][1], drawn[settings[int(sigma == 4.0)].name].ravel())


def test_the_command_writes_at_another_resolution(tmp_path, capsys):
    source, out = tmp_path / "a.png", tmp_path / "b.png"
    Image.fromarray(np.full((6, 9), 128, np.uint8)).save(source)
    main([str(source), "-o", str(out), "--scale", "2", "--k", "4", "--sigma", "1", "--width", "8", "--steps", "60"])
    with Image.open(out) as image:
        assert image.size == (18, 12)
        assert np.abs(np.asarray(image).astype(int) - 128).max() < 40
    assert "18 x 12" in capsys.readouterr().out
