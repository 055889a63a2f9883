"""A terminal monitor for Cognigy Live Agent."""

__version__ = "0.2.0"
