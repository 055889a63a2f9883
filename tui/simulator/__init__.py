"""An embedded Live Agent: a world, an ASGI app, and a transport that can misbehave."""
