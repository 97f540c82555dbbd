"""Frozen types only. Imports nothing of ours."""
