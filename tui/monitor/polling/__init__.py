"""What to ask each host, when, and where its answers go."""
