"""What every figure was over time."""
