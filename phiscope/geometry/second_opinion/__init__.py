"""The same problems solved by somebody else: a back-end of qpsolvers that our own solvers do not use.

What is asked: margins, section 3 of Yousefzadeh 2022, each as one quadratic program with all its constraints
(`margins`), and projections onto hulls, section 6, as a quadratic program over some of the vertices, which grows until
pricing all of them by plain numpy finds none to add (`hulls`). Nothing here imports our solvers.

How one knows that the answer is right: a back-end's own word counts for nothing. From the point and the multipliers
that it gives follow an upper and a lower bound of the distance, by weak duality, whatever the point and the multipliers
are. Where these are close to each other the problem is solved; where not, the back-end failed, which says nothing of
ours. Two solutions contradict each other where their distances are further apart than both errors allow: then the
certificate of one of them is false.

What it costs: a margin of n classes and f features some n²f or f³ operations a step, fifteen steps; a projection onto
a hull of N vertices in d dimensions two or three products of them with a vector, and a program over some 300 vertices.
"""

from phiscope.geometry.second_opinion.back_end import back_end

__all__ = ["back_end"]
