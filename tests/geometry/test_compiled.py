import importlib.util
import sys

import pytest

from phiscope.geometry import compiled

LOOP = "from phiscope.geometry.compiled import compiled\n\n\n@compiled()\ndef twice(x):\n    return 2 * x\n"


@pytest.fixture
def loop(tmp_path, monkeypatch):
    """A function of an environment's folder: a compiled loop of a module beside another one, as if imported there."""
    monkeypatch.setattr(compiled.settings, "CACHE_DIR", "")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/other.py").write_text("size = 1\n")

    def made(prefix):
        monkeypatch.setattr(sys, "prefix", str(prefix))
        compiled._folder.cache_clear()
        (tmp_path / "sources/loop.py").write_text(LOOP)
        spec = importlib.util.spec_from_file_location("loop", tmp_path / "sources/loop.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.twice

    yield made
    compiled._folder.cache_clear()


def kept(prefix):
    return {file.relative_to(prefix / "share/phiscope/compiled").parts[0] for file in prefix.rglob("*.nbc")}


def test_machine_code_is_kept_beside_the_environment(loop, tmp_path):
    assert loop(tmp_path)(3) == 6
    assert len(kept(tmp_path)) == 1
    again = loop(tmp_path)
    assert again(3) == 6
    assert sum(again.stats.cache_hits.values()) == 1


def test_a_change_in_a_module_beside_it_compiles_anew(loop, tmp_path):
    """What is called from another module is part of the machine code; numba looks at the function's own file."""
    loop(tmp_path)(3)
    (tmp_path / "sources/other.py").write_text("size = 2\n")
    changed = loop(tmp_path)
    changed(3)
    assert not changed.stats.cache_hits
    assert len(kept(tmp_path)) == 2


def test_where_nothing_can_be_written_there_it_runs_all_the_same(loop, tmp_path):
    (tmp_path / "file").write_text("no folder")
    assert loop(tmp_path / "file")(3) == 6


def test_numbas_own_setting_wins_and_is_left_as_it_was(loop, tmp_path, monkeypatch):
    monkeypatch.setattr(compiled.settings, "CACHE_DIR", str(tmp_path / "named"))
    loop(tmp_path / "environment")(3)
    assert list((tmp_path / "named").rglob("*.nbc"))
    assert not (tmp_path / "environment").exists()
    assert str(tmp_path / "named") == compiled.settings.CACHE_DIR
