"""Timings by hand: `python -m benchmarks`. See README.md here and docs/performance.md."""
