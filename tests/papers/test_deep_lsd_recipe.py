"""What differs from the published recipe is named, and what does not is not."""

from phiscope.papers.deep_lsd_recipe import differences

GAN = {"epochs": 500, "batch_size": 25, "learning_rate": 2e-4, "learning_rate_discriminator": 2e-4, "beta1": 0.9,
       "average_decay": 0}  # fmt: skip
CLASSIFIER = {"factory": "networks.py:build", "training": {"epochs": 500, "batch_size": 25, "learning_rate": 0.1}}
ENCODER = {"epochs": 500, "batch_size": 25, "learning_rate": 1e-3, "schedule": "constant", "axes_weight": 0.0}
SETTING = {"heads": "published", "reconstruction": "hinge", "classification_weight": 100.0}


def latent(**other) -> dict:
    whole = {"dimension": 100, "set_size": 5000, "trials": 20, "gan": GAN, "encoder": ENCODER}
    return whole | {"settings": {"own": SETTING}} | other


def parts(*given) -> dict[str, tuple[str, str]]:
    return {row.part: (row.paper, row.run) for row in differences(*given, "own")}


def test_the_published_recipe_differs_in_what_the_text_does_not_say():
    assert set(parts(latent(), CLASSIFIER)) == {
        "classifier: network", "classifier: optimiser", "encoder: optimiser", "encoder: form of mean and deviation"
    }  # fmt: skip


def test_what_is_changed_is_named_with_both_values():
    setting = SETTING | {"epochs": 6, "classification_weight": 200.0, "axes_weight": 30.0}
    ours = latent(gan=GAN | {"batch_size": 128, "epochs": 12, "average_decay": 0.995, "learning_rate": 5e-4},
                  settings={"own": setting}, trials=3)  # fmt: skip
    found = parts(ours, CLASSIFIER)
    assert found["generator: epochs, batch"] == ("500, 25", "12, 128")
    assert found["generator: averaging of weights"] == ("not said", "moving average, decay 0.995")
    assert found["generator: Adam's rate"] == ("0.0002", "0.0005 and 0.0002")
    assert found["encoder: epochs, batch"] == ("500, 25", "6, 25")
    assert found["encoder: λ"] == ("100", "200")
    assert found["encoder: weight of the labels' axes in the loss"] == ("0", "30")
    assert found["trials"] == ("20", "3")


def test_loaded_networks_are_said_to_be():
    loaded = {"weights": {"path": "x"}}
    found = parts(latent(gan=loaded, settings={"own": SETTING | loaded}), CLASSIFIER | loaded)
    assert found == {"generator": ("trained", "loaded"), "classifier": ("trained", "loaded"),
                     "encoder": ("trained", "loaded")}  # fmt: skip
