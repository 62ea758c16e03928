"""Experiments by topic: networks and arrays in, rows of tables out. No files, no configuration."""
