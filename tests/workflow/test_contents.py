"""What tells one file from another."""

from phiscope.files import KEY
from phiscope.workflow.contents import content


def test_the_order_of_a_networks_metadata_does_not_count(tmp_path):
    """It differs from file to file of the same network."""

    def written(name, header, data=b"1234"):
        (tmp_path / name).write_bytes(len(header).to_bytes(8, "little") + header + data)
        return content(tmp_path / name)

    one = written("a.safetensors", b'{"a": 1, "b": 2}')
    assert written("b.safetensors", b'{"b": 2, "a": 1}') == one
    assert written("under another name", b'{"b": 2, "a": 1}') == one
    assert written("c.safetensors", b'{"b": 2, "a": 3}') != one
    assert written("d.safetensors", b'{"a": 1, "b": 2}', b"1235") != one
    stamp = b'{"a": 1, "b": 2, "__metadata__": {"%s": "x"}}' % KEY.encode()
    assert written("e.safetensors", stamp) == one
    assert written("f.safetensors", b'{"a": 1, "b": 2, "__metadata__": {"layer": "x"}}') != one


def test_what_is_damaged_is_told_apart_as_well(tmp_path):
    for name, text in (
        ("e.safetensors", b"damaged"),
        ("f.safetensors", b"damaged, too"),
        ("g", b"\x02" + bytes(7) + b"[]"),
    ):
        (tmp_path / name).write_bytes(text)
    assert len({content(tmp_path / name) for name in ("e.safetensors", "f.safetensors", "g")}) == 3
    assert content(tmp_path / "none") is None
