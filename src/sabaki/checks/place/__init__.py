"""Checks of where the mail came from."""
