"""Images as functions of position: encodings, linear and neural fits. Knows arrays and nothing of files or tables.

f = h∘g: an encoding g takes a position in [0, 1)² to features, h takes features to colour. With a complete basis as g
a linear h is enough, and for photographs it is sparse; with fewer features h is a network.

The note is the one on neural representations, of `phiscope.papers.references`.

ASSUME: the note prints f = g∘h; g, which maps positions, is applied first.
"""
