"""Images that map to chosen points of feature space: targets, balls, edits, and the rows that say what came of them."""
