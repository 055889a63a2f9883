"""Who waits in an account, and for how long: from pages of conversations."""
