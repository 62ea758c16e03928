import json
import os
import subprocess
import sys

import pytest

from phiscope.workflow.code import fingerprint

FILES = {
    "scripts/work.py": "from phiscope.tools import hammer\nfrom phiscope.store import keep\n",
    "phiscope/__init__.py": "",
    "phiscope/tools/__init__.py": (
        '"""Tools."""\nfrom phiscope.tools.hammer_file import hammer\nfrom phiscope.tools.saw import saw\n'
    ),
    "phiscope/tools/hammer_file.py": "def hammer():\n    from phiscope import nail\n    return nail.size\n",
    "phiscope/tools/saw.py": "def saw():\n    return 1\n",
    "phiscope/nail.py": 'def size():\n    """The size."""\n    return 3\n',
    "phiscope/store.py": "import phiscope.shelf\n\n\ndef keep():\n    return phiscope.shelf.room\n",
    "phiscope/shelf.py": "room = 1\n",
}


@pytest.fixture
def tree(tmp_path):
    """A function that lays the files out, some of them changed, and gives the script's fingerprint."""
    count = iter(range(100))

    def lay(**changed):
        root = tmp_path / str(next(count))
        for name, text in (FILES | {key.replace("__", "/") + ".py": value for key, value in changed.items()}).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return fingerprint(root / "scripts/work.py", root=root)

    return lay


def test_a_changed_line_counts_wherever_it_is_reached(tree):
    base = tree()
    assert tree() == base
    assert tree(phiscope__nail="def size():\n    return 4\n") != base  # behind a deferred import and a package
    assert tree(phiscope__shelf="room = 2\n") != base  # behind `import a.b`
    assert tree(scripts__work=FILES["scripts/work.py"] + "x = 1\n") != base


def test_scripts_inside_the_package_count_as_those_beside_it(tmp_path, tree):
    """In a wheel the scripts lie in phiscope/share, between other modules of the package."""
    base = tree()
    for name, text in FILES.items():
        path = tmp_path / "wheel" / (f"phiscope/share/{name}" if name.startswith("scripts") else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert fingerprint(tmp_path / "wheel/phiscope/share/scripts/work.py", root=tmp_path / "wheel") == base


def test_comments_docstrings_and_blank_lines_do_not_count(tree):
    text = '"""Module."""\n\n\ndef size():\n    """Another docstring."""\n\n    # why three\n    return 3\n'
    assert tree(phiscope__nail=text) == tree()


def test_what_is_not_imported_does_not_count(tree):
    """The package passes `saw` on too, but the script asks for `hammer` only."""
    assert tree(phiscope__tools__saw="def saw():\n    return 2\n") == tree()


def test_of_a_package_imported_as_a_name_only_what_is_taken_counts(tree):
    """`from phiscope import tools` and `tools.hammer()` do not rest on the saw that the package passes on too."""
    script = "from phiscope import tools\n\ntools.hammer()\n"
    saw = {"phiscope__tools__saw": "def saw():\n    return 2\n"}
    assert tree(scripts__work=script, **saw) == tree(scripts__work=script)
    assert tree(scripts__work=script, phiscope__nail="def size():\n    return 4\n") != tree(scripts__work=script)
    whole = "from phiscope import tools\n\nprint(tools)\n"
    assert tree(scripts__work=whole, **saw) != tree(scripts__work=whole)


def test_what_is_imported_for_type_hints_alone_does_not_count(tree):
    script = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from phiscope.tools.saw import saw\n"
    saw = {"phiscope__tools__saw": "def saw():\n    return 2\n"}
    assert tree(scripts__work=script, **saw) == tree(scripts__work=script)


def test_what_a_package_hands_on_when_asked_counts_as_imported_from_there(tree):
    """The table given to `deferred` stands for imports, under `else:` of `if TYPE_CHECKING:` as anywhere."""
    tools = (
        "from typing import TYPE_CHECKING\n\nfrom phiscope.deferred import deferred\n\nif TYPE_CHECKING:\n"
        "    from phiscope.tools.hammer_file import hammer\n    from phiscope.tools.saw import saw\nelse:\n"
        '    __getattr__ = deferred(__name__, {"phiscope.tools.hammer_file": ("hammer",), '
        '"phiscope.tools.saw": ("saw",)})\n'
    )
    handed = {"phiscope__tools____init__": tools}
    nail, saw = "def size():\n    return 4\n", "def saw():\n    return 2\n"
    for script in (FILES["scripts/work.py"], "from phiscope import tools\n\ntools.hammer()\n"):
        base = tree(scripts__work=script, **handed)
        assert tree(scripts__work=script, phiscope__nail=nail, **handed) != base
        assert tree(scripts__work=script, phiscope__tools__saw=saw, **handed) == base
    whole = "from phiscope import tools\n\nprint(tools)\n"
    assert tree(scripts__work=whole, phiscope__tools__saw=saw, **handed) != tree(scripts__work=whole, **handed)


FINGERPRINTS = """
import sys
from phiscope.workflow import source
from phiscope.workflow.code import LIBRARY, fingerprint
parsed = []
source.ast.parse = lambda *given, parse=source.ast.parse, **named: parsed.append(1) or parse(*given, **named)
print(fingerprint(LIBRARY / sys.argv[1]), len(parsed))
"""


def test_what_files_say_is_kept_between_processes_and_says_the_same(tmp_path):
    def found(cache):
        command = [sys.executable, "-c", FINGERPRINTS, "phiscope/geometry/hull/solve.py"]
        environment = os.environ | {"XDG_CACHE_HOME": str(cache)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        digest, parsed = done.stdout.split()
        return digest, int(parsed)

    digest, parsed = found(tmp_path)
    assert parsed > 5
    assert found(tmp_path) == (digest, 0)
    place = tmp_path / "phiscope/sources.json"
    assert len(json.loads(place.read_text())) == parsed
    for damaged in ("", "[]", "{"):
        place.write_text(damaged)
        assert found(tmp_path) == (digest, parsed)
    (tmp_path / "file").write_text("")
    assert found(tmp_path / "file/no folder") == (digest, parsed)
