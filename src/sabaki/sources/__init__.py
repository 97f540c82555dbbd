"""Sources: one file, one place outside that is asked. They return evidence and never judge."""
