"""Checks of how the text is made."""
