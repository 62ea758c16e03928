import numpy as np
import pytest
from scipy.fft import dctn

from phiscope.errors import ConfigError, DataError
from phiscope.implicit.bases import fourier
from phiscope.implicit.encodings import ENCODINGS, encode
from phiscope.implicit.waves import positions

SIZE = (8, 6)
PARAMETERS = {
    "positional": {"k": 6, "sigma": 4.0},
    "gaussian": {"k": 7, "sigma": 3.0, "seed": 0},
    "fourier_random": {"k": 7, "seed": 0},
    "fourier_grid": {"k": 7},
    "fourier_lowest": {"k": 7},
    "fourier_strategic": {"k": 7, "magnitudes": np.random.default_rng(3).random(SIZE)},
    "orthogonal": {"seed": 0},
    "siren": {"k": 16},
}
COMPLETE = ["fourier_complete", "dct", "haar", "orthogonal"]


def size_for(name: str) -> tuple[int, int]:
    return (8, 4) if name == "haar" else SIZE


def made(name: str):
    return encode(name, size_for(name), **PARAMETERS.get(name, {}))


@pytest.mark.parametrize("name", ENCODINGS)
def test_says_its_shape_and_bandwidth(name):
    encoding = made(name)
    features = encoding(positions(size_for(name)))
    assert features.shape == (np.prod(size_for(name)), encoding.dimension)
    assert np.isfinite(features).all()
    assert encoding.name == name
    if encoding.frequencies is not None:
        assert np.abs(features).max() <= (np.sqrt(2) if name in COMPLETE else 1) + 1e-12
        assert len(encoding.frequencies) == encoding.k
        assert encoding.bandwidth == pytest.approx(np.linalg.norm(encoding.frequencies, axis=1).max())


@pytest.mark.parametrize("name", COMPLETE)
def test_complete_encodings_are_orthogonal_and_as_many_as_pixels(name):
    size = size_for(name)
    features = made(name)(positions(size))
    gram = features.T @ features
    assert features.shape == (np.prod(size),) * 2
    np.testing.assert_allclose(gram, np.prod(size) * np.eye(np.prod(size)), atol=1e-10)  # root mean squares of 1
    # So that pixels are as far from each other in one as in another: kernels on them tell none of these bases apart.
    np.testing.assert_allclose(features @ features.T, gram, atol=1e-10)


def test_the_cosine_encoding_is_the_transform():
    size = (6, 5)
    image = np.random.default_rng(0).normal(size=size)
    found = encode("dct", size)(positions(size)).T @ image.ravel() / np.sqrt(image.size)
    np.testing.assert_allclose(found, dctn(image, norm="ortho").ravel(), atol=1e-12)


def test_a_wave_moved_by_half_its_period_changes_sign():
    where = np.random.default_rng(1).random((20, 2))
    np.testing.assert_allclose(made("basic")(where + 0.5), -made("basic")(where), atol=1e-12)
    np.testing.assert_allclose(made("fourier_lowest")(where + 1), made("fourier_lowest")(where), atol=1e-12)


def test_the_published_formulas():
    where = np.array([[0.3, 0.7]])
    expected = [np.cos(0.6 * np.pi), np.cos(1.4 * np.pi), np.sin(0.6 * np.pi), np.sin(1.4 * np.pi)]
    np.testing.assert_allclose(made("basic")(where)[0], expected, atol=1e-12)
    steps = np.array([1, 4 ** (1 / 3), 4 ** (2 / 3)])
    np.testing.assert_allclose(made("positional").frequencies[:3, 0], steps, rtol=1e-12)
    np.testing.assert_allclose(made("positional").frequencies[3:, 1], steps, rtol=1e-12)


def test_gaussian_frequencies_have_the_deviation_asked_for():
    encoding = encode("gaussian", SIZE, k=4000, sigma=5.0, seed=1)
    assert encoding.frequencies.std() == pytest.approx(5.0, rel=0.03)
    assert (encode("gaussian", SIZE, k=4, sigma=5.0, seed=2).frequencies != encoding.frequencies[:4]).all()


def test_lowest_frequencies_fill_a_disc():
    encoding = encode("fourier_lowest", (32, 32), k=40)
    rest = encode("fourier_complete", (32, 32)).frequencies[40:]
    assert encoding.bandwidth <= np.linalg.norm(rest, axis=1).min()


def test_random_subset_has_no_wave_twice():
    frequencies = encode("fourier_random", (16, 16), k=60, seed=4).frequencies
    assert len({tuple(u) for u in frequencies}) == 60
    assert (frequencies != encode("fourier_random", (16, 16), k=60, seed=5).frequencies).any()


@pytest.mark.parametrize("k", [1, 10, 40, 129])
def test_grid_is_a_lattice_of_at_most_k_waves(k):
    frequencies = encode("fourier_grid", (16, 16), k=k).frequencies
    assert 1 <= len(frequencies) <= k
    rows, columns = (np.gcd.reduce(part) or 99 for part in frequencies.T)
    everything = encode("fourier_complete", (16, 16)).frequencies
    on_lattice = ((everything % rows == 0) & (everything[:, 1:] % columns == 0))[:, 0]
    assert on_lattice.sum() == len(frequencies)
    assert len(frequencies) > k / 3


def test_strategic_subset_has_the_largest_share_of_energy():
    size = (9, 8)
    image = np.random.default_rng(5).normal(size=size)
    magnitudes = np.abs(np.fft.fft2(image, norm="ortho"))
    Q = fourier(size).matrix()

    def captured(**parameters):
        features = encode(size=size, k=10, **parameters)(positions(size))
        unit = features / np.linalg.norm(features, axis=0)
        return ((unit.T @ image.ravel()) ** 2).sum()

    strategic = captured(name="fourier_strategic", magnitudes=magnitudes)
    others = [captured(name="fourier_random", seed=seed) for seed in range(20)] + [captured(name="fourier_lowest")]
    assert max(others) < strategic < ((Q.T @ image.ravel()) ** 2).sum()


def test_bases_of_pixels_are_constant_on_every_pixel():
    encoding = made("orthogonal")
    where = positions(SIZE)
    np.testing.assert_array_equal(encoding(where), encoding(where + 0.99 / np.array(SIZE)))


def test_what_cannot_be():
    with pytest.raises(ConfigError, match="expected one of none, basic"):
        encode("fourier", SIZE)
    with pytest.raises(ConfigError, match="encoding gaussian: missing a required argument: 'sigma'; it takes k, sigma"):
        encode("gaussian", SIZE, k=3, seed=0)
    with pytest.raises(ConfigError, match="a 8x6 image has 1 to 26 waves"):
        encode("fourier_lowest", SIZE, k=27)
    with pytest.raises(ConfigError, match="even"):
        encode("positional", SIZE, k=3, sigma=2.0)
    with pytest.raises(DataError, match="magnitudes"):
        encode("fourier_strategic", SIZE, k=3, magnitudes=np.ones((4, 4)))
    with pytest.raises(DataError, match=r"expected \(n, 2\)"):
        made("basic")(np.zeros((4, 3)))
