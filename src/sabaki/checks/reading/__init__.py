"""Checks of what two readers would read differently."""
