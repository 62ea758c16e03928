"""How suspicious the samples of a view look."""
