"""Checks of what filters wrote on it."""
