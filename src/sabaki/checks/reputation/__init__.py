"""Checks of what lists say."""
