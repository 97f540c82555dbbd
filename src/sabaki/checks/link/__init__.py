"""Checks of where the links lead."""
