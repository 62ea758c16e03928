"""Pages of docs/results, each written from the tables of a finished run."""
