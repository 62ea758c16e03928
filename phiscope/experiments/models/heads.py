"""The linear head that was found: where, in which form, how, and how closely it gives what the network returns."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from phiscope.experiments.models.record import FoundHead
from phiscope.models.feature_map import FeatureMap

_CLOSE = 1e-3  # of the sum: outputs that are no nearer to 1 together are no probabilities


@torch.no_grad()
def found_head(feature_map: FeatureMap, images: Tensor, asked: str | None) -> FoundHead:
    """Looked at on images (b, channels, h, w); asked: the layer that the configuration names, or None."""
    assert feature_map.weight is not None  # of a classifier
    output = feature_map.network(images).double().cpu()
    logits = feature_map.logits(feature_map(images).double().cpu())
    forms = {"logits": logits, "softmax": logits.softmax(-1), "log_softmax": logits.log_softmax(-1)}
    scale = max(float(output.abs().max()), torch.finfo(torch.float64).tiny)
    residuals = {name: float((output - form).abs().max()) / scale for name, form in forms.items()}
    returns = min(residuals, key=lambda name: residuals[name])
    is_own = _is_linear(feature_map)
    found = "found by differentiating the logits, and verified on these images"
    if is_own:
        found = "found as the last linear layer, whose output is the network's"
    if asked is not None:
        found = "named by classifier.head"
    return FoundHead(
        feature_map.layer,
        "linear layer" if is_own else "affine map",
        found,
        len(feature_map.weight),
        feature_map.weight.shape[1],
        getattr(feature_map.network, "ending", "") or returns,  # what is taken off the end of it
        residuals[returns],
        feature_map.lower_bound == 0,
        bool((output >= 0).all()) and float((output.sum(1) - 1).abs().max()) < _CLOSE,
    )


def _is_linear(feature_map: FeatureMap) -> bool:
    """Whether the head is the weight of the layer it is named after."""
    module, weight = dict(feature_map.network.named_modules()).get(feature_map.layer), feature_map.weight
    if not isinstance(module, nn.Linear) or weight is None or module.weight.T.shape != weight.shape:
        return False
    return torch.equal(module.weight.detach().double().T.cpu(), weight)
