"""What a person reads while a run goes on: a line per step, how long it will take, why it failed, what came out.

Nothing here knows Snakemake; the package `snakemake_logger_plugin_phiscope` turns its events into calls of `Screen`.
All modules are light, as Snakemake loads them at every start.
"""
