"""How well noise is taken away: benches, the experiments of the denoising lecture, folders of images."""
