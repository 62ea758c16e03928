"""What is asked of projections and of the linear head beside the tables."""
