"""What a classifier does with a hundred images, before anything is computed with it, and what of that is to doubt."""
