"""The wizard: from an address and a token to an environment that is kept."""
