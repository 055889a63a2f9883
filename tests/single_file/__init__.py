"""Builds the whole program as one file, for a machine without internet: `python -m tests.single_file`."""
