import numpy as np
import pytest
import torch

from phiscope.datasets import ImageDataset, PreparedDataset, open_prepared
from phiscope.datasets.prepared import save
from phiscope.models.classifier import Normalised, small_resnet
from phiscope.training import reading
from phiscope.training.batches import AugmentedBatches
from phiscope.training.classifier import train

OPTIONS = {
    "epochs": 6, "batch_size": 20, "learning_rate": 0.1, "weight_decay": 0.0, "validation": 0.1,
    "shift": 0, "flip": False, "precision": "32-true",
}  # fmt: skip


def stripes(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Images of upright (0) and level (1) stripes in noise."""
    torch.manual_seed(3)
    labels = torch.arange(count) % 2
    images = torch.rand(count, 1, 8, 8) * 0.5
    images[labels == 0, :, :, ::2] += 0.5
    images[labels == 1, :, ::2, :] += 0.5
    return images, labels


def fresh():
    torch.manual_seed(0)
    return small_resnet(channels=1, classes=2, widths=(4, 8))


def test_learns_and_tells(tmp_path):
    told = []
    history = train(fresh(), *stripes(200), OPTIONS, seed=0, checkpoints=tmp_path, report=lambda h: told.append(len(h)))
    assert told == [1, 2, 3, 4, 5, 6, 6]
    assert history[-1]["train_loss"] < 0.5 * history[0]["train_loss"]
    assert history[-1]["val_accuracy"] == 1.0


class StopError(Exception):
    pass


def test_resumed_training_ends_where_an_unbroken_one_does(tmp_path):
    def stop_in_the_fourth(history):
        if len(history) == 4:
            raise StopError

    images, labels = stripes(200)
    unbroken, broken = fresh(), fresh()
    expected = train(unbroken, images, labels, OPTIONS, seed=0, checkpoints=tmp_path / "a")
    with pytest.raises(StopError):
        train(broken, images, labels, OPTIONS, seed=0, checkpoints=tmp_path / "b", report=stop_in_the_fourth)
    history = train(fresh_again := fresh(), images, labels, OPTIONS, seed=0, checkpoints=tmp_path / "b")
    assert [row["epoch"] for row in history] == [0, 1, 2, 3, 4, 5]
    assert history == expected
    for key, value in unbroken.state_dict().items():
        torch.testing.assert_close(fresh_again.state_dict()[key], value, msg=key)


def test_a_finished_training_is_told_again_without_another_epoch(tmp_path):
    images, labels = stripes(200)
    finished = fresh()
    expected = train(finished, images, labels, OPTIONS, seed=0, checkpoints=tmp_path)
    told = []
    train(again := fresh(), images, labels, OPTIONS, seed=0, checkpoints=tmp_path, report=told.append)
    assert told == [expected]
    for key, value in finished.state_dict().items():
        torch.testing.assert_close(again.state_dict()[key], value, rtol=0, atol=0, msg=key)


def changed_network(**given):
    torch.manual_seed(0)
    given = {"mean": [0.5], "deviation": [0.5]} | given
    return Normalised(small_resnet(channels=1, classes=2, widths=(4, 8)), given["mean"], given["deviation"])


def test_another_network_or_other_images_start_anew(tmp_path):
    """A finished training would be taken for the new one's: the weights of a network that saw something else."""
    images, labels = stripes(200)
    options = OPTIONS | {"epochs": 1}
    trained = {
        "first": (changed_network(), images, {}),
        "mean": (changed_network(mean=[0.4]), images, {}),
        "images": (changed_network(), images.flip(3), {}),
        "code": (changed_network(), images, {"built_from": "another file"}),
        "shapes": (small_resnet(channels=1, classes=2, widths=(4, 16)), images, {}),
    }
    for count, (network, seen, more) in enumerate(trained.values(), 1):
        train(network, seen, labels, options, seed=0, checkpoints=tmp_path, **more)
        assert len(list(tmp_path.glob("*.ckpt"))) == count
    again = changed_network()
    train(again, images, labels, options, seed=0, checkpoints=tmp_path)
    assert len(list(tmp_path.glob("*.ckpt"))) == len(trained)
    for key, value in trained["first"][0].state_dict().items():
        torch.testing.assert_close(again.state_dict()[key], value, rtol=0, atol=0, msg=key)


def test_images_that_are_read_for_each_batch_train_the_same(tmp_path, monkeypatch):
    """As an index of encoded images does, whose decoded images are many."""
    images, labels = stripes(200)
    pictures = (255 * images).byte().numpy()
    save(ImageDataset(pictures, labels.numpy(), ("a", "b"), np.arange(200)), path := tmp_path / "split", seed=0)
    prepared = open_prepared(path)
    labels = torch.from_numpy(prepared.labels)
    held = reading.images_of(prepared)
    assert torch.is_tensor(held)
    monkeypatch.setattr(PreparedDataset, "is_index", True)
    monkeypatch.setattr(reading, "MOST_HELD", 100)
    read = reading.images_of(prepared)
    assert not torch.is_tensor(read)
    assert tuple(read.shape) == tuple(held.shape)
    histories = [
        train(fresh(), each, labels, OPTIONS | {"epochs": 2, "shift": 1}, seed=0, checkpoints=tmp_path / name)
        for name, each in (("held", held), ("read", read))
    ]
    assert histories[0] == histories[1]


def test_augmentation_moves_each_image_by_itself_and_repeats_per_epoch():
    images = torch.zeros(8, 1, 5, 5)
    images[:, :, 2, 1] = 1
    batches = AugmentedBatches(images, torch.arange(8), 8, shift=1, flip=True, seed=4)
    (first, labels), (again, labels_again) = next(iter(batches)), next(iter(batches))
    assert torch.equal(first, again)
    assert torch.equal(labels, labels_again)
    assert torch.equal(first.sum((1, 2, 3)), torch.ones(8))  # the bright pixel is never shifted out
    places = {tuple(np.argwhere(image[0].numpy())[0]) for image in first}
    assert len(places) > 2
    assert all(1 <= row <= 3 and 0 <= column <= 4 for row, column in places)
    batches.epoch = 1
    assert not torch.equal(next(iter(batches))[0], first)
