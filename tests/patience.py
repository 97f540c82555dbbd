"""How long a test waits before it says that something grew out of hand."""

BLOWN_UP = 60.0
"""Seconds. Linear reading of what these tests read takes a second or so on any machine, quadratic reading takes minutes.

Speed itself is measured in bench/, as a ratio, and not here.
"""
