"""The TOML file: environments, accounts, tokens, taste."""
