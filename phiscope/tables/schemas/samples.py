"""Every sample, and what detectors say of it."""

from __future__ import annotations

import pyarrow as pa

from phiscope.tables.schemas.fields import INT, REAL, SAMPLE, TEXT, field

SCHEMAS: dict[str, pa.Schema] = {
    # Columns of the data set's source come after these.
    "samples": pa.schema(
        [
            field("dataset", TEXT, "name of another data set in the config; null for that of the run"),
            field("split", TEXT, "`train` or `test`"),
            field("sample", INT, "index in the split as the data set gives it, from 0, as in all tables"),
            field("place", INT, "place in the order in which limits take samples, from 0"),
            field("label", INT, "class the data set gives, from 0; null where it gives none"),
            field("class", TEXT, "its name"),
            field(
                "file",
                TEXT,
                "what the source calls the image: its file, relative to the data set, or its cell in a table of files; "
                "null where it has no name",
            ),
        ]
    ),
    "scores": pa.schema(
        [
            *SAMPLE[:3],
            field("detector", TEXT, "name of the score in phiscope.detection.DETECTORS"),
            field("score", REAL, "larger is more suspicious; null where the sample has no hull distance", "of its own"),
        ]
    ),
}
