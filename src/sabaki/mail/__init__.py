"""Bytes to Message. Never raises on content: what is wrong is collected as Defects, what is too much as limits."""
