"""Properties judge behaviour, not how busy the machine is: no deadline for one example."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
