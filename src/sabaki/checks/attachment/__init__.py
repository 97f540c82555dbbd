"""Checks of what comes with it."""
