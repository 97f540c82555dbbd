"""Checks of what the DNS says of names and addresses."""
