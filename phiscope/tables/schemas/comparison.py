"""What stands beside other computations and published numbers."""

from __future__ import annotations

import pyarrow as pa

from phiscope.tables.schemas.fields import INT, NOWHERE, REAL, SAMPLE, TEXT, field

SCHEMAS: dict[str, pa.Schema] = {
    "disagreements": pa.schema(
        [
            field("problem", TEXT, "`margin`, to one other class, or `hull`, a projection"),
            *(field for field in SAMPLE if field.name in ("view", "split", "sample")),
            field("space", TEXT, "`feature` or `pixel`, as in `hulls`"),
            field("hull_of", TEXT, "view under which training samples span the hull; null where they are as they are"),
            field("hull_class", INT, "class whose training samples span the hull; null where all of them do"),
            field("other_class", INT, "class j of a margin; null of a projection"),
            field("solver", TEXT, "back-end of qpsolvers that solved the problem once more"),
            field("ours", REAL, f"in the table of the problem; {NOWHERE}; null without an answer", "distance"),
            field(
                "theirs",
                REAL,
                f"by the other solver; {NOWHERE}; where it proves no more, the bound that ours lies beyond; null "
                "where it proves nothing of ours",
                "distance",
            ),
            field("difference", REAL, "ours less theirs", "distance"),
            field("ours_error", REAL, "how far ours may be from the truth, by its certificate", "distance"),
            field("theirs_error", REAL, "the same of theirs, recomputed from point and multipliers", "distance"),
            field("tolerance", REAL, "both errors and the rounding of float64: what a difference may be", "distance"),
            field(
                "relative_difference",
                REAL,
                "size of the difference over ‖x‖ + margin, or over the distance from the projection to the farthest "
                "vertex that the other solver was given",
            ),
            field(
                "outcome",
                TEXT,
                "`agrees`; `disagrees`: the difference exceeds the tolerance; `theirs_failed`: the other solver proves "
                "nothing; `ours_failed`: there is no answer of ours",
            ),
        ]
    ),
    "paper_comparison": pa.schema(
        [
            field("key", TEXT, "what was measured, as one word that does not change"),
            field("quantity", TEXT, "what was measured, in words"),
            field(
                "unit",
                TEXT,
                "share (in [0, 1]), difference (of shares), distance, count, ratio or correlation",
            ),
            field("paper", TEXT, "text, as in phiscope.papers.references; empty where the question is ours"),
            field("section", TEXT, "where in that text"),
            field("paper_value", REAL, "what that text says; null where it gives no number"),
            field("value", REAL, "what this run measured"),
            field("ci_low", REAL, "lower end of the interval; null where there is none"),
            field("ci_high", REAL, "upper end of the interval"),
            field("interval", TEXT, "how the interval was made"),
            field("n", INT, "number of samples behind the value"),
            field(
                "verdict",
                TEXT,
                "of what the text says: `holds`, `differs`, `wrong` or `undecided`, by the rule in "
                "phiscope.papers.verdicts; null where it says nothing that this run can judge",
            ),
            field("difference", REAL, "value - paper_value"),
        ]
    ),
}
