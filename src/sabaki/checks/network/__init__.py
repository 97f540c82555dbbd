"""Checks of whose network the mail came from."""
