"""What the command line offers beside Snakemake, a module each."""
