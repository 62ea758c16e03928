PYTHON ?= python3.11
CORES ?= all

.PHONY: run test test-long lint bench docs clean

run: .venv/ready
	.venv/bin/snakemake --cores $(CORES)

# Two workers on two cores: libraries that start two threads each would wait for one another.
test test-long: export OMP_NUM_THREADS = 1

test: .venv/transformers lint
	.venv/bin/python -m pytest -n 2 --dist loadgroup -m "not long"

test-long: .venv/transformers .venv/docs lint
	.venv/bin/python -m pytest -n 2 --dist loadgroup

lint: .venv/ready
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/snakefmt --check Snakefile workflow
	.venv/bin/snakemake --lint

bench: .venv/ready
	.venv/bin/python -m benchmarks

docs: .venv/docs
	NO_MKDOCS_2_WARNING=1 .venv/bin/python -m mkdocs build
	@echo "The site: site/index.html"

.venv/ready: requirements.lock pyproject.toml hatch_build.py
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --disable-pip-version-check --progress-bar off --quiet -r requirements.lock
	.venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	.venv/bin/phiscope compile
	touch $@

# For tests of networks by other packages; a run needs them where its configuration names them.
.venv/transformers: .venv/ready requirements-transformers.lock
	.venv/bin/python -m pip install --disable-pip-version-check --progress-bar off --quiet --no-deps -r requirements-transformers.lock
	touch $@

# For the site of the documentation, and for its notebook.
.venv/docs: .venv/ready requirements-docs.lock
	.venv/bin/python -m pip install --disable-pip-version-check --progress-bar off --quiet --no-deps -r requirements-docs.lock
	touch $@

clean:
	rm -rf .venv results .snakemake site
