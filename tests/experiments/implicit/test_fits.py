"""Images drawn: rows of the table `implicit`."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from phiscope import tables
from phiscope.experiments.implicit import fits as fits_module
from phiscope.experiments.implicit.fits import COLUMNS, Options, draw, mean_magnitudes
from phiscope.experiments.implicit.kept import KeptFits
from phiscope.experiments.implicit.settings import Setting
from phiscope.implicit import spectrum
from phiscope.implicit.fit import Schedule
from phiscope.implicit.images import step_edge, white_noise
from phiscope.implicit.networks import Network

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


def test_one_row_per_image_setting_and_seed(pictures, tmp_path):
    fits = rows(pictures, Setting("mlp", "gaussian", k=3, sigma=2.0, learning_rate=0.01), Setting("projection", "none"))
    assert len(fits) == 3 * 2 + 3
    assert set(fits["seed"]) == {3, 4}
    assert (fits["status"] == "fitted").all()
    network = fits[fits["model"] == "mlp"]
    assert (network["parameters"] == network["channels"] * 9 + 6 * 8 + 8 + 8 * 8 + 8).all()
    assert fits.loc[fits["model"] == "projection", "psnr_heldout"].isna().all()
    tables.write(fits[list(COLUMNS)], "implicit", tmp_path / "implicit.parquet", {})
    assert len(tables.read(tmp_path / "implicit.parquet")) == 9


def test_an_image_is_drawn_alike_in_any_company(pictures):
    setting = Setting("mlp", "fourier_random", k=5, learning_rate=0.01)
    alone = rows({"noise/1": pictures["noise/1"]}, setting)
    both = rows(pictures, setting).query("image == 'noise/1'")
    np.testing.assert_allclose(alone["psnr_heldout"], both["psnr_heldout"], atol=1e-3)


def test_parseval_says_what_linear_models_reach(pictures):
    fits = rows(
        pictures,
        *(Setting("projection", name, k=7) for name in ("fourier_random", "fourier_grid", "fourier_lowest")),
        Setting("projection", "fourier_strategic", k=7, spectrum="own"),
        *(Setting("largest", name, share=0.2) for name in ("fourier_complete", "dct", "orthogonal")),
    )
    assert len(fits) > 20
    both = fits[["psnr_train", "psnr_parseval"]].clip(upper=100)  # an edge is a few waves, exactly
    np.testing.assert_allclose(both["psnr_train"], both["psnr_parseval"], atol=1e-8)


def test_least_squares_on_the_complete_basis_is_exact_on_what_it_saw_only(pictures):
    fits = rows({"noise/0": pictures["noise/0"]}, Setting("least_squares", "fourier_complete"))
    assert fits["psnr_train"].iloc[0] > 200
    assert fits["psnr_heldout"].iloc[0] < 20


def test_sparse_models_carry_their_certificate(pictures):
    fits = rows(
        {"noise/0": pictures["noise/0"]},
        Setting("basis_pursuit", "fourier_complete+dct"),
        Setting("lasso", "dct", penalty=0.3),
    ).set_index("model")
    assert fits.loc["basis_pursuit", "psnr_train"] > 100
    assert fits.loc["basis_pursuit", "coefficients"] <= 32
    assert fits["duality_gap"].max() < 1e-6
    assert 0 < fits.loc["lasso", "coefficients"] < 64


def test_what_cannot_be_drawn_says_why(pictures):
    fits = rows(
        pictures,
        Setting("mlp", "fourier_random", k=40, learning_rate=0.01),
        Setting("largest", "haar", share=0.1),
        Setting("projection", "fourier_strategic", k=3, spectrum="mean"),
    )
    status = fits.groupby(["image", "model"])["status"].first()
    assert status["noise/0", "mlp"] == "too few waves"
    assert status["edge/wide", "mlp"] == "fitted"
    assert status["edge/wide", "largest"] == "sides not powers of two"
    assert status["noise/0", "projection"] == "no mean spectrum"
    assert fits.loc[fits["status"] != "fitted", "psnr_train"].isna().all()


def test_the_mean_spectrum_does_not_look_at_the_answer(pictures):
    means = mean_magnitudes(pictures)
    assert set(means) == {"noise/0", "noise/1"}
    np.testing.assert_allclose(means["noise/0"], spectrum.magnitudes(pictures["noise/1"]))


def test_groups_limit_a_setting(pictures):
    fits = rows(pictures, Setting("projection", "basic", groups=("edge",)))
    assert set(fits["image"]) == {"edge/wide"}


def test_all_pixels_can_be_fitted_and_then_none_is_held_out(pictures):
    settings = [Setting("mlp", "dct", learning_rate=0.01), Setting("least_squares", "basic")]
    both = [replace(setting, pixels=pixels) for setting in settings for pixels in ("training", "all")]
    fits = rows(pictures, *both, Setting("lasso", "dct", penalty=0.5, pixels="all"))
    held = fits.groupby(["model", "pixels"])["psnr_heldout"].count()
    assert held["mlp", "training"] == 6
    assert held["mlp", "all"] == held["least_squares", "all"] == held["lasso", "all"] == 0
    assert fits["psnr_train"].notna().all()
    least = fits[fits["model"] == "least_squares"].set_index(["image", "pixels"])["psnr_train"]
    whole = rows(pictures, Setting("projection", "basic")).set_index("image")["psnr_train"]
    for image in pictures:
        assert least[image, "all"] == pytest.approx(whole[image])  # the same problem


def test_pixels_between_four_fitted_ones_are_told_where_every_other_is_fitted(pictures):
    setting = Setting("least_squares", "basic")
    on_grid = rows(pictures, setting, replace(setting, pixels="all"), options=replace(OPTIONS, training="grid"))
    between = on_grid.set_index(["image", "pixels"])["psnr_between"]
    assert between.notna().groupby("pixels").sum().to_dict() == {"all": 0, "training": 3}
    drawn = next(iter(draw({"noise/0": pictures["noise/0"]}, [setting], replace(OPTIONS, training="grid"))))
    error = (drawn.image - pictures["noise/0"])[1::2, 1::2]
    assert between["noise/0", "training"] == pytest.approx(-10 * np.log10((error**2).mean()))
    assert rows(pictures, setting)["psnr_between"].isna().all()  # a share of the pixels has no such places


def test_fits_that_were_kept_are_not_fitted_again(pictures, tmp_path, monkeypatch):
    settings = [Setting("mlp", "gaussian", k=3, sigma=2.0, learning_rate=0.01)]
    kept = KeptFits(tmp_path / "fits", least_seconds=0.0)
    first = list(draw(pictures, settings, OPTIONS, kept=kept))
    assert len(list((tmp_path / "fits").iterdir())) == 4  # two shapes, two seeds
    monkeypatch.setattr(fits_module, "fit", None)
    again = list(draw(pictures, settings, OPTIONS, kept=kept))
    pd.testing.assert_frame_equal(pd.DataFrame(each.row for each in first), pd.DataFrame(each.row for each in again))
    for one, other in zip(first, again):
        np.testing.assert_array_equal(one.image, other.image)
    with pytest.raises(TypeError):  # other steps are another fit
        list(draw(pictures, settings, replace(OPTIONS, schedule=Schedule(6)), kept=kept))
    kept.remove()
    assert not (tmp_path / "fits").exists()


def test_short_fits_are_not_worth_a_file(pictures, tmp_path):
    setting = Setting("mlp", "basic", learning_rate=0.01)
    list(draw(pictures, [setting], OPTIONS, kept=KeptFits(tmp_path / "fits")))
    assert not (tmp_path / "fits").exists()
