"""A snapshot and now in, rows out."""
