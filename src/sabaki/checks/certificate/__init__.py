"""Checks of the certificates of sites."""
