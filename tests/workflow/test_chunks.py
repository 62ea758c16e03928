from hypothesis import given
from hypothesis import strategies as st

from phiscope.workflow.chunks import names, span


@given(st.integers(1, 5000), st.integers(0, 5000), st.integers(1, 700))
def test_chunks_cover_and_growing_leaves_full_ones_alone(count, more, size):
    spans = [span(name) for name in names(count, size)]
    assert [position for part in spans for position in range(part.start, part.stop)] == list(range(count))
    full = [name for name, part in zip(names(count, size), spans, strict=True) if part.stop - part.start == size]
    assert set(full) <= set(names(count + more, size))


def test_no_sample_is_one_chunk_without_any():
    assert names(0, 500) == ["0000000-0000000"]
    assert span("0000000-0000000") == slice(0, 0)
