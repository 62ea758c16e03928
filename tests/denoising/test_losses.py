import pytest
import torch

from phiscope.denoising.losses import indicator, weighted

CLEAN = torch.tensor([[[[0.0, 1.0], [0.5, 0.5]]]])
FOUND = torch.tensor([[[[0.2, 1.0], [0.1, 1.5]]]])  # residuals 0.2, 0, -0.4, 1


def test_terms_by_hand_on_a_2x2_image():
    assert float(weighted(FOUND, CLEAN, 1.0)) == pytest.approx((0.04 + 0.16 + 1.0) / 4)
    assert float(weighted(FOUND, CLEAN, 0.0)) == pytest.approx((0.2 + 0.4 + 1.0) / 4)
    assert float(weighted(FOUND, CLEAN, 0.25)) == pytest.approx(0.25 * 1.2 / 4 + 0.75 * 1.6 / 4)


def test_l1_pushes_with_the_same_force_however_far_and_l2_in_proportion():
    pulled = {}
    for weight in (0.0, 1.0):
        found = FOUND.clone().requires_grad_()
        weighted(found, CLEAN, weight).backward()
        pulled[weight] = 4 * found.grad.flatten()
    assert pulled[0.0].tolist() == [1.0, 0.0, -1.0, 1.0]
    torch.testing.assert_close(pulled[1.0], 2 * (FOUND - CLEAN).flatten())


def test_the_indicator_counts_and_gives_no_gradient():
    found = torch.tensor([-0.5, -0.001, 0.0, 0.7], requires_grad=True)
    loss = indicator(found)
    loss.backward()
    assert loss.item() == 0.5
    assert found.grad.tolist() == [0.0, 0.0, 0.0, 0.0]
