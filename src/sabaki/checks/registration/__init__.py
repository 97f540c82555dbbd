"""Checks of who registered the domains, and when."""
