"""Colours with one meaning everywhere. A light module: pictures are made of them without a plotting library.

They are taken from Okabe and Ito's palette, which stays distinct under colour-blindness, darkened where they also
colour text.
"""

INK, MUTED, FAINT = "#1f2933", "#66717d", "#d5dae0"
MARGIN, HULL = "#0072b2", "#c24f00"
WRONG = "#c2266b"
SPACES = {"feature": "#00785a", "pixel": "#8a4b85"}
SPLITS = {"train": "#66717d", "test": "#0072b2"}
