"""A list of conversations, and one of them in lines."""
