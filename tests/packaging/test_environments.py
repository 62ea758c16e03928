"""Ways to get phiscope's environment say the same: the lock, the file for conda, the file for containers."""

import re
import shlex
import tomllib

import pytest
import yaml

from hatch_build import PARTS


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture
def lock(root):
    """Package -> version, as requirements.lock has them."""
    lines = [line for line in (root / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    return {normal(name): version for name, version in (line.split("==") for line in lines if line)}


@pytest.fixture
def steps(root):
    """(instruction, words) of the Containerfile, in order."""
    text = re.sub(r"^\s*#.*\n", "", (root / "Containerfile").read_text(), flags=re.M).replace("\\\n", " ")
    return [(line.split()[0], shlex.split(line.partition(" ")[2])) for line in text.splitlines() if line.strip()]


def dependencies(root, extra):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    listed = [*project["dependencies"], *project["optional-dependencies"].get(extra, [])]
    return {normal(re.split(r"[<>=!~ ]", name)[0]) for name in listed}


def test_the_conda_environment_has_the_versions_of_the_lock_and_all_that_a_run_needs(root, lock):
    environment = yaml.safe_load((root / "envs/phiscope.yaml").read_text())
    (packages,) = [each["pip"] for each in environment["dependencies"] if isinstance(each, dict)]
    given = {normal(name): version for name, version in (line.split("==") for line in packages)}
    assert given == {name: lock[name] for name in given}
    assert dependencies(root, "workflow") == set(given)
    assert "python=3.11" in environment["dependencies"]


def test_what_follows_the_conda_environment_installs_the_builders_of_the_lock(root, lock):
    script = (root / "envs/phiscope.post-deploy.sh").read_text()
    named = dict(re.findall(r"\b([\w-]+)==([\w.]+)", script))
    assert named == {"hatchling": lock["hatchling"], "editables": lock["editables"]}


def test_every_rule_names_the_conda_environment(root):
    rules = "".join(path.read_text() for path in sorted((root / "workflow/rules").glob("*.smk")))
    scripts = len(re.findall(r"^\s+script:$", rules, re.M))
    assert scripts > 30
    assert rules.count('"../../envs/phiscope.yaml"') == scripts


def test_a_container_gets_files_that_are_there_and_all_that_a_checkout_needs(root, steps):
    copied = {source for instruction, words in steps if instruction == "COPY" for source in words[:-1]}
    assert not [source for source in copied if not (root / source).exists()]
    packages = {"phiscope", "snakemake_logger_plugin_phiscope", "README.md", "LICENSE"}
    assert copied >= {
        *PARTS,
        *packages,
        "requirements.lock",
        "pyproject.toml",
        "hatch_build.py",
        "README.md",
        "LICENSE",
    }


def test_a_container_has_the_versions_of_the_lock(steps, lock):
    runs = [words for instruction, words in steps if instruction == "RUN"]
    torch = next(word for words in runs for word in words if word.startswith("torch=="))
    assert torch == f"torch=={lock['torch']}"
    assert any(words[-2:] == ["-r", "requirements.lock"] for words in runs)
    (base,) = [words[0] for instruction, words in steps if instruction == "FROM"]
    assert re.search(r"python:3\.11\b", base)


def test_what_starts_in_a_container_lies_where_it_was_copied_to(steps):
    places = [words[0] for instruction, words in steps if instruction == "WORKDIR"]
    entry = next(line for instruction, line in steps if instruction == "ENTRYPOINT")
    assert f"{places[0]}/Snakefile" in " ".join(entry)
    assert "snakemake" in entry[0]
