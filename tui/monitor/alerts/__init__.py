"""Rules, what they watch, and what should ring."""
