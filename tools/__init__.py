"""Tools of the project itself: what writes its pages of results, and what compares its commits."""
