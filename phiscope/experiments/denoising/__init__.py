"""How well noise is taken away: benches, the experiments of the lecture, folders of images."""
