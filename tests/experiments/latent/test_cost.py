"""What trainings in latent space cost, from a step of each."""

import pytest

from phiscope.experiments.latent import cost
from phiscope.models.classifier import small_resnet

GAN = {"kind": "gan", "steps": 10, "batch": 8, "precision": "32-true", "decoded": 1}
ENCODER = {"kind": "encoder", "steps": 5, "batch": 4, "precision": "bf16-mixed", "decoded": 2}


def job(training, encoded=0, decoded=0) -> dict:
    return {"training": training, "encoded": encoded, "decoded": decoded}


def seconds(jobs: dict) -> dict[str, float]:
    work = {"dimension": 6, "width": 4, "jobs": jobs}
    return cost.seconds_of_jobs(work, small_resnet(1, 3, (4, 8)), (1, 8, 8), "cpu")


def test_steps_and_passes_are_multiplied_by_what_one_takes(monkeypatch):
    taken = {"gan": 2.0, "encoder": 3.0}
    monkeypatch.setattr(cost._Networks, "step", lambda self, kind, *others: taken[kind])
    monkeypatch.setattr(cost._Networks, "encoded", lambda self: 0.5)
    monkeypatch.setattr(cost._Networks, "decoded", lambda self: 0.25)
    found = seconds({"generator": job(GAN, 0, 4), "one": job(ENCODER, 2, 8), "loaded": job(None, 2, 8)})
    assert found == {"generator": 10 * 2 + 1, "one": 5 * 3 + 1 + 2, "loaded": 3}


def test_a_step_of_every_kind_is_timed():
    found = seconds({"generator": job(GAN), "once": job(ENCODER | {"decoded": 1}), "twice": job(ENCODER)})
    assert all(value > 0 for value in found.values())


def test_the_longer_training_takes_as_many_times_more():
    found = seconds({"short": job(GAN), "long": job(GAN | {"steps": 30})})
    assert found["long"] == pytest.approx(3 * found["short"])


def test_the_classifier_is_left_as_it_was():
    classifier = small_resnet(1, 3, (4, 8))
    before = {name: value.clone() for name, value in classifier.state_dict().items()}
    cost.seconds_of_jobs(
        {"dimension": 6, "width": 4, "jobs": {"g": job(GAN), "e": job(ENCODER)}}, classifier, (1, 8, 8), "cpu"
    )
    assert all((value == before[name]).all() for name, value in classifier.state_dict().items())
    assert classifier.training
    assert all(weight.requires_grad for weight in classifier.parameters())
