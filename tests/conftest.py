"""For all tests: hypothesis has no deadline, since a busy machine is no fault of the code."""

from hypothesis import settings

settings.register_profile("sabaki", deadline=None)
settings.load_profile("sabaki")
