"""One Live Agent installation, over HTTP."""
