"""What makes a classifier silently wrong is seen and named; what is right is not doubted."""

import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from phiscope.datasets import load
from phiscope.errors import ModelError
from phiscope.experiments.models.doubts import doubts_of
from phiscope.experiments.models.heads import found_head
from phiscope.experiments.models.look import look
from phiscope.experiments.models.record import Order
from phiscope.experiments.models.variants import IMAGENET
from phiscope.models import FeatureMap
from tests.experiments.models.seen import CLASSES, DEVIATION, MEAN, NAMES, Nearest, check, classifier, images


def seen(network=None, pixels=None, labels=None, names=NAMES, is_loaded=True, **about):
    given, own = images()
    pixels, labels = given if pixels is None else pixels, own if labels is None else labels
    return look(network or classifier(), pixels, labels, names, is_loaded=is_loaded, **about)


def test_a_classifier_that_sees_what_it_should_is_not_doubted():
    found = seen(counts=(300, 900), stated=1.0)
    assert found.doubts == ()
    assert found.accuracy.share == 1.0
    assert found.accuracy.chance == pytest.approx(1 / CLASSES)
    assert found.outputs == ((25, 25, 25),) * CLASSES
    assert found.pixels.shape == (3, 8, 8)
    assert (found.pixels.kind, found.pixels.stored[1], found.pixels.unit[1]) == ("uint8", 255, 1)
    assert found.pixels.normalised[1] == pytest.approx((1 - 0.4) / 0.25, abs=0.11)
    assert (found.head.form, found.head.features, found.head.outputs) == ("linear layer", 192, CLASSES)
    assert found.head.residual < 1e-5
    assert found.passes.largest < 1e-6
    assert found.pass_seconds == found.passes.seconds * 1200


def turned(change):
    return {"pixels": np.ascontiguousarray(change(images()[0]))}


def test_images_without_labels_are_no_wrong_answers():
    _, labels = images()
    found = seen(labels=np.where(np.arange(len(labels)) % 3, labels, -1))
    assert (found.accuracy.images, found.accuracy.share) == (200, 1.0)
    assert sum(there for there, _, _ in found.outputs) == 200
    assert seen(labels=np.full(len(labels), -1)).accuracy is None


OTHERWISE = {
    "transposed": (turned(lambda x: x.transpose(0, 1, 3, 2)), "rows and columns exchanged.*transpose: true"),
    "turned left": (turned(lambda x: np.rot90(x, 1, (2, 3))), "turned right by 90°"),
    "turned right": (turned(lambda x: np.rot90(x, -1, (2, 3))), "turned left by 90°"),
    "upside down": (turned(lambda x: x[:, :, ::-1]), "upside down.*PIL.ImageOps:flip"),
    "mirrored": (turned(lambda x: x[..., ::-1]), "mirrored.*PIL.ImageOps:mirror"),
    "turned by half": (turned(lambda x: x[:, :, ::-1, ::-1]), "turned by 180°"),
    "inverted": (turned(lambda x: 255 - x), "black and white exchanged.*PIL.ImageOps:invert"),
    "blue first": (turned(lambda x: x[:, ::-1]), "blue first and red last.*swap the channels"),
    "mean of bytes": (
        {"network": classifier(mean=[255 * m for m in MEAN], deviation=[255 * d for d in DEVIATION])},
        r"divided by 255, it would be 1.00: give classifier.normalise: {mean: \[0.5, 0.4, 0.3\]",
    ),
}


@pytest.mark.parametrize("case", OTHERWISE)
def test_images_that_are_read_in_another_way_are_named_with_what_to_do(case):
    given, words = OTHERWISE[case]
    found = seen(**given)
    assert found.accuracy.share < 0.7
    assert found.reading.accuracy > 0.9
    assert f"it would be {found.reading.accuracy:.2f}" in found.doubts[0]
    assert re.search(words, found.doubts[0])


def test_images_of_0_and_1_that_are_taken_for_nearly_black_ones_are_asked_about():
    found = seen(**turned(lambda x: np.rint(x / 255).astype(np.uint8)))
    (doubt,) = found.doubts
    assert doubt.startswith("100 % of 300 images are nearly black, and no value is above 1 of 255")
    assert "dataset.options.range" in doubt


def test_a_normalisation_that_was_left_out_is_found():
    """The network was made for ImageNet's."""
    network = classifier(Nearest(normalised=IMAGENET), mean=[0.0], deviation=[1.0])
    found = seen(network)
    assert found.accuracy.share < 0.9
    assert "with ImageNet's mean and deviation" in found.doubts[0]
    assert "{mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225]}" in found.doubts[0]


def test_classes_in_another_order_are_found_and_listed():
    order = np.random.default_rng(1).permutation(CLASSES)  # output k answers for the class that is called order[k]
    _, labels = images()
    found = seen(labels=order[labels])
    assert found.order.classes == tuple(order)
    assert found.order.accuracy == 1.0
    (doubt,) = found.doubts
    moved = next(k for k in range(CLASSES) if order[k] != k)
    assert f"output {moved} is called {NAMES[moved]!r} and answers for {NAMES[order[moved]]!r}" in doubt
    columns = np.argsort(order).tolist()
    assert doubt.endswith(f"give the outputs in the order of the classes, classifier.columns: {columns}")
    network = classifier()
    network.columns = columns
    assert seen(network, labels=order[labels]).doubts == ()


def test_columns_that_are_chosen_already_are_chosen_from():
    _, labels = images()
    network = classifier()
    network.columns = [*range(5, CLASSES), *range(5)]
    found = seen(network, labels=labels)  # output k answers for class k + 5
    assert found.order.classes[0] == 5
    assert found.doubts[0].endswith(f"classifier.columns: {list(range(CLASSES))}")


def test_folders_that_are_numbers_stand_in_the_order_of_text():
    numbers = sorted(map(str, range(CLASSES)))
    position = np.array([numbers.index(str(k)) for k in range(CLASSES)])
    found = seen(labels=position[images()[1]], names=numbers)
    assert found.order.called == "the order of their numbers"
    assert "another order, the order of their numbers, it would be 1.00" in found.doubts[0]


def test_the_order_of_numbers_is_doubted_where_the_accuracy_does_not_settle_it():
    numbers = tuple(sorted(map(str, range(12))))
    doubtful = check(classes=numbers, outputs=None, accuracy=None)
    (doubt,) = doubts_of(doubtful)
    assert "'10' before '2'" in doubt
    assert doubt.endswith("in dataset.options.classes, such as [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]")
    assert list(doubts_of(replace(doubtful, is_loaded=False))) == []  # labels and outputs agree after a training
    assert list(doubts_of(replace(doubtful, accuracy=check().accuracy))) == []


def test_one_class_for_all_and_an_accuracy_at_chance():
    network = classifier()
    with torch.no_grad():
        network.network.head.bias[5] += 1e6
    found = seen(network)
    assert found.accuracy.favourite[0] == 5
    assert "is no better than always answering the most frequent class" in found.doubts[0]
    assert f"output 5, {NAMES[5]!r}, is the answer to 100 % of the images" in found.doubts[1]


def test_a_network_without_training_is_not_blamed_for_its_answers():
    torch.manual_seed(0)
    found = seen(classifier(nn.Sequential(nn.Flatten(), nn.Linear(192, CLASSES))), is_loaded=False, is_trained=False)
    assert (found.accuracy, found.outputs, found.doubts) == (None, None, ())


@pytest.mark.parametrize("seed", range(5))
def test_nor_is_an_order_or_a_reading_found_that_suits_one_without_training(seed):
    digits = load("digits", "test")
    torch.manual_seed(seed)
    network = classifier(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), [0.3], [0.4])
    found = seen(network, digits.images, digits.labels, digits.classes)
    assert found.accuracy.share < 0.3
    assert (found.order, found.reading) == (None, None)


@pytest.mark.parametrize("returns", ["logits", "softmax", "log_softmax"])
def test_what_a_network_makes_of_its_logits(returns):
    ends = {"logits": nn.Identity(), "softmax": nn.Softmax(-1), "log_softmax": nn.LogSoftmax(-1)}
    network, pixels = nn.Sequential(Nearest(), ends[returns]), torch.rand(32, 3, 8, 8)
    own = Nearest().head
    feature_map = FeatureMap(network, "0.head", own.weight.double().T, own.bias.double(), None)
    head = found_head(feature_map, pixels, None)
    assert (head.returns, head.form, head.probabilities) == (returns, "linear layer", returns == "softmax")
    assert head.residual < 1e-5
    assert found_head(feature_map, pixels, "0.head").found == "named by classifier.head"


def test_what_cannot_be_used_is_refused():
    with pytest.raises(ModelError, match="tells 12 classes apart"):
        seen(names=NAMES[:5], labels=images()[1] % 5)
    with pytest.raises(ModelError, match="relu"):
        seen(classifier(Nearest(torch.relu)))


CHANGES = {
    "probabilities": (
        {"head": replace(check().head, probabilities=True)},
        "look like probabilities.*the logits before the softmax",
    ),
    "probabilities to train": (
        {"head": replace(check().head, probabilities=True), "is_loaded": False},
        "a training with cross-entropy learns slowly from them",
    ),
    "far below what is stated": ({"stated": 0.99}, "0.90 on 300 images is far below the 0.99 that the file"),
    "layers in training": ({"training": ("network.drop",)}, "'network.drop' stays in training mode"),
    "several layers in training": ({"training": ("a", "b", "c", "d")}, "'a', 'b', 'c' and 1 more stay in training"),
    "features that move": ({"passes": replace(check().passes, alone=3e-3)}, "move by 3e-03 of their length"),
    "dark": ({"pixels": replace(check().pixels, dark=0.97, stored=(0, 1))}, "97.0 % of 300 images are nearly black"),
    "flat": ({"pixels": replace(check().pixels, flat=0.8)}, "80.0 % of 300 images are of one shade"),
    "deviation of bytes": ({"normalise": ((0.0,), (255.0,))}, r"divide them by 255: {mean: \[0\], deviation: \[1\]}"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_doubt_is_one_sentence(case):
    changes, words = CHANGES[case]
    (doubt,) = doubts_of(check(**changes))
    assert re.search(words, doubt)
    assert "\n" not in doubt
    assert not doubt.endswith(".")


@pytest.mark.parametrize(
    "changes",
    [
        {"stated": 0.93},  # within what 300 images tell
        {"pixels": replace(check().pixels, dark=0.3)},
        {"passes": replace(check().passes, alone=3e-6)},
    ],
)
def test_what_is_usual_is_not_doubted(changes):
    assert list(doubts_of(check(**changes))) == []


def test_of_an_order_and_a_reading_the_better_is_said():
    reading = seen(**OTHERWISE["inverted"][0]).reading
    both = check(order=Order((1, 0, 2), 0.95, "another order"), reading=replace(reading, accuracy=0.97))
    (doubt,) = doubts_of(both)
    assert "black and white exchanged" in doubt
    (doubt,) = doubts_of(replace(both, reading=replace(reading, accuracy=0.5)))
    assert (
        "with the classes in another order, it would be 0.95: output 0 is called 'ant' and answers for 'bee'" in doubt
    )
