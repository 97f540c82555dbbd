"""Wanted newsletters, as services for bulk mail send them: they must not be accused."""
