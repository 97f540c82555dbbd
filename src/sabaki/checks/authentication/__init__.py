"""Checks of what servers found when they checked the sender's domain."""
