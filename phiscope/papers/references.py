"""The texts that phiscope follows or cites: their short names, and the full references, which stand only here."""

from __future__ import annotations

from typing import NamedTuple


class Reference(NamedTuple):
    """full: authors, year, title and where it appeared; url: where it can be read, empty where that is nowhere."""

    full: str
    url: str = ""


# By the name that texts, tables, captions and docstrings cite them by.
REFERENCES = {
    "Yousefzadeh 2022": Reference(
        "R. Yousefzadeh (2022): Decision boundaries and convex hulls in the feature space that deep learning functions "
        "learn from images. arXiv:2202.04052",
        "https://arxiv.org/abs/2202.04052",
    ),
    "Toledo-Marín and Glazier 2021": Reference(
        "J. Q. Toledo-Marín and J. A. Glazier (2021): Using Deep LSD to build operators in GANs latent space with "
        "meaning in real space. Preprint of 11 February 2021"
    ),
    "Tancik et al. 2020": Reference(
        "M. Tancik, P. P. Srinivasan, B. Mildenhall, S. Fridovich-Keil, N. Raghavan, U. Singhal, R. Ramamoorthi, "
        "J. T. Barron and R. Ng (2020): Fourier features let networks learn high frequency functions in low "
        "dimensional domains. NeurIPS 33. arXiv:2006.10739",
        "https://arxiv.org/abs/2006.10739",
    ),
    "Sitzmann et al. 2020": Reference(
        "V. Sitzmann, J. N. P. Martel, A. W. Bergman, D. B. Lindell and G. Wetzstein (2020): Implicit neural "
        "representations with periodic activation functions. NeurIPS 33. arXiv:2006.09661",
        "https://arxiv.org/abs/2006.09661",
    ),
    "Bárány and Füredi 1988": Reference(
        "I. Bárány and Z. Füredi (1988): On the shape of the convex hull of random points. Probability Theory and "
        "Related Fields 77"
    ),
    "Balestriero et al. 2021": Reference(
        "R. Balestriero, J. Pesenti and Y. LeCun (2021): Learning in high dimension always amounts to extrapolation. "
        "arXiv:2110.09485",
        "https://arxiv.org/abs/2110.09485",
    ),
    "the note on neural representations": Reference(
        "Neural Representations: an unsigned note on images as functions of position"
    ),
    "the denoising lecture": Reference(
        "Image representations: from filter banks to a denoising autoencoder. Unsigned lecture slides"
    ),
}
