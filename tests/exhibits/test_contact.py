"""The contact sheet: which images of which classes stand on it."""

import numpy as np

from phiscope import figures
from phiscope.datasets import ImageDataset, open_prepared, save
from phiscope.exhibits.contact import MOST, contact_sheet
from phiscope.figures.pictures import image_of


def sheet_of(tmp_path, labels, classes):
    pixels = np.arange(len(labels) * 3 * 2 * 4).reshape(-1, 3, 2, 4).astype(np.uint8)
    save(ImageDataset(pixels, np.asarray(labels), classes), tmp_path / "x.safetensors", seed=0)
    return pixels, contact_sheet(open_prepared(tmp_path / "x.safetensors"))


def test_two_images_of_each_class_as_the_network_gets_them(tmp_path):
    pixels, sheet = sheet_of(tmp_path, [0, 0, 0, 2, 2, 2, 2], ("ant", "bee", "cow"))
    assert sheet["class"].tolist() == ["ant", "ant", "cow", "cow"]
    assert sheet["number"].tolist() == [0, 0, 2, 2]  # of bees there is none
    assert set(sheet["classes"]) == {3}
    for row in sheet.to_dict("records"):
        sample = int(row["name"].removeprefix("image "))
        np.testing.assert_allclose(image_of(row), pixels[sample] / 255, atol=1e-7)
    assert sheet["name"].is_unique


def test_of_many_classes_some_are_shown_from_the_first_to_the_last(tmp_path):
    names = tuple(f"n{k}" for k in range(200))
    _, sheet = sheet_of(tmp_path, np.arange(200), names)
    assert len(sheet) == MOST
    numbers = sheet["number"].tolist()
    assert (numbers[0], numbers[-1]) == (0, 199)
    assert np.ptp(np.diff(numbers)) <= 1  # evenly among them


def test_images_without_a_label_stand_last(tmp_path):
    _, sheet = sheet_of(tmp_path, [-1, 0, -1, -1, 1], ("ant", "bee"))
    assert sheet["number"].tolist() == [0, 1, -1, -1]
    assert sheet["class"].tolist() == ["ant", "bee", "no label", "no label"]


def test_a_split_without_labels_has_a_sheet(tmp_path):
    _, sheet = sheet_of(tmp_path, [-1] * 5, ("ant", "bee"))
    assert sheet["class"].tolist() == ["no label", "no label"]
    figure = figures.draw("contact_sheet", contact_sheet=sheet)
    assert "no label" in [text.get_text() for text in figure.axes[0].texts]
