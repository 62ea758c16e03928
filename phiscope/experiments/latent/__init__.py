"""Deep LSD: bases, what latents tell of labels, operators in latent space, responses to directions."""
