"""tools/install-debian-packages.sh where it can install nothing: a line, and success."""

import shutil
import subprocess

import pytest


@pytest.fixture
def installed(root, tmp_path):
    """A function of scripts by name that gives what the tool says on a machine with these commands and no others."""

    def said(**commands):
        for name in ("sh", "grep"):
            (tmp_path / name).symlink_to(shutil.which(name))
        for name, script in commands.items():
            path = tmp_path / name.replace("_", "-")
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)
        tool = root / "tools/install-debian-packages.sh"
        done = subprocess.run(["sh", str(tool)], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) == 1
        return done.stdout

    return said


def test_all_is_there(installed):
    assert "are there" in installed(dpkg_query="echo install ok installed", apt_get="exit 1")


def test_this_is_no_debian(installed):
    assert "no Debian" in installed()


def test_the_user_may_not_install(installed):
    said = installed(
        dpkg_query='case "$3" in munge) echo install ok installed;; esac', apt_get="exit 1", id="echo 1000"
    )
    assert "not root; tests that need slurm-wlm chromium are skipped" in said
