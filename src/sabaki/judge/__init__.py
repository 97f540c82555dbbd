"""Findings to verdict, with the weights shown."""
