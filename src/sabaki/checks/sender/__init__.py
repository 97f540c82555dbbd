"""Checks of what the mail says about who sent it."""
