"""Measurements: what Sabaki calls known mail, how fast, beside which parsers, and how fast it starts."""
