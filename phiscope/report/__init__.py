"""The page of a run: question, answer with its number, picture, caveat."""
