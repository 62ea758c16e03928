"""Does truncation denoise? Labels kept and PSNR against the number of components (Toledo-Marín and Glazier 2021, V)."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from phiscope.figures.checks import require
from phiscope.figures.style import panels, themed

CAPTION = "Lines: truncated; dotted: the noisy image itself."
CATEGORY = "Latent space"
ALT = "Labels kept and PSNR against the number of components"
DENSE = False
WHEN = "latent"
STACKS = True

NOISY, ALL = 0, -1


@themed
def draw(own_denoising: pd.DataFrame) -> Figure:
    """own_denoising: level, components (0 the noisy image itself, -1 the whole latent), kept, psnr."""
    require(own_denoising, "own_denoising", "level", "components", "kept", "psnr")
    figure, axes = panels(1, 2, 3.2)
    levels = sorted(own_denoising["level"].unique())
    counts = sorted(count for count in own_denoising["components"].unique() if count > 0)
    places = [*counts, ALL]
    for ax, column, title in zip(axes[0], ("kept", "psnr"), ("classified as labelled", "PSNR to the clean image (dB)")):
        for level, colour in zip(levels, sns.color_palette("flare", len(levels))):
            rows = own_denoising[own_denoising["level"] == level].set_index("components")[column]
            name = f"noise {level:g}" if level else "no noise"
            ax.plot(range(len(places)), rows.reindex(places), color=colour, marker="o", ms=3.5, lw=1.3, label=name)
            if pd.notna(rows.get(NOISY)):
                ax.axhline(rows[NOISY], color=colour, lw=1.0, ls=":")
        ax.set_xticks(range(len(places)), [*map(str, counts), "all"])
        ax.set(title=title, xlabel="components kept")
    axes[0, 0].set_title("classified as labelled (dotted: the noisy image)")
    axes[0, 0].yaxis.set_major_formatter(PercentFormatter(1.0))
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=len(levels), frameon=False)
    return figure
