"""Geometry of a feature space: margins, hulls, balls. Knows arrays and nothing of files, tables or plots."""
