"""What each text states, and the comparison with it."""
