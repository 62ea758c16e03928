"""What the Snakefile and the scripts share. Nothing else in the library imports it."""
