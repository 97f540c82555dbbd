"""Checks of the way that the mail came."""
