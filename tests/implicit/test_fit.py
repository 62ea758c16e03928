import numpy as np
import pytest
import torch

from phiscope.errors import ConfigError, DataError
from phiscope.implicit import fit as fit_module
from phiscope.implicit.encodings import encode
from phiscope.implicit.fit import Schedule, fit
from phiscope.implicit.images import every_other, pink_noise, psnr, step_edge
from phiscope.implicit.networks import Network, forward, initialise
from phiscope.implicit.waves import positions

SIZE = (8, 10)
SMALL = Network(width=16, depth=3)


def targets(count: int) -> np.ndarray:
    return np.random.default_rng(0).random((count, SIZE[0] * SIZE[1], 3))


def features(seed: int = 0) -> np.ndarray:
    return encode("gaussian", SIZE, k=12, sigma=2.0, seed=seed)(positions(SIZE))


@pytest.mark.parametrize("network", [SMALL, Network("siren", width=16, depth=3)], ids=lambda n: n.kind)
def test_batched_is_the_same_as_one_by_one(network):
    x, y, train = np.stack([features(0), features(1), features(2)]), targets(3), every_other(SIZE).ravel()
    schedule = Schedule(40, 1e-2, "cosine")
    batch = fit(x, y, network, schedule, seeds=[3, 4, 5], train=train, precision="float64", together=3)
    for i in range(3):
        alone = fit(x[i], y[i : i + 1], network, schedule, seeds=[3 + i], train=train, precision="float64")
        np.testing.assert_allclose(batch.prediction[i], alone.prediction[0], atol=1e-9)
        np.testing.assert_allclose(batch.psnr_train[i], alone.psnr_train[0], atol=1e-7)
        np.testing.assert_allclose(batch.psnr_heldout[i], alone.psnr_heldout[0], atol=1e-7)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_stacks_agree_in_every_precision(precision):
    arguments = features(), targets(3), SMALL, Schedule(60, 1e-2)
    stacked = fit(*arguments, seeds=[0, 1, 2], precision=precision, together=3)
    single = fit(*arguments, seeds=[0, 1, 2], precision=precision, together=1)
    assert stacked.prediction.shape == single.prediction.shape == (3, 80, 3)
    np.testing.assert_allclose(stacked.psnr_train, single.psnr_train, atol=0.1)


def test_bfloat16_learns_what_float32_learns():
    smooth = np.stack([pink_noise(SIZE, seed=seed, exponent=2).reshape(-1, 3) for seed in range(2)])
    arguments = features(), smooth, SMALL, Schedule(100, 1e-2, "cosine")
    full = fit(*arguments, seeds=[0, 1])
    half = fit(*arguments, seeds=[0, 1], precision="bfloat16")
    assert (full.psnr_train > fit(*arguments[:3], Schedule(1), seeds=[0, 1]).psnr_train + 3).all()
    np.testing.assert_allclose(half.psnr_train, full.psnr_train, atol=0.5)
    assert (half.prediction != full.prediction).any()


def test_seeds_decide_the_outcome():
    arguments = features(), np.repeat(targets(1), 3, axis=0), SMALL, Schedule(5)
    found = fit(*arguments, seeds=[7, 8, 7])
    np.testing.assert_allclose(found.prediction[0], found.prediction[2], atol=1e-6)
    assert np.abs(found.prediction[0] - found.prediction[1]).max() > 1e-3
    np.testing.assert_array_equal(found.prediction, fit(*arguments, seeds=[7, 8, 7]).prediction)


def test_held_out_pixels_are_not_looked_at():
    train = every_other(SIZE).ravel()
    y = targets(1)
    spoiled = np.where(train[:, None], y, 1 - y)
    arguments = {"network": SMALL, "schedule": Schedule(20), "seeds": [0], "train": train}
    found, other = fit(features(), y, **arguments), fit(features(), spoiled, **arguments)
    np.testing.assert_array_equal(found.prediction, other.prediction)
    assert found.psnr_train == other.psnr_train
    assert found.psnr_heldout != other.psnr_heldout
    assert np.isnan(fit(features(), y, SMALL, Schedule(1), seeds=[0]).psnr_heldout[0])


def test_psnr_is_that_of_the_prediction():
    train = every_other(SIZE)
    found = fit(features(), targets(1), SMALL, Schedule(20), seeds=[0], train=train.ravel())
    image, reference = (part[0].reshape(*SIZE, 3) for part in (found.prediction, targets(1)))
    assert found.psnr_train[0] == pytest.approx(psnr(image, reference, train), abs=1e-4)
    assert found.psnr_heldout[0] == pytest.approx(psnr(image, reference, ~train), abs=1e-4)


def test_a_linear_siren_on_the_complete_basis_finds_the_coefficients():
    """Depth 1 without a sigmoid is the linear model: both ends of the note on neural representations meet."""
    x = encode("fourier_complete", SIZE)(positions(SIZE))
    found = fit(x, targets(1), Network("siren", depth=1), Schedule(600, 0.05, "cosine"), seeds=[0])
    assert found.psnr_train[0] > 60
    scale = (x**2).sum(0)
    np.testing.assert_allclose(found.layers[0][0][0].numpy()[1:], (x.T @ targets(1)[0] / scale[:, None])[1:], atol=1e-2)


def rise(profile: np.ndarray) -> float:
    """Pixels from 10 % to 90 % of the way from a profile's first value to its last, linear between pixels."""
    way = (profile - profile[0]) / (profile[-1] - profile[0])
    after = [int(np.argmax(way >= level)) for level in (0.1, 0.9)]
    low, high = (i - (way[i] - level) / (way[i] - way[i - 1]) for i, level in zip(after, (0.1, 0.9)))
    return high - low


def test_a_step_edge_blurs_with_none_and_not_with_gaussian():
    edge = step_edge((32, 32), 1)
    where, y = positions((32, 32)), edge.reshape(1, -1, 1)
    network, schedule = Network(width=64, depth=3), Schedule(200, 1e-3)
    found = {
        name: fit(encode(name, (32, 32), **options)(where), y, network, schedule, seeds=[0])
        for name, options in {"none": {}, "gaussian": {"k": 32, "sigma": 8.0, "seed": 0}}.items()
    }
    width = {name: rise(each.prediction.reshape(32, 32).mean(0)) for name, each in found.items()}
    assert rise(edge[0, :, 0]) == pytest.approx(0.8)
    assert width["gaussian"] < 1.2
    assert width["none"] > 2 * width["gaussian"]
    assert found["gaussian"].psnr_train > found["none"].psnr_train + 3


def test_predicts_at_new_positions_and_counts_its_parameters():
    encoding = encode("gaussian", SIZE, k=12, sigma=2.0, seed=0)
    found = fit(encoding(positions(SIZE)), targets(2), SMALL, Schedule(3), seeds=[0, 1])
    np.testing.assert_allclose(found.predict(encoding(positions(SIZE))), found.prediction, atol=1e-6)
    assert found.predict(encoding(positions((20, 30)))).shape == (2, 600, 3)
    assert found.parameters == sum(part[0].numel() for layer in found.layers for part in layer)
    assert found.parameters == 24 * 16 + 16 + 16 * 16 + 16 + 16 * 3 + 3


def test_siren_starts_with_the_statistics_its_paper_promises():
    """But for biases, every later sine is given values of deviation 1, at any depth (Sitzmann et al., theorem 1.8)."""
    where = torch.from_numpy(encode("siren", (24, 24), k=256)(positions((24, 24))))
    for depth in (3, 5):
        network = Network("siren", width=256, depth=depth)
        layers = initialise(network, 2, 256, [0])
        layers[-1][1].zero_()
        out = forward(network, layers, where)
        assert float((30 * out).std()) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"seeds": [1]}, DataError, "1 seeds"),
        ({"features": np.ones((79, 4))}, DataError, r"expected \(80, d\)"),
        ({"train": np.zeros(80, dtype=bool)}, DataError, "one True at least"),
        ({"precision": "float16"}, ConfigError, "expected one of float32"),
    ],
)
def test_what_cannot_be(change, error, message):
    arguments = {
        "features": features(),
        "targets": targets(2),
        "network": SMALL,
        "schedule": Schedule(1),
        "seeds": [0, 1],
    }
    with pytest.raises(error, match=message):
        fit(**(arguments | change))


def test_options_that_do_not_exist():
    for make in (
        lambda: Network("transformer"),
        lambda: Network(depth=0),
        lambda: Schedule(0),
        lambda: Schedule(1, decay="step"),
    ):
        with pytest.raises(ConfigError, match="expected"):
            make()


def test_steps_are_those_of_torchs_adam():
    """The function behind the class is called, with what the class hands over."""
    network, schedule = Network(width=8, depth=3), Schedule(20, learning_rate=1e-2, decay="cosine")
    x, y = torch.from_numpy(features().astype(np.float32)), torch.from_numpy(targets(1).astype(np.float32))
    layers = [
        tuple(part.float().requires_grad_() for part in layer)
        for layer in initialise(network, x.shape[-1], y.shape[-1], [4])
    ]
    adam = torch.optim.Adam([part for layer in layers for part in layer], fused=True)
    for step in range(schedule.steps):
        adam.param_groups[0]["lr"] = schedule.rate(step)
        adam.zero_grad()
        ((forward(network, layers, x) - y) ** 2).mean((1, 2)).sum().backward()
        adam.step()
    fitted = fit(x.numpy(), y.numpy(), network, schedule, seeds=[4])
    for ours, theirs in zip(fitted.layers, layers, strict=True):
        assert all(torch.equal(own, other) for own, other in zip(ours, theirs, strict=True))


def test_a_large_fit_in_blocks_of_pixels_is_the_same_fit(monkeypatch):
    """Gradients summed over blocks that fit into the cache, against all pixels at once."""
    arguments = features(), targets(1), SMALL, Schedule(30, 1e-2)
    whole = fit(*arguments, seeds=[0], precision="float64")
    monkeypatch.setattr(fit_module, "_IN_CACHE", 16 * 23)  # 23 pixels at a time of 80
    monkeypatch.setattr(fit_module, "_AT_ONCE", 16 * 30)
    blocks = fit(*arguments, seeds=[0], precision="float64")
    np.testing.assert_allclose(blocks.prediction, whole.prediction, atol=1e-9)
    np.testing.assert_allclose(blocks.psnr_train, whole.psnr_train, atol=1e-8)


def test_complete_bases_are_one_to_plain_gradient_descent():
    """Features X of two complete bases have the same XXᵀ, so that a turned first layer makes the same function."""
    one, other = (encode(name, (8, 8))(positions((8, 8))) for name in ("dct", "haar"))
    np.testing.assert_allclose(one @ one.T, other @ other.T, atol=1e-9)
    turn = other.T @ one / len(one)
    np.testing.assert_allclose(other @ turn, one, atol=1e-9)
    np.testing.assert_allclose(turn @ turn.T, np.eye(64), atol=1e-9)
