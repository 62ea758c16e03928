"""Scripts that load networks of the user's name the key at fault, whatever network it is."""

import runpy

import numpy as np
import pytest

from phiscope.datasets.prepared import save_arrays
from phiscope.errors import ModelError
from phiscope.workflow.configuration import read, resolve
from phiscope.workflow.plan import Plan
from phiscope.workflow.plan.plan import RULES

ABSENT = {"path": "absent.pt"}


@pytest.fixture
def planned(root):
    """A function of changes to the default configuration that gives the plan."""

    def plan(changes: dict) -> Plan:
        return Plan.of(resolve([read(root / "config.yaml"), changes]), scripts=root / "scripts")

    return plan


@pytest.fixture
def images(tmp_path):
    save_arrays(
        np.zeros((2, 1, 8, 8), np.uint8), np.arange(2), np.arange(2), ["0", "1"], tmp_path / "train.safetensors"
    )
    return str(tmp_path / "train.safetensors")


@pytest.fixture
def load(images, tmp_path):
    """A function that does what a rule's script does with the parameters that the plan gives its job."""

    def run(plan: Plan, rule: str, **wildcards: str) -> None:
        function = runpy.run_path(str(plan.scripts / f"{RULES[rule].script}.py"))["load"]
        given = plan.parameters(rule, **wildcards) | {"images": images, "output": str(tmp_path / "network.safetensors")}
        function(**{name: given[name] for name in function.__annotations__ if name in given})

    return run


@pytest.mark.parametrize(
    ("rule", "wildcards", "key", "changes"),
    [
        ("load_classifier", {}, "classifier", {"classifier": {"weights": ABSENT}}),
        ("load_denoiser", {}, "denoising.network", {"denoising": {"network": {"weights": ABSENT}}}),
        ("load_generator", {}, "latent.gan", {"latent": {"gan": {"weights": ABSENT}}}),
        (
            "load_encoder",
            {"setting": "faithful", "training": "0"},
            "latent.settings.faithful",
            {"latent": {"settings": {"faithful": {"weights": ABSENT}}}},
        ),
    ],
)
def test_weights_that_are_not_there(planned, load, rule, wildcards, key, changes):
    with pytest.raises(ModelError, match=f"^{key}.weights.path: there is no file absent.pt; give the path"):
        load(planned(changes), rule, **wildcards)


@pytest.mark.parametrize(
    ("rule", "key", "network"),
    [
        ("load_classifier", "classifier", ("classifier",)),
        ("load_denoiser", "denoising.network", ("denoising", "network")),
    ],
)
def test_factories_that_are_none(planned, load, rule, key, network):
    changes = {"weights": ABSENT, "factory": "nowhere:network"} | ({"normalise": "none"} if key == "classifier" else {})
    for part in reversed(network):
        changes = {part: changes}
    with pytest.raises(ModelError, match=f"^{key}.factory: cannot find 'nowhere:network'"):
        load(planned(changes), rule)


def test_a_denoiser_that_is_trained_knows_its_factorys_key(planned):
    other = {"network": {"factory": "nowhere:network", "arguments": {}}}
    plan = planned({"denoising": {"others": {"more": other}}})
    keys = {name: plan.parameters("train_denoiser", denoiser=name)["where"] for name in ("denoiser", "denoiser-more")}
    assert keys == {
        "denoiser": "denoising.network.factory",
        "denoiser-more": "denoising.others.more.network.factory",
    }


@pytest.mark.parametrize(
    ("rule", "wildcards", "changes"),
    [
        ("load_classifier", {}, ("classifier",)),
        ("check_loaded_classifier", {}, ("classifier",)),
        ("load_denoiser", {}, ("denoising", "network")),
        ("load_generator", {}, ("latent", "gan")),
        ("load_encoder", {"setting": "faithful", "training": "0"}, ("latent", "settings", "faithful")),
    ],
)
@pytest.mark.parametrize("is_folder", [False, True])
def test_other_weights_in_the_same_place_are_loaded_anew(planned, tmp_path, rule, wildcards, changes, is_folder):
    path = tmp_path / "weights"
    file = path / "model.safetensors" if is_folder else path
    file.parent.mkdir(exist_ok=True)
    given = {"weights": {"path": str(path)}} | ({"normalise": "none"} if changes == ("classifier",) else {})
    for part in reversed(changes):
        given = {part: given}
    plan, seen = planned(given), set()
    for content in (b"one", b"two"):
        file.write_bytes(content)
        seen.add(plan.fingerprint(rule, **wildcards))
    assert len(seen) == 2
    file.write_bytes(b"one")
    assert plan.fingerprint(rule, **wildcards) in seen
