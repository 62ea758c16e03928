"""What pictures of single samples show: arrays and rows of tables in, what a figure draws out."""
