"""The command `phiscope`: what it offers, and that it loads no more than it is asked for."""

import os
import subprocess
import sys

import pytest

from phiscope.commands import COMMANDS, main
from phiscope.errors import ConfigError
from phiscope.workflow.places import _project_of, project


def test_every_command_is_named_where_help_is_asked_for(capsys):
    for arguments in ([], ["--help"], ["-h"]):
        assert main(arguments) == 0
        offered = capsys.readouterr().out
        assert all(f"\n{name} " in offered for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: phiscope {name}" in capsys.readouterr().out


def test_where_prints_the_snakefile_and_nothing_else(root, capsys):
    assert main(["where"]) == 0
    assert capsys.readouterr().out == f"{root / 'Snakefile'}\n"


def test_errors_end_in_one_sentence(tmp_path, capsys):
    assert main(["wher"]) == 1
    assert main(["redraw", str(tmp_path / "none.png"), "-o", str(tmp_path / "out.png")]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"phiscope: there is no command 'wher'; expected one of {', '.join(COMMANDS)}"
    assert second.startswith(f"phiscope: {tmp_path / 'none.png'}: there is no such image")


@pytest.mark.parametrize("arguments", [["--help"], ["where"]])
def test_what_needs_no_network_loads_no_torch(root, arguments):
    code = f"import sys; from phiscope.commands import main; main({arguments}); sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_python_m_phiscope_is_the_same_command(root, tmp_path):
    command = [sys.executable, "-m", "phiscope", "where"]
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout == f"{root / 'Snakefile'}\n"


def test_the_project_lies_in_the_wheel_or_around_the_package(root, tmp_path):
    assert project() == root
    package = tmp_path / "phiscope"
    (package / "share").mkdir(parents=True)
    with pytest.raises(ConfigError, match="no Snakefile lies in its folder share or beside it"):
        _project_of(package)
    (tmp_path / "Snakefile").touch()
    assert _project_of(package) == tmp_path
    (package / "share/Snakefile").touch()
    assert _project_of(package) == package / "share"
