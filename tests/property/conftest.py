"""Properties judge behaviour, not how busy the machine is: no deadline for one example."""

from hypothesis import settings

from tests.fuzz import examples

settings.register_profile("unhurried", deadline=None, max_examples=examples(100))
settings.load_profile("unhurried")
