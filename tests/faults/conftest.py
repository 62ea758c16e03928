"""Folders with a small run whose reader does what a test tells it, and starts of it that do not outlive their test."""

import os
import shutil
import signal

import pytest

from tests.faults.starts import Start

READER = '''
"""Random images. Files beside this one tell what the training split does first, and `busy` says that it does."""
import time
from pathlib import Path

import numpy as np
from numba import njit

HERE = Path(__file__).parent


@njit
def loop(x):  # machine code, which no signal handler of Python interrupts
    while x > 0:
        x = x * 1.0000001 % 3 + 1
    return x


def read(path, split):
    if split == "train":
        if (HERE / "loop").exists():
            loop(-1.0)  # compiles it
            (HERE / "busy").touch()
            loop(1.0)
        while (HERE / "wait").exists():
            (HERE / "busy").touch()
            time.sleep(0.05)
        if (HERE / "fill").exists():
            with open("filler", "wb", buffering=0) as file:
                while True:
                    try:
                        file.write(bytes(4096))
                    except OSError:
                        break
    draw = np.random.default_rng(0)
    return draw.random((40, 32, 32)), np.arange(40) % 4
'''
CONFIG = "run: slow\ndataset: {path: ., reader: 'slow.py:read'}\n"


@pytest.fixture(scope="session", autouse=True)
def interrupts():
    """Children do not inherit that signals are ignored, as where a shell started the tests with `&` or nohup."""
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


@pytest.fixture
def folder(tmp_path):
    """Where slow.yaml runs."""
    (tmp_path / "slow.py").write_text(READER)
    (tmp_path / "slow.yaml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def start(folder):
    """Starts a command in the folder, or in another."""
    started = []

    def start(*command, where=folder, **options):
        started.append(Start(where, *command, **options))
        return started[-1]

    yield start
    for each in started:
        each.kill()


@pytest.fixture(scope="session")
def obedient():
    """What is put before a command so that it heeds permissions; root does not."""
    if os.geteuid() != 0:
        return ()
    if not shutil.which("setpriv"):
        pytest.skip("root heeds no permissions, and setpriv, which would make it, is not here")
    rights = "-dac_override,-dac_read_search"
    return ("setpriv", "--bounding-set", rights, "--inh-caps", rights)
