"""Deep LSD (Toledo-Marín and Glazier 2021): an axis for every label in a generator's latent space."""
