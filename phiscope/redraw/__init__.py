"""Images drawn again as functions of position: which images, in which ways, and the rows that say how well.

Between the mathematics of `phiscope.implicit`, which knows arrays only, and the table `implicit`. A command of its own
draws an image of yours at any resolution: python -m phiscope.redraw --help
"""
