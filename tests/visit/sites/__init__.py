"""Phishing sites of our own making, for visits inside a network namespace. All text, brands and names are made up."""
