import subprocess
import sys

# Solves what runs solve, and counts the loops that were compiled for it instead of read from the environment's folder.
SOLVE = """
import numpy as np
from numba.core.dispatcher import Dispatcher
from phiscope.commands import main
assert main(["compile"]) == 0
from phiscope.geometry import hull, margin
from phiscope.geometry.hull import orthogonal, pricing, vertices, wolfe
from phiscope.geometry.margin import newton

def misses():
    loops = [each for module in (orthogonal, pricing, vertices, wolfe, newton) for each in vars(module).values()]
    return sum(sum(loop.stats.cache_misses.values()) for loop in loops if isinstance(loop, Dispatcher))

before, random = misses(), np.random.default_rng(1)
features = random.normal(size=(3000, 32)).clip(0).astype(np.float32)
images = random.integers(0, 256, (3000, 64)).astype(np.float32) / 255
for points, tolerance in ((features, 1e-10), (images, 1e-6)):
    hull.project(points[:300], points[300:], tol=tolerance, threads=2)
for kind in (np.float32, np.float64):
    stretched = (random.random(size=(500, 2)) * (1, 2.0**20)).astype(kind)
    hull.project((2.0**20 * random.normal(size=(100, 2))).astype(kind), stretched, threads=1)
assert len(orthogonal.improve.signatures) == 2
head = random.normal(size=(32, 10)), random.normal(size=10)
margin.flip_points(features[:50].astype(float), *head, lower_bound=0.0)
margin.closest_flip(features[:50].astype(float), *head, lower_bound=None)
print(misses() - before)
"""


def test_nothing_that_a_run_solves_is_compiled_after_it():
    done = subprocess.run([sys.executable, "-c", SOLVE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["0"]
