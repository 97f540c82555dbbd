"""Checks of what the mail claims and wants."""
