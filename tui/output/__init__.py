"""One-shot formats: table, JSON, CSV."""
