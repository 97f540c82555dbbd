"""The spoofing shapes of the literature, rebuilt as mails of our own."""
